import { hostsUnder } from './covered-hosts';
import { gatewaysTo, homesOf } from './rule-not-looked-up';
import { record, records, strings } from '../view/fields';
import { addTo } from '../view/lists';
import { MeshObject } from '../view/mesh-object';
import { MeshView } from '../view/mesh-view';
import { ClientTlsSettings, TrafficRule } from '../view/traffic-rule';
import { reaches } from '../view/visibility';

/** A Secret that proxies read, by the `credentialName` of an object. */
export interface SecretRead {
  readonly object: MeshObject;
  /** That of the proxies. */
  readonly namespace: string;
  readonly name: string;
  /** Another Secret that would do. */
  readonly or?: string;
  readonly field: readonly (string | number)[];
}

/** What proxies read, as far as it is known where they are: each Secret once for each object and namespace. */
export function secretReadsIn(view: MeshView): readonly SecretRead[] {
  return view.once('secretReads', () => {
    const first = new Map<string, SecretRead>();
    const reads = [...readByServers(view), ...view.trafficRules.flatMap(rule => readByRule(view, rule))];
    for (const read of reads.filter(({ name }) => !name.includes('://'))) {
      const key = JSON.stringify([read.object.kind, read.object.namespace, read.object.name, read.namespace, read.name]);
      first.set(key, first.get(key) ?? read);
    }
    return [...first.values()];
  });
}

/** Objects from which operators make Secrets, and by which names; the namespace is that of the object. */
const MAKERS: readonly { readonly group: string; readonly kind: string; nameIn(object: MeshObject): unknown[] }[] = [
  { group: 'cert-manager.io', kind: 'Certificate', nameIn: ({ spec }) => [spec.secretName] },
  { group: 'external-secrets.io', kind: 'ExternalSecret', nameIn: ({ name, spec }) => [record(spec.target).name ?? name] },
  { group: 'bitnami.com', kind: 'SealedSecret', nameIn: ({ name }) => [name] },
  ...['VaultStaticSecret', 'VaultDynamicSecret', 'VaultPKISecret', 'HCPVaultSecretsApp'].map(kind => (
    { group: 'secrets.hashicorp.com', kind, nameIn: ({ spec }: MeshObject) => [record(spec.destination).name] })),
  { group: 'secrets-store.csi.x-k8s.io', kind: 'SecretProviderClass', nameIn: ({ spec }) => records(spec.secretObjects).map(({ secretName }) => secretName) },
];

/** The objects of the app that are a Secret, or from which an operator makes one, by its name. */
export function placesOfSecrets(view: MeshView): ReadonlyMap<string, readonly MeshObject[]> {
  return view.once('placesOfSecrets', () => {
    const secrets = new Map<string, MeshObject[]>();
    view.of('', 'Secret').forEach(object => addTo(secrets, object.name, object));
    for (const { group, kind, nameIn } of MAKERS) {
      view.of(group, kind).forEach(object => strings(nameIn(object)).forEach(name => addTo(secrets, name, object)));
    }
    return secrets;
  });
}

/** The objects of a Secret that is read, wherever they are. */
export function secretsOf(view: MeshView, { name, or }: SecretRead): readonly MeshObject[] {
  const places = placesOfSecrets(view);
  return [...places.get(name) ?? [], ...or === undefined ? [] : places.get(or) ?? []];
}

/** The certificates of a Gateway's servers, where its pods are in one namespace. */
function readByServers(view: MeshView): SecretRead[] {
  const named = view.gatewayServers.filter(({ tls }) => tls?.credentialName !== undefined);
  const known = named.length === 0 ? [] : view.gatewayWorkloads.all.filter(({ namespaces }) => namespaces.size === 1);
  return known.flatMap(({ servers, namespaces }) => servers.flatMap(({ object, tls, field }) => (
    tls?.credentialName === undefined ? [] : [{ object, namespace: [...namespaces][0], name: tls.credentialName, field: [...field, 'tls', 'credentialName'] }])));
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

function readOf(object: MeshObject, namespace: string, { credentialName: name, mode, field }: ClientTlsSettings): SecretRead[] {
  // Without a certificate of the client istiod looks for the authority alone, first in a Secret of its own.
  return name === undefined ? [] : [{ object, namespace, name, or: mode === 'SIMPLE' ? `${name}-cacert` : undefined, field: [...field, 'credentialName'] }];
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
