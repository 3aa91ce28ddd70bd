import { parseArgs, ParseArgsConfig } from 'node:util';
import { Failure, inOneLine } from './failure';

const MOST = 100_000;

type Known = NonNullable<ParseArgsConfig['options']>;
type Given<T extends Known> = ReturnType<typeof parseArgs<{ args: string[]; options: T }>>['values'];

/** The options of a command line; what is none of them is refused. */
export function optionsOf<T extends Known>(argv: readonly string[], options: T): Given<T> {
  try {
    return parseArgs({ args: [...argv], options }).values;
  } catch (error) {
    throw new Failure(`${inOneLine(error)}: see --help`);
  }
}

export function count(option: string, value: string): number {
  if (!(/^[1-9]\d*$/.test(value) && Number(value) <= MOST)) {
    throw new Failure(`--${option} must be a whole number from 1 to ${MOST}, got "${value}"`);
  }
  return Number(value);
}

export function oneOf<T extends string>(option: string, value: string, known: readonly T[]): T {
  const found = known.find(candidate => candidate === value);
  if (found === undefined) {
    throw new Failure(`--${option} must be ${known.join(' or ')}, got "${value}"`);
  }
  return found;
}

/** Several values with commas between them. */
export function listOf<T>(value: string, read: (value: string) => T): T[] {
  return [...new Set(value.split(',').map(read))];
}

/** What is done with an option that may be left out. */
export function given<T>(value: string | undefined, read: (value: string) => T): T | undefined {
  return value === undefined ? undefined : read(value);
}
