import { labelsOf, record, records, strings } from './fields';
import { MeshObject } from './mesh-object';

/** A Sidecar: what the sidecars of a namespace, or of some workloads in it, know. */
export class NamespaceSidecar {
  /** Whether it resets what it does not know; undefined when the mesh decides. */
  public readonly isClosed: boolean | undefined;
  /** What it imports, as `<namespace>/<host>`; undefined when that is everything. */
  public readonly hosts?: readonly string[];
  /** The labels of the workloads that it is for. Without a selector it is for those of the namespace that no other Sidecar selects; an empty one selects all of them. */
  public readonly workloadSelector?: { readonly [label: string]: string };

  public constructor(public readonly object: MeshObject) {
    const { spec } = object;
    this.workloadSelector = spec.workloadSelector === undefined ? undefined : labelsOf(record(spec.workloadSelector).labels);
    // Istio's default of a policy without a mode.
    this.isClosed = spec.outboundTrafficPolicy === undefined ? undefined : (record(spec.outboundTrafficPolicy).mode ?? 'REGISTRY_ONLY') === 'REGISTRY_ONLY';
    const listeners = records(spec.egress);
    this.hosts = listeners.length > 0 ? listeners.flatMap(listener => strings(listener.hosts)) : undefined;
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
