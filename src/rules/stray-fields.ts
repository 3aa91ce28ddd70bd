import { nearest } from '../private/nearest';
import { API_GROUPS, fieldsOf, unknownFieldsOf } from '../view/api-fields';
import { MeshObject } from '../view/mesh-object';
import { MeshView } from '../view/mesh-view';

/** A field of an object of Istio that its API does not have. */
export interface StrayField {
  readonly object: MeshObject;
  readonly path: readonly (string | number)[];
  /** Those that may stand there. */
  readonly known: readonly string[];
  /** The field that is near. */
  readonly near?: string;
  /** What was meant, to be told: the field that is near, or where it belongs. */
  readonly meant?: string;
}

/** What an object of Kubernetes has, `spec` and what it is. */
const ENVELOPE = ['apiVersion', 'kind', 'metadata', 'spec', 'status'];

/** Every such field of the view. */
export function strayFieldsIn(view: MeshView): readonly StrayField[] {
  return view.once('stray fields', () => {
    const found: StrayField[] = [];
    for (const object of view.objects) {
      if (!object.isTyped && API_GROUPS.has(object.group)) {
        addBelow(object, found);
        addBeside(object, found);
      }
    }
    return found;
  });
}

function addBelow(object: MeshObject, found: StrayField[]): void {
  for (const field of unknownFieldsOf(object.group, object.kind, object.spec)) {
    const near = nearest(String(field.path.at(-1)), field.known);
    found.push({ object, ...field, near, meant: near && nearText(near) });
  }
}

function addBeside(object: MeshObject, found: StrayField[]): void {
  for (const name of object.beside ?? []) {
    if (!ENVELOPE.includes(name)) {
      const isOfSpec = fieldsOf(object.group, object.kind).includes(name);
      found.push({ object, path: [name], known: ENVELOPE, meant: isOfSpec ? 'write it below \'spec\'' : nearText(nearest(name, ENVELOPE)) });
    }
  }
}

function nearText(near: string | undefined): string | undefined {
  return near === undefined ? undefined : `did you mean ${JSON.stringify(near)}?`;
}
