import { CodeFields } from './code';
import { connectionCode } from './connection-code';
import { entryShape } from './entry-shape';
import { writtenAnnotations } from './kept-object';
import { lostSetting, ruleShape, settingsIn, usualSettings } from './rule-shape';
import { writtenBy } from './scratch';
import { AdoptedPort, candidates, portsOf, ServiceCode, unwrittenEndpoints, unwrittenPort } from './service-code';
import { tlsCode, UNWRITTEN_TLS } from './tls-code';
import { wildcardRules } from './wildcard-rules';
import { ExternalEntry } from '../view/external-entry';
import { Fields, record, strings } from '../view/fields';
import { MeshObject } from '../view/mesh-object';
import { MeshView } from '../view/mesh-view';
import { TrafficRule } from '../view/traffic-rule';

/** What a construct of the library takes the place of. */
export interface Adopted {
  readonly code: ServiceCode;
  /** The objects whose names go, because the construct writes them under names of its own. */
  readonly replaced: readonly MeshObject[];
  /** What the construct says that the objects do not. */
  readonly added: readonly string[];
  /** What somebody has to know besides who goes on with the construct, in a line each. */
  readonly notes: readonly string[];
}

/** Why no construct does. */
export interface Refused {
  readonly refused: string;
}

/** What every construct takes of an entry: its name, and what somebody wrote beside it. */
export function metadataCode({ name, labels, annotations }: MeshObject): CodeFields {
  return {
    name,
    labels: Object.keys(labels).length === 0 ? undefined : { ...labels },
    annotations: writtenAnnotations(annotations),
  };
}

/** A ServiceEntry that sidecars reach directly as a construct, with its DestinationRule where the construct has words for it. */
export function adoptDirect(view: MeshView, entry: ExternalEntry, facts: CodeFields): Adopted | Refused {
  const { object } = entry;
  const ports = portsOf(object.spec);
  if (ports === undefined) {
    return { refused: unwrittenPort(object.spec) };
  }
  const rule = soleRule(view, entry);
  const rules = view.names.trafficRulesOf(entry.hosts[0]);
  const exported = strings(object.spec.exportTo).map(target => (target === object.namespace ? '.' : target));
  const exportTo = exported.length === 0 ? ['*'] : exported.join() === '.' ? undefined : exported;
  const ways = [...rule === undefined ? [] : [withRule(entry, ports, rule)], { ports, more: {}, replaced: [] as MeshObject[] }];
  const reasons: string[] = [];
  for (const way of ways) {
    const other = rules.find(one => !way.replaced.includes(one.object));
    const more = { ...way.more, exportTo, metadata: metadataCode(object) };
    for (const code of way.ports === undefined ? [] : candidates(object.spec, way.ports, more)) {
      const written = writtenBy(code, object.namespace, facts);
      const reason = 'refused' in written ? written.refused : other !== undefined && written.objects.some(({ kind }) => kind === 'DestinationRule')
        ? `it would get a DestinationRule beside '${other.object.origin.path}', and Istio uses one of them: ${whyBeside(entry, rule, rules)}`
        : hiddenBy(view, entry, written.objects) ?? differenceTo(entry, way.ports!, way.replaced[0], written.objects);
      if (typeof reason === 'string') {
        reasons.push(reason);
      } else {
        return { code, replaced: way.replaced, ...reason };
      }
    }
  }
  return { refused: reasons[0] ?? unwrittenEndpoints(object.spec) };
}

/** Why no construct has what a DestinationRule says, though others of its kind would be taken. */
function whyBeside({ object, hosts }: ExternalEntry, rule: MeshObject | undefined, rules: readonly TrafficRule[]): string {
  const [{ object: first, subsets, workloadSelector }] = rules;
  return rule !== undefined ? UNWRITTEN_TLS : hosts.length > 1 ? 'a construct with a rule has one host' : rules.length > 1 ? `it has ${rules.length} already`
    : first.namespace !== object.namespace ? 'this one is in another namespace' : subsets.length > 0 ? 'this one has \'subsets\', which a construct does not'
      : workloadSelector !== undefined ? 'this one has a \'workloadSelector\', which a construct does not' : 'this one says what a construct does not';
}

/** The one DestinationRule of an entry's one host, for every workload: in the entry's namespace, or in that of the proxies that connect. */
export function soleRule(view: MeshView, { object, hosts }: ExternalEntry, connecting = object.namespace): MeshObject | undefined {
  const rules = hosts.length === 1 ? view.names.trafficRulesOf(hosts[0]) : [];
  const [rule] = rules;
  const isSole = rules.length === 1 && [object.namespace, connecting].includes(rule.object.namespace);
  return isSole && rule.workloadSelector === undefined && rule.subsets.length === 0 ? rule.object : undefined;
}

/** The ports and options with what a rule says; no ports where the library has no words for it. */
function withRule({ hosts }: ExternalEntry, ports: readonly AdoptedPort[], rule: MeshObject) {
  const secured = ports.map(port => ({ ...port, tls: tlsCode(rule.spec, port.number, hosts[0]) }));
  return {
    ports: secured.some(({ tls }) => tls === false) ? undefined : secured as AdoptedPort[],
    more: { connection: connectionCode(record(rule.spec.trafficPolicy)) },
    replaced: [rule],
  };
}

/** The setting of a wildcard's rule that a rule of the host alone would hide. */
function hiddenBy(view: MeshView, { object: { namespace }, hosts }: ExternalEntry, written: readonly Fields[]): string | undefined {
  const rules = written.filter(({ kind }) => kind === 'DestinationRule').map(({ spec }) => record(spec));
  const settings = rules.flatMap(settingsIn);
  for (const rule of rules.length === 0 ? [] : hosts.flatMap(host => wildcardRules(view, host, namespace))) {
    const lost = lostSetting(settingsIn(rule.object.spec), settings);
    if (lost !== undefined) {
      return `'${lost[0]}' of DestinationRule '${rule.object.origin.path}' for "${rule.host}" would be lost: it would get a rule of its own, and Istio uses that alone`;
    }
  }
  return undefined;
}

/** What a construct writes otherwise than the objects say; where it says the same, what it adds. */
function differenceTo(
  { object }: ExternalEntry, ports: readonly AdoptedPort[], rule: MeshObject | undefined, written: readonly Fields[],
): string | Pick<Adopted, 'added' | 'notes'> {
  const entryWritten = written.find(({ kind }) => kind === 'ServiceEntry');
  const [own, other] = [entryShape(object.spec, object.namespace), entryShape(record(entryWritten?.spec), object.namespace)];
  const part = Object.keys(own).find(name => own[name] !== other[name]);
  if (part === 'subjectAltNames') {
    return 'its \'subjectAltNames\' would be lost';
  }
  if (part !== undefined) {
    return `its '${part}' would be written as ${JSON.stringify(other[part])}, and is ${JSON.stringify(own[part])}`;
  }
  const rules = written.filter(({ kind }) => kind === 'DestinationRule').map(({ spec }) => record(spec));
  const shown = (spec: Fields) => strings(spec.exportTo).map(target => (target === object.namespace ? '.' : target));
  const [narrow, wide] = [rule === undefined ? [] : shown(rule.spec), shown(rules[0] ?? {})];
  if (narrow.length > 0 && !narrow.includes('*') && rules.length > 0 && (wide.length === 0 || wide.some(target => !narrow.includes(target)))) {
    return `its DestinationRule would be shown to other namespaces: 'exportTo' would be ${JSON.stringify(wide)}, and is ${JSON.stringify(narrow)}`;
  }
  const added = new Set<string>();
  for (const { number: port } of ports) {
    const [before, after] = [rule === undefined ? new Map<string, string>() : ruleShape(rule.spec, port), ruleShape(rules[0] ?? {}, port)];
    const lost = [...before].find(([path, value]) => after.get(path) !== value);
    if (lost !== undefined) {
      return `'${lost[0]}' of its DestinationRule would be lost`;
    }
    [...after].filter(([path]) => !before.has(path)).forEach(([path]) => added.add(path));
  }
  const [all, after] = [rule === undefined ? [] : settingsIn(rule.spec), settingsIn(rules[0] ?? {})];
  const lost = lostSetting(all, after);
  return lost !== undefined ? `'${lost[0]}' of its DestinationRule would be lost`
    : { added: [...added].sort(), notes: rule === undefined ? [] : usualNotes(rule, usualSettings(all, after)) };
}

/** Settings that go with a rule because the default is as good. */
export function usualNotes({ origin }: MeshObject, settings: readonly string[]): string[] {
  return settings.length === 0 ? [] : [`is written without ${[...new Set(settings)].join(', ')} of DestinationRule '${origin.path}', which balances as the default does`];
}
