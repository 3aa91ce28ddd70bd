import { Finding, Rule } from './rule';
import { quote } from '../private/fail';
import { nearest } from '../private/nearest';
import { GatewayConfig, GatewayServer } from '../view/gateway';
import { namespaceOfService, overlaps } from '../view/host-name';
import { KubeService } from '../view/kube-service';
import { addTo, mapAt } from '../view/lists';
import { MeshView } from '../view/mesh-view';
import { ByHost, Leg, routeKindOf, routesServer } from '../view/name-index';
import { MESH, Route, RouteDestination, RouteMatch } from '../view/route';
import { ClientTlsSettings, TrafficRule } from '../view/traffic-rule';
import { reaches } from '../view/visibility';

export const legMissing: Rule = {
  id: 'MX0311',
  name: 'leg-missing',
  severity: 'ERROR',
  title: 'A route through a gateway has only one of its two rules, or the gateway refuses what the sidecars send.',
  why: 'Without the rule of the gateway, connections arrive there and end; so do those with a server name that no server has, and those with TLS that the server does not take, such as without a certificate of the mesh where it asks for one. Without the rule of the sidecars, they never arrive: sidecars connect to the host directly.',
  fix: 'Write both: from the sidecars (`mesh`) to the gateway\'s Service, and from the Gateway to the host. In this library: `EgressViaGateway`.',
  related: [],
  check: view => {
    const gateways = new Gateways(view);
    const originations = new Originations(view);
    return [
      ...view.names.detours.flatMap(leg => (
        leg.rule.destinations.flatMap(destination => endsAtGateway(view, leg, destination, gateways, originations)))),
      ...neverLeft(view),
    ];
  },
};

/** The servers of Gateways on a port of their pods. */
class ServersOnPort {
  public readonly all: GatewayServer[] = [];
  /** Whether they take TLS: both, where some do. */
  public readonly secured = new Set<boolean>();
  private plain?: GatewayServer;
  private byHost?: ByHost<GatewayServer>;

  public add(server: GatewayServer): void {
    this.all.push(server);
    this.secured.add(server.tls !== undefined);
    if (server.tls === undefined && routeKindOf(server) === 'tcp') {
      this.plain = server;
    }
  }

  /** A plaintext server takes every name. */
  public serving(name: string): readonly GatewayServer[] {
    this.byHost ??= new ByHost(this.all, ({ hosts }) => hosts);
    return this.plain ? [this.plain] : this.byHost.overlapping(name).filter(({ hosts }) => hosts.some(host => overlaps(host, name)));
  }
}

/** Where connections to a port of a gateway's Service arrive. */
interface GatewayPort {
  readonly port: number;
  readonly service?: KubeService;
  readonly servers: readonly ServersOnPort[];
  /** The ports that are served on those pods. */
  readonly portsOfPods: readonly number[];
}

/** The servers of Gateways, by pods and port: thousands of routes lead to one. */
class Gateways {
  private readonly byWorkload = new Map<string, Map<number, ServersOnPort>>();
  private readonly known = new Map<string, GatewayPort | undefined>();

  public constructor(private readonly view: MeshView) {
    for (const server of view.gatewayServers) {
      const ports = mapAt(this.byWorkload, server.workload);
      const servers = ports.get(server.port) ?? new ServersOnPort();
      ports.set(server.port, servers);
      servers.add(server);
    }
  }

  /** Undefined for a host that is none of a gateway, or a port that nothing says. */
  public at({ host, port }: RouteDestination): GatewayPort | undefined {
    const service = this.view.serviceByHost.get(host);
    const asked = port ?? (service?.ports.length === 1 ? service.ports[0].number : undefined);
    if (asked === undefined) {
      return undefined;
    }
    const key = `${asked} ${host}`;
    if (!this.known.has(key)) {
      this.known.set(key, this.read(host, service, asked));
    }
    return this.known.get(key);
  }

  private read(host: string, service: KubeService | undefined, port: number): GatewayPort | undefined {
    const pods = [...this.view.gatewayPlaces.workloadsAt(host)].map(workload => this.byWorkload.get(workload) ?? new Map<number, ServersOnPort>());
    // A Gateway may name the port of the Service or that of the pods.
    const target = service?.ports.find(({ number }) => number === port)?.targetPort;
    const ports = [...new Set([port, typeof target === 'number' ? target : port])];
    return pods.length === 0 ? undefined : {
      port,
      service,
      servers: pods.flatMap(servers => ports.flatMap(number => servers.get(number) ?? [])),
      portsOfPods: pods.flatMap(servers => [...servers.keys()]),
    };
  }
}

/** TLS of sidecars, and the DestinationRule that has it. */
interface Originated extends ClientTlsSettings {
  readonly rule: TrafficRule;
}

/** The DestinationRules of a host, by subset: the Service of a gateway has thousands of them. */
class Originations {
  private readonly rules = new Map<string, TrafficRule[]>();

  public constructor(private readonly view: MeshView) {
    for (const rule of view.trafficRules) {
      rule.subsets.forEach(({ name }) => addTo(this.rules, `${rule.host} ${name}`, rule));
      if (rule.object.spec.trafficPolicy !== undefined) {
        addTo(this.rules, `${rule.host} `, rule);
      }
    }
  }

  /** Undefined where no rule that the client sees has the subset, or others alone have a rule: that of a client in another repository says how it connects. */
  public of({ route }: Leg, { host, subset }: RouteDestination, port: number): Originated[] | undefined {
    const all = this.rules.get(`${host} ${subset ?? ''}`);
    if (all === undefined) {
      return subset === undefined ? [] : undefined;
    }
    const seen = this.seenFrom(route.object.namespace, host, all);
    // A subset is for whoever sends to it, and a rule for all of the host may be for others alone.
    const followed = seen ?? (subset === undefined ? undefined : all);
    return followed?.flatMap(rule => {
      const tls = rule.tlsOf(port, subset);
      return tls === undefined || tls.mode === 'DISABLE' ? [] : [{ ...tls, rule }];
    });
  }

  /** A client takes the rules of its own namespace before others. Clients of other namespaces than the route's may use theirs, where it has none. */
  private seenFrom(namespace: string, host: string, rules: readonly TrafficRule[]): readonly TrafficRule[] | undefined {
    const own = rules.filter(({ object }) => object.namespace === namespace);
    if (own.length > 0) {
      return own;
    }
    const shared = [namespaceOfService(host, this.view.facts.clusterDomain), this.view.facts.rootNamespace];
    const ofService = rules.filter(({ object, visibleTo }) => shared.includes(object.namespace) && reaches(visibleTo, namespace));
    return ofService.length > 0 ? ofService : undefined;
  }
}

/** What sidecars send to a gateway that does not send it on. */
function endsAtGateway(view: MeshView, leg: Leg, destination: RouteDestination, gateways: Gateways, originations: Originations): Finding[] {
  const { host, field } = destination;
  const gateway = gateways.at(destination);
  if (gateway === undefined || isBroken(view, leg)) {
    return [];
  }
  const { port, service, servers } = gateway;
  const originated = originations.of(leg, destination, port);
  const names = namesOf(leg, originated, defaultName(destination, port));
  const taking = servers.flatMap(on => (names === undefined ? on.all : names.flatMap(name => on.serving(name))));
  const found = (message: string, fix: string, at = [...field, 'host']): Finding[] => [{
    object: leg.route.object,
    field: at,
    message: `'destination.host' ${quote(host)} leads to port ${port} of a gateway${message}`,
    fix: { code: 'route the service with EgressViaGateway', yaml: fix },
  }];
  if (servers.length === 0) {
    // Without its Service, which of its ports leads to which port of the pods is not known.
    return service === undefined ? [] : found(`, on which no Gateway has a server: they have ${gateway.portsOfPods.join(', ')}`,
      'write a server for this port, or send to one that is served');
  }
  if (taking.length === 0) {
    const isDefault = originated?.some(({ mode, sni }) => mode === 'ISTIO_MUTUAL' && sni === undefined);
    const isOfApplication = originated?.length === 0 && leg.rule.kind === 'tls';
    const meant = nearest(names![0] ?? '', [...new Set(servers.flatMap(({ all }) => all.flatMap(({ hosts }) => hosts)))]);
    const misnamed = originated?.length === 1 && originated[0].sni !== undefined && meant !== undefined ? originated[0] : undefined;
    if (misnamed) {
      return [{
        object: misnamed.rule.object,
        or: [leg.route.object],
        field: [...misnamed.field, 'sni'],
        message: `'sni' ${quote(misnamed.sni)} is the server name with which '${leg.route.object.origin.path}' comes to port ${port} of a gateway, and no Gateway serves it there`,
        fix: { code: 'route the service with EgressViaGateway', yaml: `write ${quote(meant)}, or a server with that host` },
      }];
    }
    const written = meant === undefined ? 'a host of the server' : quote(meant);
    return found(` with the server name ${names!.map(quote).join(', ')}, which no Gateway serves there`,
      isDefault ? 'write the host of the server as \'sni\' of the DestinationRule: this name is istiod\'s default'
        : isOfApplication ? `write ${written} as 'sniHosts', or a server with that host` : 'write a server with that host',
      isOfApplication ? [...leg.match.field, 'sniHosts'] : undefined);
  }
  const spoken = originated?.length === 0 ? [leg.rule.kind === 'tls' ? 'the TLS of the application' : 'plaintext'] : originated?.map(({ mode }) => `TLS with mode ${mode}`);
  if (spoken && !originated?.some(({ mode }) => mode === 'ISTIO_MUTUAL') && isOfMesh(taking, originated!, defaultName(destination, port))) {
    return found(` ('${taking[0].object.origin.path}') whose server asks for a certificate of the mesh (ISTIO_MUTUAL), and the sidecars send ${spoken[0]}: the handshake is refused`,
      `write a DestinationRule for it with 'tls' {mode: ISTIO_MUTUAL, sni: ${taking[0].hosts[0]}}, and send to its subset`);
  }
  // A port of plaintext and TLS together is another mistake.
  const isMixed = new Set(servers.flatMap(({ secured }) => [...secured])).size > 1;
  const refusals = isMixed ? [] : (originated ?? []).flatMap(tls => taking.map(server => refusalOf(server, tls)));
  if (refusals.length > 0 && refusals.every(refusal => refusal !== undefined)) {
    const [{ text, fix }] = refusals;
    return found(` ('${taking[0].object.origin.path}') whose server ${text}, and the sidecars send TLS with mode ${originated![0].mode}: no connection gets through`, fix);
  }
  const legs = taking.map(server => view.names.legsOf(server)).filter(({ length }) => length > 0);
  if (legs.length > 0 && names !== undefined && !legs.some(list => list.some(({ match }) => takes(match, names)))) {
    return [namedOtherwise(leg, legs[0][0].match, names)];
  }
  return taking.some(server => server.tls?.mode === 'AUTO_PASSTHROUGH') || legs.length > 0 || isHeldBack(view, leg, taking) ? [] : found(
    ` ('${taking[0].object.origin.path}'), and no VirtualService has a rule for that Gateway: the connections end there`,
    `write the second rule: 'match' with 'gateways' ${quote(taking[0].object.name)} and 'port' ${taking[0].port}, 'route' to the host`);
}

/** Whether a rule is there that sends on what arrives, and does not hold for a reason that another rule says: host, port or protocol. */
function isHeldBack(view: MeshView, { route }: Leg, taking: readonly GatewayServer[]): boolean {
  const gateways = new Set(taking.map(({ object }) => `${object.namespace}/${object.name}`));
  return route.hosts.some(host => view.names.legsTo(host).some(({ match }) => match.gateways.some(name => gateways.has(name))));
}

/** Whether a rule of a gateway is for connections with any of some server names. */
function takes({ sniHosts }: RouteMatch, names: readonly string[]): boolean {
  return sniHosts.length === 0 || sniHosts.some(host => names.some(name => overlaps(host, name)));
}

/** Of a rule of the gateway for other server names than the sidecars send. */
function namedOtherwise({ route }: Leg, { object, field, sniHosts }: RouteMatch, names: readonly string[]): Finding {
  return {
    object,
    or: [route.object],
    field: [...field, 'sniHosts'],
    message: `'sniHosts' ${sniHosts.map(quote).join(', ')} is not what '${route.object.origin.path}' sends to the gateway, which is ${names.map(quote).join(', ')}: the connections end there`,
    fix: { code: 'route the service with EgressViaGateway', yaml: `write ${names.map(quote).join(', ')}` },
  };
}

/** Why a server of a gateway does not take the TLS of the sidecars; undefined where it may. */
function refusalOf(
  { tls: served, protocol }: GatewayServer, { mode, subjectAltNames }: ClientTlsSettings,
): { readonly text: string; readonly fix: string } | undefined {
  const ofMesh = 'write \'tls\' {mode: ISTIO_MUTUAL} in the server as well, or {mode: DISABLE} in the DestinationRule';
  if (served === undefined) {
    // Through a server of TCP a sidecar may speak TLS with the server outside.
    return mode === 'ISTIO_MUTUAL' || HTTP.includes(protocol) ? { text: `takes ${protocol} in plaintext`, fix: ofMesh } : undefined;
  }
  switch (served.mode) {
    case 'PASSTHROUGH':
      return mode === 'ISTIO_MUTUAL' && subjectAltNames.length === 0
        ? { text: 'passes TLS on, which was meant for the gateway, to the server outside (PASSTHROUGH)', fix: ofMesh } : undefined;
    case 'SIMPLE':
    case 'MUTUAL':
    case 'OPTIONAL_MUTUAL':
      return mode === 'ISTIO_MUTUAL' ? { text: `shows a certificate that is not of the mesh (${served.mode})`, fix: ofMesh }
        : served.mode === 'MUTUAL' && mode === 'SIMPLE'
          ? { text: 'asks for a client certificate (MUTUAL)', fix: 'write mode MUTUAL with a certificate in the DestinationRule' } : undefined;
    default:
      return undefined;
  }
}

const HTTP = ['HTTP', 'HTTP2', 'GRPC', 'GRPC-WEB'];

/** Whether the second leg is there and holds nowhere, for a reason that another rule says: no such Gateway, host, port or protocol. */
function isBroken(view: MeshView, { route }: Leg): boolean {
  const own = route.rules.flatMap(rule => rule.matches.flatMap(match => (
    match.gateways.filter(gateway => gateway !== MESH).map(gateway => ({ gateway, leg: { route, rule, match } })))));
  return own.length > 0 && !own.some(({ gateway, leg }) => route.hosts.some(host => (
    view.names.serversFor(gateway, host, route.object.namespace).some(server => routesServer(server, leg)))));
}

/** The server name that istiod writes for mutual TLS of the mesh where none is written. */
function defaultName({ host, subset = '' }: RouteDestination, port: number): string {
  return `outbound_.${port}_.${subset}_.${host}`;
}

/** Whether servers take connections with a certificate of the mesh only. Without a rule they may have one (auto mTLS), under the default name. */
function isOfMesh(taking: readonly GatewayServer[], originated: readonly ClientTlsSettings[], automatic: string): boolean {
  return taking.every(({ tls, hosts }) => tls?.mode === 'ISTIO_MUTUAL' && (originated.length > 0 || !hosts.some(host => overlaps(host, automatic))));
}

/** By which names a gateway tells these connections apart; undefined when that is not known. */
function namesOf(
  { route, rule, match }: Leg, originated: readonly ClientTlsSettings[] | undefined, byDefault: string,
): readonly string[] | undefined {
  if (originated === undefined || originated.length > 0) {
    const names = originated?.map(({ mode, sni }) => sni ?? (mode === 'ISTIO_MUTUAL' ? byDefault : undefined));
    return names?.every(name => name !== undefined) ? names : undefined;
  }
  // istiod's webhook refuses a match of TLS without names.
  return rule.kind === 'tls' ? (match.sniHosts.length > 0 ? match.sniHosts : undefined) : rule.kind === 'http' ? rule.authority === undefined ? route.hosts : [rule.authority] : undefined;
}

/** What a gateway would send on, and sidecars do not send to it. */
function neverLeft(view: MeshView): Finding[] {
  const legs = view.gateways.flatMap(gateway => view.names.legsAt(gateway.name).map(leg => ({ gateway, ...leg })));
  return legs.flatMap(({ gateway, route, rule }) => rule.destinations.flatMap(({ host, field }): Finding[] => {
    const places = view.gatewayPlaces.namespacesOf(gateway);
    // What only the gateway sees has another name for the clients; a namespace that is named may be the gateway's.
    const entry = view.names.entriesOf(host).find(({ visibleTo, object }) => visibleTo.some(namespace => (
      namespace === '*' || namespace === object.namespace && !places.has(namespace))));
    const isUnused = entry && view.names.detoursOf(host).length === 0
      && (route.hosts.includes(host) || isForMesh(view, gateway, route) && !isSentTo(view, gateway, route));
    return isUnused ? [{
      object: route.object,
      field: [...field, 'host'],
      message: `'destination.host' ${quote(host)} is where the gateway sends, and no rule for the sidecars sends ${quote(host)} to the gateway: they connect to it `
        + `directly ('${entry.object.origin.path}')`,
      fix: { code: 'route the service with EgressViaGateway', yaml: 'add "mesh" to \'gateways\', and a rule that sends to the Service of the gateway' },
    }] : [];
  }));
}

/** Whether the servers that take a route ask for a certificate of the mesh, so that it is for sidecars. */
function isForMesh(view: MeshView, { name }: GatewayConfig, { hosts, object }: Route): boolean {
  const servers = hosts.flatMap(host => view.names.serversFor(name, host, object.namespace));
  return servers.length > 0 && servers.every(({ tls }) => tls?.mode === 'ISTIO_MUTUAL');
}

/** Whether a rule for the sidecars sends to the gateway with a server name that a route is for, whatever host they ask for. */
function isSentTo(view: MeshView, gateway: GatewayConfig, { hosts }: Route): boolean {
  const sent = [...view.gatewayPlaces.hostsOf(gateway)].map(host => serverNamesSent(view).get(host) ?? new Set<string | undefined>());
  return sent.some(names => names.has(undefined) || hosts.some(host => names.has(host) || host.startsWith('*') && [...names].some(name => overlaps(host, name!))));
}

/** The server names with which sidecars connect to each Service; undefined among them where no rule says which. */
function serverNamesSent(view: MeshView): ReadonlyMap<string, ReadonlySet<string | undefined>> {
  return view.once('server names sent to Services', () => {
    const found = new Map<string, Set<string | undefined>>();
    for (const { host, subset, port } of view.names.detours.flatMap(({ rule }) => rule.destinations)) {
      const names = found.get(host) ?? new Set();
      found.set(host, names);
      const rules = view.names.trafficRulesOf(host).filter(({ subsets }) => subset === undefined || subsets.some(({ name }) => name === subset));
      (rules.length === 0 ? [undefined] : rules.map(rule => rule.tlsOf(port ?? NaN, subset)?.sni)).forEach(name => names.add(name));
    }
    return found;
  });
}
