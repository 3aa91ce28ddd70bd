import { Finding, Rule } from './rule';
import { quote } from '../private/fail';
import { nearest } from '../private/nearest';
import { API_GROUPS, groupsOf, kindsOf, versionsOf } from '../view/api-fields';
import { mapAt } from '../view/lists';
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
  check: view => {
    const right = new Map<string, Map<string, Map<string | undefined, boolean>>>();
    const isRight = (object: MeshObject) => {
      const versions = mapAt(mapAt(right, object.group), object.kind);
      if (!versions.has(object.version)) {
        versions.set(object.version, findingOf(object) === undefined);
      }
      return versions.get(object.version)!;
    };
    return view.objects.filter(object => !isRight(object)).flatMap(object => findingOf(object) ?? []);
  },
};

function findingOf(object: MeshObject): Finding | undefined {
  const { group, kind, version } = object;
  if (!API_GROUPS.has(group)) {
    return inNoGroupOfIstio(object);
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
    return { object, field: ['kind'], message, fix: meant === undefined ? `write the 'apiVersion' of a ${kind}, or one of the kinds of this one: ${kinds.join(', ')}` : `did you mean ${quote(meant)}?` };
  }
  return version === undefined || versions.includes(version) ? undefined : {
    object,
    field: ['apiVersion'],
    message: `'apiVersion' has the version ${quote(version)}, and Istio has ${kind} in ${versions.join(', ')}: the API server refuses the object`,
    fix: `write ${quote(`${group}/${versions[0]}`)}`,
  };
}

/** Another API may have kinds of these names: a slip is told, one that says that it is Istio's, and none at all, which Kubernetes' own kinds alone have. */
function inNoGroupOfIstio(object: MeshObject): Finding | undefined {
  const { group, kind, version } = object;
  const groups = groupsOf(kind);
  const meant = nearest(group, groups, () => MOST_SLIPS);
  if (meant !== undefined) {
    return {
      object,
      field: ['apiVersion'],
      message: `'apiVersion' has the group ${quote(group)}, which is none of Istio: no proxy learns of the ${kind}`,
      fix: `did you mean ${quote(meant)}?`,
    };
  }
  const isMeant = group === '' ? version !== undefined : group.split('.').includes('istio');
  return groups.length === 0 || !isMeant ? undefined : {
    object,
    field: ['apiVersion'],
    message: `'apiVersion' ${quote(group === '' ? version : `${group}/${version}`)} has no ${kind}: no proxy learns of it`,
    fix: `write ${quote(`${groups[0]}/${versionsOf(groups[0], kind)![0]}`)}`,
  };
}
