import { fieldText } from '../view/fields';
import { MeshObject } from '../view/mesh-object';

/** Where on its way a connection is. */
export type Stage = 'application' | 'sidecar' | 'route' | 'api route' | 'destination' | 'gateway' | 'access' | 'gateway route' | 'upstream' | 'network';

/** An object that decides something, and where in it. */
export interface Cause {
  /** Kind, namespace and name. */
  readonly object: string;
  /** The construct, or file and line. */
  readonly path: string;
  /** Such as `spec.http[0].route[0]`; empty for the object as a whole. */
  readonly field: string;
  /** The same, step by step. */
  readonly steps: readonly (string | number)[];
}

/** One decision on the way of a connection. */
export interface Hop {
  readonly stage: Stage;
  readonly text: string;
  readonly causes: readonly Cause[];
  /** What a reader has to know besides: what is assumed, what goes elsewhere. */
  readonly notes: readonly string[];
  /** The same for programs, in the words of Envoy where it has some. */
  readonly facts: { readonly [name: string]: string };
}

/** How a connection ends. */
export type EndKind = 'REACHES' | 'REFUSED' | 'NOWHERE' | 'DIRECT' | 'UNKNOWN';

/** The end of a connection. */
export interface Ending {
  readonly kind: EndKind;
  readonly text: string;
  /** How the client sees it; undefined when it is answered. */
  readonly seen?: string;
  /** Where it ends, as `<address or name>:<port>`. */
  readonly endpoints: readonly string[];
  /** The host where it ends, when that is not the one that was asked for: whose listener took it, or a Service that a rule sends it to. */
  readonly instead?: string;
  /** Why the server does not understand what arrives, as far as the input shows it. */
  readonly mismatch?: string;
  /** Why a proxy on the way makes no connection or takes none for want of a Secret, as far as the input shows it: the cluster may have the Secret all the same. */
  readonly lacking?: string;
  /** What has to hold besides, and depends on the request. */
  readonly conditions: readonly string[];
}

export function cause(object: MeshObject, steps: readonly (string | number)[] = []): Cause {
  return { object: nameOf(object), path: object.origin.path, field: fieldText(steps), steps };
}

/** A cause inside of a sentence. */
export function causeText({ object, path, field }: Cause): string {
  return `${object} (${path}${field === '' ? '' : `, ${field}`})`;
}

export function nameOf({ kind, namespace, name }: MeshObject): string {
  return `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`;
}

export function hop(stage: Stage, text: string, causes: readonly Cause[], more: Partial<Pick<Hop, 'notes' | 'facts'>> = {}): Hop {
  return { stage, text, causes, notes: more.notes ?? [], facts: more.facts ?? {} };
}
