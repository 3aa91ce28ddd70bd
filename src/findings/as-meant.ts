import { strayFieldsIn } from '../rules/stray-fields';
import { record, valueAt, withValue } from '../view/fields';
import { addTo } from '../view/lists';
import { MeshObject } from '../view/mesh-object';
import { MeshView } from '../view/mesh-view';

type Path = readonly (string | number)[];

/** The same with fields that are misspelt under the names that were meant; nothing where none is. What only the slip makes wrong is told once, as the slip. */
export function asMeant(view: MeshView): readonly MeshView[] {
  return view.once('as meant', () => {
    const slips = new Map<MeshObject, { readonly path: Path; readonly name: string }[]>();
    for (const { object, path, near } of strayFieldsIn(view)) {
      if (near !== undefined && path[0] === 'spec') {
        addTo(slips, object, { path: path.slice(1), name: near });
      }
    }
    if (slips.size === 0) {
      return [];
    }
    const meant = new MeshView(view.facts, view.objects.map(object => (slips.get(object) ?? []).reduce<MeshObject>((before, { path, name }) => (
      { ...before, spec: renamed(before.spec, path, name) }), object)), view.today);
    // The slips are there however the fields were meant.
    meant.once('stray fields', () => strayFieldsIn(view));
    return [meant];
  });
}

/** The same spec with a field under another name, unless that is there as well. */
function renamed(spec: MeshObject['spec'], path: Path, name: string): MeshObject['spec'] {
  const around = path.slice(0, -1);
  const { [path[path.length - 1]]: value, ...others } = record(valueAt(spec, around));
  return Object.hasOwn(others, name) ? spec : record(withValue(spec, around, { ...others, [name]: value }));
}
