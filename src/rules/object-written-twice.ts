import { Finding, Rule, where } from './rule';
import { quote } from '../private/fail';
import { identityOf, MeshObject } from '../view/mesh-object';

export const objectWrittenTwice: Rule = {
  id: 'MX0101',
  name: 'object-written-twice',
  severity: 'ERROR',
  title: 'Two constructs write an object of the same kind, namespace and name.',
  why: 'The second one silently replaces the first when the manifests are applied.',
  fix: 'Give one of them another `metadata.name` or construct id.',
  related: [],
  // The manifests themselves lose an object, which nobody can want.
  isFinal: true,
  check: view => {
    const written = new Map<string, MeshObject>();
    // One that the cluster names (generateName) is another each time.
    return view.objects.filter(({ name }) => name !== '').flatMap((object): Finding[] => {
      const identity = identityOf(object);
      const first = written.get(identity);
      if (!first) {
        written.set(identity, object);
        return [];
      }
      return [{
        object,
        field: ['metadata', 'name'],
        message: `writes the ${object.kind} ${quote(object.name)} in ${where(object.namespace)}, as '${first.origin.path}' does, and one would replace the other`,
        fix: { code: 'give one of them another construct id or \'metadata.name\'', yaml: 'give one of them another \'metadata.name\'' },
      }];
    });
  },
};
