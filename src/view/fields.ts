/** Reading of objects that anybody may have written: what has another type than expected counts as missing. */

/** An object, as far as it is known. */
export interface Fields {
  readonly [field: string]: unknown;
}

const isText = (item: unknown) => typeof item === 'string';
const isRecord = (item: unknown) => typeof item === 'object' && item !== null;
const NOTHING: readonly never[] = Object.freeze([]);

/** The strings of a list that may be missing. */
export function strings(value: unknown): readonly string[] {
  return itemsOf<string>(value, isText);
}

/** The objects of a list that may be missing. */
export function records(value: unknown): readonly Fields[] {
  return itemsOf<Fields>(value, isRecord);
}

/** The list itself, where all of it is as it should be: rules ask for the lists of every object many times. */
function itemsOf<T>(value: unknown, isOne: (item: unknown) => boolean): readonly T[] {
  return !Array.isArray(value) ? NOTHING : value.every(isOne) ? value : value.filter(isOne);
}

const NO_FIELDS: Fields = Object.freeze({});
const NO_LABELS: { readonly [label: string]: string } = Object.freeze({});

/** An object that may be missing. */
export function record(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? value as Fields : NO_FIELDS;
}

/** A text that may be missing. */
export function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** A number that may be missing, or written as a text. */
export function number(value: unknown): number | undefined {
  const read = typeof value === 'string' && value !== '' ? Number(value) : value;
  return typeof read === 'number' && Number.isFinite(read) ? read : undefined;
}

/** Labels that may be missing. */
export function labelsOf(value: unknown): { readonly [label: string]: string } {
  if (value === undefined) {
    return NO_LABELS;
  }
  const written = record(value);
  const labels = Object.values(written).every(isText) ? written : Object.fromEntries(Object.entries(written).filter(([, label]) => isText(label)));
  return labels as { readonly [label: string]: string };
}

/** Whether something with these labels is selected; an empty selector selects everything. */
export function selects(selector: { readonly [label: string]: string }, labels: { readonly [label: string]: string }): boolean {
  for (const label of Object.keys(selector)) {
    if (labels[label] !== selector[label]) {
      return false;
    }
  }
  return true;
}

/** What stands at a place of an object; undefined where the way there is none. */
export function valueAt(object: unknown, field: readonly (string | number)[]): unknown {
  return field.reduce<unknown>((value, step) => (typeof step === 'number' ? records(value)[step] : record(value)[step]), object);
}

/** The same with another value at a place that is there. */
export function withValue(object: unknown, [step, ...steps]: readonly (string | number)[], value: unknown): unknown {
  if (step === undefined) {
    return value;
  }
  return Array.isArray(object) ? object.map((item: unknown, i) => (i === step ? withValue(item, steps, value) : item))
    : { ...record(object), [step]: withValue(record(object)[step], steps, value) };
}

/** A place as people write it: `spec.http[0].route[0]`. */
export function fieldText(field: readonly (string | number)[]): string {
  return field.reduce<string>((written, step) => (typeof step === 'number' ? `${written}[${step}]` : written === '' ? step : `${written}.${step}`), '');
}
