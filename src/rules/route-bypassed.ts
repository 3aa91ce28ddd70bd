import { Finding, Rule } from './rule';
import { isCidr } from '../private/check';
import { quote } from '../private/fail';
import { contains, Network, networkOf } from '../private/network';
import { isWildcard } from '../private/wire';
import { EntryPort, ExternalEntry } from '../view/external-entry';
import { records } from '../view/fields';
import { addTo } from '../view/lists';
import { MeshView } from '../view/mesh-view';
import { reaches } from '../view/visibility';

export const routeBypassed: Rule = {
  id: 'MX0301',
  name: 'route-bypassed',
  severity: 'ERROR',
  title: 'A ServiceEntry leads past the gateway to a host or address that is routed through it.',
  why: 'A sidecar takes the more specific match: connections to the same host, address or range leave directly, and the gateway never sees who opened them.',
  fix: 'Route both through the gateway, or take the host, address or range out of the direct ServiceEntry.',
  related: [],
  check: view => {
    const routed = new RoutedTargets(view);
    return view.entries.filter(entry => !view.isUpstream(entry)).flatMap(entry => entry.ports.flatMap((port): Finding[] => {
      if (entry.hosts.some(host => view.isRouted(entry, host, port.number))) {
        return [];
      }
      const past = routed.reachedBy(entry, port);
      // The gateway itself needs a port of the entry that it routes.
      return past && !(past.entry === entry && entry.hosts.some(host => view.isSentByGateways(host, port.number))) ? [{
        object: entry.object,
        field: port.field,
        message: `port ${port.number} of ${quote(entry.hosts[0])} leads straight to ${past.what}, which is routed through a gateway `
          + `('${past.entry.object.origin.path}'): the gateway does not see these connections`,
        fix: 'route both through the gateway, or take it out of this one',
      }] : [];
    }));
  },
};

interface Reached {
  readonly entry: ExternalEntry;
  readonly what: string;
}

/** An entry that is routed. Its addresses are parsed when a range is compared with them. */
class Routed {
  private parsed?: readonly Network[];

  public constructor(public readonly entry: ExternalEntry) {}

  public get networks(): readonly Network[] {
    return this.parsed ??= [...this.entry.addresses, ...this.entry.endpoints].flatMap(networkOf);
  }
}

/** The hosts and addresses that are routed, indexed by port: an app may declare thousands. */
class RoutedTargets {
  private readonly byHost = new Map<string, ExternalEntry>();
  private readonly byAddress = new Map<string, ExternalEntry>();
  /** Where HTTP goes by the host of each request: another HTTP host does not lead to it, a connection to its address does. */
  private readonly byEndpoint = new Map<string, ExternalEntry>();
  private readonly byPort = new Map<string, Routed[]>();
  /** Those that some namespace sees without the route: a wildcard leads past the route of no other. */
  private readonly partly = new Map<string, Routed[]>();

  public constructor(private readonly view: MeshView) {
    for (const entry of view.entries) {
      const routed = new Routed(entry);
      for (const port of entry.ports) {
        const hosts = entry.hosts.filter(host => view.isRouted(entry, host, port.number));
        if (hosts.length > 0) {
          for (const number of new Set([port.number, port.target])) {
            hosts.forEach(host => this.byHost.set(`${number} ${host}`, entry));
            entry.addresses.forEach(address => this.byAddress.set(`${number} ${address}`, entry));
            entry.endpoints.forEach(address => this.byEndpoint.set(`${number} ${address}`, entry));
            addTo(this.byPort, String(number), routed);
            if (hosts.length < entry.hosts.length || !hosts.every(host => view.names.detoursOf(host).some(({ route }) => route.visibleTo.includes('*')))) {
              addTo(this.partly, String(number), routed);
            }
          }
        }
      }
    }
  }

  public reachedBy(direct: ExternalEntry, port: EntryPort): Reached | undefined {
    for (const number of new Set([port.number, port.target])) {
      const reached = this.reachedByName(direct, number) ?? this.reachedByEndpoint(direct, number) ?? this.reachedByAddress(direct, number, port.class !== 'HTTP');
      if (reached) {
        return reached;
      }
    }
    return undefined;
  }

  private reachedByName(direct: ExternalEntry, port: number): Reached | undefined {
    for (const host of direct.hosts) {
      const covers = (name: string) => name === host || isWildcard(host) && name.endsWith(host.slice(1));
      const isPast = (name: string) => covers(name) && this.isUnrouted(direct, name);
      const covered = isWildcard(host) ? (this.partly.get(String(port)) ?? []).find(routed => routed.entry.hosts.some(isPast)) : undefined;
      const entry = this.byHost.get(`${port} ${host}`) ?? covered?.entry;
      if (entry) {
        return { entry, what: `the host ${quote(entry.hosts.find(covers))}` };
      }
    }
    return undefined;
  }

  /** By a host that DNS resolves as an endpoint of another one. */
  private reachedByEndpoint({ object }: ExternalEntry, port: number): Reached | undefined {
    for (const { address } of records(object.spec.endpoints)) {
      const entry = this.byHost.get(`${port} ${String(address)}`);
      if (entry !== undefined && entry.object !== object) {
        return { entry, what: `the host ${quote(address)}` };
      }
    }
    return undefined;
  }

  /** Whether some namespace of a wildcard does not see the route: where it does, the exact name comes first. */
  private isUnrouted({ visibleTo }: ExternalEntry, host: string): boolean {
    const routes = this.view.names.detoursOf(host).map(({ route }) => route);
    return visibleTo.filter(namespace => !this.view.gatewayPlaces.namespaces.has(namespace)).some(namespace => !routes.some(route => (
      namespace === '*' ? route.visibleTo.includes('*') : reaches(route.visibleTo, namespace))));
  }

  private reachedByAddress(direct: ExternalEntry, port: number, dials: boolean): Reached | undefined {
    for (const address of [...direct.addresses, ...direct.endpoints]) {
      const same = this.byAddress.get(`${port} ${address}`) ?? (dials ? this.byEndpoint.get(`${port} ${address}`) : undefined);
      if (same) {
        return { entry: same, what: `the address ${quote(address)}` };
      }
      const [range] = isCidr(address) ? networkOf(address) : [];
      const holds = (routed: Routed) => routed.entry.isResolvedByName || routed.networks.some(network => contains(range, network));
      const inside = range && this.onPort(port).find(holds);
      if (inside) {
        const known = inside.networks.find(network => contains(range, network));
        return {
          entry: inside.entry,
          // What a name resolves to is not known at synth.
          what: known ? `the address ${quote(known.text)}` : `whatever addresses ${quote(inside.entry.hosts[0])} has in ${quote(address)}`,
        };
      }
    }
    return undefined;
  }

  private onPort(port: number): readonly Routed[] {
    return this.byPort.get(String(port)) ?? [];
  }
}
