import { isExpiredBy } from './expiry';
import { compareTexts } from '../private/order';
import { Spoken } from '../trace/application';
import { ExternalEntry } from '../view/external-entry';
import { text } from '../view/fields';
import { KnownPort } from '../view/known-service';
import { addTo } from '../view/lists';
import { MeshView } from '../view/mesh-view';
import { Purpose, purposeOf } from '../view/purpose';

/** A host and a port of a dependency. */
export interface Target {
  /** Perhaps a wildcard. */
  readonly host: string;
  readonly port: number;
  /** In Istio's words. */
  readonly protocol: string;
  readonly spoken?: Spoken;
}

/** A service outside the mesh: the hosts that the same objects declare. */
export interface Dependency {
  readonly hosts: readonly string[];
  /** Each host with each port. */
  readonly targets: readonly Target[];
  readonly entries: readonly ExternalEntry[];
  /** Who answers for it; what several objects say is joined. */
  readonly purpose: Purpose;
  /** Whether it has ended by the day that was given. */
  readonly isExpired: boolean;
  /** Whether it is a machine of the mesh. */
  readonly isInMesh: boolean;
}

export function targetKey({ host, port }: Pick<Target, 'host' | 'port'>): string {
  return `${host}:${port}`;
}

/** What a dependency is called. */
export function dependencyName({ hosts }: Pick<Dependency, 'hosts'>): string {
  return hosts.length > 3 ? `${hosts[0]} and ${hosts.length - 1} more` : hosts.join(', ');
}

/** The dependencies of a view, sorted by their hosts. */
export function dependenciesIn(view: MeshView): Dependency[] {
  const byHost = new Map<string, ExternalEntry[]>();
  view.dependencies.forEach(entry => new Set(entry.hosts).forEach(host => addTo(byHost, host, entry)));
  const numbers = new Map(view.entries.map((entry, i) => [entry, i]));
  const groups = new Map<string, { readonly hosts: string[]; readonly entries: readonly ExternalEntry[] }>();
  for (const [host, entries] of byHost) {
    const key = entries.map(entry => numbers.get(entry)).join();
    const group = groups.get(key) ?? { hosts: [], entries };
    group.hosts.push(host);
    groups.set(key, group);
  }
  const found = [...groups.values()].map(({ hosts, entries }) => dependencyOf(view, hosts.sort(), entries));
  return found.sort((a, b) => compareTexts(a.hosts.join(), b.hosts.join()));
}

function dependencyOf(view: MeshView, hosts: readonly string[], entries: readonly ExternalEntry[]): Dependency {
  const purpose = joined(entries.map(({ object }) => purposeOf(object)));
  const ports = new Map<number, KnownPort>();
  hosts.slice(0, 1).flatMap(host => view.knownServicesByHost.get(host) ?? []).filter(({ object }) => entries.some(entry => entry.object === object))
    .flatMap(service => service.ports).forEach(port => ports.has(port.number) ? undefined : ports.set(port.number, port));
  const sorted = [...ports.values()].filter(({ number }) => Number.isFinite(number)).sort((a, b) => a.number - b.number);
  return {
    hosts,
    entries,
    purpose,
    targets: hosts.flatMap(host => sorted.map((port): Target => ({ host, port: port.number, protocol: port.protocol || 'TCP or HTTP', spoken: spokenBy(port) }))),
    isExpired: isExpiredBy(purpose, view.today),
    isInMesh: entries.every(({ object }) => text(object.spec.location) === 'MESH_INTERNAL'),
  };
}

export function spokenBy({ isTls, class: listens }: KnownPort): Spoken | undefined {
  return isTls ? 'TLS' : listens === 'HTTP' ? 'HTTP' : listens === 'TCP' ? 'TCP' : undefined;
}

function joined(purposes: readonly Purpose[]): Purpose {
  const of = (key: keyof Purpose) => [...new Set(purposes.flatMap(purpose => purpose[key] ?? []))].sort().join(', ') || undefined;
  return { owner: of('owner'), reason: of('reason'), expires: of('expires'), contact: of('contact') };
}
