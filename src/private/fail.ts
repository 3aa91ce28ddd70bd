import { IConstruct } from 'constructs';

/** Ends what is being done with an error; bound to the construct whose input is wrong. */
export type Fail = (message: string) => never;

/** Errors are part of the API: the construct's path first, then lower case: the quoted property, the value, what to write instead. */
export function failAt(construct: IConstruct): Fail {
  return message => {
    throw new Error(at(construct.node.path, message));
  };
}

/** The same form for messages that are gathered by a validation. */
export function at(path: string, message: string): string {
  return `[${path}] ${message}`;
}

/** A value as an error quotes it. */
export function quote(value: unknown): string {
  return typeof value === 'string' ? `"${value}"` : typeof value === 'number' ? String(value) : JSON.stringify(value) ?? String(value);
}
