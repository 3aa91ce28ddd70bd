import { Finding, Rule } from './rule';
import { quote } from '../private/fail';
import { isBefore } from '../private/istio-version';
import { NEWER_FIELDS } from '../private/newer-fields';
import { fieldText, record, records } from '../view/fields';
import { MeshObject } from '../view/mesh-object';

export const newerThanMesh: Rule = {
  id: 'MX0905',
  name: 'newer-than-mesh',
  severity: 'ERROR',
  title: 'An object has a field, a value or a kind that the declared version of Istio does not have.',
  why: 'The CRDs of that version do not know it. The API server refuses the object for a value or a kind. A field it drops without a word, so the setting has no effect, or '
    + '`kubectl apply`, which validates strictly, refuses the object.',
  fix: 'Leave it out, or upgrade Istio and declare the version that the mesh has: `istioVersion` of `Mesh.declare()` or of the file for `--mesh`, or `--istio-version`.',
  related: [],
  check: view => {
    const { istioVersion } = view.facts;
    return Object.entries(NEWER_FIELDS).flatMap(([key, table]) => {
      const news = Object.entries(table).filter(([, since]) => isBefore(istioVersion, since)).map(([what, since]) => newsOf(what, since));
      const [group, kind] = key.split('/');
      return view.of(group, kind).flatMap(object => news.flatMap(one => found(object, one, istioVersion)));
    });
  },
};

/** What came with a version: a field, a value in it, or, without a step, the kind. */
interface News {
  readonly steps: readonly string[];
  readonly value?: string;
  readonly since: string;
}

/** Reads `spec.servers[].tls = X`. */
function newsOf(what: string, since: string): News {
  const [path, value] = what.split(' = ');
  return { steps: path.split(/\.|(?=\[\])/).slice(1), value, since };
}

function found(object: MeshObject, { steps, value, since }: News, istioVersion: string): Finding[] {
  return placesOf(object.spec, steps, ['spec'], value).map((field): Finding => {
    const subject = steps.length === 0 ? `the kind ${object.kind}` : value === undefined ? `'${fieldText(field)}'` : `'${fieldText(field)}' ${quote(value)}`;
    const outcome = steps.length === 0 || value !== undefined ? 'the API server refuses the object' : 'the API server drops the field, or kubectl refuses the object';
    const declare = (how: string) => `leave it out, or, if the mesh has Istio ${since} or newer, say so: ${how}`;
    return {
      object,
      field: steps.length === 0 ? undefined : field,
      message: `${subject} came with Istio ${since}, and the mesh has ${istioVersion}: ${outcome}`,
      fix: { code: declare(`Mesh.declare(app, { istioVersion: '${since}' })`), yaml: declare(`lint --istio-version ${since}`) },
    };
  });
}

type Place = readonly (string | number)[];

/** Where an object has a field, or a value in it. */
function placesOf(at: unknown, [step, ...more]: readonly string[], place: Place, value: string | undefined): Place[] {
  if (step === undefined) {
    return value === undefined || at === value ? [place] : [];
  }
  if (step === '[]') {
    return records(at).flatMap((item, i) => placesOf(item, more, [...place, i], value));
  }
  const fields = record(at);
  return Object.keys(fields).filter(name => step === '*' || name === step).flatMap(name => placesOf(fields[name], more, [...place, name], value));
}
