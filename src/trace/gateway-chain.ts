import { ChainMatch, ChainTable, keyOf } from './filter-chain';
import { GatewayPods } from './gateway-pods';
import { Cause, cause } from './hop';
import { routesOf } from './proxy-scope';
import { Choice, choiceOf, Chooser, httpChoices, isFor, waysOf } from './route-choice';
import { contains, networkOf } from '../private/network';
import { GatewayConfig, GatewayServer } from '../view/gateway';
import { hostsMeet, isWithin, oddWildcardsIn, wildcardsAround } from '../view/host-match';
import { HostTable } from '../view/host-table';
import { addTo } from '../view/lists';
import { MeshView } from '../view/mesh-view';
import { Route } from '../view/route';

/** What a gateway does with TLS: nothing, look at the name and pass it on, or end it. */
export type Termination = 'NONE' | 'PASSTHROUGH' | 'SIMPLE' | 'MUTUAL' | 'ISTIO_MUTUAL' | 'OPTIONAL_MUTUAL' | 'AUTO_PASSTHROUGH';

/** A filter chain of a gateway. */
export interface GatewayChain extends ChainMatch {
  readonly server: GatewayServer;
  readonly gateway: GatewayConfig;
  readonly termination: Termination;
  /** Where the connections go; undefined when requests are told apart by their host. */
  readonly choice?: Choice;
  /** The servers whose routes the requests have. */
  readonly servers: readonly ServerOf[];
}

interface ServerOf {
  readonly server: GatewayServer;
  readonly gateway: GatewayConfig;
}

/** A server that istiod leaves out. */
export interface LeftOut extends ServerOf {
  readonly why: string;
}

/** What becomes of the requests of a chain, by their hosts. */
interface Requests {
  readonly ways: ReadonlyMap<string, readonly Choice[]>;
  readonly redirecting: ReadonlyMap<string, ServerOf>;
  readonly oddHosts: readonly string[];
}

/** What enters a gateway. */
export interface Entering {
  readonly isTls: boolean;
  readonly sni?: string;
  readonly isHttp: boolean;
  /** The host of the requests. */
  readonly authority?: string;
}

/** The filter chains of a gateway on one port. */
export class GatewayChains {
  public readonly chains: readonly GatewayChain[];
  public readonly leftOut: readonly LeftOut[];
  private readonly table: ChainTable<GatewayChain>;
  private readonly leftOutByHost = new Map<string, number[]>();
  private readonly routes = new Map<GatewayConfig, RoutesOfGateway>();
  private readonly requests = new Map<GatewayChain, Requests>();

  public constructor(private readonly view: MeshView, private readonly pods: GatewayPods) {
    const leftOut: LeftOut[] = [];
    const servers = this.merge(leftOut);
    const chains: GatewayChain[] = [];
    const [passed, known] = [new Set<string>(), new Set<string>()];
    const plainHttp = servers.filter(({ server }) => isPlainHttp(server));
    for (const of of servers) {
      const found = this.chainsOf(of, plainHttp, passed);
      const fresh = found.filter(chain => !known.has(`${chain.termination} ${keyOf(chain)}`));
      fresh.forEach(chain => {
        known.add(`${chain.termination} ${keyOf(chain)}`);
        chains.push(chain);
      });
    }
    [this.chains, this.leftOut] = [chains, leftOut];
    leftOut.forEach(({ server }, place) => server.hosts.forEach(host => addTo(this.leftOutByHost, host, place)));
    this.table = new ChainTable(chains);
  }

  /** The servers for some hosts that istiod leaves out. */
  public leftOutFor(hosts: readonly string[]): readonly LeftOut[] {
    const places = new Set(hosts.flatMap(host => this.leftOutByHost.get(host) ?? []));
    return [...places].sort((a, b) => a - b).map(place => this.leftOut[place]);
  }

  /** The chain for a connection, or several that Envoy cannot tell apart. */
  public chainsFor(entering: Entering): readonly GatewayChain[] {
    return this.table.chainsFor({ ...entering, isHttp: entering.isHttp && !entering.isTls });
  }

  /** The hosts of requests that a chain has routes for. */
  public hostsOf(chain: GatewayChain): readonly string[] {
    return [...this.requestsOf(chain).ways.keys()];
  }

  /** Where requests for a host go, by the VirtualServices of the chain's servers: the main way first. */
  public httpChoices(chain: GatewayChain, authority: string): readonly Choice[] {
    const { ways, redirecting } = this.requestsOf(chain);
    const host = this.virtualHostOf(chain, authority);
    return host === undefined || redirecting.has(host) ? [] : ways.get(host) ?? [];
  }

  /** The server that answers requests for a host with a redirect to HTTPS. */
  public redirecting(chain: GatewayChain, authority: string): ServerOf | undefined {
    return this.requestsOf(chain).redirecting.get(this.virtualHostOf(chain, authority) ?? '');
  }

  private virtualHostOf(chain: GatewayChain, authority: string): string | undefined {
    const { ways, redirecting, oddHosts } = this.requestsOf(chain);
    return [authority, ...wildcardsAround(authority, oddHosts)].find(host => (ways.get(host) ?? []).length > 0 || redirecting.has(host));
  }

  /** What becomes of requests, by their hosts. Many connections ask for those of one chain, and whoever looks for doors asks for each host. */
  private requestsOf(chain: GatewayChain): Requests {
    const known = this.requests.get(chain);
    if (known) {
      return known;
    }
    const byHost = new Map<string, Choice[]>();
    const redirecting = new Map<string, ServerOf>();
    for (const of of chain.servers) {
      const { server, gateway } = of;
      // Of what it takes with TLS nothing is redirected.
      const redirects = server.tls?.httpsRedirect && chain.termination === 'NONE';
      const routes = this.routesOf(gateway);
      const served = new ServedHosts(server);
      for (const route of routes.meeting(server.hosts)) {
        const hosts = served.commonWith(route);
        const choices = hosts.length === 0 ? [] : httpChoices(route, this.chooser(gateway, server));
        hosts.forEach(host => {
          const list = byHost.get(host) ?? [];
          byHost.set(host, list);
          choices.forEach(choice => list.push(choice));
          if (redirects && choices.length > 0) {
            redirecting.set(host, of);
          }
        });
      }
      // istiod takes the host as it is written: one with a namespace in front is none of a request.
      server.hosts.filter((_, i) => redirects && server.routesFrom[i] === '*').forEach(host => redirecting.set(host, of));
    }
    const found: Requests = {
      ways: new Map([...byHost].map(([host, choices]) => [host, waysOf(choices)])),
      redirecting,
      oddHosts: oddWildcardsIn(new Set([...byHost.keys(), ...redirecting.keys()])),
    };
    this.requests.set(chain, found);
    return found;
  }

  /** The VirtualServices of a Gateway that its pods see. */
  private routesOf(gateway: GatewayConfig): RoutesOfGateway {
    const known = this.routes.get(gateway) ?? new RoutesOfGateway(routesOf(this.view, this.pods.namespace, gateway.name));
    this.routes.set(gateway, known);
    return known;
  }

  /** The servers of a port that istiod keeps. */
  private merge(leftOut: LeftOut[]): ServerOf[] {
    const kept: ServerOf[] = [];
    const hosts = new Map<string, ServerOf>();
    let plain: ServerOf | undefined;
    for (const gateway of this.pods.gateways) {
      for (const server of gateway.servers.filter(({ port }) => this.pods.portOf(port) === this.pods.port)) {
        const of = { server, gateway };
        const leave = (why: string) => leftOut.push({ ...of, why });
        if (server.bind !== undefined && isLoopback(server.bind)) {
          leave(`it listens on ${server.bind}, which nobody outside of the pods connects to`);
          continue;
        }
        const scoped = server.hosts.map((host, i) => scopedHost(host, server.routesFrom[i]));
        const holder = server.tls && scoped.map(host => hosts.get(host)).find(found => found !== undefined);
        if (holder) {
          leave(`'${holder.gateway.object.origin.path}' serves ${server.hosts.join(', ')} on the port already`);
          continue;
        }
        if (server.tls) {
          scoped.forEach(host => hosts.set(host, of));
        }
        const isTls = server.tls !== undefined && !isHttpProtocol(server);
        if (plain && !(isPlainHttp(plain.server) && isHttpProtocol(server))) {
          leave(`'${plain.gateway.object.origin.path}' has the port in plaintext`);
          continue;
        }
        plain = plain ?? (isTls ? undefined : of);
        kept.push(of);
      }
    }
    return kept;
  }

  private chainsOf(of: ServerOf, plainHttp: readonly ServerOf[], passed: Set<string>): GatewayChain[] {
    const { server, gateway } = of;
    if (isPlainHttp(server)) {
      // The servers of a plaintext port share their routes.
      return [{ ...of, sni: [], ranges: [], isPlainHttp: false, termination: 'NONE', servers: plainHttp }];
    }
    const termination = (server.tls?.mode ?? 'NONE') as Termination;
    const chain = { ...of, ranges: [], isPlainHttp: false, termination, servers: [of] };
    if (termination === 'AUTO_PASSTHROUGH') {
      return [{ ...chain, sni: server.hosts }];
    }
    if (server.protocol === 'HTTPS' && termination !== 'PASSTHROUGH') {
      return [{ ...chain, sni: server.hosts }];
    }
    const chooser = this.chooser(gateway, server);
    const routes = this.routesOf(gateway).meeting(server.hosts).filter(route => attaches(server, route));
    if (termination === 'PASSTHROUGH') {
      return routes.flatMap(route => route.rules.filter(({ kind, destinations }) => kind === 'tls' && destinations.length > 0).flatMap(rule => (
        rule.matches.filter(match => match.field.includes('match') && isFor(route, match, 'tls', chooser)).flatMap((match): GatewayChain[] => {
          if (match.sniHosts.some(name => passed.has(name))) {
            return [];
          }
          match.sniHosts.forEach(name => passed.add(name));
          return [{ ...chain, sni: match.sniHosts, choice: choiceOf(route, rule, match) }];
        }))));
    }
    for (const route of routes) {
      for (const rule of route.rules.filter(({ kind, destinations }) => kind === 'tcp' && destinations.length > 0)) {
        const match = rule.matches.find(candidate => isFor(route, candidate, 'tcp', chooser));
        if (match) {
          return [{ ...chain, sni: server.tls ? server.hosts : [], choice: choiceOf(route, rule, match) }];
        }
      }
    }
    return [];
  }

  private chooser(gateway: GatewayConfig, server: GatewayServer): Chooser {
    return { namespace: this.pods.namespace, labels: this.pods.labels, gateway: gateway.name, port: server.port };
  }
}

export function causeOf({ server, gateway }: ServerOf): Cause {
  return cause(gateway.object, server.field);
}

const LOOPBACK = ['127.0.0.0/8', '::1/128'].flatMap(networkOf);

function isLoopback(address: string): boolean {
  return networkOf(address).some(of => LOOPBACK.some(range => contains(range, of)));
}

/** A host as istiod compares it: with the namespace whose routes may attach, if there is one. */
function scopedHost(host: string, routesFrom: string): string {
  return routesFrom === '*' ? host : `${routesFrom}/${host}`;
}

/** Whether a server takes routes of a VirtualService: by its namespace and a host that both have. */
export function attaches(server: GatewayServer, route: Route): boolean {
  return server.hosts.some((host, i) => (server.routesFrom[i] === '*' || server.routesFrom[i] === route.object.namespace)
    && route.hosts.some(other => hostsMeet(host, other)));
}

/** VirtualServices by their hosts. */
class RoutesOfGateway {
  private readonly table: HostTable<number>;
  /** Those of every host. */
  private readonly whole: readonly number[];

  public constructor(private readonly all: readonly Route[]) {
    this.table = new HostTable(all.flatMap(({ hosts }, i) => hosts.map(host => [host, i] as const)));
    this.whole = this.table.around('*');
  }

  /** Those that have a host in common with some, in their order. */
  public meeting(hosts: readonly string[]): readonly Route[] {
    return hosts.includes('*') ? this.all
      : [...new Set([...this.whole, ...hosts.flatMap(host => this.table.meeting(host))])].sort((a, b) => a - b).map(i => this.all[i]);
  }
}

/** The hosts of a server, for the VirtualServices of each namespace. */
class ServedHosts {
  private readonly hosts: readonly string[];
  private readonly table: HostTable<number>;
  private readonly whole: readonly number[];

  public constructor(private readonly server: GatewayServer) {
    this.hosts = server.hosts;
    this.table = new HostTable(server.hosts.map((host, i) => [host, i]));
    this.whole = this.table.around('*');
  }

  /** The hosts that a VirtualService has in common with it: of two, the one that is within the other. */
  public commonWith({ hosts, object }: Route): string[] {
    const pairs = hosts.flatMap((other, place) => (other === '*' ? this.hosts.map((_, i) => i) : [...new Set([...this.whole, ...this.table.meeting(other)])])
      .filter(i => this.server.routesFrom[i] === '*' || this.server.routesFrom[i] === object.namespace).map(i => ({ i, place, other })));
    pairs.sort((a, b) => a.i - b.i || a.place - b.place);
    return [...new Set(pairs.map(({ i, other }) => (other === '*' || isWithin(this.hosts[i], other) ? this.hosts[i] : other)))];
  }
}

const HTTP = ['HTTP', 'HTTP2', 'GRPC', 'GRPC-WEB'];

export function isHttpProtocol({ protocol }: GatewayServer): boolean {
  return HTTP.includes(protocol);
}

function isPlainHttp(server: GatewayServer): boolean {
  return isHttpProtocol(server);
}
