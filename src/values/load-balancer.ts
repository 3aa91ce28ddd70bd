import { Duration } from 'cdk8s';
import { checkHeaderName } from './header-match';
import { Check, checkDuration, checkInstance, checkProps, checkString, secondsOf } from '../private/check';
import { Fail, quote, refuseAbstract } from '../private/fail';
import { LoadBalancerModel } from '../private/model';

/** The cookie that keeps a client with one pod. */
export interface HashCookieOptions {
  /**
   * How long the cookie lives. The proxy sets it in the answer to a request without one; `Duration.seconds(0)` is a cookie of the browser's session.
   *
   * @default - the proxy sets no cookie: the application does
   */
  readonly ttl?: Duration;

  /**
   * The path of the cookie that the proxy sets. Only with `ttl`.
   *
   * @default - the path of the request
   */
  readonly path?: string;
}

/**
 * How the clients' proxies choose a pod of a service for each request.
 *
 * One of:
 *
 * - `leastRequest`: of two pods, the one with fewer open requests. Istio's default.
 * - `roundRobin`: one after the other.
 * - `random`: any.
 * - `consistentHashBy...`: requests with one value go to one pod, from every client, until pods come or go. Requests without a value go to any. A split
 *   comes first: it chooses the version for each request, and the value the pod of that version.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/destination-rule/#LoadBalancerSettings
 */
export abstract class LoadBalancer {
  /** Of two pods, the one with fewer open requests. */
  public static leastRequest(): LoadBalancer {
    return new Simple('LEAST_REQUEST');
  }

  /** One pod after the other. */
  public static roundRobin(): LoadBalancer {
    return new Simple('ROUND_ROBIN');
  }

  /** Any pod. */
  public static random(): LoadBalancer {
    return new Simple('RANDOM');
  }

  /**
   * One pod for each value of a header.
   *
   * @param name the header, in lower case
   */
  public static consistentHashByHeader(name: string): LoadBalancer {
    return new HeaderHash(name);
  }

  /**
   * One pod for each value of a cookie.
   *
   * @param name the cookie
   * @param options whether the proxy sets it
   */
  public static consistentHashByCookie(name: string, options: HashCookieOptions = {}): LoadBalancer {
    return new CookieHash(name, options);
  }

  /**
   * One pod for each address that requests come from. To a sidecar that is its own pod, so each client pod has one; to an ingress gateway it is the client
   * outside, or the load balancer in front of the gateway that hides it.
   */
  public static consistentHashBySourceIp(): LoadBalancer {
    return new SourceIpHash();
  }

  /**
   * One pod for each value of a query parameter.
   *
   * @param name the parameter
   */
  public static consistentHashByQueryParameter(name: string): LoadBalancer {
    return new QueryParameterHash(name);
  }

  protected constructor() {
    refuseAbstract(new.target === LoadBalancer, 'LoadBalancer', FACTORIES);
  }

  /** @internal */
  public abstract _bind(fail: Fail): LoadBalancerModel;
}

const FACTORIES = 'leastRequest(), roundRobin(), random() or consistentHashBy...()';

export const checkLoadBalancer: Check = checkInstance(LoadBalancer, `LoadBalancer.${FACTORIES}`);

type Simples = NonNullable<LoadBalancerModel['simple']>;

class Simple extends LoadBalancer {
  public constructor(private readonly simple: Simples) {
    super();
  }

  public _bind(): LoadBalancerModel {
    return { simple: this.simple };
  }
}

class HeaderHash extends LoadBalancer {
  public constructor(private readonly name: string) {
    super();
  }

  public _bind(fail: Fail): LoadBalancerModel {
    checkHeaderName(fail, 'LoadBalancer.consistentHashByHeader()', this.name);
    return { consistentHash: { httpHeaderName: this.name } };
  }
}

class SourceIpHash extends LoadBalancer {
  public constructor() {
    super();
  }

  public _bind(): LoadBalancerModel {
    return { consistentHash: { useSourceIp: true } };
  }
}

class QueryParameterHash extends LoadBalancer {
  public constructor(private readonly name: string) {
    super();
  }

  public _bind(fail: Fail): LoadBalancerModel {
    checkString(fail, 'LoadBalancer.consistentHashByQueryParameter()', this.name);
    return { consistentHash: { httpQueryParameterName: this.name } };
  }
}

/** What browsers and proxies take as the name of a cookie. */
const COOKIE = /^[a-zA-Z0-9!#$%&'*+.^_`|~-]+$/;

const checkLifetime: Check = (fail, property, value) => {
  if ((value as Duration | undefined)?.toMilliseconds?.() !== 0) {
    checkDuration(fail, property, value);
  }
};

const checkCookiePath: Check = (fail, property, value) => {
  if (typeof value !== 'string' || !value.startsWith('/')) {
    fail(`'${property}' must begin with "/", got ${quote(value)}`);
  }
};

class CookieHash extends LoadBalancer {
  public constructor(private readonly name: string, private readonly options: HashCookieOptions) {
    super();
  }

  public _bind(fail: Fail): LoadBalancerModel {
    const { name, options } = this;
    if (typeof name !== 'string' || !COOKIE.test(name)) {
      fail(`'LoadBalancer.consistentHashByCookie()' must have the name of a cookie, like "session", got ${quote(name)}`);
    }
    checkProps(fail, 'LoadBalancer.consistentHashByCookie()', options, { ttl: checkLifetime, path: checkCookiePath });
    const { ttl, path } = options;
    if (path !== undefined && ttl === undefined) {
      fail(`'path' ${quote(path)} is that of the cookie that the proxy sets, and without 'ttl' it sets none: give 'ttl', or leave 'path' out`);
    }
    return { consistentHash: { httpCookie: { name, ttl: secondsOf(ttl), path } } };
  }
}
