import {
  canonicalAddress, Check, checkAddress, checkCount, checkDistinct, checkList, checkNotEmpty, checkWhole, isIp, isLinkLocal, isServerName,
  propsOf, singleAddress,
} from '../private/check';
import { Fail, quote, refuseAbstract } from '../private/fail';
import { EndpointModel, ResolutionMode, UpstreamModel, WireProtocol } from '../private/model';
import { isHttp, isWildcard } from '../private/wire';

/** How the sidecars of the clients see a service. */
export interface SeenAs {
  readonly mode: ResolutionMode;
  readonly addresses: readonly string[];
  readonly endpoints: readonly EndpointModel[];
}

/** What a resolution is checked against. */
export interface ResolutionUse {
  readonly hosts: readonly string[];
  readonly protocols: readonly WireProtocol[];
}

/** One of several places where a service outside the mesh runs. */
export interface ServiceEndpoint {
  /** Its IP address, or a DNS name that the proxies resolve. */
  readonly address: string;

  /**
   * Which endpoint is asked first: 0 before 1 before 2. Endpoints of a later priority are used while every endpoint of the earlier ones is ejected. Not
   * together with `locality`.
   *
   * @default 0
   */
  readonly priority?: number;

  /**
   * Where it runs, as region, zone and subzone joined by `/`: `eu-central-1/eu-central-1a`. Each proxy asks the endpoints nearest to its node first.
   *
   * @default - unknown
   * @see https://istio.io/latest/docs/tasks/traffic-management/locality-load-balancing/
   */
  readonly locality?: string;

  /**
   * Its share of the connections among endpoints of one priority, at least 1.
   *
   * @default 1
   */
  readonly weight?: number;
}

/**
 * How the proxies find the endpoints of a service outside the mesh.
 *
 * One of six:
 *
 * - `ipAddresses`: fixed addresses. Several of them behind a gateway are used in turn; unhealthy ones are ejected.
 * - `dns`: a name with several addresses, resolved again and again. All of them are used in turn; unhealthy ones are ejected.
 * - `dnsRoundRobin`: a name with one address at a time, such as a managed database. New connections go to the first address; existing ones live on.
 * - `endpoints`: addresses or names that are not the host's own, with priorities or localities for failover.
 * - `dynamicDns`: for a wildcard: the name that a client asks for, resolved by its sidecar.
 * - `none`: the address that the client's own DNS gave it; only for TLS, where the server name still says which hosts are meant.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/service-entry/#ServiceEntry-Resolution
 */
export abstract class Resolution {
  /**
   * Fixed addresses.
   *
   * @param addresses IP addresses and, for a service that is not routed through a gateway, CIDR ranges, at least one
   */
  public static ipAddresses(...addresses: string[]): Resolution {
    return new IpAddresses(addresses);
  }

  /** By name, every address that DNS gives. */
  public static dns(): Resolution {
    return new ByName('DNS', 'dns');
  }

  /** By name, one address at a time. Existing connections survive a change in DNS. */
  public static dnsRoundRobin(): Resolution {
    return new ByName('DNS_ROUND_ROBIN', 'dnsRoundRobin');
  }

  /**
   * Addresses or names of the endpoints, for example a database and its replica in another region. Clients of a direct TCP service have to dial one of the
   * addresses, or a virtual one (`addresses`). A proxy ejects an endpoint to which a connection fails,
   * and goes on to the next priority when every endpoint of one is ejected.
   *
   * One endpoint can stand for all hosts of a wildcard: a server that answers for every name, whatever the client asked for.
   *
   * @param endpoints the endpoints, at least one
   *
   * @example
   * new ExternalMysql(chart, 'Mysql', {
   *   host: 'mysqldb.example.com',
   *   resolution: Resolution.endpoints({ address: '192.0.2.14' }, { address: '198.51.100.14', priority: 1 }),
   * });
   */
  public static endpoints(...endpoints: ServiceEndpoint[]): Resolution {
    return new Endpoints(endpoints);
  }

  /**
   * For a wildcard host of TLS: the sidecar resolves the name that the client asks for, and connects to what its DNS says. With `none` it would
   * connect to the address that the client chose. Requires an Istio that knows `DYNAMIC_DNS` for sidecars (1.31; 1.28 to 1.30 were not tried, and older ones refuse it).
   */
  public static dynamicDns(): Resolution {
    return new DynamicDns();
  }

  /**
   * Where the client's own DNS sent the connection, only for TLS. It serves a wildcard host as well; a client that lies about the address reaches any server
   * that takes its server name.
   */
  public static none(): Resolution {
    return new Unresolved();
  }

  protected constructor() {
    refuseAbstract(new.target === Resolution, 'Resolution', 'ipAddresses(), dns(), dnsRoundRobin(), endpoints(), dynamicDns() or none()');
  }

  /** @internal */
  public abstract _check(fail: Fail, use: ResolutionUse, virtualAddresses: readonly string[]): void;
  /** @internal */
  public abstract _checkRoutable(fail: Fail, use: ResolutionUse): void;
  /** Refuses what may stand for more than one server. @internal */
  public abstract _checkOneServer(fail: Fail): void;
  /** Whether a sidecar that connects directly may have several endpoints to choose from. @internal */
  public abstract _balances(protocols: readonly WireProtocol[]): boolean;
  /** How the sidecars of the clients see the service. @internal */
  public abstract _seenAs(use: ResolutionUse, virtualAddresses: readonly string[]): SeenAs;
  /** Whether sidecars have nothing but the host to tell the connections of a port by. @internal */
  public _isByName(_: ResolutionUse): boolean {
    return false;
  }
  /** The addresses that proxies connect to, when they are all known at synth. @internal */
  public _known(): readonly string[] | undefined {
    return undefined;
  }
  /** Where a gateway finds the endpoints of a host; only for a resolution that is routable. @internal */
  public abstract _upstreamOf(host: string): UpstreamModel;
}

class IpAddresses extends Resolution {
  public constructor(private readonly addresses: readonly string[]) {
    super();
  }

  public _check(fail: Fail, use: ResolutionUse, virtualAddresses: readonly string[]): void {
    checkNotEmpty(fail, 'Resolution.ipAddresses()', this.addresses, 'Resolution.ipAddresses("192.0.2.14")');
    this.addresses.forEach((address, i) => {
      if (typeof address === 'string' && isServerName(address)) {
        fail(`'Resolution.ipAddresses()[${i}]' must be an IP address or a CIDR range, got the name ${quote(address)}: use Resolution.dns(), or Resolution.endpoints() for a name `
          + 'that is not the host');
      }
      checkAddress(fail, `Resolution.ipAddresses()[${i}]`, address);
    });
    checkDistinct(fail, 'Resolution.ipAddresses()', this.addresses.map(canonicalAddress));
    checkNoVirtualAddresses(fail, 'ipAddresses', virtualAddresses);
    if (use.hosts.length > 1) {
      fail(`'Resolution.ipAddresses()' would belong to ${use.hosts.length} hosts (${use.hosts.map(quote).join(', ')}), and every connection to one of `
        + 'the addresses would end at the first: declare a service for each host, or use Resolution.dns()');
    }
    refuseWildcards(fail, 'ipAddresses', use.hosts);
    const range = use.protocols.some(isHttp) && this.addresses.find(address => singleAddress(address) === undefined);
    if (range) {
      fail(`'Resolution.ipAddresses()' has the range ${quote(range)}, and a sidecar sends HTTP by the host of each request and not to the address that the client `
        + 'dialled: give single addresses or use Resolution.dns()');
    }
  }

  public _checkRoutable(fail: Fail): void {
    refuseLinkLocal(fail, 'ipAddresses', this.addresses);
    const range = this.addresses.find(address => singleAddress(address) === undefined);
    if (range) {
      fail(`'Resolution.ipAddresses()' has the range ${quote(range)}, and behind a gateway the address that the client dialled is not known any more: `
        + 'give single addresses or use Resolution.dns()');
    }
  }

  public _checkOneServer(fail: Fail): void {
    const more = this.addresses.length > 1 || this.addresses.some(address => singleAddress(address) === undefined);
    if (more) {
      fail(`'Resolution.ipAddresses()' of a member must be the address of one server, got ${this.addresses.map(quote).join(', ')}: the members tell their clients `
        + 'which of them to ask, and a proxy that chooses sends the question to another; declare a member for each server');
    }
  }

  public _balances(protocols: readonly WireProtocol[]): boolean {
    // A connection that is not HTTP goes to the address that the client dialled.
    return protocols.some(isHttp) && this.addresses.length > 1;
  }

  public _seenAs({ protocols }: ResolutionUse): SeenAs {
    const addresses = protocols.every(isHttp) ? [] : this.addresses.map(networkOf);
    // With NONE a request would go to whatever address the client dialled, if only its host is the right one.
    return protocols.some(isHttp) ? { mode: 'STATIC', addresses, endpoints: this.servers } : { mode: 'NONE', addresses, endpoints: [] };
  }

  public _known(): readonly string[] {
    return this.addresses;
  }

  public _upstreamOf(): UpstreamModel {
    return { mode: 'STATIC', endpoints: this.servers };
  }

  private get servers(): EndpointModel[] {
    return this.addresses.map(address => ({ address: singleAddress(address)! }));
  }
}

class ByName extends Resolution {
  public constructor(private readonly mode: 'DNS' | 'DNS_ROUND_ROBIN', private readonly factory: string) {
    super();
  }

  public _check(fail: Fail, use: ResolutionUse, virtualAddresses: readonly string[]): void {
    refuseWildcards(fail, this.factory, use.hosts);
    checkVirtualAddresses(fail, this.factory, virtualAddresses);
  }

  public _checkRoutable(): void {
    // The gateway looks the name up itself.
  }

  public _checkOneServer(fail: Fail): void {
    if (this.mode === 'DNS') {
      fail('\'resolution\' Resolution.dns() of a member would use every address of its name in turn, and a member is one server: use Resolution.dnsRoundRobin()');
    }
  }

  public _balances(): boolean {
    return this.mode === 'DNS';
  }

  public _seenAs({ hosts }: ResolutionUse, virtualAddresses: readonly string[]): SeenAs {
    const addresses = virtualAddresses.map(address => singleAddress(address)!);
    return { mode: this.mode, addresses, endpoints: addresses.length > 0 ? [{ address: pastHostsFile(hosts[0]) }] : [] };
  }

  public _isByName({ protocols }: ResolutionUse): boolean {
    return protocols.includes('TCP');
  }

  public _upstreamOf(host: string): UpstreamModel {
    return { mode: this.mode, endpoints: [{ address: host }] };
  }
}

class Endpoints extends Resolution {
  public constructor(private readonly endpoints: readonly ServiceEndpoint[]) {
    super();
  }

  public _check(fail: Fail, use: ResolutionUse, virtualAddresses: readonly string[]): void {
    if (Array.isArray(this.endpoints[0])) {
      fail('\'Resolution.endpoints()\' takes endpoints as its arguments and not as a list: write Resolution.endpoints(...endpoints)');
    }
    checkNotEmpty(fail, 'Resolution.endpoints()', this.endpoints, '{ address: "192.0.2.14" }');
    checkList(propsOf(ENDPOINT, ['address']), '{ address: "192.0.2.14" }')(fail, 'Resolution.endpoints()', this.endpoints);
    checkDistinct(fail, 'Resolution.endpoints()', this.endpoints.map(({ address }) => (isIp(address) ? canonicalAddress(address) : address)));
    if (use.hosts.length > 1) {
      fail(`'Resolution.endpoints()' would belong to ${use.hosts.length} hosts (${use.hosts.map(quote).join(', ')}), and a connection to one of them would end at an `
        + 'endpoint of another: declare a service for each host');
    }
    const wildcard = use.hosts.find(isWildcard);
    if (wildcard && this.endpoints.length > 1) {
      fail(`'host' is the wildcard ${quote(wildcard)}, for which Resolution.endpoints() has ${this.endpoints.length} endpoints: give the one server that answers for every name`);
    }
    if (wildcard && use.protocols.some(protocol => protocol !== 'TLS')) {
      fail(`'host' is the wildcard ${quote(wildcard)}, which Resolution.endpoints() serves on ports of TLS alone, where the server name passes as it is: use `
        + 'Protocol.TLS, or name each host');
    }
    const prioritised = this.endpoints.find(({ priority }) => priority !== undefined);
    const placed = this.endpoints.find(({ locality }) => locality !== undefined);
    if (prioritised && placed) {
      fail(`'priority' ${prioritised.priority} and 'locality' ${quote(placed.locality)} both say which endpoint is asked first: use one of them`);
    }
    checkVirtualAddresses(fail, 'endpoints', virtualAddresses);
  }

  public _checkRoutable(fail: Fail): void {
    refuseLinkLocal(fail, 'endpoints', this.endpoints.map(({ address }) => address).filter(isIp));
  }

  public _checkOneServer(fail: Fail): void {
    fail('\'resolution\' Resolution.endpoints() of a member lets a proxy choose, and a member is one server: use Resolution.ipAddresses() with its address, or '
      + 'Resolution.dnsRoundRobin()');
  }

  public _balances(): boolean {
    return this.mode === 'DNS' || this.endpoints.length > 1;
  }

  public _seenAs({ protocols }: ResolutionUse, virtualAddresses: readonly string[]): SeenAs {
    const dialled = this.mode === 'STATIC' && protocols.includes('TCP') ? this.endpoints.map(({ address }) => networkOf(address)) : [];
    const addresses = virtualAddresses.length > 0 ? virtualAddresses.map(address => singleAddress(address)!) : dialled;
    // A sidecar resolves names past the addresses that stand for them in its pod, for this service or another one.
    const servers = this.servers.map(server => (isIp(server.address) ? server : { ...server, address: pastHostsFile(server.address) }));
    return { mode: this.mode, addresses, endpoints: servers };
  }

  public _isByName({ protocols }: ResolutionUse): boolean {
    return this.mode === 'DNS' && protocols.includes('TCP');
  }

  public _known(): readonly string[] | undefined {
    return this.mode === 'STATIC' ? this.endpoints.map(({ address }) => address) : undefined;
  }

  public _upstreamOf(): UpstreamModel {
    return { mode: this.mode, endpoints: this.servers };
  }

  private get mode(): 'STATIC' | 'DNS' {
    return this.endpoints.every(({ address }) => isIp(address)) ? 'STATIC' : 'DNS';
  }

  private get servers(): EndpointModel[] {
    const priorities = [...new Set(this.endpoints.map(({ priority = 0 }) => priority))].sort((a, b) => a - b);
    return this.endpoints.map(({ address, locality, weight, priority = 0 }) => ({
      address: isIp(address) ? canonicalAddress(address) : address, locality, weight, rank: priorities.indexOf(priority),
    }));
  }
}

class DynamicDns extends Resolution {
  public constructor() {
    super();
  }

  public _check(fail: Fail, use: ResolutionUse, virtualAddresses: readonly string[]): void {
    checkNoVirtualAddresses(fail, 'dynamicDns', virtualAddresses);
    const name = use.hosts.find(host => !isWildcard(host));
    if (name) {
      fail(`'resolution' Resolution.dynamicDns() is for wildcards, and ${quote(name)} is a name of its own: use Resolution.dns()`);
    }
    if (use.protocols.includes('TCP')) {
      fail('\'resolution\' Resolution.dynamicDns() needs the name that a client asks for, which a TCP port does not show: use Protocol.TLS');
    }
    if (use.protocols.some(isHttp)) {
      fail('\'resolution\' Resolution.dynamicDns() of HTTP would let clients reach every port of every host of the domain, because a sidecar connects to the port in '
        + 'the host of a request: use Protocol.TLS, or name each host');
    }
  }

  public _checkRoutable(fail: Fail): void {
    fail('\'resolution\' Resolution.dynamicDns() is the sidecars\', and a gateway knows no name that it could resolve: connect directly, or let one server answer '
      + 'for the wildcard with Resolution.endpoints()');
  }

  public _checkOneServer(): void {
    // A wildcard, which is refused for that.
  }

  public _balances(): boolean {
    return false;
  }

  public _seenAs(): SeenAs {
    return { mode: 'DYNAMIC_DNS', addresses: [], endpoints: [] };
  }

  public _upstreamOf(): UpstreamModel {
    throw new Error('a wildcard has no upstream');
  }
}

class Unresolved extends Resolution {
  public constructor() {
    super();
  }

  public _check(fail: Fail, use: ResolutionUse, virtualAddresses: readonly string[]): void {
    checkNoVirtualAddresses(fail, 'none', virtualAddresses);
    if (use.protocols.some(protocol => protocol !== 'TLS')) {
      fail('\'resolution\' Resolution.none() on a port that is not TLS would open that port of every address there is: '
        + 'use Resolution.ipAddresses() or Resolution.dns()');
    }
  }

  public _checkRoutable(fail: Fail, { hosts }: ResolutionUse): void {
    const wildcard = hosts.find(isWildcard);
    if (wildcard) {
      fail(`'host' is the wildcard ${quote(wildcard)}, and a gateway needs one place to send to: name each host, or let one server answer for all of them with `
        + 'Resolution.endpoints()');
    }
    fail('\'resolution\' Resolution.none() cannot be routed through a gateway, which would send the connection to itself: '
      + 'use Resolution.dns() or Resolution.ipAddresses()');
  }

  public _checkOneServer(): void {
    // The client's own DNS says which.
  }

  public _balances(): boolean {
    return false;
  }

  public _seenAs(): SeenAs {
    return { mode: 'NONE', addresses: [], endpoints: [] };
  }

  public _upstreamOf(): UpstreamModel {
    throw new Error('a service without resolution has no upstream');
  }
}

/** With its length, as istiod wants the addresses that a client dials. */
function networkOf(address: string): string {
  const canonical = canonicalAddress(address);
  return canonical.includes('/') ? canonical : `${canonical}/${canonical.includes(':') ? 128 : 32}`;
}

/**
 * A host as a sidecar has to resolve it where `hostAliases` give its pod another address for it: Envoy reads the same file, and would connect to that
 * address. With a dot at the end it asks DNS.
 */
function pastHostsFile(host: string): string {
  return `${host}.`;
}

function refuseLinkLocal(fail: Fail, factory: string, addresses: readonly string[]): void {
  const ownLink = addresses.find(isLinkLocal);
  if (ownLink) {
    fail(`'Resolution.${factory}()' has ${quote(ownLink)}, an address of the link: behind a gateway it would be a neighbour of the gateway, such as `
      + 'the metadata server of its node; connect to it directly');
  }
}

function checkVirtualAddresses(fail: Fail, factory: string, addresses: readonly string[]): void {
  for (const [i, address] of addresses.entries()) {
    checkAddress(fail, `addresses[${i}]`, address);
    if (singleAddress(address) === undefined) {
      fail(`'addresses' has the range ${quote(address)}, which Resolution.${factory}() forbids: give single addresses, `
        + 'or the range itself with Resolution.ipAddresses()');
    }
  }
  checkDistinct(fail, 'addresses', addresses.map(canonicalAddress));
}

const checkEndpoint: Check = (fail, property, value) => {
  if (typeof value === 'string' && !isIp(value) && isServerName(value) && value.includes('.')) {
    if (/\.svc(\.|$)/.test(value)) {
      fail(`'${property}' must be outside the mesh, got ${quote(value)}, which is a service of the cluster`);
    }
    return;
  }
  if (typeof value === 'string' && isIp(value)) {
    checkAddress(fail, property, value);
    return;
  }
  fail(`'${property}' must be an IP address or a DNS name like "192.0.2.14" or "db.example.com", got ${quote(value)}`);
};

const checkLocality: Check = (fail, property, value) => {
  if (typeof value !== 'string' || !/^[^/*\s]+(\/[^/*\s]+){0,2}$/.test(value)) {
    fail(`'${property}' must be region, zone and subzone joined by "/", like "eu-central-1/eu-central-1a", got ${quote(value)}`);
  }
};

const ENDPOINT = { address: checkEndpoint, priority: checkWhole(0, 16), locality: checkLocality, weight: checkCount };

function checkNoVirtualAddresses(fail: Fail, factory: string, addresses: readonly string[]): void {
  if (addresses.length > 0) {
    fail(`'addresses' are virtual addresses for a service that is found by name, got ${quote(addresses[0])} with Resolution.${factory}(): `
      + 'use Resolution.dns(), or give real addresses to Resolution.ipAddresses() alone');
  }
}

function refuseWildcards(fail: Fail, factory: string, hosts: readonly string[]): void {
  const wildcard = hosts.find(isWildcard);
  if (wildcard) {
    fail(`'host' is the wildcard ${quote(wildcard)}, which Resolution.${factory}() cannot serve: `
      + 'use Resolution.none() or Resolution.dynamicDns() with an ExternalTls, or name each host');
  }
}
