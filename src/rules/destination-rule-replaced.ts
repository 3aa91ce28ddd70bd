import { Finding, Rule, where } from './rule';
import { quote } from '../private/fail';
import { fullServiceName } from '../private/names';
import { Fields, records, strings } from '../view/fields';
import { addTo, mapAt } from '../view/lists';
import { MeshObject, NETWORKING } from '../view/mesh-object';
import { MeshView } from '../view/mesh-view';
import { reaches, visibleTo } from '../view/visibility';

export const destinationRuleReplaced: Rule = {
  id: 'MX0401',
  name: 'destination-rule-replaced',
  severity: 'ERROR',
  title: 'Two DestinationRules of one namespace are for one host, and Istio uses only one of them.',
  why: 'Since Istio 1.24, rules of one host merge only when their `exportTo` are equal, and then the first traffic policy and the first subset of a name win. Outlier detection, timeouts or TLS of the other rule are lost.',
  fix: 'Write the settings of a host in one DestinationRule. To add to a rule that this library writes, use `addJsonPatch`.',
  related: ['KIA0201'],
  check: view => {
    const rules = view.of(NETWORKING, 'DestinationRule');
    // A rule with a selector is for some workloads, and leaves the others to the rule without one.
    const all = rules.filter(({ spec }) => spec.workloadSelector === undefined);
    const selecting = rules.filter(({ spec }) => spec.workloadSelector !== undefined);
    return [...inOneNamespace(view, all), ...inClientNamespaces(view, all), ...besideSelectors(view, all, selecting)];
  },
};

/** istiod takes a rule that is exported to "." for one with a rule of the same host that has a selector: nothing is left for the other workloads. */
function besideSelectors(view: MeshView, all: readonly MeshObject[], selecting: readonly MeshObject[]): Finding[] {
  if (selecting.length === 0) {
    return [];
  }
  const local = new Map(all.filter(object => exported(object) === '.').map(object => [keyOf(view, object), object]));
  return selecting.flatMap((object): Finding[] => {
    const lost = local.get(keyOf(view, object));
    return lost ? [{
      object,
      field: ['spec', 'workloadSelector'],
      message: `'workloadSelector' of the rule for ${quote(String(object.spec.host))} takes '${lost.origin.path}' from every other workload, because that one is `
        + 'exported to "." alone',
      fix: `name its namespace in its 'exportTo' (${quote(object.namespace)}) instead`,
    }] : [];
  });
}

function hostOf(view: MeshView, { namespace, spec }: MeshObject): string {
  return fullServiceName(String(spec.host), namespace, view.facts.clusterDomain);
}

/** The host of a rule in the namespace of the rule. */
function keyOf(view: MeshView, object: MeshObject): string {
  return JSON.stringify([object.namespace, hostOf(view, object)]);
}

function inOneNamespace(view: MeshView, all: readonly MeshObject[]): Finding[] {
  const rules = new Map<string, Map<string, Rules>>();
  const found: Finding[] = [];
  for (const object of all) {
    const byHost = mapAt(rules, object.namespace);
    const host = hostOf(view, object);
    const known = byHost.get(host);
    const replaced = known && replacedBy(object, known);
    if (replaced) {
      found.push(finding(object, host, replaced));
    }
    const withPolicy = object.spec.trafficPolicy === undefined ? undefined : object;
    const subsets = known?.subsets ?? new Map<string, Subset>();
    records(object.spec.subsets).forEach(subset => subsets.set(String(subset.name), { object, subset }));
    byHost.set(host, { first: known?.first ?? object, withPolicy: known?.withPolicy ?? withPolicy, subsets });
  }
  return found;
}

/**
 * A sidecar looks for rules in its own namespace first: one there replaces what the declaring namespace exports to it. A namespace with an entry of its own
 * follows that one, and no rule of others.
 */
function inClientNamespaces(view: MeshView, all: readonly MeshObject[]): Finding[] {
  const byHost = new Map<string, MeshObject[]>();
  all.filter(({ spec }) => view.names.entriesOf(String(spec.host)).length > 0).forEach(object => addTo(byHost, String(object.spec.host), object));
  return [...byHost].flatMap(([host, rules]) => {
    const declared = new Map<string, Set<string>>();
    view.names.entriesOf(host).forEach(({ object: { namespace }, visibleTo: seenBy }) => (
      declared.set(namespace, new Set([...declared.get(namespace) ?? [], ...seenBy]))));
    const follows = ({ namespace }: MeshObject) => reaches([...declared.get(namespace) ?? []], namespace);
    const offered = new OfferedRules(view, rules, declared);
    return rules.filter(object => !follows(object)).flatMap((object): Finding[] => {
      const replaced = offered.firstFor(object);
      return replaced ? [finding(object, host, replaced)] : [];
    });
  });
}

/** The rules of one host that are exported together with it, by who sees them: a host may have one in each of thousands of namespaces. */
class OfferedRules {
  private readonly placeOf = new Map<MeshObject, number>();
  private readonly byTarget = new Map<string, MeshObject[]>();

  /** @param declared who sees the host of each namespace that declares it */
  public constructor(view: MeshView, rules: readonly MeshObject[], declared: ReadonlyMap<string, ReadonlySet<string>>) {
    for (const object of rules) {
      const hosts = [...declared.get(object.namespace) ?? []];
      const seenBy = visibleTo(object, view.facts);
      const targets = seenBy.includes('*') ? hosts : seenBy.filter(namespace => reaches(hosts, namespace));
      this.placeOf.set(object, this.placeOf.size);
      for (const target of targets) {
        const known = this.byTarget.get(target) ?? [];
        // Of two namespaces one is another than that of any rule.
        if (known.length < 2 && known.every(other => other.namespace !== object.namespace)) {
          this.byTarget.set(target, [...known, object]);
        }
      }
    }
  }

  /** The first one of another namespace that the namespace of a rule sees. */
  public firstFor({ namespace }: MeshObject): MeshObject | undefined {
    return ['*', namespace].flatMap(target => this.byTarget.get(target)?.find(other => other.namespace !== namespace) ?? [])
      .sort((a, b) => this.placeOf.get(a)! - this.placeOf.get(b)!)[0];
  }
}

function finding(object: MeshObject, host: string, replaced: MeshObject): Finding {
  return {
    object,
    field: ['spec', 'host'],
    message: `'host' ${quote(host)} also has the DestinationRule '${replaced.origin.path}', and sidecars in ${where(object.namespace)} use only one of the two`,
    fix: { code: 'write its settings in one place: addJsonPatch() adds to a rule of this library', yaml: 'write the settings of the host in one DestinationRule' },
  };
}

/** The rules of one host in one namespace so far: an app may have thousands for a gateway. */
interface Rules {
  readonly first: MeshObject;
  readonly withPolicy?: MeshObject;
  readonly subsets: Map<string, Subset>;
}

interface Subset {
  readonly object: MeshObject;
  readonly subset: Fields;
}

/** The earlier rule that istiod does not make one with this one; nothing if it merges them all and loses nothing. */
function replacedBy(object: MeshObject, { first, withPolicy, subsets }: Rules): MeshObject | undefined {
  if (exported(object) !== exported(first)) {
    return first;
  }
  if (object.spec.trafficPolicy !== undefined && withPolicy) {
    return withPolicy;
  }
  // Of two subsets of one name the first one holds.
  return records(object.spec.subsets).flatMap(subset => {
    const other = subsets.get(String(subset.name));
    return other === undefined || JSON.stringify(other.subset) === JSON.stringify(subset) ? [] : [other.object];
  })[0];
}

function exported({ spec }: MeshObject): string {
  const names = strings(spec.exportTo);
  return names.length === 1 ? names[0] : [...names].sort().join(' ');
}
