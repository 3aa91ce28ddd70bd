import { isCidr, isIp } from '../private/check';
import { quote } from '../private/fail';
import { contains, Network, networkOf } from '../private/network';
import { isWildcard } from '../private/wire';
import { endpointsOfEntry, placeKey } from '../view/entry-endpoints';
import { EntryPort, ExternalEntry } from '../view/external-entry';
import { KnownEndpoint } from '../view/known-service';
import { addTo } from '../view/lists';
import { MeshObject } from '../view/mesh-object';
import { MeshView } from '../view/mesh-view';
import { RoutedPlaces } from '../view/routed-places';
import { reaches } from '../view/visibility';

/** What is routed, looked up once for all who ask. */
export function routedTargets(view: MeshView): RoutedTargets {
  return view.once('routed targets', () => new RoutedTargets(view));
}

/** Something that is routed, which something else leads to. */
export interface Reached {
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
export class RoutedTargets {
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
    const isDialled = dials(direct, port);
    for (const number of new Set([port.number, port.target])) {
      const reached = this.reachedByName(direct, number) ?? this.reachedByAddress(direct, number, isDialled);
      if (reached) {
        return reached;
      }
    }
    return this.reachedAt(endpointsOfEntry(this.view, direct.object, port), direct.object, isDialled);
  }

  /** By the endpoints of something else: addresses, and names that DNS resolves. */
  public reachedAt(endpoints: readonly KnownEndpoint[], of: MeshObject, isDialled: boolean): Reached | undefined {
    for (const { address, port } of endpoints) {
      const key = placeKey(address, port);
      const named = this.places.byHost.get(key);
      const entry = named?.object === of ? undefined : named;
      // HTTP goes by the host of each request: another HTTP host does not lead to an endpoint, a connection to its address does.
      const found = entry ?? this.places.byAddress.get(key) ?? (isDialled ? this.places.byEndpoint.get(key) : undefined);
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

  private reachedByAddress(direct: ExternalEntry, port: number, isDialled: boolean): Reached | undefined {
    for (const address of dialledBy(direct, isDialled)) {
      const key = placeKey(address, port);
      const same = this.places.byAddress.get(key) ?? (isDialled ? this.places.byEndpoint.get(key) : undefined);
      if (same) {
        return { entry: same, what: `the address ${quote(address)}` };
      }
      const [range] = isCidr(address) ? networkOf(address) : [];
      const inside = range && this.onPort(port).find(({ networks }) => networks.some(network => contains(range, network)));
      if (inside) {
        return { entry: inside.entry, what: `the address ${quote(inside.networks.find(network => contains(range, network))!.text)}` };
      }
    }
    return undefined;
  }

  /** What is routed by a name of which nobody knows the addresses, where something else takes a range of them. */
  public mayBeIn(direct: ExternalEntry, port: EntryPort): { readonly entry: ExternalEntry; readonly range: string } | undefined {
    const range = dialledBy(direct, dials(direct, port)).find(isCidr);
    const mayBe = ({ entry }: Routed) => entry !== direct && entry.isResolvedByName;
    const routed = range === undefined ? undefined : this.onPort(port.number).find(mayBe) ?? this.onPort(port.target).find(mayBe);
    return routed && { entry: routed.entry, range: range! };
  }

  private onPort(port: number): readonly Routed[] {
    return this.byPort.get(port) ?? [];
  }
}

/** Where a sidecar goes by the server name, or by the host of a request, clients of one host ask for no other. */
function dials({ addresses }: ExternalEntry, port: EntryPort): boolean {
  return port.class === 'TCP' || port.class === 'TLS' && addresses.length > 0;
}

/** The addresses and ranges by which an entry is dialled. Without any, one without resolution takes every address on its port, and goes on to it. */
function dialledBy({ addresses, resolution }: ExternalEntry, isDialled: boolean): readonly string[] {
  return addresses.length === 0 && isDialled && resolution === 'NONE' ? EVERY_ADDRESS : addresses;
}

const EVERY_ADDRESS = ['0.0.0.0/0', '::/0'];
