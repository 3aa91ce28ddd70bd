import { Finding, Rule } from './rule';
import { ANNOTATIONS, PREFIX } from '../private/annotations';
import { quote } from '../private/fail';
import { nearest } from '../private/nearest';
import { MeshObject } from '../view/mesh-object';

const WORDS = ANNOTATIONS.map(name => name.slice(PREFIX.length + 1));

export const annotationUnknown: Rule = {
  id: 'MX0904',
  name: 'annotation-unknown',
  severity: 'WARNING',
  title: 'An annotation has the prefix of this library, and the library has no such annotation.',
  why: 'It is probably misspelt, and nobody reads it: a finding is not accepted, a dependency has no owner or no end.',
  fix: `Write one of ${ANNOTATIONS.map(name => `\`${name}\``).join(', ')}.`,
  related: [],
  check: view => view.objects.flatMap(object => Object.keys(object.annotations).sort().flatMap(name => found(object, name))),
};

function found(object: MeshObject, name: string): Finding[] {
  if (!name.startsWith(`${PREFIX}/`) || ANNOTATIONS.includes(name)) {
    return [];
  }
  // The id of a rule belongs into the value.
  const begun = ANNOTATIONS.find(known => name.startsWith(known));
  const meant = begun ?? ANNOTATIONS.find(known => known === `${PREFIX}/${nearest(name.slice(PREFIX.length + 1), WORDS)}`);
  return [{
    object,
    field: ['metadata', 'annotations', name],
    message: `${quote(name)} is no annotation that these rules know, and has no effect`,
    fix: meant === undefined ? `write one of ${ANNOTATIONS.join(', ')}, or give it another prefix` : `did you mean ${quote(meant)}?`,
  }];
}
