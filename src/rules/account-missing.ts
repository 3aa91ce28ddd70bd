import { identitiesIn } from './identities';
import { Finding, Rule, where } from './rule';
import { quote } from '../private/fail';
import { nearest } from '../private/nearest';
import { record, records, strings, text } from '../view/fields';
import { addTo } from '../view/lists';
import { MeshObject, NETWORKING } from '../view/mesh-object';
import { MeshView } from '../view/mesh-view';
import { GATEWAY_API, isWaypoint } from '../view/waypoint';

export const accountMissing: Rule = {
  id: 'MX0810',
  name: 'account-missing',
  severity: 'WARNING',
  title: 'Access is given to, or kept from, a service account that no workload has, or a mistyped namespace.',
  why: 'The identity of a pod is that of its service account. A policy or a Gateway that names another one, by a typing mistake for example, accepts the name and never matches: '
    + 'the client that was meant is denied, or is not denied.',
  fix: 'Write the `serviceAccountName` of the client\'s pods. The rule looks only at namespaces of which workloads are in the input. '
    + 'Of a namespace that nothing in the input has, it reports only what is almost the name of another one: it may be in another repository.',
  related: ['KIA0106'],
  check: view => {
    const own = ['cluster.local', view.facts.trustDomain, ...view.facts.trustDomainAliases];
    const named = identitiesIn(view).filter(({ trustDomain, account }) => account !== 'default' && (trustDomain === undefined || own.includes(trustDomain)));
    const accounts = named.length === 0 ? new Map<string, Set<string>>() : accountsOf(view, new Set(named.map(({ namespace }) => namespace)));
    const missing = named.filter(({ namespace, account }) => accounts.get(namespace)?.has(account) === false);
    return [...mistyped(view), ...missing.map(({ object, field, property, value, namespace, account, isExcluded }): Finding => {
      const known = [...accounts.get(namespace)!].sort();
      const meant = nearest(account, known);
      return {
        object,
        field,
        message: `'${property}' ${quote(value)} names the service account ${quote(account)}, which no workload and no ServiceAccount in ${where(namespace)} has: it ${effectOf(isExcluded)}`,
        fix: meant === undefined ? `write the 'serviceAccountName' of the client's pods: in ${where(namespace)} there are ${known.map(quote).join(', ')}` : `did you mean ${quote(meant)}?`,
      };
    })];
  },
};

function effectOf(isExcluded: boolean): string {
  return isExcluded ? 'leaves no client out' : 'matches no client';
}

/** Namespaces of policies that nothing has, and whose name is almost that of one. */
function mistyped(view: MeshView): Finding[] {
  const byNamespaces = namedByNamespaces(view);
  const known = identitiesIn(view).length + byNamespaces.length === 0 ? new Set<string>() : namespacesIn(view);
  const unknown = [...namedByAccounts(view, known), ...byNamespaces.filter(({ value }) => !known.has(value))].filter(({ value }) => !value.includes('*'));
  return unknown.flatMap(({ object, property, written, value, field, isExcluded }): Finding[] => {
    const meant = nearest(value, [...known].filter(name => isSpelledLike(value, name)), () => 2);
    return meant === undefined ? [] : [{
      object,
      field,
      message: `'${property}' ${quote(written)} ${written === value ? 'is a namespace' : `names the namespace ${quote(value)}`} that no object here has: it ${effectOf(isExcluded)}`,
      fix: `did you mean ${quote(meant)}?`,
    }];
  });
}

/** A namespace that a policy or a server names. */
interface Named extends Pick<Finding, 'object' | 'field'> {
  readonly property: string;
  /** As it is written, which may have more than the namespace. */
  readonly written: string;
  readonly value: string;
  readonly isExcluded: boolean;
}

/** By accounts, those of which nothing is known. */
function namedByAccounts(view: MeshView, known: ReadonlySet<string>): Named[] {
  return identitiesIn(view).filter(({ namespace }) => !known.has(namespace))
    .map(({ value, namespace, ...named }) => ({ ...named, written: value, value: namespace }));
}

/** The namespaces of which the input has something. */
function namespacesIn(view: MeshView): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { group, kind, name, namespace } of view.objects) {
    if (namespace !== '' || group === '' && kind === 'Namespace') {
      found.add(namespace === '' ? name : namespace);
    }
  }
  return found;
}

function namedByNamespaces(view: MeshView): Named[] {
  return view.accessPolicies.flatMap(({ object, rules }) => rules.flatMap(rule => rule.sources.flatMap((source, i) => (
    ['namespaces', 'notNamespaces'].flatMap(property => strings(source[property]).map((value, n): Named => (
      { object, property, written: value, value, field: [...rule.field, 'from', i, 'source', property, n], isExcluded: property === 'notNamespaces' })))))));
}

/** Whether only words differ: `shop-eu` and `shop-us`, `team-1` and `team-2` are two namespaces. */
function isSpelledLike(one: string, other: string): boolean {
  const [words, others] = [one.split('-'), other.split('-')];
  return words.length === others.length && words.every((word, i) => word === others[i] || word.length > 3 && word.replace(/\D/g, '') === others[i].replace(/\D/g, ''));
}

/** The accounts of each namespace of which workloads are there; others may have any. A gateway is no client: where it is alone, its clients are not in the input. */
function accountsOf(view: MeshView, namespaces: ReadonlySet<string>): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  view.pods.filter(pod => namespaces.has(pod.namespace) && !view.gatewayPlaces.isOfGateway(pod)).forEach(({ namespace, account }) => (
    found.set(namespace, (found.get(namespace) ?? new Set()).add(account))));
  const objects = new Map<string, MeshObject[]>();
  view.objects.filter(({ namespace }) => found.has(namespace)).forEach(object => addTo(objects, object.namespace, object));
  objects.forEach((all, namespace) => all.flatMap(accountsIn).forEach(account => found.get(namespace)!.add(account)));
  return found;
}

/** The accounts that an object makes or uses: a ServiceAccount, a machine, a gateway of the Gateway API, and a workload of whatever kind. */
function accountsIn(object: MeshObject): string[] {
  const { group, kind, name, spec } = object;
  if (group === '' && kind === 'ServiceAccount') {
    return [name];
  }
  if (group === GATEWAY_API && kind === 'Gateway') {
    return [isWaypoint(object) ? name : `${name}-${text(spec.gatewayClassName) ?? ''}`];
  }
  if (group === NETWORKING && kind === 'ServiceEntry') {
    return records(spec.endpoints).flatMap(({ serviceAccount }) => text(serviceAccount) ?? []);
  }
  return usedIn(spec);
}

/** A Rollout, a Knative Service or a Workflow has a pod template somewhere. */
function usedIn(value: unknown): string[] {
  if (Array.isArray(value)) {
    return value.flatMap(usedIn);
  }
  return Object.entries(record(value)).flatMap(([field, inner]) => (
    ['serviceAccountName', 'serviceAccount'].includes(field) && typeof inner === 'string' ? [inner] : usedIn(inner)));
}
