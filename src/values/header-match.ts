import { Check, checkInstance, checkString } from '../private/check';
import { Fail, quote } from '../private/fail';
import { HeaderModel } from '../private/model';

/**
 * Which value a header of a request has.
 *
 * Clients choose their headers. A rule for a header that only one service sets holds for every client that sends it.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/virtual-service/#HTTPMatchRequest
 */
export class HeaderMatch {
  /**
   * This value and no other.
   *
   * @param name the header, in lower case
   * @param value its value, upper and lower case as the client sends it
   */
  public static exact(name: string, value: string): HeaderMatch {
    return new HeaderMatch('exact', name, value);
  }

  /**
   * Every value that begins like this.
   *
   * @param name the header, in lower case
   * @param value the beginning of its value
   */
  public static prefix(name: string, value: string): HeaderMatch {
    return new HeaderMatch('prefix', name, value);
  }

  /**
   * Every value that a regular expression matches as a whole.
   *
   * @param name the header, in lower case
   * @param pattern the expression, in the syntax of RE2: without lookaround and back-references; at most 1024 characters
   */
  public static regex(name: string, pattern: string): HeaderMatch {
    return new HeaderMatch('regex', name, pattern);
  }

  /**
   * Any value, as long as the request has the header.
   *
   * @param name the header, in lower case
   */
  public static present(name: string): HeaderMatch {
    return new HeaderMatch('present', name);
  }

  private constructor(private readonly type: 'exact' | 'prefix' | 'regex' | 'present', private readonly name: string, private readonly value?: string) {}

  /** @internal */
  public _bind(fail: Fail): HeaderModel {
    const { type, name, value } = this;
    checkHeaderName(fail, `HeaderMatch.${type}()`, name);
    if (type === 'present') {
      return { name };
    }
    checkString(fail, `HeaderMatch.${type}()`, value);
    const text = value as string;
    if (type === 'regex') {
      checkRe2(fail, text);
    }
    return { name, value: { type, text } };
  }
}

export const checkHeaderMatch: Check = checkInstance(HeaderMatch, 'HeaderMatch.exact(), prefix(), regex() or present()');

/** What a name of a header is made of; proxies compare it in lower case. */
const NAME = /^[a-z0-9!#$%&'*+.^_`|~-]+$/;

export function checkHeaderName(fail: Fail, property: string, name: unknown): void {
  if (typeof name !== 'string' || !NAME.test(name)) {
    const lower = typeof name === 'string' && NAME.test(name.toLowerCase()) ? `: write ${quote(name.toLowerCase())}` : '';
    fail(`'${property}' must have the name of a header in lower case, like "end-user", got ${quote(name)}${lower}`);
  }
  if (['authority', 'method', 'scheme', 'uri'].includes(name)) {
    fail(`'${property}' has ${quote(name)}, which Istio does not take for a header: match a header that the client sends`);
  }
}

const LONGEST = 1024;

function checkRe2(fail: Fail, pattern: string): void {
  const [unknown] = /\(\?<?[=!]|\\[1-9]/.exec(pattern.replace(/\\\\/g, '')) ?? [];
  if (unknown !== undefined) {
    fail(`'HeaderMatch.regex()' has ${quote(unknown)}, which RE2 does not know, got ${quote(pattern)}: write it without lookaround and back-references`);
  }
  if (pattern.length > LONGEST) {
    fail(`'HeaderMatch.regex()' must have ${LONGEST} characters at most, got ${pattern.length}: match a prefix, or let the application decide`);
  }
}

/** Whether every request that the second is for is one that the first is for. */
export function covers(first: HeaderModel, second: HeaderModel): boolean {
  if (first.name !== second.name) {
    return false;
  }
  if (!first.value) {
    return true;
  }
  if (first.value.type === 'prefix' && second.value && second.value.type !== 'regex') {
    return second.value.text.startsWith(first.value.text);
  }
  return first.value.type === second.value?.type && first.value.text === second.value.text;
}

/** A match as the user wrote it. */
export function wordsOf({ name, value }: HeaderModel): string {
  return value ? `HeaderMatch.${value.type}(${quote(name)}, ${quote(value.text)})` : `HeaderMatch.present(${quote(name)})`;
}
