import { FileObject } from './file-object';
import { Fields, record, text } from '../view/fields';

/** What istiod takes the settings of the mesh from: `data.mesh` of its ConfigMap, which is YAML itself. */
export interface MeshConfig {
  readonly object: FileObject;
  readonly text: string;
}

/** The settings in an object: ConfigMap `istio`, or `istio-<revision>`. */
export function meshConfigIn(object: FileObject, manifest: Fields): MeshConfig[] {
  const mesh = text(record(manifest.data).mesh);
  return object.kind === 'ConfigMap' && object.group === '' && /^istio(-|$)/.test(object.name) && mesh !== undefined ? [{ object, text: mesh }] : [];
}
