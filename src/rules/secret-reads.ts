import { hostsUnder } from './covered-hosts';
import { gatewaysTo, homesOf } from './rule-not-looked-up';
import { strings } from '../view/fields';
import { MeshObject } from '../view/mesh-object';
import { MeshView } from '../view/mesh-view';
import { secretOfClient, WantedSecret } from '../view/secrets';
import { ClientTlsSettings, TrafficRule } from '../view/traffic-rule';
import { reaches } from '../view/visibility';

/** A Secret that proxies read, by the `credentialName` of an object. */
export interface SecretRead extends WantedSecret {
  readonly object: MeshObject;
  readonly field: readonly (string | number)[];
}

/** What proxies read, as far as it is known where they are: each Secret once for each object and namespace. */
export function secretReadsIn(view: MeshView): readonly SecretRead[] {
  return view.once('secretReads', () => {
    const first = new Map<string, SecretRead>();
    const reads = [...readByServers(view), ...view.trafficRules.flatMap(rule => readByRule(view, rule))];
    for (const read of reads) {
      const key = JSON.stringify([read.object.kind, read.object.namespace, read.object.name, read.namespace, read.name]);
      first.set(key, first.get(key) ?? read);
    }
    return [...first.values()];
  });
}

/** The certificates of a Gateway's servers, where its pods are in one namespace. */
function readByServers(view: MeshView): SecretRead[] {
  const named = view.gatewayServers.filter(({ tls }) => tls !== undefined && tls.credentials.length > 0);
  const known = named.length === 0 ? [] : view.gatewayWorkloads.all.filter(({ namespaces }) => namespaces.size === 1);
  return known.flatMap(({ servers, namespaces }) => servers.flatMap(({ object, tls, field }) => (
    (tls?.credentials ?? []).map(({ name, field: below }) => ({ object, namespace: [...namespaces][0], name, field: [...field, ...below] })))));
}

function readByRule(view: MeshView, rule: TrafficRule): SecretRead[] {
  const { object, workloadSelector, allTls } = rule;
  if (!allTls.some(({ credentialName }) => credentialName !== undefined)) {
    return [];
  }
  if (workloadSelector !== undefined) {
    return allTls.flatMap(tls => readOf(object, object.namespace, tls));
  }
  // One that is exported to one namespace is for the proxies there.
  const [reader, ...others] = strings(object.spec.exportTo).map(target => (target === '.' ? object.namespace : target));
  const isForOne = reader !== undefined && reader !== '*' && others.length === 0;
  const hosts = [rule.host, ...new Set(hostsUnder(view, rule).map(({ host }) => host))];
  const doors = hosts.flatMap(host => gatewayDoorsTo(view, host).filter(({ namespace }) => isFollowed(view, rule, host, namespace)));
  return [
    ...isForOne ? allTls.flatMap(tls => readOf(object, reader, tls)) : [],
    ...doors.flatMap(door => settingsAt(rule, door).flatMap(tls => readOf(object, door.namespace, tls))),
  ];
}

/** What gateways of one namespace use of the rules for a host. */
interface GatewayDoor {
  readonly namespace: string;
  /** Undefined where a route names none. */
  readonly port?: number;
  readonly subsets: ReadonlySet<string | undefined>;
}

/** Where gateways send to a host, as far as each has its pods in one namespace: each namespace and port once, however many routes there are. */
function gatewayDoorsTo(view: MeshView, host: string): readonly GatewayDoor[] {
  const known = view.once('doors of gateways by host', () => new Map<string, readonly GatewayDoor[]>());
  const found = known.get(host) ?? readDoors(view, host);
  known.set(host, found);
  return found;
}

function readDoors(view: MeshView, host: string): GatewayDoor[] {
  const doors = new Map<string, GatewayDoor & { readonly subsets: Set<string | undefined> }>();
  for (const { namespaces: [namespace, ...more], to: { port, subset } } of gatewaysTo(view, host)) {
    if (more.length === 0) {
      const key = `${namespace} ${port}`;
      const door = doors.get(key) ?? { namespace, port, subsets: new Set() };
      door.subsets.add(subset);
      doors.set(key, door);
    }
  }
  return [...doors.values()];
}

/** What a rule says of TLS where gateways send. Subsets that it does not have follow its policy for all. */
function settingsAt(rule: TrafficRule, { port, subsets }: GatewayDoor): readonly ClientTlsSettings[] {
  if (port === undefined) {
    return rule.allTls;
  }
  const own = [...new Set(rule.subsets.map(({ name }) => name))].filter(name => subsets.has(name));
  return [...subsets.size > own.length ? [undefined] : [], ...own].flatMap(subset => rule.tlsOf(port, subset) ?? []);
}

function readOf(object: MeshObject, namespace: string, tls: ClientTlsSettings): SecretRead[] {
  const wanted = secretOfClient(namespace, tls);
  return wanted === undefined ? [] : [{ ...wanted, object, field: [...tls.field, 'credentialName'] }];
}

/** Whether the proxies of a namespace find a rule for a host, and none before it. */
function isFollowed(view: MeshView, rule: TrafficRule, host: string, namespace: string): boolean {
  return reaches(rule.visibleTo, namespace) && firstPlaceOf(view, rule.host, host, namespace) === rule.object.namespace;
}

/** The first namespace in which the proxies of another one find rules for a name, which is the host or a wildcard over it. */
function firstPlaceOf(view: MeshView, name: string, host: string, namespace: string): string | undefined {
  const known = view.once('first places of rules', () => new Map<string, string | undefined>());
  const key = `${namespace} ${name} ${host}`;
  if (!known.has(key)) {
    const seen = view.names.trafficRulesOf(name).filter(({ visibleTo }) => reaches(visibleTo, namespace));
    const places = new Set(seen.map(({ object }) => object.namespace));
    known.set(key, [namespace, ...homesOf(view, host), view.facts.rootNamespace].find(place => places.has(place)));
  }
  return known.get(key);
}
