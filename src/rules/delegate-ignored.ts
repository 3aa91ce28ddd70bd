import { Finding, Rule, where } from './rule';
import { quote } from '../private/fail';
import { httpRulesOf } from '../view/delegation';
import { record, records, strings, text } from '../view/fields';
import { addTo } from '../view/lists';
import { MeshObject, NETWORKING } from '../view/mesh-object';
import { MeshView } from '../view/mesh-view';
import { reaches, visibleTo } from '../view/visibility';

export const delegateIgnored: Rule = {
  id: 'MX0412',
  name: 'delegate-ignored',
  severity: 'ERROR',
  title: 'A VirtualService delegates to one that cannot take its place.',
  why: 'istiod leaves a rule out, with a line in its own log, when its delegate is not exported to the namespace of the VirtualService or has hosts of its own. Of the delegate it leaves out what does not narrow the match of the rule. Requests fall to the next rule, or end with 404.',
  fix: 'Export the delegate to the namespace that delegates, write no `hosts` in it, and let its matches be within that of the rule.',
  related: [],
  check: view => {
    const delegations = view.routes.flatMap(({ object }) => delegationsIn(view, object));
    return [...delegations.flatMap(delegation => leftOut(view, delegation)), ...neverNarrow(view, delegations)];
  },
};

/** A rule, and the VirtualService that it delegates to. */
interface Delegation {
  readonly root: MeshObject;
  readonly at: number;
  readonly delegate: MeshObject;
}

function delegationsIn(view: MeshView, root: MeshObject): Delegation[] {
  return records(root.spec.http).flatMap(({ delegate }, at) => {
    if (delegate === undefined) {
      return [];
    }
    const { name, namespace } = record(delegate);
    const found = view.inNamespace(NETWORKING, 'VirtualService', text(namespace) ?? root.namespace).get(text(name) ?? '');
    return found === undefined ? [] : [{ root, at, delegate: found }];
  });
}

function leftOut(view: MeshView, { root, at, delegate }: Delegation): Finding[] {
  const hasHosts = strings(delegate.spec.hosts).length > 0;
  const isHidden = !hasHosts && !reaches(visibleTo(delegate, view.facts), root.namespace);
  return hasHosts || isHidden ? [{
    object: root,
    field: ['spec', 'http', at, 'delegate'],
    message: `'delegate' ${quote(`${delegate.namespace}/${delegate.name}`)} ('${delegate.origin.path}') ${hasHosts ? 'has hosts of its own, and is no delegate'
      : `is not exported to ${where(root.namespace)}`}: istiod leaves the rule out`,
    fix: hasHosts ? 'remove \'hosts\' from the delegate' : `add ${quote(root.namespace)} to 'exportTo' of the delegate`,
  }] : [];
}

/** The rules of delegates that are left out wherever somebody delegates to them. */
function neverNarrow(view: MeshView, delegations: readonly Delegation[]): Finding[] {
  const byDelegate = new Map<MeshObject, Delegation[]>();
  delegations.filter(delegation => leftOut(view, delegation).length === 0).forEach(delegation => addTo(byDelegate, delegation.delegate, delegation));
  return [...byDelegate].flatMap(([delegate, all]) => {
    const known = new Map([[`${delegate.namespace}/${delegate.name}`, delegate]]);
    const alone = ({ root, at }: Delegation) => ({ ...root, spec: { http: [records(root.spec.http)[at]] } });
    const used = new Set(all.flatMap(delegation => httpRulesOf(alone(delegation), known, view.facts).map(({ field }) => field[2])));
    return records(delegate.spec.http).flatMap((_, i): Finding[] => (used.has(i) ? [] : [{
      object: delegate,
      or: all.map(({ root }) => root),
      field: ['spec', 'http', i],
      message: `'match' is not within that of the rule that delegates here ('${all[0].root.origin.path}'): istiod leaves this rule out`,
      fix: 'let each match narrow one of the rule that delegates',
    }]));
  });
}
