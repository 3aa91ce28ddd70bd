import { AccessPolicy } from './access-policy';
import { byAge, byAgeAndName } from './age';
import { EgressPolicy, KUBERNETES_NETWORKING } from './egress-policy';
import { placesOfEntry } from './entry-endpoints';
import { ExternalEntry } from './external-entry';
import { record, records, strings, withValue } from './fields';
import { GatewayConfig, GatewayServer } from './gateway';
import { GatewayPlaces } from './gateway-places';
import { GatewayWorkloads } from './gateway-workload';
import { namespaceOfService } from './host-name';
import { HostTable } from './host-table';
import { KnownService, serviceOfCluster, servicesOfEntry } from './known-service';
import { KubeService } from './kube-service';
import { LabelTable } from './label-table';
import { LabelledThings } from './labelled-things';
import { addTo, distinct } from './lists';
import { MeshObject, NETWORKING, SECURITY, SERVICE_NAME } from './mesh-object';
import { NameIndex } from './name-index';
import { NamespaceSidecar } from './namespace-sidecar';
import { Namespaces } from './namespaces';
import { NetworkPolicy, PoliciesOfNamespace } from './network-policy';
import { PodTemplate, podTemplatesOf } from './pod-template';
import { PodsOfNamespace } from './pods-of-namespace';
import { MESH, Route } from './route';
import { RoutedPlaces } from './routed-places';
import { ShownNamespaces } from './shown-namespaces';
import { SidecarsOfNamespace } from './sidecars-of-namespace';
import { TrafficRule } from './traffic-rule';
import { reaches } from './visibility';
import { SelectedWorkload, workloadOf } from './workload-entry';
import { MeshModel } from '../private/model';
import { compareTexts } from '../private/order';

/** What holds the endpoints of a Service. */
export interface EndpointObjects {
  readonly whole: readonly MeshObject[];
  readonly slices: readonly MeshObject[];
}

/** One host and port that a VirtualService of the sidecars sends somewhere else. */
interface Detour {
  readonly visibleTo: readonly string[];
  /** Undefined for every port. */
  readonly ports: readonly (number | undefined)[];
}

/** Every object of an app, or of some files, as the mesh reads them together. */
export class MeshView {
  private readonly byKind = new Map<string, MeshObject[]>();
  private readonly known = new Map<string, unknown>();

  /** @param today the day by which dependencies are judged, as 2027-01-31; without one, none has expired */
  public constructor(public readonly facts: MeshModel, public readonly objects: readonly MeshObject[], public readonly today?: string) {
    objects.forEach(object => addTo(this.byKind, `${object.group}/${object.kind}`, object));
  }

  /** The same as it may have been meant, where values of some objects leave a doubt: with each that they may be. */
  public get readings(): readonly MeshView[] {
    return this.once('readings', () => {
      const most = this.objects.reduce((before, { doubts = [] }) => Math.max(before, ...doubts.map(({ values }) => values.length)), 0);
      return Array.from({ length: most }, (_, i) => new MeshView(this.facts, this.objects.map(object => readAs(object, i)), this.today));
    });
  }

  public of(group: string, kind: string): readonly MeshObject[] {
    return this.byKind.get(`${group}/${kind}`) ?? [];
  }

  /** The objects of a kind in a namespace, by their names. */
  public inNamespace(group: string, kind: string, namespace: string): ReadonlyMap<string, MeshObject> {
    const places = this.once(`${group}/${kind} by namespace`, () => {
      const byNamespace = new Map<string, Map<string, MeshObject>>();
      for (const object of this.of(group, kind)) {
        const known = byNamespace.get(object.namespace) ?? new Map<string, MeshObject>();
        byNamespace.set(object.namespace, known.set(object.name, object));
      }
      return byNamespace;
    });
    return places.get(namespace) ?? new Map();
  }

  /** The objects of a kind with one name, of all namespaces. */
  public named(group: string, kind: string, name: string): readonly MeshObject[] {
    const names = this.once(`${group}/${kind} by name`, () => {
      const byName = new Map<string, MeshObject[]>();
      this.of(group, kind).forEach(object => addTo(byName, object.name, object));
      return byName;
    });
    return names.get(name) ?? [];
  }

  /** The services that ServiceEntries declare, the oldest first as far as ages are known. One inside the mesh (MESH_INTERNAL) has the listeners of one outside, so the rules treat both alike. */
  public get entries(): readonly ExternalEntry[] {
    return this.once('entries', () => [...this.of(NETWORKING, 'ServiceEntry')].sort(byAge).map(object => new ExternalEntry(object, this.facts)));
  }

  /** The Services of the cluster. */
  public get services(): readonly KubeService[] {
    return this.once('services', () => this.of('', 'Service').map(object => new KubeService(object, this.facts.clusterDomain)));
  }

  /** The Services in a namespace whose pods have some labels. */
  public servicesSelecting(namespace: string, labels: MeshObject['labels']): readonly KubeService[] {
    const found = this.once('servicesSelecting', () => {
      const byNamespace = new Map<string, [MeshObject['labels'], KubeService][]>();
      this.services.filter(({ selector }) => Object.keys(selector).length > 0)
        .forEach(service => addTo(byNamespace, service.object.namespace, [service.selector, service]));
      return new Map([...byNamespace].map(([name, services]) => [name, new LabelTable(services)]));
    });
    return found.get(namespace)?.selecting(labels) ?? [];
  }

  /** The Services of the cluster, by their full name. */
  public get serviceByHost(): ReadonlyMap<string, KubeService> {
    return this.once('serviceByHost', () => new Map(this.services.map(service => [service.host, service])));
  }

  /** The VirtualServices, the oldest first as far as ages are known. */
  public get routes(): readonly Route[] {
    return this.once('routes', () => [...this.of(NETWORKING, 'VirtualService')].sort(byAge).map(object => new Route(object, this.facts)));
  }

  /** Those that are for a host, by the host. */
  public get routesByHost(): ReadonlyMap<string, readonly Route[]> {
    return this.once('routesByHost', () => {
      const found = new Map<string, Route[]>();
      for (const route of this.routes) {
        for (const host of distinct(route.hosts)) {
          addTo(found, host, route);
        }
      }
      return found;
    });
  }

  /** The objects by what messages call them; a construct may have several. */
  public get objectsByPath(): ReadonlyMap<string, readonly MeshObject[]> {
    return this.once('objectsByPath', () => {
      const found = new Map<string, MeshObject[]>();
      this.objects.forEach(object => addTo(found, object.origin.path, object));
      return found;
    });
  }

  /** The VirtualServices of each Gateway, or of `mesh`, in the order of istiod: by age, name and namespace. What they delegate stands in its place. */
  public get routesByGateway(): ReadonlyMap<string, readonly Route[]> {
    return this.once('routesByGateway', () => {
      const found = new Map<string, Route[]>();
      const all = this.of(NETWORKING, 'VirtualService');
      const delegates = new Map(all.filter(({ spec }) => strings(spec.hosts).length === 0).map(object => [`${object.namespace}/${object.name}`, object]));
      const roots = this.routes.map(route => (records(route.object.spec.http).some(({ delegate }) => delegate !== undefined)
        ? new Route(route.object, this.facts, delegates) : route));
      roots.sort((a, b) => byAgeAndName(a.object, b.object)).forEach(route => (
        new Set(route.gateways).forEach(gateway => addTo(found, gateway, route))));
      return found;
    });
  }

  /** What istiod makes of entries and Services, in its order; Services without an age count as older than entries. */
  public get knownServices(): readonly KnownService[] {
    return this.once('knownServices', () => [
      ...this.services.map(service => serviceOfCluster(service, this.facts)),
      ...this.of(NETWORKING, 'ServiceEntry').flatMap(object => servicesOfEntry(object, this.facts)),
    ].sort((a, b) => (
      ageRank(a) - ageRank(b) || byAge(a.object, b.object) || compareTexts(a.sortName, b.sortName) || compareTexts(a.namespace, b.namespace))));
  }

  /** Of those of one host in a namespace, the one that istiod knows by these: a Service, or the first. */
  public get firstServices(): ReadonlyMap<string, ReadonlyMap<string, KnownService>> {
    return this.once('firstServices', () => {
      const found = new Map<string, Map<string, KnownService>>();
      for (const service of this.knownServices) {
        const known = found.get(service.namespace) ?? new Map<string, KnownService>();
        const first = known.get(service.host);
        found.set(service.namespace, known.set(service.host, first === undefined || service.isKubernetes && !first.isKubernetes ? service : first));
      }
      return found;
    });
  }

  public get knownServicesByHost(): ReadonlyMap<string, readonly KnownService[]> {
    return this.once('knownServicesByHost', () => {
      const found = new Map<string, KnownService[]>();
      this.knownServices.forEach(service => addTo(found, service.host, service));
      return found;
    });
  }

  /** Those of the hosts that a wildcard stands for, in their order. */
  public knownServicesWithin(wildcard: string): readonly KnownService[] {
    const table = this.once('knownServicesWithin', () => new HostTable(this.knownServices.map((service, place) => [service.host, { service, place }])));
    return [...table.within(wildcard)].sort((a, b) => a.place - b.place).map(({ service }) => service);
  }

  /** The DestinationRules. */
  public get trafficRules(): readonly TrafficRule[] {
    return this.once('trafficRules', () => this.of(NETWORKING, 'DestinationRule').map(object => new TrafficRule(object, this.facts)));
  }

  public get gateways(): readonly GatewayConfig[] {
    return this.once('gateways', () => this.of(NETWORKING, 'Gateway').map(object => new GatewayConfig(object)));
  }

  public get gatewayServers(): readonly GatewayServer[] {
    return this.once('gatewayServers', () => this.gateways.flatMap(({ servers }) => servers));
  }

  public get accessPolicies(): readonly AccessPolicy[] {
    return this.once('accessPolicies', () => this.of(SECURITY, 'AuthorizationPolicy').map(object => new AccessPolicy(object)));
  }

  /** What is known of the namespaces. */
  public get namespaces(): Namespaces {
    return this.once('namespaces', () => new Namespaces(this.of('', 'Namespace'), this.facts.dataPlane === 'ambient'));
  }

  /** Which namespaces the objects show. */
  public get shownNamespaces(): ShownNamespaces {
    return this.once('shownNamespaces', () => new ShownNamespaces(this.objects, this.facts.rootNamespace));
  }

  /** The gateways, by their pods. Reading them renders every workload, as far as there are Gateways at all. */
  public get gatewayWorkloads(): GatewayWorkloads {
    return this.once('gatewayWorkloads', () => new GatewayWorkloads(this.gateways, this.gatewayPlaces, this.facts.rootNamespace));
  }

  /** The Sidecars, those of some workloads included, in the order of istiod: of several for one workload the first holds. */
  public get allSidecars(): readonly NamespaceSidecar[] {
    return this.once('allSidecars', () => [...this.of(NETWORKING, 'Sidecar')].sort(byAgeAndName).map(object => new NamespaceSidecar(object, this.facts.clusterDomain)));
  }

  /** The Sidecars that select no workload in particular, which hold for a namespace. */
  public get sidecars(): readonly NamespaceSidecar[] {
    return this.once('sidecars', () => this.allSidecars.filter(({ isForAll }) => isForAll));
  }

  /** The Sidecars of a namespace, by the workloads that they are for. */
  public sidecarsOf(namespace: string): SidecarsOfNamespace {
    const found = this.once('sidecarsOf', () => {
      const byNamespace = new Map<string, NamespaceSidecar[]>();
      this.allSidecars.forEach(sidecar => addTo(byNamespace, sidecar.object.namespace, sidecar));
      return new Map([...byNamespace].map(([name, sidecars]) => [name, new SidecarsOfNamespace(sidecars)]));
    });
    return found.get(namespace) ?? NO_SIDECARS;
  }

  public get egressPolicies(): readonly EgressPolicy[] {
    return this.once('egressPolicies', () => this.of(KUBERNETES_NETWORKING, 'NetworkPolicy').map(object => new EgressPolicy(object)));
  }

  /** The NetworkPolicies that close a namespace whose sidecars are closed too, by the namespace. */
  public get lockdowns(): ReadonlyMap<string, MeshObject> {
    return this.once('lockdowns', () => {
      const sidecars = new Set(this.sidecars.filter(({ isClosed }) => isClosed).map(({ object }) => object.namespace));
      const policies = this.egressPolicies.filter(({ limits, isForAll, opensAlmostAll }) => limits && isForAll && !opensAlmostAll);
      return new Map(policies.filter(({ object }) => sidecars.has(object.namespace)).map(({ object }) => [object.namespace, object]));
    });
  }

  /** The NetworkPolicies of a namespace. */
  public networkPoliciesIn(namespace: string): PoliciesOfNamespace {
    const found = this.once('networkPoliciesIn', () => {
      const byNamespace = new Map<string, NetworkPolicy[]>();
      this.of(KUBERNETES_NETWORKING, 'NetworkPolicy').forEach(object => addTo(byNamespace, object.namespace, new NetworkPolicy(object)));
      return new Map([...byNamespace].map(([name, policies]) => [name, new PoliciesOfNamespace(policies)]));
    });
    return found.get(namespace) ?? NO_POLICIES;
  }

  /** What pods are made of. Reading it renders every workload. */
  public get pods(): readonly PodTemplate[] {
    return this.once('pods', () => podTemplatesOf(this.objects, (group, kind) => this.of(group, kind)));
  }

  /** The pods of a namespace. */
  public podsIn(namespace: string): PodsOfNamespace {
    const found = this.once('podsIn', () => {
      const byNamespace = new Map<string, PodTemplate[]>();
      this.pods.forEach(pod => addTo(byNamespace, pod.namespace, pod));
      return new Map([...byNamespace].map(([name, pods]) => [name, new PodsOfNamespace(pods)]));
    });
    return found.get(namespace) ?? NO_PODS;
  }

  /** The WorkloadEntries of a namespace. */
  public workloadsIn(namespace: string): LabelledThings<SelectedWorkload> {
    const found = this.once('workloadsIn', () => {
      const byNamespace = new Map<string, SelectedWorkload[]>();
      this.of(NETWORKING, 'WorkloadEntry').forEach(object => workloadOf(object).forEach(workload => addTo(byNamespace, object.namespace, workload)));
      return new Map([...byNamespace].map(([name, workloads]) => [name, new LabelledThings(workloads)]));
    });
    return found.get(namespace) ?? NO_WORKLOADS;
  }

  /** The objects that hold the endpoints of a Service. */
  public endpointsOf({ namespace, name }: MeshObject): EndpointObjects {
    const found = this.once('endpointsOf', () => {
      const byService = new Map<string, { readonly whole: MeshObject[]; readonly slices: MeshObject[] }>();
      const of = (service: string) => byService.get(service) ?? byService.set(service, { whole: [], slices: [] }).get(service)!;
      this.of('', 'Endpoints').forEach(object => of(`${object.namespace}/${object.name}`).whole.push(object));
      this.of('discovery.k8s.io', 'EndpointSlice').forEach(object => of(`${object.namespace}/${object.labels[SERVICE_NAME]}`).slices.push(object));
      return byService;
    });
    return found.get(`${namespace}/${name}`) ?? NO_ENDPOINTS;
  }

  /** Where workloads are, sorted. */
  public get podNamespaces(): readonly string[] {
    return this.once('podNamespaces', () => [...new Set(this.pods.map(({ namespace }) => namespace))].sort());
  }

  /** What names what. */
  public get names(): NameIndex {
    return this.once('names', () => new NameIndex(this.entries, this.routes, this.trafficRules, this.gateways));
  }

  /** Where the pods of Gateways are. */
  public get gatewayPlaces(): GatewayPlaces {
    return this.once('gatewayPlaces', () => new GatewayPlaces(this));
  }

  /** Whether the sidecars send the connections to a host and port of an entry somewhere else, such as to a gateway. */
  public isRouted(entry: ExternalEntry, host: string, port: number): boolean {
    const detours = this.once('detours', () => this.detours()).get(host) ?? [];
    return detours.some(({ ports, visibleTo }) => (
      (ports.includes(port) || ports.includes(undefined)) && entry.visibleTo.some(namespace => reaches(visibleTo, namespace))));
  }

  /** Whether a gateway sends to a port of a host. A destination without a port may be any. */
  public isSentByGateways(host: string, port: number): boolean {
    return this.names.legsTo(host).some(({ rule, match }) => (
      match.gateways.some(gateway => gateway !== MESH) && rule.destinations.some(to => to.host === host && (to.port ?? port) === port)));
  }

  /** The hosts that gateways send connections to. */
  public get gatewayHosts(): ReadonlySet<string> {
    return this.once('gatewayHosts', () => new Set(this.routes.filter(({ gateways }) => gateways.some(gateway => gateway !== MESH))
      .flatMap(({ rules }) => rules.flatMap(({ destinations }) => destinations.map(({ host }) => host)))));
  }

  /** Whether an entry is what gateways send to, and nobody else sees. */
  public isUpstream(entry: ExternalEntry): boolean {
    const found = this.once('upstreams', () => new Set(this.entries.filter(({ hosts, visibleTo }) => (
      hosts.every(host => this.gatewayHosts.has(host) && this.names.detoursOf(host).length === 0) && this.isSeenByGatewaysAlone(hosts, visibleTo)))));
    return found.has(entry);
  }

  /** The services outside: all entries but those that only serve a route. What gateways alone see, and ends somewhere else, is one of its own. */
  public get dependencies(): readonly ExternalEntry[] {
    return this.once('dependencies', () => {
      const routed = this.once('detours', () => this.detours());
      return this.entries.filter(entry => (
        !this.isUpstream(entry) || entry.hosts.some(host => routed.has(host)) || !this.endsWhereRouted(entry)
        || entry.visibleTo.some(namespace => this.gatewayPlaces.hasClients(namespace))));
    });
  }

  /** Whether connections to an entry end where those to some routed one do. */
  private endsWhereRouted(entry: ExternalEntry): boolean {
    const places = entry.ports.flatMap(port => placesOfEntry(this, entry, port));
    return places.length > 0 && places.every(place => this.routedPlaces.has(place));
  }

  /** Where what is routed through gateways ends, and the names and addresses by which clients ask for it. */
  public get routedPlaces(): RoutedPlaces {
    return this.once('routedPlaces', () => new RoutedPlaces(this));
  }

  /** Whether no namespace sees an entry but those of the gateways that send to it. */
  private isSeenByGatewaysAlone(hosts: readonly string[], visibleTo: readonly string[]): boolean {
    const found = this.once('namespaces of gateways by host', () => this.gatewayNamespaces());
    return visibleTo.every(namespace => hosts.some(host => found.get(host)?.has(namespace)));
  }

  /** The namespaces of the gateways that send to each host. Where nothing shows a gateway's pods, those that sidecars are sent to. */
  private gatewayNamespaces(): Map<string, Set<string>> {
    const found = new Map<string, Set<string>>();
    const byName = new Map(this.gateways.map(gateway => [gateway.name, gateway]));
    const destinations = new Set(this.names.detours.flatMap(({ rule }) => rule.destinations.map(({ host }) => host)));
    const likely = [...new Set([...destinations].flatMap(host => namespaceOfService(host, this.facts.clusterDomain) ?? []))];
    for (const { gateways, rules } of this.routes) {
      const places = gateways.filter(name => name !== MESH).flatMap(name => {
        const gateway = byName.get(name);
        // Pods that a Gateway selects, and that are none of a gateway, are clients.
        const known = gateway ? [...this.gatewayPlaces.namespacesOf(gateway)].filter(namespace => this.gatewayPlaces.mayHaveGateways(namespace)) : [];
        return known.length > 0 ? known : likely;
      });
      for (const { host } of places.length === 0 ? [] : rules.flatMap(rule => rule.destinations)) {
        const namespaces = found.get(host) ?? new Set();
        found.set(host, namespaces);
        places.forEach(place => namespaces.add(place));
      }
    }
    return found;
  }

  private detours(): Map<string, Detour[]> {
    const detours = new Map<string, Detour[]>();
    for (const { hosts, visibleTo, rules } of this.routes.filter(({ isForSidecars }) => isForSidecars)) {
      const away = rules.filter(({ destinations }) => destinations.length > 0 && !destinations.some(({ host }) => hosts.includes(host)));
      const ports = away.flatMap(({ matches }) => matches.filter(({ gateways }) => gateways.includes(MESH)).map(({ port }) => port));
      hosts.forEach(host => addTo(detours, host, { visibleTo, ports }));
    }
    return detours;
  }

  /** What is read of the objects once, although many ask for it: by a name that nothing else has. */
  public once<T>(what: string, read: () => T): T {
    const known = this.known.get(what);
    if (known !== undefined || this.known.has(what)) {
      return known as T;
    }
    const value = read();
    this.known.set(what, value);
    return value;
  }
}

const NO_ENDPOINTS: EndpointObjects = { whole: [], slices: [] };
const NO_WORKLOADS = new LabelledThings<SelectedWorkload>([]);
const NO_POLICIES = new PoliciesOfNamespace([]);
const NO_PODS = new PodsOfNamespace([]);
const NO_SIDECARS = new SidecarsOfNamespace([]);

/** An object with one of the values for each of its doubts. */
function readAs(object: MeshObject, which: number): MeshObject {
  return (object.doubts ?? []).reduce((before, { path: [, ...path], values }) => (
    { ...before, spec: record(withValue(before.spec, path, values[which % values.length])) }), object);
}

/** Services of the cluster without an age, what has one, and the rest. */
function ageRank({ object: { created }, isKubernetes }: KnownService): number {
  return created !== undefined ? 1 : isKubernetes ? 0 : 2;
}
