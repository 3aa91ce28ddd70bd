import { parseAllDocuments } from 'yaml';
import { Item } from './programs/inventory';

/** Manifests that the library wrote for one service, and what that service was. */
export interface Specimen {
  readonly manifests: string;
  readonly item: Item;
  readonly namespace: string;
}

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/** What is different from one service to another, in the order in which it is looked for: a host has its id in it. */
export const VARIABLES = ['namespace', 'account', 'ip', 'host', 'id'] as const;
export type Variable = typeof VARIABLES[number];
export type Values = { readonly [variable in Variable]: string };

/** The objects of any service: in their strings `${host}` stands where the host of the service does. */
export function templateOf({ manifests, item, namespace }: Specimen): Manifest[] {
  const values: Values = { ...item, namespace };
  const marked = (text: string) => VARIABLES.reduce((marks, variable) => marks.replaceAll(values[variable], `\${${variable}}`), text);
  return parseAllDocuments(manifests).map(document => mapStrings(document.toJS(), marked) as Manifest);
}

/** The value with each string replaced. */
export function mapStrings(value: unknown, replaced: (text: string) => unknown): unknown {
  if (typeof value === 'string') {
    return replaced(value);
  }
  if (Array.isArray(value)) {
    return value.map(member => mapStrings(member, replaced));
  }
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, mapStrings(member, replaced)]));
  }
  return value;
}

export function isMarked(text: string): boolean {
  return /\$\{\w+\}/.test(text);
}

/** The string with what `written` gives in the place of each mark. */
export function filled(text: string, written: (variable: Variable) => string): string {
  return text.replace(/\$\{(\w+)\}/g, (_, variable: Variable) => written(variable));
}

/** The value as source text of a language that takes JSON for its own; `written` gives a string that has marks. */
export function sourceOf(value: unknown, written: (text: string) => string): string {
  if (Array.isArray(value)) {
    return `[${value.map(member => sourceOf(member, written)).join(', ')}]`;
  }
  if (typeof value === 'object' && value !== null) {
    return `{ ${Object.entries(value).map(([key, member]) => `${JSON.stringify(key)}: ${sourceOf(member, written)}`).join(', ')} }`;
  }
  return typeof value === 'string' && isMarked(value) ? written(value) : JSON.stringify(value);
}
