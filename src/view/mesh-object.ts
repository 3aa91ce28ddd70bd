import { record } from './fields';

/** Where an object comes from. */
export interface Origin {
  /** What messages call it: the path of the construct that stands for it, or file and line. */
  readonly path: string;
  /** The file that it was read from, and the line there of the object itself; undefined for a construct. */
  readonly file?: string;
  readonly line?: number;
}

/** One object of the cluster, of this library or another tool. */
export interface MeshObject {
  /** The API group; the core group is the empty string. */
  readonly group: string;
  /** The version of the API; undefined where nobody reads it. */
  readonly version?: string;
  readonly kind: string;
  readonly name: string;
  /** Empty when the manifest names none, and `kubectl apply -n` decides. */
  readonly namespace: string;
  readonly labels: { readonly [name: string]: string };
  readonly annotations: { readonly [name: string]: string };
  /** When the cluster made it, as 2026-05-01T00:00:00Z; undefined where nobody knows. */
  readonly created?: string;
  readonly origin: Origin;
  /** The file it is written to, when each object has one of its own. */
  readonly file?: string;
  /** Without one in the manifest it is empty: of Secrets and ConfigMaps nothing but the name is known. That of endpoints is all of them. */
  readonly spec: { readonly [field: string]: unknown };
  /** The names of what it has at its top; undefined where nobody reads them. */
  readonly beside?: readonly string[];
  /** Whether code wrote it that knows the fields of its kind, so that it has no others. */
  readonly isTyped?: boolean;
  /** What it has that nobody can read. */
  readonly doubts?: readonly Doubt[];
}

/** A value that the API server refuses, where nothing says which one was meant. */
export interface Doubt {
  readonly path: readonly (string | number)[];
  /** Those that it may be. */
  readonly values: readonly string[];
}

/** An object whose content cannot be made, which is a fault of whoever made it and not of the rule that asks for it. */
export class UnreadableObject extends Error {}

/** The group, which the core group has none of, and the version. */
export function groupAndVersionOf(apiVersion: unknown): GroupAndVersion {
  const text = String(apiVersion);
  const known = READ.get(text);
  if (known !== undefined) {
    return known;
  }
  const slash = text.indexOf('/');
  const read = { group: text.slice(0, Math.max(slash, 0)), version: text.slice(slash + 1) };
  // An input has few of them, and thousands of objects; one that has more is somebody's trick.
  if (READ.size < MOST_READ) {
    READ.set(text, read);
  }
  return read;
}

interface GroupAndVersion {
  readonly group: string;
  readonly version: string;
}

const READ = new Map<string, GroupAndVersion>();
const MOST_READ = 1_000;

/** Kinds that have no `spec`, and are read. */
const WITHOUT_SPEC = ['Endpoints', 'EndpointSlice'];

/** What an object says beside its name. */
export function specIn(manifest: { readonly [field: string]: unknown }): MeshObject['spec'] {
  return record(WITHOUT_SPEC.includes(String(manifest.kind)) ? manifest : manifest.spec);
}

/** What is one object to Kubernetes, as text that can be compared. */
export function identityOf({ group, kind, namespace, name }: MeshObject): string {
  return JSON.stringify([group, kind, namespace, name]);
}

/** The label by which an EndpointSlice names its Service. */
export const SERVICE_NAME = 'kubernetes.io/service-name';

export const NETWORKING = 'networking.istio.io';
export const SECURITY = 'security.istio.io';
