import { ExternalEntry } from './external-entry';
import { GatewayConfig, GatewayServer } from './gateway';
import { overlaps, wildcardsOver } from './host-name';
import { addTo, distinct } from './lists';
import { MESH, Route, RouteKind, RouteMatch, RouteRule } from './route';
import { TrafficRule } from './traffic-rule';

/** One match of a rule of a VirtualService, with what it is in. */
export interface Leg {
  readonly route: Route;
  readonly rule: RouteRule;
  readonly match: RouteMatch;
}

/** The objects that name each other, by these names. */
export class NameIndex {
  private readonly entriesByHost = new Map<string, ExternalEntry[]>();
  private readonly trafficRulesByHost = new Map<string, TrafficRule[]>();
  private readonly gatewaysByName = new Map<string, GatewayConfig>();
  private readonly legsByGateway = new Map<string, Leg[]>();
  private readonly legsByDestination = new Map<string, Leg[]>();
  private readonly clientLegsByHost = new Map<string, Leg[]>();
  private readonly subsetsByPlace = new Map<string, Set<string>>();
  private readonly serversByGateway = new Map<string, ByHost<GatewayServer>>();
  private readonly legsByServer = new Map<GatewayServer, readonly Leg[]>();
  private readonly legHostsByGateway = new Map<string, ByHost<Leg>>();
  /** The legs of sidecars that lead somewhere else than to their own host. */
  public readonly detours: readonly Leg[];

  public constructor(
    entries: readonly ExternalEntry[], routes: readonly Route[], trafficRules: readonly TrafficRule[], gateways: readonly GatewayConfig[],
  ) {
    for (const entry of entries) {
      for (const host of distinct(entry.hosts)) {
        addTo(this.entriesByHost, host, entry);
      }
    }
    for (const rule of trafficRules) {
      addTo(this.trafficRulesByHost, rule.host, rule);
      const place = `${rule.object.namespace} ${rule.host}`;
      const subsets = this.subsetsByPlace.get(place) ?? new Set();
      this.subsetsByPlace.set(place, subsets);
      rule.subsets.forEach(({ name }) => subsets.add(name));
    }
    gateways.forEach(gateway => this.gatewaysByName.set(gateway.name, gateway));
    const detours: Leg[] = [];
    for (const route of routes) {
      for (const rule of route.rules) {
        for (const match of rule.matches) {
          const leg = { route, rule, match };
          for (const gateway of distinct(match.gateways)) {
            if (gateway !== MESH) {
              addTo(this.legsByGateway, gateway, leg);
            }
          }
          for (const host of distinct(rule.destinations.map(destination => destination.host))) {
            addTo(this.legsByDestination, host, leg);
          }
          if (match.gateways.includes(MESH) && rule.destinations.length > 0 && !rule.destinations.some(({ host }) => route.hosts.includes(host))) {
            detours.push(leg);
            route.hosts.forEach(host => addTo(this.clientLegsByHost, host, leg));
          }
        }
      }
    }
    this.detours = detours;
  }

  public entriesOf(host: string): readonly ExternalEntry[] {
    return this.entriesByHost.get(host) ?? [];
  }

  /** The entries of wildcards that cover a host. */
  public wildcardEntriesOf(host: string): readonly ExternalEntry[] {
    return wildcardsOver(host).flatMap(wildcard => this.entriesOf(wildcard));
  }

  public trafficRulesOf(host: string): readonly TrafficRule[] {
    return this.trafficRulesByHost.get(host) ?? [];
  }

  /** The subsets of a host, by the rules of one namespace; undefined without any rule there. */
  public subsetsOf(host: string, namespace: string): ReadonlySet<string> | undefined {
    return this.subsetsByPlace.get(`${namespace} ${host}`);
  }

  /** By `<namespace>/<name>`. */
  public gatewayOf(name: string): GatewayConfig | undefined {
    return this.gatewaysByName.get(name);
  }

  /** The rules that hold at a Gateway, by its `<namespace>/<name>`. */
  public legsAt(gateway: string): readonly Leg[] {
    return this.legsByGateway.get(gateway) ?? [];
  }

  /** The servers of a Gateway that take a host of a VirtualService in a namespace. */
  public serversFor(gateway: string, host: string, namespace: string): readonly GatewayServer[] {
    const config = this.gatewayOf(gateway);
    if (!config) {
      return [];
    }
    if (!this.serversByGateway.has(gateway)) {
      this.serversByGateway.set(gateway, new ByHost(config.servers, ({ hosts }) => hosts));
    }
    return this.serversByGateway.get(gateway)!.overlapping(host).filter(server => servesHost(server, host, namespace));
  }

  /** The rules that route what a server of a Gateway takes, as istiod decides it. */
  public legsOf(server: GatewayServer): readonly Leg[] {
    const found = this.legsByServer.get(server) ?? this.readLegsOf(server);
    this.legsByServer.set(server, found);
    return found;
  }

  /** The rules that send to a host. */
  public legsTo(host: string): readonly Leg[] {
    return this.legsByDestination.get(host) ?? [];
  }

  /** Every Gateway that a rule holds at. */
  public get routedGateways(): readonly string[] {
    return [...this.legsByGateway.keys()];
  }

  /** The rules that send the sidecars' connections to a host somewhere else. */
  public detoursOf(host: string): readonly Leg[] {
    return this.clientLegsByHost.get(host) ?? [];
  }

  private readLegsOf(server: GatewayServer): readonly Leg[] {
    const gateway = `${server.object.namespace}/${server.object.name}`;
    if (!this.legHostsByGateway.has(gateway)) {
      this.legHostsByGateway.set(gateway, new ByHost(this.legsAt(gateway), ({ route }) => route.hosts));
    }
    const legs = this.legHostsByGateway.get(gateway)!;
    const met = server.hosts.length === 1 ? legs.overlapping(server.hosts[0]) : [...new Set(server.hosts.flatMap(host => legs.overlapping(host)))];
    return met.filter(leg => routesServer(server, leg));
  }
}

/** As many things are asked one by one: most Gateways have a server or two. */
const FEW = 8;

/** Things by their hosts, of which few are wildcards. */
export class ByHost<T> {
  private readonly exact = new Map<string, T[]>();
  private readonly patterns: T[] = [];

  public constructor(private readonly all: readonly T[], hostsOf: (item: T) => readonly string[]) {
    for (const item of all.length > FEW ? all : []) {
      const hosts = new Set(hostsOf(item));
      hosts.forEach(host => !host.startsWith('*') && addTo(this.exact, host, item));
      if ([...hosts].some(host => host.startsWith('*'))) {
        this.patterns.push(item);
      }
    }
  }

  /** Those that may have a host in common with this one; others may be among them. */
  public overlapping(host: string): readonly T[] {
    return this.all.length <= FEW || host.startsWith('*') ? this.all : [...new Set([...this.exact.get(host) ?? [], ...this.patterns])];
  }
}

/** What kind of rule a server takes its routes from; nothing for one that needs none. */
export function routeKindOf({ protocol, tls }: GatewayServer): RouteKind | undefined {
  if (tls?.mode === 'AUTO_PASSTHROUGH') {
    return undefined;
  }
  if (['HTTP', 'HTTP2', 'GRPC', 'GRPC-WEB'].includes(protocol) || protocol === 'HTTPS' && tls !== undefined && tls.mode !== 'PASSTHROUGH') {
    return 'http';
  }
  return tls?.mode === 'PASSTHROUGH' ? 'tls' : 'tcp';
}

/** Whether a server takes a host of a VirtualService in a namespace. */
export function servesHost({ hosts, routesFrom }: GatewayServer, host: string, namespace: string): boolean {
  return hosts.some((served, i) => (routesFrom[i] === '*' || routesFrom[i] === namespace) && overlaps(served, host));
}

/** Whether a rule routes what a server takes, as istiod decides it: labels, subnets and namespaces of clients are not looked at. */
export function routesServer(server: GatewayServer, { route, rule, match }: Leg): boolean {
  return rule.kind === routeKindOf(server) && (match.port === undefined || match.port === server.port) && rule.destinations.length > 0
    && route.hosts.some(host => servesHost(server, host, route.object.namespace));
}
