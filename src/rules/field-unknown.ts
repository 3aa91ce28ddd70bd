import { Finding, Rule } from './rule';
import { API_FIELDS_OF } from '../../imports/istio/fields';
import { quote } from '../private/fail';
import { isBefore, minorVersionIn } from '../private/istio-version';
import { nearest } from '../private/nearest';
import { API_GROUPS, unknownFieldsOf } from '../view/api-fields';
import { fieldText } from '../view/fields';

/** The fields that a fix names, where none is near. */
const MOST = 12;

export const fieldUnknown: Rule = {
  id: 'MX0104',
  name: 'field-unknown',
  severity: 'ERROR',
  title: 'An object of Istio has a field that Istio\'s API does not have.',
  why: `The API server leaves the field out, so that the setting has no effect, or refuses the object where it validates strictly, as \`kubectl apply\` asks it to. The fields are those of Istio ${API_FIELDS_OF}; where the mesh declares a newer \`istioVersion\`, only slips are told.`,
  fix: 'Correct the name of the field, or move it to where Istio reads it.',
  related: [],
  check: view => {
    // A version that came later may have fields that nobody here has heard of.
    const mayHaveMore = isBefore(minorVersionIn(API_FIELDS_OF), view.facts.istioVersion);
    return view.objects.filter(({ group }) => API_GROUPS.has(group)).flatMap(object => (
      unknownFieldsOf(object.group, object.kind, object.spec).flatMap(({ path, known }): Finding[] => {
        const meant = nearest(String(path.at(-1)), known);
        return meant === undefined && mayHaveMore ? [] : [{
          object,
          field: path,
          message: `'${fieldText(path)}' is no field of ${object.kind}: the API server leaves it out, or refuses the object`,
          fix: meant !== undefined ? `did you mean ${quote(meant)}?`
            : known.length > MOST ? 'remove it, or write it where the API has it' : `remove it, or write one of its fields: ${known.join(', ')}`,
        }];
      })));
  },
};
