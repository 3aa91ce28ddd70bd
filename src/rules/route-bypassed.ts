import { Finding, Rule } from './rule';
import { isCidr, isIp } from '../private/check';
import { quote } from '../private/fail';
import { contains, Network, networkOf } from '../private/network';
import { isWildcard } from '../private/wire';
import { endpointsOfEntry, placeKey } from '../view/entry-endpoints';
import { EntryPort, ExternalEntry } from '../view/external-entry';
import { KnownEndpoint } from '../view/known-service';
import { KubeService } from '../view/kube-service';
import { addTo } from '../view/lists';
import { MeshObject } from '../view/mesh-object';
import { MeshView } from '../view/mesh-view';
import { RoutedPlaces } from '../view/routed-places';
import { handWrittenEndpoints } from '../view/service-endpoints';
import { reaches } from '../view/visibility';

export const routeBypassed: Rule = {
  id: 'MX0301',
  name: 'route-bypassed',
  severity: 'ERROR',
  title: 'A ServiceEntry, or a Service with endpoints that somebody wrote, leads past the gateway to a host or address that is routed through it.',
  why: 'A sidecar takes the more specific match: connections to the same host, address or range leave directly, and the gateway never sees who opened them.',
  fix: 'Route both through the gateway, or take the host, address or range out of the direct object.',
  related: [],
  check: view => {
    const routed = new RoutedTargets(view);
    return [
      ...view.entries.filter(entry => !view.isUpstream(entry)).flatMap(entry => pastByEntry(view, routed, entry)),
      ...view.services.flatMap(service => pastByService(view, routed, service)),
    ];
  },
};

function pastByEntry(view: MeshView, routed: RoutedTargets, entry: ExternalEntry): Finding[] {
  return entry.ports.flatMap((port): Finding[] => {
    if (entry.hosts.some(host => view.isRouted(entry, host, port.number))) {
      return [];
    }
    const past = routed.reachedBy(entry, port);
    // The gateway itself needs a port of the entry that it routes.
    const isNeeded = past?.entry === entry && entry.hosts.some(host => view.isSentByGateways(host, port.number));
    return past && !isNeeded ? [finding(entry.object, entry.hosts[0], port, past)] : [];
  });
}

/** By a Service without pods of its own: proxies connect to the addresses that are written down for it. */
function pastByService(view: MeshView, routed: RoutedTargets, service: KubeService): Finding[] {
  return service.ports.flatMap((port, i): Finding[] => {
    const isRouted = view.names.detoursOf(service.host).some(({ match }) => (match.port ?? port.number) === port.number);
    const past = isRouted ? undefined : routed.reachedAt(handWrittenEndpoints(view, service, port.number), service.object, true);
    return past ? [finding(service.object, service.host, { number: port.number, field: ['spec', 'ports', i] }, past)] : [];
  });
}

function finding(object: MeshObject, host: string, { number, field }: Pick<EntryPort, 'number' | 'field'>, { entry, what }: Reached): Finding {
  return {
    object,
    field,
    message: `port ${number} of ${quote(host)} leads straight to ${what}, which is routed through a gateway ('${entry.object.origin.path}'): the gateway does not see these connections`,
    fix: 'route both through the gateway, or take it out of this one',
  };
}

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

/** What is routed, and where: an app may declare thousands. */
class RoutedTargets {
  private readonly places: RoutedPlaces;
  private readonly byPort = new Map<number, Routed[]>();
  /** Those that some namespace sees without the route: a wildcard leads past the route of no other. */
  private readonly partly = new Map<number, Routed[]>();

  public constructor(private readonly view: MeshView) {
    this.places = view.routedPlaces;
    for (const { entry, port, hosts } of this.places.ports) {
      const routed = new Routed(entry);
      const isPartly = hosts.length < entry.hosts.length || !hosts.every(host => view.names.detoursOf(host).some(({ route }) => route.visibleTo.includes('*')));
      for (const number of new Set([port.number, port.target])) {
        addTo(this.byPort, number, routed);
        if (isPartly) {
          addTo(this.partly, number, routed);
        }
      }
    }
  }

  public reachedBy(direct: ExternalEntry, port: EntryPort): Reached | undefined {
    // Where a sidecar goes by the server name, clients of one host ask for no other.
    const dials = port.class === 'TCP' || port.class === 'TLS' && direct.addresses.length > 0;
    for (const number of new Set([port.number, port.target])) {
      const reached = this.reachedByName(direct, number) ?? this.reachedByAddress(direct, number, dials);
      if (reached) {
        return reached;
      }
    }
    return this.reachedAt(endpointsOfEntry(this.view, direct.object, port), direct.object, dials);
  }

  /** By the endpoints of something else: addresses, and names that DNS resolves. */
  public reachedAt(endpoints: readonly KnownEndpoint[], of: MeshObject, dials: boolean): Reached | undefined {
    for (const { address, port } of endpoints) {
      const key = placeKey(address, port);
      const named = this.places.byHost.get(key);
      const entry = named?.object === of ? undefined : named;
      // HTTP goes by the host of each request: another HTTP host does not lead to an endpoint, a connection to its address does.
      const found = entry ?? this.places.byAddress.get(key) ?? (dials ? this.places.byEndpoint.get(key) : undefined);
      if (found) {
        return { entry: found, what: entry ? `the host ${quote(address)}` : isIp(address) ? `the address ${quote(address)}` : `${quote(address)}, the endpoint of ${quote(found.hosts[0])}` };
      }
    }
    return undefined;
  }

  private reachedByName(direct: ExternalEntry, port: number): Reached | undefined {
    for (const host of direct.hosts) {
      const covers = (name: string) => name === host || isWildcard(host) && name.endsWith(host.slice(1));
      const isPast = (name: string) => covers(name) && this.isUnrouted(direct, name);
      const covered = isWildcard(host) ? (this.partly.get(port) ?? []).find(routed => routed.entry.hosts.some(isPast)) : undefined;
      const entry = this.places.byHost.get(placeKey(host, port)) ?? covered?.entry;
      if (entry) {
        return { entry, what: `the host ${quote(entry.hosts.find(covers))}` };
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
    for (const address of direct.addresses) {
      const key = placeKey(address, port);
      const same = this.places.byAddress.get(key) ?? (dials ? this.places.byEndpoint.get(key) : undefined);
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
    return this.byPort.get(port) ?? [];
  }
}
