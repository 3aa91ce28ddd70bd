import { Finding, Rule } from './rule';
import { ANNOTATIONS, BY_NAME_ONLY, PREFIX, PURPOSE } from '../private/annotations';
import { quote } from '../private/fail';
import { nearest } from '../private/nearest';
import { MeshObject, NETWORKING, SECURITY } from '../view/mesh-object';

const WORDS = ANNOTATIONS.map(name => name.slice(PREFIX.length + 1));

export const annotationUnknown: Rule = {
  id: 'MX0904',
  name: 'annotation-unknown',
  severity: 'WARNING',
  title: 'An annotation has the prefix of this library, and nobody reads it.',
  why: 'It is probably misspelt, or at an object that it says nothing about: a finding is not accepted, a dependency has no owner or no end.',
  fix: `Write one of ${ANNOTATIONS.map(name => `\`${name}\``).join(', ')}; who answers for a dependency at its ServiceEntry.`,
  related: [],
  check: view => view.objects.flatMap(object => Object.keys(object.annotations).sort().flatMap(name => found(object, name))),
};

function found(object: MeshObject, name: string): Finding[] {
  if (!name.startsWith(`${PREFIX}/`) || ANNOTATIONS.includes(name)) {
    return misplaced(object, name);
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

/** What says nothing of an object of this kind. The library writes the purpose of a dependency to all objects of Istio that are for it alone. */
function misplaced(object: MeshObject, name: string): Finding[] {
  const where = name === BY_NAME_ONLY ? 'NetworkPolicy' : Object.values(PURPOSE).some(known => known === name) ? 'ServiceEntry' : undefined;
  const isInPlace = where === undefined || object.kind === where || where === 'ServiceEntry' && [NETWORKING, SECURITY].includes(object.group);
  return isInPlace ? [] : [{
    object,
    field: ['metadata', 'annotations', name],
    message: `${quote(name)} is read of a ${where}, and has no effect at a ${object.kind}`,
    fix: where === 'ServiceEntry' ? 'write it at the ServiceEntry of the dependency' : 'remove it',
  }];
}
