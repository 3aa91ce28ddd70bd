import { Finding, Rule } from './rule';
import { quote } from '../private/fail';
import { nearest } from '../private/nearest';
import { API_GROUPS, groupsOf, kindsOf, versionsOf } from '../view/api-fields';
import { MeshObject } from '../view/mesh-object';

/** How many letters of a group may be wrong. */
const MOST_SLIPS = 2;

export const kindUnknown: Rule = {
  id: 'MX0105',
  name: 'kind-unknown',
  severity: 'ERROR',
  title: 'An object has a kind, a version or an API group that Istio does not have.',
  why: 'The API server refuses the object: no CRD has its kind in this version. Nothing of it has an effect. `explain` and `report` leave it out, name it and end with exit code 2.',
  fix: 'Correct `kind` or `apiVersion`.',
  related: [],
  check: view => view.objects.flatMap(object => findingOf(object) ?? []),
};

function findingOf(object: MeshObject): Finding | undefined {
  const { group, kind, version } = object;
  if (!API_GROUPS.has(group)) {
    // Another group may have kinds of these names: only a slip is told.
    const meant = nearest(group, groupsOf(kind), () => MOST_SLIPS);
    return meant === undefined ? undefined : {
      object,
      field: ['apiVersion'],
      message: `'apiVersion' has the group ${quote(group)}, which is none of Istio: no proxy learns of the ${kind}`,
      fix: `did you mean ${quote(meant)}?`,
    };
  }
  const versions = versionsOf(group, kind);
  if (versions === undefined) {
    const kinds = kindsOf(group);
    const message = `'kind' ${quote(kind)} is none of ${quote(group)}: the API server refuses the object`;
    const [elsewhere] = groupsOf(kind);
    if (elsewhere !== undefined) {
      return { object, field: ['apiVersion'], message, fix: `write 'apiVersion' ${quote(`${elsewhere}/${versionsOf(elsewhere, kind)![0]}`)}` };
    }
    const meant = nearest(kind, kinds);
    return { object, field: ['kind'], message, fix: meant === undefined ? `write one of ${kinds.join(', ')}` : `did you mean ${quote(meant)}?` };
  }
  return version === undefined || versions.includes(version) ? undefined : {
    object,
    field: ['apiVersion'],
    message: `'apiVersion' has the version ${quote(version)}, and Istio has ${kind} in ${versions.join(', ')}: the API server refuses the object`,
    fix: `write ${quote(`${group}/${versions[0]}`)}`,
  };
}
