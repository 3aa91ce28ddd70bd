import { MeshObject } from './mesh-object';
import { compareTexts } from '../private/order';

/** As the API server writes it, so that later times sort behind earlier ones. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

/** `metadata.creationTimestamp`, which objects of a cluster have. */
export function createdIn({ creationTimestamp }: { readonly creationTimestamp?: unknown }): string | undefined {
  return typeof creationTimestamp === 'string' && TIME.test(creationTimestamp) ? creationTimestamp : undefined;
}

/** The older first; those without an age, which nobody has applied yet, behind all others. */
export function byAge({ created: a }: Pick<MeshObject, 'created'>, { created: b }: Pick<MeshObject, 'created'>): number {
  return a === b ? 0 : a === undefined ? 1 : b === undefined ? -1 : compareTexts(a, b);
}

/** The order of istiod: by age, and for objects of one age by name. */
export function byAgeAndName(a: MeshObject, b: MeshObject): number {
  return byAge(a, b) || compareTexts(a.name, b.name) || compareTexts(a.namespace, b.namespace);
}
