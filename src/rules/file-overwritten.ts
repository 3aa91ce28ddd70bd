import { Finding, Rule } from './rule';
import { quote } from '../private/fail';
import { identityOf, MeshObject } from '../view/mesh-object';

export const fileOverwritten: Rule = {
  id: 'MX0102',
  name: 'file-overwritten',
  severity: 'ERROR',
  title: 'Two objects are written to one file.',
  why: 'With one file for each object, cdk8s names the file after kind and name. The second object replaces the first one\'s file, and one of them is lost.',
  fix: 'Give one of them another `metadata.name`, or leave the names to the library: those differ between namespaces.',
  related: [],
  // The manifests themselves lose an object, which nobody can want.
  isFinal: true,
  check: view => {
    const files = new Map<string, MeshObject>();
    return view.objects.flatMap((object): Finding[] => {
      const first = object.file === undefined ? undefined : files.get(object.file);
      if (object.file !== undefined && !first) {
        files.set(object.file, object);
      }
      // Two objects that are one and the same have a rule of their own; those of one list share a file.
      return first && identityOf(first) !== identityOf(object) && first.origin.path !== object.origin.path ? [{
        object,
        message: `'metadata.name' ${quote(object.name)} makes this ${object.kind} share the file ${quote(object.file)} with '${first.origin.path}', and `
          + 'one of them would be lost',
        fix: 'give one of them another \'metadata.name\', or write one file for each chart',
      }] : [];
    });
  },
};
