import { Finding, Rule } from './rule';
import { quote } from '../private/fail';
import { mapAt } from '../view/lists';
import { MeshObject } from '../view/mesh-object';

export const objectWrittenTwice: Rule = {
  id: 'MX0101',
  name: 'object-written-twice',
  severity: 'ERROR',
  title: 'Two objects have the same kind, namespace and name.',
  why: 'The one that is applied last replaces the other, and nothing says so.',
  fix: 'Give one of them another `metadata.name`. In a cdk8s app, another construct id gives another name.',
  related: [],
  // The manifests themselves lose an object, which nobody can want.
  isFinal: true,
  check: view => {
    // By kind and namespace, so that no text is made for each of thousands of objects.
    const written = new Map<string, Map<string, Map<string, MeshObject>>>();
    const found: Finding[] = [];
    // One that the cluster names (generateName) is another each time.
    for (const object of view.objects.filter(({ name }) => name !== '')) {
      const names = mapAt(mapAt(written, `${object.group}/${object.kind}`), object.namespace);
      const first = names.get(object.name);
      if (first === undefined) {
        names.set(object.name, object);
        continue;
      }
      found.push({
        object,
        field: ['metadata', 'name'],
        message: `has the kind, namespace and name of '${first.origin.path}': the ${object.kind} ${quote(object.name)} that is applied last replaces the other`,
        fix: { code: 'give one of them another construct id or \'metadata.name\'', yaml: 'give one of them another \'metadata.name\'' },
      });
    }
    return found;
  },
};
