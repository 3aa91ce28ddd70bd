/** A variable of a container, as Kubernetes writes it. */
export interface Variable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly secretKeyRef: { readonly name: string; readonly key: string } };
}

/** Under which user and groups processes run. */
interface SecurityContext {
  runAsNonRoot?: boolean;
  runAsUser?: number;
  runAsGroup?: number;
  fsGroup?: number;
}

/** The parts of a pod template that matter here; everything else of it is left as it is. */
export interface Container {
  name?: string;
  env?: Variable[];
  volumeMounts?: { name?: string; mountPath?: string; readOnly?: boolean }[];
  securityContext?: SecurityContext;
  [key: string]: unknown;
}

export interface HostAlias {
  ip?: string;
  hostnames?: string[];
}

export interface PodSpec {
  hostAliases?: HostAlias[];
  serviceAccountName?: string;
  /** The deprecated alias of it. */
  serviceAccount?: string;
  hostNetwork?: boolean;
  containers?: Container[];
  initContainers?: Container[];
  volumes?: { name?: string; [source: string]: unknown }[];
  securityContext?: SecurityContext;
}

/** A list of a manifest, which may be anything in one that was written by hand. */
export function listOf<T>(list: T[] | undefined): T[] {
  // A list may have nulls, which cdk8s leaves out later.
  return Array.isArray(list) ? list.filter(item => item !== undefined && item !== null) : [];
}

/** cdk8s writes keys in the order they are in, after it has sorted them; a key that comes later has to be brought to its place. */
export function sortKeys(object: object): void {
  const written = object as { [key: string]: unknown };
  for (const [key, value] of Object.entries(written).sort(([a], [b]) => (a < b ? -1 : 1))) {
    delete written[key];
    written[key] = value;
  }
}
