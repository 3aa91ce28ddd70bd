import { NOT_JUDGED } from '../findings/acknowledgement';
import { MeshObject } from '../view/mesh-object';
import { MeshView } from '../view/mesh-view';

/** A place of an object that rules could not judge, because it depends on something else. */
export interface Gap {
  readonly object: MeshObject;
  /** The object as a whole when left out. */
  readonly field?: readonly (string | number)[];
  /** What it depends on, such as `Gateway infra/egress`. */
  readonly on: string;
}

/** One kind of gaps. */
export interface GapKind {
  /** For programs; never changed. */
  readonly name: string;
  /** The rules that stay silent; those of the whole catalogue where none is named. */
  readonly rules: readonly string[];
  /** What is the matter with that on which it depends. */
  readonly state: string;
  /** What is not judged. */
  readonly open: string;
  /** What to do. */
  readonly fix: string;
  find(view: MeshView): Gap[];
}

/** By what somebody accepts that a kind is not judged, such as `NJ-GATEWAY`. */
export function gapId({ name }: GapKind): string {
  return `${NOT_JUDGED}${name.toUpperCase()}`;
}

/** What a selector looks for, in an order of its own. */
export function selectorText(selector: { readonly [label: string]: string }): string {
  return Object.entries(selector).map(label => label.join('=')).sort().join(', ');
}

export const NOT_THERE = 'is not in the input';
