import { EgressPolicy, KUBERNETES_NETWORKING } from './egress-policy';
import { ExternalEntry, record, records, strings, visibleTo } from './external-entry';
import { MeshObject, NETWORKING } from './mesh-object';
import { MeshModel } from '../private/model';

/** One host and port that a VirtualService of the sidecars sends somewhere else. */
interface Detour {
  readonly visibleTo: readonly string[];
  readonly ports: readonly number[];
}

/** A server of a Gateway on the pods that its selector matches. */
export interface GatewayServer {
  readonly object: MeshObject;
  /** The pods, as text that can be compared. */
  readonly workload: string;
  readonly port: number;
  readonly protocol: string;
  readonly hosts: readonly string[];
}

/** A Sidecar: how the sidecars of some workloads, or of a namespace, treat outbound traffic. */
export interface SidecarRules {
  readonly object: MeshObject;
  /** Whether it resets what it does not know, whatever the mesh does. */
  readonly isClosed: boolean;
  /** Whether it lets what it does not know pass, by itself or because the mesh does. */
  readonly isOpen: boolean;
  /** What it imports, as `<namespace>/<host>`; undefined when that is everything. */
  readonly hosts?: readonly string[];
}

/** Every object of an app, foreign ones included, as the mesh reads them together. */
export class MeshView {
  private readonly byKind = new Map<string, MeshObject[]>();
  private readonly found: {
    entries?: ExternalEntry[];
    detours?: Map<string, Detour[]>;
    servers?: GatewayServer[];
    policies?: EgressPolicy[];
    upstreams?: ReadonlySet<string>;
    lockdowns?: ReadonlyMap<string, MeshObject>;
  } = {};

  public constructor(public readonly facts: MeshModel, public readonly objects: readonly MeshObject[]) {
    objects.forEach(object => addTo(this.byKind, `${object.group}/${object.kind}`, object));
  }

  public of(group: string, kind: string): readonly MeshObject[] {
    return this.byKind.get(`${group}/${kind}`) ?? [];
  }

  /** The services that ServiceEntries declare. One inside the mesh (MESH_INTERNAL) has the listeners of one outside, so the rules treat both alike. */
  public get entries(): readonly ExternalEntry[] {
    return this.found.entries ??= this.of(NETWORKING, 'ServiceEntry').map(object => new ExternalEntry(object, this.facts));
  }

  /** Whether the sidecars send the connections to a host and port of an entry somewhere else, such as to a gateway. */
  public isRouted(entry: ExternalEntry, host: string, port: number): boolean {
    const detours = (this.found.detours ??= this.detours()).get(host) ?? [];
    return detours.some(detour => detour.ports.includes(port) && entry.visibleTo.some(namespace => reaches(detour.visibleTo, namespace)));
  }

  /** The Sidecars without a selector, which hold for a namespace. */
  public get sidecars(): readonly SidecarRules[] {
    return this.sidecarsWhere(isForAll => isForAll);
  }

  /** The Sidecars of some workloads, for which that of the namespace does not hold. */
  public get sidecarsOfSome(): readonly SidecarRules[] {
    return this.sidecarsWhere(isForAll => !isForAll);
  }

  /** The NetworkPolicies that close a namespace whose sidecars are closed too, by the namespace. */
  public get lockdowns(): ReadonlyMap<string, MeshObject> {
    return this.found.lockdowns ??= this.closed();
  }

  private closed(): Map<string, MeshObject> {
    const sidecars = new Set(this.sidecars.filter(({ isClosed }) => isClosed).map(({ object }) => object.namespace));
    const policies = this.egressPolicies.filter(({ limits, isForAll, opensAlmostAll }) => limits && isForAll && !opensAlmostAll);
    return new Map(policies.filter(({ object }) => sidecars.has(object.namespace)).map(({ object }) => [object.namespace, object]));
  }

  private sidecarsWhere(wanted: (isForAll: boolean) => boolean): SidecarRules[] {
    return this.of(NETWORKING, 'Sidecar').filter(({ spec }) => wanted(Object.keys(record(record(spec.workloadSelector).labels)).length === 0)).map(object => {
      const listeners = records(object.spec.egress);
      const { outboundTrafficPolicy: policy } = object.spec;
      const mode = policy === undefined ? undefined : record(policy).mode ?? 'REGISTRY_ONLY';
      return {
        object,
        isClosed: mode === 'REGISTRY_ONLY',
        isOpen: (mode ?? this.facts.outboundTrafficPolicy) === 'ALLOW_ANY',
        hosts: listeners.length > 0 ? listeners.flatMap(listener => strings(listener.hosts)) : undefined,
      };
    });
  }

  public get gatewayServers(): readonly GatewayServer[] {
    return this.found.servers ??= this.of(NETWORKING, 'Gateway').flatMap(object => {
      const selector = Object.entries(record(object.spec.selector)).sort(([a], [b]) => (a < b ? -1 : 1));
      return records(object.spec.servers).map(server => ({
        object,
        workload: JSON.stringify(selector),
        port: Number(record(server.port).number),
        protocol: String(record(server.port).protocol).toUpperCase(),
        // `./` in front says whose routes may attach; two servers collide by the name.
        hosts: strings(server.hosts).map(host => host.replace(/^[^/]*\//, '')),
      }));
    });
  }

  public get egressPolicies(): readonly EgressPolicy[] {
    return this.found.policies ??= this.of(KUBERNETES_NETWORKING, 'NetworkPolicy').map(object => new EgressPolicy(object));
  }

  /** The hosts that gateways send connections to. */
  public get gatewayHosts(): ReadonlySet<string> {
    return this.found.upstreams ??= this.upstreams();
  }

  /** Whether an entry is what gateways send to: its endpoints are those of the routed service, and no sidecar connects to it. */
  public isUpstream(entry: ExternalEntry): boolean {
    return entry.hosts.every(host => this.gatewayHosts.has(host));
  }

  private upstreams(): ReadonlySet<string> {
    const routes = this.of(NETWORKING, 'VirtualService').filter(({ spec }) => strings(spec.gateways).some(gateway => gateway !== 'mesh'));
    return new Set(routes.flatMap(routeRulesOf).flatMap(rule => records(rule.route)).map(route => String(record(route.destination).host)));
  }

  private detours(): Map<string, Detour[]> {
    const detours = new Map<string, Detour[]>();
    for (const object of this.of(NETWORKING, 'VirtualService').filter(isForSidecars)) {
      const hosts = strings(object.spec.hosts);
      const rules = routeRulesOf(object).filter(rule => !records(rule.route).some(route => hosts.includes(String(record(route.destination).host))));
      const ports = rules.flatMap(rule => records(rule.match).map(match => Number(match.port)));
      for (const host of hosts) {
        addTo(detours, host, { visibleTo: visibleTo(object), ports });
      }
    }
    return detours;
  }
}

/** Whether an object is meant for a namespace: it is in it or exported to it by name. */
export function namesNamespace(object: MeshObject, namespace: string): boolean {
  return object.namespace === namespace ? visibleTo(object).some(target => target === '*' || target === namespace) : visibleTo(object).includes(namespace);
}

/** The rules of a VirtualService, whatever their protocol. */
function routeRulesOf({ spec }: MeshObject): { readonly [field: string]: unknown }[] {
  return [...records(spec.tcp), ...records(spec.tls), ...records(spec.http)];
}

/** Whether a VirtualService is for the sidecars, alone or among gateways. */
export function isForSidecars({ spec }: MeshObject): boolean {
  const gateways = strings(spec.gateways);
  return gateways.length === 0 || gateways.includes('mesh');
}

/** Adds to the list under a key. */
export function addTo<K, T>(lists: Map<K, T[]>, key: K, item: T): void {
  const list = lists.get(key);
  if (list) {
    list.push(item);
  } else {
    lists.set(key, [item]);
  }
}

/** Whether something that is exported to some namespaces is seen in one; `*` on either side is every namespace. */
export function reaches(exported: readonly string[], namespace: string): boolean {
  return namespace === '*' ? exported.length > 0 : exported.includes('*') || exported.includes(namespace);
}
