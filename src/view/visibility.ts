import { strings } from './fields';
import { MeshObject } from './mesh-object';

/** The namespaces that see an object, by its `exportTo`: names, or `*` for all. */
export function visibleTo({ spec, namespace }: MeshObject): string[] {
  const exported = strings(spec.exportTo);
  const all = exported.length === 0 ? ['*'] : exported.map(target => (target === '.' ? namespace : target));
  return [...new Set(all)].filter(target => target !== '~');
}

/** Whether something that is exported to some namespaces is seen in one; `*` on either side is every namespace. */
export function reaches(exported: readonly string[], namespace: string): boolean {
  return namespace === '*' ? exported.length > 0 : exported.includes('*') || exported.includes(namespace);
}

/** Whether an object is meant for a namespace: it is in it or exported to it by name. */
export function namesNamespace(object: MeshObject, namespace: string): boolean {
  return object.namespace === namespace ? visibleTo(object).some(target => target === '*' || target === namespace) : visibleTo(object).includes(namespace);
}
