import { Fields, labelsOf, number, record, records, strings, text } from './fields';
import { MeshObject } from './mesh-object';
import { fullServiceName } from '../private/names';

/** A destination in the mesh, in Istio's words. Without a port istiod names one that no service has. */
export interface EgressProxy {
  /** The full name. */
  readonly host: string;
  readonly subset?: string;
  readonly port: number;
}

/** A Sidecar: what the sidecars of a namespace, or of some workloads in it, know. */
export class NamespaceSidecar {
  /** Whether it resets what it does not know; undefined when the mesh decides. */
  public readonly isClosed: boolean | undefined;
  /** Where it sends what it does not know, in place of the address that was dialled. */
  public readonly egressProxy?: EgressProxy;
  /** What it imports, as `<namespace>/<host>`; undefined when that is everything. */
  public readonly hosts?: readonly string[];
  /** The labels of the workloads that it is for. Without a selector it is for those of the namespace that no other Sidecar selects; an empty one selects all of them. */
  public readonly workloadSelector?: { readonly [label: string]: string };
  /** The places of the egress listeners by their ports; that without a port is for all others. */
  private readonly listeners: ReadonlyMap<number | undefined, number>;

  public constructor(public readonly object: MeshObject, clusterDomain: string) {
    const { spec } = object;
    this.workloadSelector = spec.workloadSelector === undefined ? undefined : labelsOf(record(spec.workloadSelector).labels);
    // Istio's default of a policy without a mode.
    this.isClosed = spec.outboundTrafficPolicy === undefined ? undefined : (record(spec.outboundTrafficPolicy).mode ?? 'REGISTRY_ONLY') === 'REGISTRY_ONLY';
    this.egressProxy = egressProxyIn(record(record(spec.outboundTrafficPolicy).egressProxy), object.namespace, clusterDomain);
    const listeners = records(spec.egress);
    this.hosts = listeners.length > 0 ? listeners.flatMap(listener => strings(listener.hosts)) : undefined;
    const places = listeners.flatMap(({ port }, i): [number | undefined, number][] => {
      const of = number(record(port).number);
      return port === undefined || of !== undefined ? [[of, i]] : [];
    });
    // Of two for one port the first holds.
    this.listeners = new Map(places.reverse());
  }

  /** The place of the egress listener for a port; undefined when there is none. One with the port comes before the one for all others. */
  public listenerFor(port: number): number | undefined {
    return this.listeners.get(port) ?? this.listeners.get(undefined);
  }

  /** Whether what it does not know goes to the address that was dialled; undefined when the mesh decides. */
  public get letsPass(): boolean | undefined {
    return this.isClosed === undefined ? undefined : !this.isClosed && this.egressProxy === undefined;
  }

  /** Whether it is for every workload of its namespace. */
  public get isForAll(): boolean {
    return Object.keys(this.workloadSelector ?? {}).length === 0;
  }

  /** Whether it names a host of a namespace. */
  public imports(namespace: string, host: string): boolean {
    return this.hosts === undefined || this.hosts.some(pattern => covers(pattern, this.object.namespace, namespace, host));
  }
}

function covers(pattern: string, own: string, namespace: string, host: string): boolean {
  const [scope, name = '*'] = pattern.split('/');
  return (scope === '*' || (scope === '.' ? own : scope) === namespace)
    && (name === '*' || name === host || name.startsWith('*.') && host.endsWith(name.slice(1)));
}

function egressProxyIn({ host, subset, port }: Fields, namespace: string, clusterDomain: string): EgressProxy | undefined {
  const written = text(host);
  return written === undefined ? undefined : {
    host: fullServiceName(written, namespace, clusterDomain), subset: text(subset), port: number(record(port).number) ?? 0,
  };
}
