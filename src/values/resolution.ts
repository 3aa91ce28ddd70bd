import { canonicalAddress, checkAddress, checkDistinct, checkNotEmpty, isLinkLocal, isWildcard, singleAddress } from '../private/check';
import { Fail, quote, refuseAbstract } from '../private/fail';
import { ResolutionMode, UpstreamModel, WireProtocol } from '../private/model';
import { isHttp } from '../private/wire';

/** How the sidecars of the clients see a service. */
export interface SeenAs {
  readonly mode: ResolutionMode;
  readonly addresses: readonly string[];
  readonly endpoints: readonly string[];
}

/** What a resolution is checked against. */
export interface ResolutionUse {
  readonly hosts: readonly string[];
  readonly protocols: readonly WireProtocol[];
}

/**
 * How the proxies find the endpoints of a service outside the mesh.
 *
 * One of four:
 *
 * - `ipAddresses`: fixed addresses. Several of them behind a gateway are used in turn; unhealthy ones are ejected.
 * - `dns`: a name with several addresses, resolved again and again. All of them are used in turn; unhealthy ones are ejected.
 * - `dnsRoundRobin`: a name with one address at a time, such as a managed database. New connections go to the first address; existing ones live on.
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

  /** Where the client's own DNS sent the connection, only for TLS. The one resolution that can serve a wildcard host. */
  public static none(): Resolution {
    return new Unresolved();
  }

  protected constructor() {
    refuseAbstract(new.target === Resolution, 'Resolution', 'ipAddresses(), dns(), dnsRoundRobin() or none()');
  }

  /** @internal */
  public abstract _check(fail: Fail, use: ResolutionUse, virtualAddresses: readonly string[]): void;
  /** @internal */
  public abstract _checkRoutable(fail: Fail): void;
  /** Whether a sidecar that connects directly may have several endpoints to choose from. @internal */
  public abstract _balances(protocols: readonly WireProtocol[]): boolean;
  /** How the sidecars of the clients see the service. @internal */
  public abstract _seenAs(protocols: readonly WireProtocol[], virtualAddresses: readonly string[]): SeenAs;
  /** Where a gateway finds the endpoints of a host; only for a resolution that is routable. @internal */
  public abstract _upstreamOf(host: string): UpstreamModel;
}

class IpAddresses extends Resolution {
  public constructor(private readonly addresses: readonly string[]) {
    super();
  }

  public _check(fail: Fail, use: ResolutionUse, virtualAddresses: readonly string[]): void {
    checkNotEmpty(fail, 'Resolution.ipAddresses()', this.addresses, 'Resolution.ipAddresses("192.0.2.14")');
    this.addresses.forEach(address => checkAddress(fail, 'Resolution.ipAddresses()', address));
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
    const ownLink = this.addresses.find(isLinkLocal);
    if (ownLink) {
      fail(`'Resolution.ipAddresses()' has ${quote(ownLink)}, an address of the link: behind a gateway it would be a neighbour of the gateway, such as `
        + 'the metadata server of its node; connect to it directly');
    }
    const range = this.addresses.find(address => singleAddress(address) === undefined);
    if (range) {
      fail(`'Resolution.ipAddresses()' has the range ${quote(range)}, and behind a gateway the address that the client dialled is not known any more: `
        + 'give single addresses or use Resolution.dns()');
    }
  }

  public _balances(protocols: readonly WireProtocol[]): boolean {
    // A connection that is not HTTP goes to the address that the client dialled.
    return protocols.some(isHttp) && this.addresses.length > 1;
  }

  public _seenAs(protocols: readonly WireProtocol[]): SeenAs {
    const network = (address: string) => (address.includes('/') ? address : `${address}/${address.includes(':') ? 128 : 32}`);
    const addresses = protocols.every(isHttp) ? [] : this.addresses.map(address => network(canonicalAddress(address)));
    // With NONE a request would go to whatever address the client dialled, if only its host is the right one.
    return protocols.some(isHttp) ? { mode: 'STATIC', addresses, endpoints: this.singleAddresses } : { mode: 'NONE', addresses, endpoints: [] };
  }

  public _upstreamOf(): UpstreamModel {
    return { mode: 'STATIC', endpoints: this.singleAddresses };
  }

  private get singleAddresses(): string[] {
    return this.addresses.map(address => singleAddress(address)!);
  }
}

class ByName extends Resolution {
  public constructor(private readonly mode: 'DNS' | 'DNS_ROUND_ROBIN', private readonly factory: string) {
    super();
  }

  public _check(fail: Fail, use: ResolutionUse, virtualAddresses: readonly string[]): void {
    refuseWildcards(fail, this.factory, use.hosts);
    for (const address of virtualAddresses) {
      checkAddress(fail, 'addresses', address);
      if (singleAddress(address) === undefined) {
        fail(`'addresses' has the range ${quote(address)}, which Resolution.${this.factory}() forbids: give single addresses, `
          + 'or the range itself with Resolution.ipAddresses()');
      }
    }
    checkDistinct(fail, 'addresses', virtualAddresses.map(canonicalAddress));
  }

  public _checkRoutable(): void {
    // The gateway looks the name up itself.
  }

  public _balances(): boolean {
    return this.mode === 'DNS';
  }

  public _seenAs(_: readonly WireProtocol[], virtualAddresses: readonly string[]): SeenAs {
    return { mode: this.mode, addresses: virtualAddresses.map(address => singleAddress(address)!), endpoints: [] };
  }

  public _upstreamOf(host: string): UpstreamModel {
    return { mode: this.mode, endpoints: [host] };
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

  public _checkRoutable(fail: Fail): void {
    fail('\'resolution\' Resolution.none() cannot be routed through a gateway, which would send the connection to itself: '
      + 'use Resolution.dns() or Resolution.ipAddresses()');
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
      + 'use Resolution.none() with Protocol.TLS, or name each host');
  }
}
