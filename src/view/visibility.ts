import { strings } from './fields';
import { MeshObject } from './mesh-object';
import { MeshModel } from '../private/model';

/** What the mesh says of objects that leave `exportTo` out. */
export type ExportDefaults = Pick<MeshModel, 'defaultServiceExportTo' | 'defaultVirtualServiceExportTo' | 'defaultDestinationRuleExportTo'>;

/** The namespaces that see an object, by its `exportTo`: names, or `*` for all. */
export function visibleTo(object: MeshObject, defaults: ExportDefaults): string[] {
  const exported = strings(object.spec.exportTo);
  return namespacesOf(exported.length > 0 ? exported : defaultOf(object, defaults), object.namespace);
}

/** The namespaces that see a Service of the cluster, by what its annotation lists. */
export function serviceVisibleTo({ namespace }: MeshObject, exported: readonly string[], { defaultServiceExportTo }: ExportDefaults): string[] {
  return namespacesOf(exported.length > 0 ? exported : defaultServiceExportTo ?? ['*'], namespace);
}

function namespacesOf(exported: readonly string[], own: string): string[] {
  // Nearly every object has one, and an input thousands of objects.
  if (exported.length === 1 && exported[0] !== '~') {
    return [exported[0] === '.' ? own : exported[0]];
  }
  return [...new Set(exported.map(target => (target === '.' ? own : target)))].filter(target => target !== '~');
}

function defaultOf({ kind }: MeshObject, defaults: ExportDefaults): readonly string[] {
  switch (kind) {
    case 'ServiceEntry': return defaults.defaultServiceExportTo ?? ['*'];
    case 'VirtualService': return defaults.defaultVirtualServiceExportTo ?? ['*'];
    // istiod honors only `.` and `*` for these.
    case 'DestinationRule': return defaults.defaultDestinationRuleExportTo?.includes('.') ? ['.'] : ['*'];
    default: return ['*'];
  }
}

/** Whether something that is exported to some namespaces is seen in one; `*` on either side is every namespace. */
export function reaches(exported: readonly string[], namespace: string): boolean {
  return namespace === '*' ? exported.length > 0 : exported.includes('*') || exported.includes(namespace);
}

/** Whether an object that some namespaces see is meant for one: it is in it, or exported to it by name. */
export function namesNamespace(
  { object, visibleTo: exported }: { readonly object: MeshObject; readonly visibleTo: readonly string[] }, namespace: string,
): boolean {
  return exported.includes(namespace) || object.namespace === namespace && exported.includes('*');
}
