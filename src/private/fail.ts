import { IConstruct } from 'constructs';

/** Ends what is being done with an error; bound to the construct whose input is wrong. */
export type Fail = (message: string) => never;

/**
 * Errors are part of the API: the construct's path first (as cdk8s has it in front of what a validation says), then
 * lower case: the quoted property, the value, what to write instead.
 */
export function failAt(construct: IConstruct): Fail {
  return message => {
    throw new Error(`[${construct.node.path || 'app'}] ${message}`);
  };
}

/** A value as an error quotes it. */
export function quote(value: unknown): string {
  return typeof value === 'string' ? `"${value}"` : typeof value === 'number' ? String(value) : JSON.stringify(value) ?? String(value);
}
