import { Access } from './access';
import { Answer, isOpen, waysIn } from './answer';
import { clientKey } from './client';
import { Dependency, spokenBy, Target, targetKey } from './dependency';
import { Asked, Owners } from './owners';
import { networkOf } from '../private/network';
import { NetworkTable } from '../private/network-table';
import { isAddress } from '../trace/application';
import { Proxies } from '../trace/proxies';
import { upstreamOf } from '../trace/upstream';
import { KnownPort } from '../view/known-service';
import { addTo } from '../view/lists';
import { MeshView } from '../view/mesh-view';
import { MESH, Route } from '../view/route';
import { handWrittenEndpoints } from '../view/service-endpoints';

/** A host and port by which clients get to a dependency that they do not reach by its own names. */
export interface Door {
  readonly target: Target;
  readonly access: readonly Access[];
}

/** What may lead to dependencies beside their own names: hosts of VirtualServices, and Services whose addresses somebody wrote. */
export function doorsIn(proxies: Proxies, dependencies: readonly Dependency[]): Target[] {
  const { view } = proxies;
  const declared = new Set(dependencies.flatMap(({ hosts }) => hosts));
  const isLed = (host: string, port: number | undefined) => {
    const known = view.knownServicesByHost.get(host);
    return known?.some(({ isKubernetes }) => !isKubernetes) || port !== undefined && proxies.gatewaysBehind(host, port).length > 0;
  };
  const leads = (route: Route) => {
    const own = new Set(route.hosts);
    return route.rules.some(({ destinations, mirrors }) => [...destinations, ...mirrors].some(({ host, port }) => (
      !own.has(host) && isLed(host, port ?? firstPort(view, host)))));
  };
  const found = new Map<string, Target>();
  const add = (host: string, port: KnownPort | number) => {
    const target: Target = typeof port === 'number' ? { host, port, protocol: 'HTTP', spoken: 'HTTP' }
      : { host, port: port.number, protocol: port.protocol || 'TCP or HTTP', spoken: spokenBy(port) };
    found.set(targetKey(target), found.get(targetKey(target)) ?? target);
  };
  for (const route of view.routesByGateway.get(MESH) ?? []) {
    for (const host of leads(route) ? route.hosts.filter(name => !declared.has(name)) : []) {
      const services = host.startsWith('*') ? view.knownServicesWithin(host).filter(service => !declared.has(service.host))
        : view.knownServicesByHost.get(host) ?? [];
      const isRequested = services.length === 0 && route.rules.some(({ kind }) => kind === 'http');
      services.forEach(service => service.ports.forEach(port => add(service.host, port)));
      // Istio answers for a host that nothing declares on the ports where it has requests.
      (isRequested ? [80] : []).forEach(port => add(host, port));
    }
  }
  for (const service of view.services) {
    (view.knownServicesByHost.get(service.host) ?? []).flatMap(({ ports }) => ports)
      .filter(port => handWrittenEndpoints(view, service, port.number).length > 0).forEach(port => add(service.host, port));
  }
  addressesInRanges(view, dependencies).forEach(({ address, port }) => add(address, port));
  return [...found.values()];
}

/** The addresses of dependencies that the range of another entry has as well: sidecars pass on what is dialled there, whatever is asked for. */
function addressesInRanges(view: MeshView, dependencies: readonly Dependency[]): { readonly address: string; readonly port: KnownPort }[] {
  const ranges = new NetworkTable(view.knownServices.filter(({ resolution, address }) => resolution === 'NONE' && address.includes('/'))
    .flatMap((service, place) => networkOf(service.address).map(range => [range, { service, place }] as const)));
  return dependencies.flatMap(dependency => {
    const own = new Set(dependency.entries.map(({ object }) => object));
    return addressesOf(view, dependency).flatMap(address => networkOf(address).flatMap(inner => ranges.holding(inner))
      .filter(({ service: { object } }) => !own.has(object)).sort((a, b) => a.place - b.place)
      .flatMap(({ service: { ports } }) => ports.map(port => ({ address, port }))));
  });
}

function addressesOf(view: MeshView, { hosts }: Dependency): string[] {
  const found = hosts.flatMap(host => (view.knownServicesByHost.get(host) ?? []).flatMap(service => service.ports.flatMap(port => (
    upstreamOf(view, service, port, {}, 'sidecar', { host, port: port.number, isNobodys: false }).places.flatMap(({ address }) => address ?? [])))));
  return [...new Set(found)].filter(isAddress);
}

function firstPort(view: MeshView, host: string): number | undefined {
  return view.serviceByHost.get(host)?.ports[0]?.number;
}

/** The doors of each dependency: what clients get to who asked for something else. */
export function doorsOf(owners: Owners, asked: readonly Access[]): ReadonlyMap<Dependency, readonly Door[]> {
  const found = new Map<Dependency, Map<string, Access[]>>();
  const reached = new Map<Dependency, Map<string, Set<string>>>();
  // A client may reach one port of a service by its name, and another one by a door.
  const reaches = (dependency: Asked, access: Access, way: Answer) => {
    const known = reached.get(dependency) ?? endpointsByClient(owners, dependency);
    reached.set(dependency, known);
    const own = known.get(identity(access));
    return own !== undefined && owners.spelled(way.endpoints).some(endpoint => own.has(endpoint));
  };
  for (const access of asked.filter(isOpen)) {
    for (const way of waysIn(access)) {
      for (const dependency of owners.of(way.services, way.endpoints)) {
        if (!owners.declares(dependency, access.target.host) && !reaches(dependency, access, way)) {
          const doors = found.get(dependency) ?? new Map<string, Access[]>();
          addTo(doors, targetKey(access.target), { ...access, ...throughDoor(way) });
          found.set(dependency, doors);
        }
      }
    }
  }
  return new Map([...found].map(([dependency, doors]) => (
    [dependency, [...doors.values()].map(access => ({ target: access[0].target, access }))])));
}

/** What a way says of itself, where it was not meant to lead there. */
function throughDoor(way: Answer): Answer {
  return way.routes.length === 0 ? way
    : { ...way, why: 'the VirtualService of what it asks for sends it there', because: [...way.routes, ...way.because] };
}

function endpointsByClient(owners: Owners, { access }: Asked): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const one of access.filter(isOpen)) {
    const known = found.get(identity(one)) ?? new Set();
    owners.spelled(one.endpoints).forEach(endpoint => known.add(endpoint));
    found.set(identity(one), known);
  }
  return found;
}

function identity({ client, workloads }: Access): string {
  return JSON.stringify([clientKey(client), workloads]);
}
