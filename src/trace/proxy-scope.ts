import { Capture } from './capture';
import { compareTexts } from '../private/order';
import { Fields, record, records, strings, text } from '../view/fields';
import { HostTable } from '../view/host-table';
import { KnownService } from '../view/known-service';
import { addTo } from '../view/lists';
import { MeshView } from '../view/mesh-view';
import { NamespaceSidecar } from '../view/namespace-sidecar';
import { MESH, Route } from '../view/route';
import { reaches } from '../view/visibility';

/** What one proxy knows: the services it listens for, those it has clusters of, and its VirtualServices. */
export class ProxyScope {
  private readonly byPort = new Map<number, KnownService[]>();
  private readonly byHost = new Map<string, KnownService[]>();
  private routeTable?: HostTable<number>;
  private firsts?: ReadonlyMap<string, Route>;
  private asks?: boolean;

  /**
   * @param services in the order of istiod, which is that of their precedence
   * @param clusters by host; those that a VirtualService sends to are among them, whatever a Sidecar imports
   * @param routes those of the sidecars, in the order of their precedence
   * @param isClosed whether what it does not know is reset
   * @param halved those of entries with several addresses of which it knows one, and not the same one in every run of istiod
   */
  public constructor(
    public readonly namespace: string,
    public readonly services: readonly KnownService[],
    public readonly clusters: ReadonlyMap<string, KnownService>,
    public readonly routes: readonly Route[],
    public readonly isClosed: boolean,
    public readonly sidecar?: NamespaceSidecar,
    public readonly halved: readonly KnownService[] = [],
  ) {
    for (const service of services) {
      addTo(this.byHost, service.host, service);
      new Set(service.ports.map(({ number: port }) => port)).forEach(port => addTo(this.byPort, port, service));
    }
  }

  public onPort(port: number): readonly KnownService[] {
    return this.byPort.get(port) ?? [];
  }

  /** The services of a host, at each of its addresses. */
  public get servicesByHost(): ReadonlyMap<string, readonly KnownService[]> {
    return this.byHost;
  }

  /** Whether some rule is for workloads of certain labels alone. */
  public get asksForLabels(): boolean {
    return this.asks ??= this.routes.some(({ rules }) => rules.some(({ matches }) => (
      matches.some(({ sourceLabels }) => Object.keys(sourceLabels).length > 0))));
  }

  /** The VirtualServices that have a host in common with another one. */
  public routesFor(host: string): readonly Route[] {
    this.routeTable ??= new HostTable(this.routes.flatMap(({ hosts }, i) => hosts.map(name => [name, i] as const)));
    return [...new Set(this.routeTable.meeting(host))].sort((a, b) => a - b).map(i => this.routes[i]);
  }

  /** The VirtualService of a host, or of a wildcard, as it is written. */
  public get routesByHost(): ReadonlyMap<string, Route> {
    this.firsts ??= new Map([...this.routes].reverse().flatMap(route => route.hosts.map(host => [host, route] as const)));
    return this.firsts;
  }
}

/** What the sidecar of a workload knows for the connections to a port. */
export function sidecarScope(view: MeshView, client: Pick<Capture, 'namespace'>, sidecar: NamespaceSidecar | undefined, port: number): ProxyScope {
  const isClosed = sidecar?.isClosed ?? view.facts.outboundTrafficPolicy === 'REGISTRY_ONLY';
  const patterns = egressHosts(sidecar, port);
  const routes = routesOf(view, client.namespace, MESH);
  if (patterns === undefined) {
    const services = oneOfEachHost(seenIn(view, client.namespace), client.namespace);
    return scopeOf(view, client.namespace, services, routes, isClosed, sidecar);
  }
  const imports = new Imports(patterns, client.namespace);
  const seen = imports.areExact ? seenIn(view, client.namespace).filter(service => isFirst(view, service)) : seenIn(view, client.namespace);
  const services = oneOfEachHost(seen.filter(service => imports.has(service.namespace, service.host)), client.namespace);
  const imported = routes.filter(({ object, hosts }) => hosts.some(host => imports.meets(object.namespace, host)));
  const halved = imports.areExact ? services.flatMap(service => severalOf(view, service)) : [];
  return scopeOf(view, client.namespace, services, imported, isClosed, sidecar, halved);
}

/** What the gateways of a namespace know. */
export function gatewayScope(view: MeshView, namespace: string): ProxyScope {
  return scopeOf(view, namespace, seenIn(view, namespace), [], true);
}

/** The VirtualServices of a gateway, or of the sidecars, that a namespace sees: its own private ones, those exported to it by name, those of everybody. */
export function routesOf(view: MeshView, namespace: string, gateway: string): readonly Route[] {
  const all = view.routesByGateway.get(gateway) ?? [];
  const isPublic = (route: Route) => route.visibleTo.includes('*');
  const named = all.filter(route => !isPublic(route) && route.visibleTo.includes(namespace));
  return [
    ...named.filter(({ object }) => object.namespace === namespace), ...named.filter(({ object }) => object.namespace !== namespace),
    ...all.filter(isPublic),
  ];
}

/** The Sidecar of a workload: one that selects it, that of its namespace, or that of the root namespace, where istiod takes one without a selector only. */
export function sidecarOf(view: MeshView, { namespace, labels }: Pick<Capture, 'namespace' | 'labels'>): NamespaceSidecar | undefined {
  return view.sidecarsOf(namespace).of(labels) ?? view.sidecarsOf(view.facts.rootNamespace).ofOthers;
}

/** What the egress listener for a port imports; undefined for everything. A listener with the port comes before the one for all others. */
function egressHosts(sidecar: NamespaceSidecar | undefined, port: number): readonly string[] | undefined {
  const listeners = records(sidecar?.object.spec.egress);
  return listeners.length === 0 ? undefined : strings(listeners[egressListener(sidecar, port)]?.hosts);
}

/** The place of the egress listener for a port in its Sidecar; -1 when there is none. */
export function egressListener(sidecar: NamespaceSidecar | undefined, port: number): number {
  return sidecar?.listenerFor(port) ?? -1;
}

/** The place of the egress listener that is an HTTP proxy for a host, of whichever port; -1 when there is none. It needs no port of the service (`needsPortMatch` of istiod). */
export function httpProxyFor(view: MeshView, { sidecar, namespace }: ProxyScope, host: string): number {
  const services = view.knownServicesByHost.get(host) ?? [];
  return records(sidecar?.object.spec.egress).findIndex(listener => {
    const imports = new Imports(strings(listener.hosts), namespace);
    return isHttpProxy(listener) && services.some(service => reaches(service.visibleTo, namespace) && imports.has(service.namespace, service.host));
  });
}

export function isHttpProxy({ port }: Fields): boolean {
  return text(record(port).protocol)?.toUpperCase() === 'HTTP_PROXY';
}

/** The hosts of an egress listener. */
class Imports {
  private readonly wanted: HostsByNamespace;
  private readonly excluded: HostsByNamespace;
  /** Whether each is one host of one namespace; istiod then looks each up (`servicesForExactHosts`), and knows one service of it. */
  public readonly areExact: boolean;

  public constructor(patterns: readonly string[], own: string) {
    const read = patterns.filter(pattern => pattern.split('/').length === 2).map(pattern => {
      const [scope, host] = pattern.split('/');
      const namespace = scope.replace(/^~/, '');
      return { isExcluded: scope.startsWith('~'), entry: [namespace === '.' ? own : namespace === '' ? '*' : namespace, host] as const };
    });
    const wanted = read.filter(({ isExcluded }) => !isExcluded).map(({ entry }) => entry);
    this.wanted = new HostsByNamespace(wanted);
    this.excluded = new HostsByNamespace(read.filter(({ isExcluded }) => isExcluded).map(({ entry }) => entry));
    this.areExact = wanted.every(([scope, name]) => scope !== '*' && !name.startsWith('*'));
  }

  public has(namespace: string, host: string): boolean {
    return !this.excluded.have(namespace, hosts => hosts.covers(host)) && this.wanted.have(namespace, hosts => hosts.covers(host));
  }

  /** Whether a host of a VirtualService has a name in common with what is imported. */
  public meets(namespace: string, host: string): boolean {
    return !this.excluded.have(namespace, hosts => hosts.covers(host)) && this.wanted.have(namespace, hosts => hosts.meets(host));
  }
}

/** Hosts of a namespace, or of every one (`*`); `*` is every host. */
class HostsByNamespace {
  private readonly whole = new Set<string>();
  private readonly tables: ReadonlyMap<string, HostTable<true>>;

  public constructor(entries: readonly (readonly [namespace: string, host: string])[]) {
    const hosts = new Map<string, string[]>();
    entries.forEach(([namespace, host]) => (host === '*' ? this.whole.add(namespace) : addTo(hosts, namespace, host)));
    this.tables = new Map([...hosts].map(([namespace, all]) => [namespace, new HostTable(all.map(host => [host, true]))]));
  }

  public have(namespace: string, isIn: (hosts: HostTable<true>) => boolean): boolean {
    return ['*', namespace].some(scope => this.whole.has(scope) || this.tables.has(scope) && isIn(this.tables.get(scope)!));
  }
}

/** Whether a service is the one that istiod knows by its host and namespace: a Service, or the first, which of an entry with several addresses stands for all. */
function isFirst(view: MeshView, { object, host, namespace, address }: KnownService): boolean {
  const first = view.firstServices.get(namespace)!.get(host)!;
  return first.object === object && first.address === address;
}

/** An entry at each of its addresses, if it has several. */
function severalOf(view: MeshView, { object, host }: KnownService): readonly KnownService[] {
  const all = view.knownServicesByHost.get(host)!.filter(other => other.object === object);
  return all.length > 1 ? all : [];
}

/** The services that a namespace sees: those that name it before those that are for everybody. */
function seenIn(view: MeshView, namespace: string): KnownService[] {
  const isPublic = ({ visibleTo }: KnownService) => visibleTo.includes('*');
  return [
    ...view.knownServices.filter(service => !isPublic(service) && service.visibleTo.includes(namespace)), ...view.knownServices.filter(isPublic),
  ];
}

/** Of one host in several namespaces a sidecar takes its own, else that of a Service, else the first. */
function oneOfEachHost(services: readonly KnownService[], own: string): KnownService[] {
  const chosen = new Map<string, KnownService>();
  for (const service of services) {
    const known = chosen.get(service.host);
    if (!known || service.namespace === own
      || !known.isKubernetes && service.isKubernetes && known.namespace !== own) {
      chosen.set(service.host, service);
    }
  }
  return services.filter(service => chosen.get(service.host)!.namespace === service.namespace);
}

function scopeOf(
  view: MeshView, namespace: string, services: readonly KnownService[], routes: readonly Route[], isClosed: boolean, sidecar?: NamespaceSidecar,
  halved?: readonly KnownService[],
): ProxyScope {
  const clusters = new Map<string, KnownService>();
  const add = (service: KnownService) => {
    const known = clusters.get(service.host);
    clusters.set(service.host, known ? merged(known, service) : service);
  };
  services.forEach(add);
  for (const [host, ports] of destinationsOf(routes, namespace)) {
    const found = clusters.has(host) ? undefined : bestOf(view, host, namespace);
    if (found) {
      const named = ports.has(undefined) ? found.ports : found.ports.filter(({ number: port }) => ports.has(port));
      add({ ...found, ports: named });
    }
  }
  return new ProxyScope(namespace, services, clusters, routes, isClosed, sidecar, halved);
}

/** The hosts that VirtualServices send to from a namespace, with the ports that they name; undefined is one that names none. */
function destinationsOf(routes: readonly Route[], namespace: string): Map<string, Set<number | undefined>> {
  const found = new Map<string, Set<number | undefined>>();
  for (const { kind, matches, destinations, mirrors } of routes.flatMap(({ rules }) => rules)) {
    const sources = matches.map(({ sourceNamespace }) => sourceNamespace).filter(source => source !== undefined);
    if (kind !== 'http' || sources.length === 0 || sources.includes(namespace)) {
      [...destinations, ...mirrors].forEach(({ host, port }) => found.set(host, (found.get(host) ?? new Set()).add(port)));
    }
  }
  return found;
}

function bestOf(view: MeshView, host: string, namespace: string): KnownService | undefined {
  const all = view.knownServicesByHost.get(host) ?? [];
  const seen = all.filter(service => reaches(service.visibleTo, namespace));
  return all.find(service => service.namespace === namespace) ?? seen.find(({ isKubernetes }) => isKubernetes)
    ?? [...seen].sort((a, b) => compareTexts(a.namespace, b.namespace))[0];
}

/** Two services of one host are one cluster for each port: a Service wins, entries that are alike add their ports, and otherwise the first has it. */
function merged(known: KnownService, other: KnownService): KnownService {
  if (known.isKubernetes !== other.isKubernetes) {
    return known.isKubernetes ? known : other;
  }
  const alike = known.namespace === other.namespace && known.resolution === other.resolution && same(known.object.labels, other.object.labels)
    && same(known.selector, other.selector) && same([...known.visibleTo].sort(), [...other.visibleTo].sort());
  const more = alike ? other.ports.filter(({ number: port }) => !known.ports.some(has => has.number === port)) : [];
  return more.length === 0 ? known : { ...known, ports: [...known.ports, ...more] };
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one ?? {}) === JSON.stringify(other ?? {});
}
