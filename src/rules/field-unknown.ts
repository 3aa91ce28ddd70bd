import { Rule } from './rule';
import { strayFieldsIn } from './stray-fields';
import { API_FIELDS_OF } from '../../imports/istio/fields';
import { isBefore, minorVersionIn } from '../private/istio-version';
import { fieldText } from '../view/fields';

/** The fields that a fix names. */
const MOST = 12;

export const fieldUnknown: Rule = {
  id: 'MX0106',
  name: 'field-unknown',
  severity: 'WARNING',
  title: 'An object of Istio has a field that Istio\'s API does not have, and none has a name like it.',
  why: `The API server leaves the field out, so that the setting has no effect, or refuses the object where it validates strictly. The fields are those of Istio ${API_FIELDS_OF}: a newer one may have it. Where the mesh `
    + 'declares a newer `istioVersion`, nothing is said.',
  fix: 'Move it to where Istio reads it, or remove it. If your Istio is newer and has it, declare its version.',
  related: [],
  check: view => {
    const isNewer = isBefore(minorVersionIn(API_FIELDS_OF), view.facts.istioVersion);
    return isNewer ? [] : strayFieldsIn(view).filter(({ meant }) => meant === undefined).map(({ object, path, known }) => ({
      object,
      field: path,
      message: `'${fieldText(path)}' is no field of ${object.kind} in Istio ${API_FIELDS_OF}: the API server leaves it out, or refuses the object`,
      fix: known.length > MOST ? 'remove it, or write it where the API has it' : `remove it, or write one of its fields: ${known.join(', ')}`,
    }));
  },
};
