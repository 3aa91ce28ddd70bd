import { MeshDependency, MeshDependencyClient, MeshInventory, MeshManifest } from './mesh-inventory';
import { ExternalEntry } from '../view/external-entry';
import { records, strings } from '../view/fields';
import { GatewayServer } from '../view/gateway';
import { addTo } from '../view/lists';
import { MeshObject } from '../view/mesh-object';
import { MeshView } from '../view/mesh-view';
import { purposeOf } from '../view/purpose';
import { MESH, Route, RouteDestination } from '../view/route';
import { TrafficRule } from '../view/traffic-rule';

/** What an organisation's rules see of a view. Each part is made when a rule asks for it. */
export class InventoryOf implements MeshInventory {
  private manifests?: MeshManifest[];
  private known?: MeshDependency[];
  private readonly manifestOf = new Map<MeshObject, MeshManifest>();

  public constructor(private readonly view: MeshView) {}

  public get objects(): MeshManifest[] {
    this.manifests ??= this.view.objects.map(object => this.manifest(object));
    return [...this.manifests];
  }

  public get dependencies(): MeshDependency[] {
    this.known ??= dependenciesOf(this.view, object => this.manifest(object));
    return [...this.known];
  }

  private manifest(object: MeshObject): MeshManifest {
    const made = this.manifestOf.get(object) ?? manifestFrom(object);
    this.manifestOf.set(object, made);
    return made;
  }
}

/** A copy: a rule that changes what it looks at changes nothing for the others. */
function manifestFrom(object: MeshObject): MeshManifest {
  return {
    apiVersion: object.group === '' ? object.version ?? '' : `${object.group}/${object.version ?? ''}`,
    kind: object.kind,
    name: object.name,
    namespaceName: object.namespace || undefined,
    labels: { ...object.labels },
    annotations: { ...object.annotations },
    spec: structuredClone(object.spec),
    path: object.origin.path,
  };
}

function dependenciesOf(view: MeshView, manifest: (object: MeshObject) => MeshManifest): MeshDependency[] {
  const routes = byKey(view.routes.filter(({ isForSidecars }) => isForSidecars), ({ hosts }) => hosts);
  const rules = byKey(view.trafficRules, ({ host }) => [host]);
  const servers = byKey(view.gatewayServers, ({ hosts }) => hosts);
  return view.dependencies.map(entry => {
    const { spec } = entry.object;
    const hops = entry.hosts.flatMap(host => (routes.get(host) ?? []).flatMap(route => hopsOf(route)));
    const isRouted = entry.hosts.length > 0 && entry.hosts.every(host => entry.ports.every(port => view.isRouted(entry, host, port.number)));
    const visible = entry.visibleTo.map(namespaceName => ({ namespaceName }));
    const admitted = hops.flatMap(hop => clientsOf(hop, entry, rules.get(hop.host) ?? [], servers));
    return {
      manifest: manifest(entry.object),
      hosts: [...entry.hosts],
      ports: entry.ports.map(({ number, target, class: protocol }) => ({ number, targetPort: target, protocol })),
      location: spec.location === 'MESH_INTERNAL' ? 'MESH_INTERNAL' : 'MESH_EXTERNAL',
      visibleTo: [...entry.visibleTo].sort(),
      addresses: [...entry.addresses],
      endpoints: records(spec.endpoints).flatMap(({ address }) => strings([address])),
      isRouted,
      routedTo: [...new Set(hops.map(({ host }) => host))].sort(),
      clients: distinct(isRouted ? admitted : [...visible, ...admitted]),
      ...purposeOf(entry.object),
    };
  });
}

/** Where a VirtualService has sidecars send the connections of its hosts. */
function hopsOf({ hosts, rules }: Route): RouteDestination[] {
  const ofSidecars = rules.filter(({ matches }) => matches.some(({ gateways }) => gateways.includes(MESH)));
  return ofSidecars.flatMap(({ destinations }) => destinations).filter(({ host }) => !hosts.includes(host));
}

/** Whom a gateway admits to what sidecars send there: by the server name of a subset, the server that has it, and the names that this one takes. */
function clientsOf(
  hop: RouteDestination, { visibleTo }: ExternalEntry, rules: readonly TrafficRule[], servers: ReadonlyMap<string, GatewayServer[]>,
): MeshDependencyClient[] {
  const everybody = visibleTo.map(namespaceName => ({ namespaceName }));
  const ofSubset = rules.filter(({ subsets }) => hop.subset === undefined || subsets.some(({ name }) => name === hop.subset));
  if (ofSubset.length === 0) {
    return everybody;
  }
  return ofSubset.flatMap(rule => {
    const sni = rule.tlsOf(hop.port ?? NaN, hop.subset)?.sni;
    const identities = (sni === undefined ? [] : servers.get(sni) ?? []).flatMap(({ tls }) => tls?.subjectAltNames ?? []);
    if (identities.length > 0) {
      return identities.flatMap(accountOf);
    }
    // The rule of a client namespace: a server that takes any name is behind a policy for that namespace.
    const { namespace } = rule.object;
    return visibleTo.includes(namespace) ? [{ namespaceName: namespace }] : everybody;
  });
}

function accountOf(identity: string): MeshDependencyClient[] {
  const [, namespaceName, serviceAccountName] = /^spiffe:\/\/[^/]+\/ns\/([^/]+)\/sa\/(.+)$/.exec(identity) ?? [];
  return namespaceName === undefined ? [] : [{ namespaceName, serviceAccountName }];
}

function distinct(clients: readonly MeshDependencyClient[]): MeshDependencyClient[] {
  const keyed = new Map(clients.map(client => [`${client.namespaceName}/${client.serviceAccountName ?? ''}`, client]));
  return [...keyed].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, client]) => client);
}

function byKey<T>(items: readonly T[], keysOf: (item: T) => readonly string[]): Map<string, T[]> {
  const lists = new Map<string, T[]>();
  items.forEach(item => keysOf(item).forEach(key => addTo(lists, key, item)));
  return lists;
}
