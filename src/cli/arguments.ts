import { parseArgs } from 'node:util';
import { WrongUse } from './wrong-use';
import { quote } from '../private/fail';
import { nearest } from '../private/nearest';

/** An option of a command. */
export interface Option {
  /** What its value is called in the help; an option without one is a switch. */
  readonly value?: string;
  /** Its values, when there are no others. */
  readonly oneOf?: readonly string[];
  /** What somebody means who writes another one that is like the wrong one of them. */
  readonly meant?: { readonly [value: string]: string };
  /** Whether it may be given more than once. */
  readonly isList?: boolean;
  readonly help: string;
}

export interface Options {
  readonly [name: string]: Option;
}

/** What a command was called with. */
export interface Arguments {
  readonly paths: readonly string[];
  /** The values of an option, in the order in which they were given; a switch has an empty one. */
  readonly all: ReadonlyMap<string, readonly string[]>;
}

/**
 * Reads the arguments of a command.
 *
 * @throws WrongUse for an argument that the command does not have
 */
export function argumentsOf(args: readonly string[], options: Options): Arguments {
  const { tokens } = parseArgs({
    args: [...args],
    // Without this a value could be taken for an argument.
    options: Object.fromEntries(Object.entries(options).map(([name, { value }]) => [name, { type: value === undefined ? 'boolean' : 'string' }])),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const paths: string[] = [];
  const all = new Map<string, string[]>();
  for (const token of tokens) {
    if (token.kind === 'positional') {
      paths.push(token.value);
    } else if (token.kind === 'option') {
      const values = all.get(token.name) ?? [];
      all.set(token.name, [...values, valueOf(token, options)]);
      if (values.length > 0 && options[token.name].value !== undefined && !options[token.name].isList) {
        throw new WrongUse(`${token.rawName} is given twice: give it once`);
      }
    }
  }
  return { paths, all };
}

/** An option as it was given. */
interface Given {
  readonly name: string;
  readonly rawName: string;
  readonly value?: string;
  readonly inlineValue?: boolean;
}

function valueOf({ name, rawName, value, inlineValue }: Given, options: Options): string {
  const option = Object.hasOwn(options, name) ? options[name] : undefined;
  if (option === undefined) {
    const meant = meantBy(name, Object.keys(options)).map(one => `--${one}`).join(' or ');
    throw new WrongUse(`there is no option ${rawName}${meant === '' ? ': see --help' : `: did you mean ${meant}?`}`);
  }
  if (option.value === undefined) {
    if (inlineValue) {
      throw new WrongUse(`${rawName} takes no value, got ${quote(value)}`);
    }
    return '';
  }
  if (value === undefined || value === '' || !inlineValue && value.startsWith('--')) {
    throw new WrongUse(`${rawName} needs a value: ${rawName} ${option.value}`);
  }
  if (option.oneOf && !option.oneOf.includes(value)) {
    const meant = option.meant?.[value.toUpperCase()] ?? nearest(value, option.oneOf);
    throw new WrongUse(`${rawName} is one of ${option.oneOf.join(', ')}, got ${quote(value)}${meant === undefined ? '' : `: did you mean ${meant}?`}`);
  }
  return value;
}

/** The options that somebody who wrote another one may have meant: those that begin so, as `-o` and `--out` do, or the one that is like it. */
function meantBy(name: string, names: readonly string[]): string[] {
  const begun = names.filter(one => one.startsWith(name));
  const like = nearest(name, names);
  return begun.length > 0 ? begun : like === undefined ? [] : [like];
}

/** The value of an option that may be left out. */
export function valueIn({ all }: Arguments, name: string): string | undefined {
  return all.get(name)?.[0];
}

/** The values of an option that may be given more than once, or with commas. */
export function valuesIn({ all }: Arguments, name: string): string[] {
  return (all.get(name) ?? []).flatMap(value => value.split(',').map(part => part.trim()).filter(part => part !== ''));
}

/** The options, for a person. */
export function helpOf(options: Options): string {
  const rows = Object.entries(options).map(([name, { value, oneOf, help }]) => (
    [`--${name}${value === undefined ? '' : ` ${oneOf?.join('|') ?? value}`}`, help]));
  const width = Math.min(34, Math.max(...rows.map(([left]) => left.length)));
  return rows.map(([left, help]) => (left.length > width ? `  ${left}\n  ${' '.repeat(width)}  ${help}` : `  ${left.padEnd(width)}  ${help}`)).join('\n');
}
