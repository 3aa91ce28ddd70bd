import { Construct, IConstruct } from 'constructs';

/** Ends a call with an error; bound to the construct whose input is wrong. */
export type Fail = (message: string) => never;

/**
 * Errors are part of the API: the construct's path first (as cdk8s puts it in front of what a validation says), then in
 * lower case the quoted property, the value, what to write instead.
 */
export function failAt(construct: IConstruct): Fail {
  // Each construct is checked several times, and its path is needed for a message only.
  return message => failWith(construct.node.path || 'app')(message);
}

/** For a construct that does not exist yet. */
export function failBelow(scope: unknown, id: unknown): Fail {
  const path = Construct.isConstruct(scope) ? scope.node.path : '';
  return failWith([path, String(id)].filter(part => part !== '').join('/'));
}

/** For a call that concerns no construct. */
export function failWith(subject: string): Fail {
  return message => {
    throw new Error(`[${subject}] ${message}`);
  };
}

/** For what is in a property, or at a place of a list: its messages name both, the outer one first. */
export function within(fail: Fail, property: string): Fail {
  return message => fail(/^'[a-z]\w*['.[]/.test(message) ? `'${property}.${message.slice(1)}` : `'${property}': ${message}`);
}

/** For an abstract class, which plain JavaScript can make an instance of. */
export function refuseAbstract(isAbstract: boolean, name: string, factories: string): void {
  if (isAbstract) {
    failWith(name)(`cannot be constructed: use one of its factories ${factories}`);
  }
}

/** Checks that something is a construct of the app. */
export function checkConstruct(fail: Fail, what: string, value: unknown, example: string): asserts value is IConstruct {
  if (!Construct.isConstruct(value)) {
    fail(`${what} needs ${example}, got ${quote(value)}`);
  }
}

/** The classes that the factories of a class make instances of have names that nobody can write. */
function publicClassOf(value: object): string {
  const parent = Object.getPrototypeOf(value) as object | null;
  return parent === null || parent === Object.prototype ? value.constructor?.name ?? 'value' : publicClassOf(parent);
}

/** How much of a value an error quotes: enough to know it again, where it is no name any more. */
const QUOTED = 500;

/** A value as an error quotes it. */
export function quote(value: unknown): string {
  if (typeof value === 'string') {
    return value.length > QUOTED ? `"${value.slice(0, QUOTED)}..." of ${value.length} characters` : `"${value}"`;
  }
  if (typeof value === 'number' || typeof value === 'function') {
    return typeof value === 'function' ? `the function ${value.name}` : String(value);
  }
  if (Construct.isConstruct(value)) {
    return `the construct '${value.node.path}'`;
  }
  if (typeof value === 'object' && value !== null && ![Object, Array].includes(value.constructor as never)) {
    return `a ${publicClassOf(value)}`;
  }
  try {
    const text = JSON.stringify(value) ?? String(value);
    return text.length > QUOTED ? `${text.slice(0, QUOTED)}... of ${text.length} characters` : text;
  } catch {
    return String(value);
  }
}
