import { visible } from '../private/visible';

/** An expression of a program: what is written into the file, and evaluated as well, so that both say the same. */
export type Code = string | number | boolean | readonly Code[] | CodeFields | Call;

export interface CodeFields {
  readonly [property: string]: Code | undefined;
}

/** A call such as `Resolution.dns()`, or a constant such as `Protocol.TLS`. */
export class Call {
  /** @param args undefined for a constant */
  public constructor(public readonly name: string, public readonly args?: readonly Code[]) {}
}

const WIDTH = 110;

/** An expression as people write it: on one line as far as it fits. */
export function printed(code: Code, indent = ''): string {
  const short = flat(code);
  if (indent.length + short.length <= WIDTH || typeof code !== 'object') {
    return short;
  }
  const deeper = `${indent}  `;
  if (code instanceof Call) {
    const args = code.args ?? [];
    // A lone object or list opens on the line of the call.
    return args.length === 1 ? `${code.name}(${printed(args[0], indent)})`
      : `${code.name}(\n${args.map(arg => `${deeper}${printed(arg, deeper)},\n`).join('')}${indent})`;
  }
  if (isList(code)) {
    return `[\n${code.map(item => `${deeper}${printed(item, deeper)},\n`).join('')}${indent}]`;
  }
  return `{\n${fieldsOf(code).map(([name, value]) => `${deeper}${keyOf(name)}: ${printed(value, deeper)},\n`).join('')}${indent}}`;
}

function flat(code: Code): string {
  if (typeof code === 'string') {
    return quoted(code);
  }
  if (typeof code !== 'object') {
    return String(code);
  }
  if (code instanceof Call) {
    return code.args === undefined ? code.name : `${code.name}(${code.args.map(flat).join(', ')})`;
  }
  if (isList(code)) {
    return `[${code.map(flat).join(', ')}]`;
  }
  const fields = fieldsOf(code).map(([name, value]) => `${keyOf(name)}: ${flat(value)}`);
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`;
}

/** A text in single quotation marks, with whatever else JavaScript and whoever reads it wants. Every text of the input that gets into code does so by this. */
export function quoted(text: string): string {
  const inner = JSON.stringify(text).slice(1, -1).replace(/\\"/g, '"').replace(/'/g, '\\\'');
  // JSON leaves more than that as it is: what ends lines for some tools, and what shows a text otherwise than it is.
  return `'${visible(inner)}'`;
}

/** Comments of one line each. Every text of the input that gets into a comment does so by this. */
export function comments(text: string, before = ''): string[] {
  return text.split(/\r\n|[\n\r\u2028\u2029]/).map(line => `// ${before}${visible(line)}`);
}

function keyOf(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) && name !== '__proto__' ? name : name === '__proto__' ? '[\'__proto__\']' : quoted(name);
}

/** Where the names of a program lead: `Resolution` to the class. */
export interface Names {
  readonly [name: string]: unknown;
}

/** The value of an expression. */
export function evaluated(code: Code, names: Names): unknown {
  if (typeof code !== 'object') {
    return code;
  }
  if (code instanceof Call) {
    const [first, ...rest] = code.name.split('.');
    const [owner, found] = rest.reduce<[unknown, unknown]>(([, value], step) => [value, (value as Names)[step]], [undefined, names[first]]);
    return code.args === undefined ? found : (found as (...args: unknown[]) => unknown).apply(owner, code.args.map(arg => evaluated(arg, names)));
  }
  if (isList(code)) {
    return code.map(item => evaluated(item, names));
  }
  return Object.fromEntries(fieldsOf(code).map(([name, value]) => [name, evaluated(value, names)]));
}

/** The first words of the names that an expression uses. */
export function namesIn(code: Code | undefined): string[] {
  if (typeof code !== 'object') {
    return [];
  }
  if (code instanceof Call) {
    return [code.name.split('.')[0], ...(code.args ?? []).flatMap(namesIn)];
  }
  return isList(code) ? code.flatMap(namesIn) : fieldsOf(code).flatMap(([, value]) => namesIn(value));
}

/** Anything that a manifest may hold as an expression; what has no value is left out. */
export function literal(value: unknown): Code {
  if (Array.isArray(value)) {
    return value.map(item => (item === null ? new Call('null') : literal(item)));
  }
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, inner === null ? new Call('null') : inner === undefined ? undefined : literal(inner)]));
  }
  return value as string | number | boolean;
}

function isList(code: readonly Code[] | CodeFields): code is readonly Code[] {
  return Array.isArray(code);
}

function fieldsOf(code: CodeFields): [string, Code][] {
  return Object.entries(code).filter((field): field is [string, Code] => field[1] !== undefined);
}
