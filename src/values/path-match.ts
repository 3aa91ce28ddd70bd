import { Check, checkInstance } from '../private/check';
import { quote } from '../private/fail';
import { PathModel } from '../private/model';

/**
 * Which paths of a URL are meant.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/virtual-service/#StringMatch
 */
export class PathMatch {
  /**
   * This path and no other.
   *
   * @param path beginning with `/`
   */
  public static exact(path: string): PathMatch {
    return new PathMatch('exact', path);
  }

  /**
   * Every path that begins like this.
   *
   * @param path beginning with `/`
   */
  public static prefix(path: string): PathMatch {
    return new PathMatch('prefix', path);
  }

  private constructor(private readonly type: 'exact' | 'prefix', private readonly path: string) {}

  /** @internal */
  public _bind(): PathModel {
    return { type: this.type, path: this.path };
  }
}

export const checkPathMatch: Check = (fail, property, value) => {
  checkInstance(PathMatch, 'PathMatch.exact("/path") or PathMatch.prefix("/path")')(fail, property, value);
  const { path } = (value as PathMatch)._bind();
  if (typeof path !== 'string' || !path.startsWith('/')) {
    fail(`'${property}' must begin with "/", got ${quote(path)}`);
  }
};
