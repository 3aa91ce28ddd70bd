import { ProxyScope } from './proxy-scope';
import { Choice, Chooser, httpChoices, waysOf } from './route-choice';
import { mostSpecific, oddWildcardsIn, wildcardsAround } from '../view/host-match';
import { HostTable } from '../view/host-table';
import { KnownService } from '../view/known-service';
import { addTo } from '../view/lists';
import { Route } from '../view/route';

/** What the sidecar does with requests to a host on a port: a VirtualService of the host, of the longest wildcard around it, or the service itself. */
export interface HostChoice {
  readonly service?: KnownService;
  /** The main way first; none when nothing routes the service. */
  readonly choices: readonly Choice[];
}

/** The hosts by which a sidecar tells the requests on a port apart. */
export class HttpHosts {
  /** Of one host the last service holds the place. */
  private readonly services: ReadonlyMap<string, KnownService>;
  private readonly serviceTable: HostTable<KnownService>;
  private readonly ways = new Map<Route, readonly Choice[]>();
  private readonly routes = new Map<string, Route[]>();
  /** Those that some service has requests for. */
  private readonly served = new Set<Route>();
  private readonly byAddress = new Map<string, KnownService>();
  /** The names of services and VirtualServices, in the order in which they were found. */
  private readonly places = new Map<string, number>();
  private readonly oddHosts: readonly string[];

  public constructor(private readonly scope: ProxyScope, private readonly chooser: Chooser) {
    const services = scope.onPort(chooser.port).filter(({ resolution }) => resolution !== 'ALIAS');
    this.services = new Map(services.map(service => [service.host.toLowerCase(), service]));
    this.serviceTable = new HostTable(this.services);
    for (const route of scope.routes) {
      const choices = httpChoices(route, chooser);
      if (choices.length > 0) {
        this.ways.set(route, waysOf(choices));
        new Set(route.hosts.map(host => host.toLowerCase())).forEach(host => addTo(this.routes, host, route));
      }
    }
    for (const service of this.services.values()) {
      if (!this.byAddress.has(service.address)) {
        this.byAddress.set(service.address, service);
      }
      if (this.isHttp(service)) {
        this.routesServing(service).forEach(route => this.served.add(route));
      }
    }
    [...this.services.keys(), ...this.routes.keys()].forEach(name => this.places.has(name) || this.places.set(name, this.places.size));
    this.oddHosts = oddWildcardsIn(this.places.keys());
  }

  public choiceFor(host: string): HostChoice | undefined {
    const byAddress = this.byAddress.get(host);
    if (byAddress && !this.places.has(host)) {
      return this.of(byAddress.host);
    }
    const lower = host.toLowerCase();
    const names = [lower, ...wildcardsAround(lower, this.oddHosts)].filter(name => this.places.has(name)).sort((a, b) => (
      Number(b === host) - Number(a === host) || b.length - a.length || this.places.get(a)! - this.places.get(b)!));
    for (const name of names) {
      const found = this.of(name);
      if (found) {
        return found;
      }
    }
    return undefined;
  }

  private of(name: string): HostChoice | undefined {
    const service = this.services.get(name);
    const isHttp = service !== undefined && this.isHttp(service);
    // A wildcard of a VirtualService stands for the services within it, and for other names only when there are none.
    const isTaken = name.startsWith('*') && this.serviceTable.meets(name);
    const route = isTaken ? undefined
      : this.routes.get(name)?.find(candidate => (service ? isHttp : this.chooser.port === 80 || this.served.has(candidate)));
    if (route) {
      return { service, choices: this.waysOf(route) };
    }
    return isHttp ? { service, choices: this.waysOf(this.routeAround(service)) } : undefined;
  }

  private isHttp({ ports }: KnownService): boolean {
    return ports.some(port => port.number === this.chooser.port && (port.class === 'HTTP' || port.class === 'AUTO'));
  }

  private routesServing(service: KnownService): readonly Route[] {
    const around = this.routeAround(service);
    const own = service.host.startsWith('*') ? [] : (this.routes.get(service.host.toLowerCase()) ?? []).filter(({ hosts }) => hosts.includes(service.host));
    return around === undefined ? own : [...own, around];
  }

  /** The VirtualService of a service, or of a wildcard around it. */
  private routeAround(service: KnownService): Route | undefined {
    const { routesByHost } = this.scope;
    return routesByHost.get(mostSpecific(service.host, routesByHost) ?? '');
  }

  private waysOf(route: Route | undefined): readonly Choice[] {
    return route === undefined ? [] : this.ways.get(route) ?? [];
  }
}
