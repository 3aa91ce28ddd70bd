/** Go as jsii-rosetta writes it, with what it leaves out: the packages of types, arguments that Go does not let one leave out, and the case of variables. */

/** What of a jsii assembly is asked for. */
export interface GoTypes {
  /** The types of a package, by the name that a program imports it under. */
  readonly packages: { readonly [name: string]: ReadonlySet<string> };
  /** How many arguments the methods with an optional last one have, by their names. */
  readonly optional: ReadonlyMap<string, number>;
}

interface Assembly {
  readonly types: { readonly [fqn: string]: { readonly name: string; readonly methods?: readonly Method[] } };
}

interface Method {
  readonly name: string;
  readonly parameters?: readonly Parameter[];
}

interface Parameter {
  readonly optional?: boolean;
  readonly variadic?: boolean;
}

/** The types of this package and of those that its examples import. */
export function goTypesOf(own: Assembly): GoTypes {
  const types = Object.values(own.types);
  const arities = new Map<string, Set<number>>();
  for (const { name, parameters = [] } of types.flatMap(({ methods = [] }) => methods)) {
    const last = parameters.at(-1);
    const arity = last?.optional && !last.variadic ? parameters.length : NaN;
    arities.set(name, (arities.get(name) ?? new Set()).add(arity));
  }
  const optional = [...arities].filter(([, { size }]) => size === 1).map(([name, [arity]]) => [inGo(name), arity] as const)
    .filter(([, arity]) => !Number.isNaN(arity));
  return {
    packages: {
      istioegress: new Set(types.map(({ name }) => name)),
      cdk8s: new Set(['ApiObjectMetadata', 'ApiObjectProps', 'AppProps', 'ChartProps']),
      kplus: new Set(['ContainerProps', 'DeploymentProps', 'ServiceAccountProps', 'StatefulSetProps']),
    },
    optional: new Map(optional),
  };
}

function inGo(name: string): string {
  return name[0].toUpperCase() + name.slice(1);
}

/** A translation that a Go compiler would take, as far as names and brackets go. */
export function asGo(source: string, { packages, optional }: GoTypes): string {
  const packageOf = (type: string) => Object.keys(packages).find(name => packages[name].has(type));
  const named = source
    .replace(/_\*(?=[A-Z])/g, '_')
    .replace(/\*f64\b/g, '*float64')
    // A list of structures has pointers to them.
    .replace(/\[\](?=[A-Z]\w*\{\s*&)/g, '[]*')
    .replace(/(&|\[\]\*?|\]\*?)([A-Z]\w*)(?=\{)/g, (whole, before: string, type: string) => (packageOf(type) === undefined ? whole : `${before}${packageOf(type)}.${type}`))
    // The value is the variable, which has a small letter.
    .replace(/^(\s*)([A-Z]\w*): \2,$/gm, (_, indent: string, name: string) => `${indent}${name}: ${name[0].toLowerCase()}${name.slice(1)},`);
  return balanced(withNil(named, optional));
}

/** Without the brackets at the end that close nothing. */
function balanced(source: string): string {
  const lines = source.trimEnd().split('\n');
  const count = (bracket: string) => lines.join('\n').split(bracket).length;
  while (lines.at(-1)?.trim() === '}' && count('}') > count('{')) {
    lines.pop();
  }
  return lines.join('\n').trimEnd();
}

/** With `nil` for an argument that other languages leave out. */
function withNil(source: string, optional: GoTypes['optional']): string {
  let result = source;
  for (const [name, arity] of optional) {
    for (let at = result.indexOf(`.${name}(`); at >= 0; at = result.indexOf(`.${name}(`, at + 1)) {
      const begin = at + name.length + 2;
      const { end, commas } = argumentsFrom(result, begin);
      const given = result.slice(begin, end).trim() === '' ? 0 : commas + 1;
      if (given === arity - 1) {
        result = `${result.slice(0, end)}${given === 0 ? '' : ', '}nil${result.slice(end)}`;
      }
    }
  }
  return result;
}

/** Where the arguments of a call end, and how many commas are between them. */
function argumentsFrom(source: string, begin: number): { readonly end: number; readonly commas: number } {
  let [depth, commas, at, isText] = [0, 0, begin, false];
  for (; at < source.length; at++) {
    const character = source[at];
    isText = character === '"' && source[at - 1] !== '\\' ? !isText : isText;
    if (!isText) {
      if (depth === 0 && character === ')') {
        break;
      }
      depth += '([{'.includes(character) ? 1 : ')]}'.includes(character) ? -1 : 0;
      commas += depth === 0 && character === ',' ? 1 : 0;
    }
  }
  return { end: at, commas };
}
