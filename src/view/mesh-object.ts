/** Where an object comes from: the path of the construct that stands for it. */
export interface Origin {
  readonly path: string;
}

/** One object of the cluster, of this library or another tool. */
export interface MeshObject {
  /** The API group; the core group is the empty string. */
  readonly group: string;
  readonly kind: string;
  readonly name: string;
  /** Empty when the manifest names none, and `kubectl apply -n` decides. */
  readonly namespace: string;
  readonly origin: Origin;
  /** The file it is written to, when each object has one of its own. */
  readonly file?: string;
  /** Empty for kinds without one. */
  readonly spec: { readonly [field: string]: unknown };
}

/** What is one object to Kubernetes, as text that can be compared. */
export function identityOf({ group, kind, namespace, name }: MeshObject): string {
  return JSON.stringify([group, kind, namespace, name]);
}

export const NETWORKING = 'networking.istio.io';
