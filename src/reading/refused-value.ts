import { quote } from '../private/fail';
import { fieldText } from '../view/fields';

/** A value that the API server or Istio's webhook refuses, where whoever reads on would take it for another one. */
export interface RefusedValue {
  readonly path: readonly (string | number)[];
  readonly message: string;
  /** What somebody may have meant: one value where it is near, every one that is allowed where none is; undefined for what is no slip. */
  readonly meant?: readonly string[];
}

/** Why an object with a value is refused. */
export function refusalOf(field: string, what: string, value: unknown, checkedBy = 'Istio\'s webhook'): string {
  return `${field} ${what}, got ${quote(typeof value === 'string' ? withoutPassword(value) : value)}: ${checkedBy} refuses the object`;
}

/** A value of a field that Istio's webhook refuses, and what to write instead. */
export function refusedAt(path: RefusedValue['path'], what: string, value: unknown, instead: string): RefusedValue {
  return { path, message: `${refusalOf(`'${fieldText(path)}'`, what, value)}, ${instead}` };
}

/** People paste connection strings. By places: an expression would begin again at each letter of a long value. */
function withoutPassword(value: string): string {
  const at = value.indexOf('@');
  return at === -1 ? value : `${value.slice(0, value.lastIndexOf('/', at) + 1)}***${value.slice(at)}`;
}
