import { PathMatch } from './path-match';
import { Check, checkDistinct, checkInstance, checkList, checkNotEmpty, checkProps } from '../private/check';
import { Fail, quote } from '../private/fail';
import { LimitModel } from '../private/model';

/** The requests that a client may send. A request has to fit both. */
export interface RequestLimits {
  /**
   * The methods, in capitals: `GET`.
   *
   * @default - every method
   */
  readonly methods?: string[];

  /**
   * The paths, without the query of the URL.
   *
   * @default - every path
   */
  readonly paths?: PathMatch[];
}

const checkMethod: Check = (fail, property, value) => {
  if (typeof value !== 'string' || !/^[A-Z]+$/.test(value)) {
    fail(`'${property}' must be methods of HTTP in capitals, like "GET", got ${quote(value)}`);
  }
};

const LIMITS = {
  methods: checkList(checkMethod, '"GET"'),
  paths: checkList(checkInstance(PathMatch, 'PathMatch.exact("/path") or PathMatch.prefix("/path")'), 'PathMatch.prefix("/api")'),
};

/** Checks limits, and gives them as the words of a policy. */
export function limitModel(fail: Fail, limits: RequestLimits): LimitModel {
  checkProps(fail, 'limitedTo()', limits, LIMITS);
  if (!limits.methods && !limits.paths) {
    fail('limitedTo() limits nothing: give \'methods\' or \'paths\'');
  }
  if (limits.methods) {
    checkNotEmpty(fail, 'methods', limits.methods, '"GET"');
    checkDistinct(fail, 'methods', limits.methods);
  }
  if (limits.paths) {
    checkNotEmpty(fail, 'paths', limits.paths, 'PathMatch.prefix("/api")');
  }
  const paths = limits.paths?.map(path => path._bind(fail));
  const wildcard = paths?.find(({ path }) => path.includes('*'));
  if (wildcard) {
    fail(`'paths' must not contain "*", which a policy takes for any text, got ${quote(wildcard.path)}: use PathMatch.prefix()`);
  }
  const never = paths?.find(({ path }) => /[?#]|\/\.{1,2}(\/|$)|%(2[dDeE]|5[fF]|7[eE]|3\d|[46][1-9a-fA-F]|[57][0-9aA])/.test(path));
  if (never) {
    fail(`'paths' must be as the gateway compares them, without query, dot segments and encoded letters, got ${quote(never.path)}: no request would fit it`);
  }
  return { methods: limits.methods && [...limits.methods].sort(), paths: paths?.map(({ type, path }) => (type === 'prefix' ? `${path}*` : path)).sort() };
}
