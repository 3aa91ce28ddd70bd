import { record } from '../view/fields';

/**
 * What stands somewhere in an object, as text that is the same however it is written: the order of keys says nothing, and neither does that of the lists that
 * are asked for here, each a choice of one of its items. A file and what the cluster gives back differ in both.
 *
 * @param defaults what a field is that is left out
 */
export function contentText(value: unknown, defaults: { readonly [field: string]: unknown } = {}): string {
  if (Array.isArray(value)) {
    return `[${value.map(item => contentText(item, defaults)).sort().join()}]`;
  }
  if (typeof value !== 'object' || value === null) {
    return JSON.stringify(value) ?? '';
  }
  const fields = Object.entries(record(value)).filter(([field, inner]) => inner !== undefined && inner !== defaults[field]);
  return `{${fields.map(([field, inner]) => `${JSON.stringify(field)}:${contentText(inner, defaults)}`).sort().join()}}`;
}
