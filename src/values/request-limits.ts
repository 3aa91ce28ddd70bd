import { checkPathMatch, PathMatch } from './path-match';
import { Check, checkDistinct, checkList, checkNotEmpty, checkProps } from '../private/check';
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

/** A path as the gateway compares it, which is without what a client may write in other ways. */
const checkLimitedPath: Check = (fail, property, value) => {
  checkPathMatch(fail, property, value);
  const { path } = (value as PathMatch)._bind();
  if (path.includes('*')) {
    fail(`'${property}' must not contain "*", which a policy takes for any text, got ${quote(path)}: use PathMatch.prefix()`);
  }
  if (path.includes('//')) {
    fail(`'${property}' must have one "/" between its parts, got ${quote(path)}: a mesh that merges slashes would find no request that fits it`);
  }
  if (/[?#]|\/\.{1,2}(\/|$)|%(2[dDeE]|5[fF]|7[eE]|3\d|[46][1-9a-fA-F]|[57][0-9aA])/.test(path)) {
    fail(`'${property}' must be as the gateway compares paths, without query, dot segments and encoded letters, got ${quote(path)}: no request would fit it`);
  }
};

const LIMITS = {
  methods: checkList(checkMethod, '"GET"'),
  paths: checkList(checkLimitedPath, 'PathMatch.prefix("/api")'),
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
  const paths = limits.paths?.map(path => path._bind());
  return { methods: limits.methods && [...limits.methods].sort(), paths: paths?.map(({ type, path }) => (type === 'prefix' ? `${path}*` : path)).sort() };
}
