import { quote } from '../private/fail';
import { nearest } from '../private/nearest';
import { Fields, fieldText, text } from '../view/fields';

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

/** The values of one field in the items of a list, where each needs its own: those that an earlier one has. */
export function refusedTwins(values: readonly unknown[], pathOf: (i: number) => RefusedValue['path'], what: (first: number) => string, instead: string): RefusedValue[] {
  const firsts = firstPlacesOf(values);
  return values.flatMap((value, i): RefusedValue[] => {
    const first = firsts.get(value)!;
    return value === undefined || first === i ? [] : [refusedAt(pathOf(i), what(first), value, instead)];
  });
}

/** Where each value of a list is first: somebody's list may be too long to look through it for each of its items. */
export function firstPlacesOf(values: readonly unknown[]): ReadonlyMap<unknown, number> {
  return new Map(values.map((value, i) => [value, i] as const).reverse());
}

/** Whether one of the fields may be there under a misspelt name, which is told as that (MX0104). */
export function isMisspelt(fields: Fields, names: readonly string[]): boolean {
  return Object.keys(fields).some(name => !names.includes(name) && nearest(name, names) !== undefined);
}

/** What has no name in a list of the spec, or that of an earlier one. */
export function refusedNames(items: readonly Fields[], list: string, noun: string, example: string): RefusedValue[] {
  // An empty one is told as no DNS label.
  const names = items.map(({ name }) => text(name) || undefined);
  return [
    ...items.flatMap((item, i) => (item.name !== undefined && item.name !== null || isMisspelt(item, ['name']) ? []
      : [refusedAt(['spec', list, i], 'has no \'name\'', item, `write one that no other ${noun} has, such as ${example}`)])),
    ...refusedTwins(names, i => ['spec', list, i, 'name'], first => `is the name of 'spec.${list}[${first}]' too`, `give each ${noun} a name of its own`),
  ];
}

/** People paste connection strings. By places: an expression would begin again at each letter of a long value. */
function withoutPassword(value: string): string {
  const at = value.indexOf('@');
  return at === -1 ? value : `${value.slice(0, value.lastIndexOf('/', at) + 1)}***${value.slice(at)}`;
}
