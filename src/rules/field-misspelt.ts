import { Rule } from './rule';
import { strayFieldsIn } from './stray-fields';
import { fieldText } from '../view/fields';

export const fieldMisspelt: Rule = {
  id: 'MX0104',
  name: 'field-misspelt',
  severity: 'ERROR',
  title: 'A field of an object of Istio is misspelt, or stands beside `spec` and not in it.',
  why: 'The API server leaves the field out, so that the setting has no effect, or refuses the object where it validates strictly, as `kubectl apply` asks it to.',
  fix: 'Correct the name of the field, or move it to where Istio reads it.',
  related: [],
  check: view => strayFieldsIn(view).flatMap(({ object, path, meant }) => (meant === undefined ? [] : [{
    object,
    field: path,
    message: `'${fieldText(path)}' is no field of ${object.kind}: the API server leaves it out, or refuses the object`,
    fix: meant,
  }])),
};
