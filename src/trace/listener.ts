import { ChainMatch, ChainTable, isForAll, keyOf, Wire } from './filter-chain';
import { Cause, cause } from './hop';
import { ProxyScope } from './proxy-scope';
import { Choice, choiceOf, Chooser, isFor } from './route-choice';
import { ANY_ADDRESS, KnownPort, KnownService } from '../view/known-service';
import { addTo } from '../view/lists';
import { MeshObject } from '../view/mesh-object';
import { EgressProxy } from '../view/namespace-sidecar';

/** What a listener does with the connections that a chain takes. */
export interface Chain extends ChainMatch {
  readonly service: KnownService;
  /** Undefined when requests are told apart by their host. */
  readonly choice?: Choice;
}

/** A service that a listener leaves out, because another one has its place. */
export interface Dropped {
  readonly service: KnownService;
  readonly by: KnownService;
}

/** What a sidecar does with the connections to an address of a port. */
export class Listener {
  public readonly chains: Chain[];
  private readonly dropped = new Map<string, Dropped[]>();
  private readonly holders: Map<string, Chain>;
  /** Made when a connection asks for the first time. */
  private table?: ChainTable<Chain>;
  /** The one for whatever no other chain takes. */
  private rest?: readonly Chain[];

  public constructor(
    public readonly address: string, public readonly port: number, public protocol: string, public readonly first: KnownService,
    chains: readonly Chain[],
  ) {
    this.chains = [...chains];
    this.holders = new Map([...chains].reverse().map(chain => [keyOf(chain), chain]));
  }

  public get name(): string {
    return `${this.address}_${this.port}`;
  }

  /** Whether requests in plaintext are read as such: where it is for them, or finds out. */
  public get readsRequests(): boolean {
    return this.protocol === '' || HTTP.includes(this.protocol);
  }

  /** The chain for a connection, or several that Envoy cannot tell apart; none when it is left to what happens with unknown destinations. */
  public chainsFor(wire: Wire): readonly Chain[] {
    this.table ??= new ChainTable(this.chains.filter(chain => !isForAll(chain)));
    this.rest ??= this.chains.filter(isForAll).slice(0, 1);
    const found = this.table.chainsFor(wire);
    return found.length > 0 ? found : this.rest;
  }

  /** The services of a host that it leaves out. */
  public droppedOf(host: string): readonly Dropped[] {
    return this.dropped.get(host) ?? [];
  }

  public drop(service: KnownService, by = this.first): void {
    addTo(this.dropped, service.host, { service, by });
  }

  public add(chains: readonly Chain[]): void {
    for (const chain of chains) {
      const holder = this.holders.get(keyOf(chain));
      if (holder) {
        this.drop(chain.service, holder.service);
      } else {
        this.chains.push(chain);
        [this.table, this.rest] = [undefined, undefined];
        this.holders.set(keyOf(chain), chain);
      }
    }
  }
}

/** The listeners of a sidecar for one port. */
export class PortListeners {
  private readonly listeners = new Map<string, Listener>();

  /** @param headless the addresses at which proxies listen for a headless Service */
  public constructor(
    private readonly scope: ProxyScope, private readonly chooser: Chooser, private readonly headless: (service: KnownService) => readonly string[],
  ) {
    for (const service of scope.onPort(chooser.port).filter(({ resolution }) => resolution !== 'ALIAS')) {
      for (const port of service.ports.filter(({ number }) => number === chooser.port)) {
        this.placesOf(service, port).forEach(address => this.listen(service, port, address));
      }
    }
  }

  /** The listener that takes connections to an address; undefined when no service has the port there. */
  public at(address: string): Listener | undefined {
    return this.listeners.get(address) ?? this.listeners.get(ANY_ADDRESS);
  }

  public get all(): Iterable<Listener> {
    return this.listeners.values();
  }

  /** The addresses of the listeners for a port of a service. */
  private placesOf(service: KnownService, port: KnownPort): readonly string[] {
    const isRange = service.address.includes('/');
    // Without an address a Service, or an entry with a selector, is listened for at its pods.
    return port.class === 'HTTP' || isRange ? [ANY_ADDRESS]
      : service.resolution === 'HEADLESS' ? this.headless(service)
        : service.address === ANY_ADDRESS && service.resolution === 'NONE' && service.selector !== undefined ? [] : [service.address];
  }

  private listen(service: KnownService, port: KnownPort, address: string): void {
    if (port.class === undefined) {
      return;
    }
    const isRange = service.address.includes('/');
    const known = this.listeners.get(address);
    const ranges = isRange && port.class !== 'HTTP' ? [service.address] : [];
    const opaque = () => this.opaque(service, port, address, ranges);
    const requests = (): Chain[] => [{ service, sni: [], ranges: [], isPlainHttp: true }];
    const isHttpBefore = known !== undefined && HTTP.includes(known.protocol);
    const isTcpBefore = known !== undefined && !isHttpBefore && known.protocol !== '';
    if (known && clashes(port, known, isHttpBefore || isTcpBefore || port.class === 'TCP')) {
      known.drop(service);
      return;
    }
    switch (port.class) {
      case 'HTTP':
        if (!known) {
          // Requests are detected, so that others than HTTP pass by.
          this.listeners.set(address, new Listener(address, port.number, '', service, requests()));
        } else if (isTcpBefore) {
          known.add(requests());
          known.protocol = '';
        }
        return;
      case 'TCP':
        if (!known) {
          this.listeners.set(address, new Listener(address, port.number, port.protocol, service, opaque()));
        } else {
          known.add(opaque());
        }
        return;
      case 'AUTO':
        if (!known) {
          this.listeners.set(address, new Listener(address, port.number, '', service, [...opaque(), ...requests()]));
        } else if (isTcpBefore) {
          known.add([...opaque(), ...requests()]);
          known.protocol = '';
        } else {
          known.drop(service);
        }
    }
  }

  /** The chains of a service whose connections are told apart by address and server name. */
  private opaque(service: KnownService, port: KnownPort, address: string, ranges: readonly string[]): Chain[] {
    return port.isTls ? this.byServerName(service, address, ranges) : this.byAddress(service, ranges);
  }

  private byServerName(service: KnownService, address: string, ranges: readonly string[]): Chain[] {
    const found: Chain[] = [];
    const handled = new Set<string>();
    let within = ranges;
    for (const route of this.scope.routesFor(service.host)) {
      for (const rule of route.rules.filter(({ kind, destinations }) => kind === 'tls' && destinations.length > 0)) {
        for (const match of rule.matches.filter(({ field }) => field.includes('match'))) {
          if (!isFor(route, match, 'tls', this.chooser)) {
            continue;
          }
          // The subnets of a match stay for those that follow it, as in istiod.
          within = match.destinationSubnets.length > 0 ? match.destinationSubnets : within;
          const key = `${match.sniHosts.join()}|${match.destinationSubnets.join()}`;
          if (!handled.has(key)) {
            found.push({ service, sni: match.sniHosts, ranges: within, isPlainHttp: false, choice: choiceOf(route, rule, match) });
          }
          handled.add(key);
        }
      }
    }
    if (found.length > 0) {
      return found;
    }
    const byName = within.length > 0 || address === ANY_ADDRESS || service.host.startsWith('*') && service.resolution === 'DYNAMIC_DNS';
    return [{ service, sni: byName ? [service.host] : [], ranges: within, isPlainHttp: false, choice: this.itself(service) }];
  }

  private byAddress(service: KnownService, ranges: readonly string[]): Chain[] {
    const found: Chain[] = [];
    let isServed = false;
    const chain = (choice: Choice, of: readonly string[]) => found.push({ service, sni: [], ranges: of, isPlainHttp: false, choice });
    for (const route of this.scope.routesFor(service.host)) {
      for (const rule of route.rules.filter(({ kind, destinations }) => kind === 'tcp' && destinations.length > 0)) {
        const matches = rule.matches.filter(match => isFor(route, match, 'tcp', this.chooser));
        const every = matches.findIndex(({ destinationSubnets }) => destinationSubnets.length === 0);
        if (every >= 0) {
          chain(choiceOf(route, rule, matches[every]), ranges);
          return found;
        }
        const subnets = matches.flatMap(({ destinationSubnets }) => destinationSubnets);
        if (subnets.length > 0) {
          chain(choiceOf(route, rule, matches[0]), subnets);
          isServed = isServed || [...subnets].sort().join() === [...ranges].sort().join();
        }
      }
    }
    if (!isServed) {
      chain(this.itself(service), ranges);
    }
    return found;
  }

  private itself(service: KnownService): Choice {
    return itself(service, this.chooser.port);
  }
}

/** A service that nothing routes: its connections go to itself. */
export function itself(service: KnownService, port: number): Choice {
  const of = service.ports.find(({ number }) => number === port);
  return {
    destinations: [{ host: service.host, port, object: service.object, field: of?.field ?? [] }],
    mirrors: [],
    causes: [cause(service.object, of?.field)],
    conditional: [],
    condition: [],
  };
}

/** Where a Sidecar sends what its sidecars do not know. */
export function toEgressProxy(object: MeshObject, to: EgressProxy): Choice {
  const place = { object, field: ['spec', 'outboundTrafficPolicy', 'egressProxy'] };
  return { destinations: [{ ...to, ...place }], mirrors: [], causes: [cause(object, place.field)], conditional: [], condition: [] };
}

/** Where the connections of nobody go. */
export function unknownDestination({ isClosed, sidecar }: ProxyScope): { readonly cluster: string; readonly causes: Cause[] } {
  const { host, subset = '', port } = sidecar?.egressProxy ?? {};
  const open = host === undefined ? 'PassthroughCluster' : `outbound|${port}|${subset}|${host}`;
  return { cluster: isClosed ? 'BlackHoleCluster' : open, causes: sidecar?.isClosed === undefined ? [] : [cause(sidecar.object, ['spec', 'outboundTrafficPolicy'])] };
}

const HTTP = ['HTTP', 'HTTP2', 'GRPC', 'GRPC-WEB', 'HTTP_PROXY'];
/** Server-first protocols that istiod lets no other protocol onto the port of. */
const ALONE = ['MONGO', 'MYSQL'];

function clashes(port: KnownPort, known: Listener, isConflict: boolean): boolean {
  return isConflict && port.protocol !== known.protocol && (ALONE.includes(port.protocol) || ALONE.includes(known.protocol));
}
