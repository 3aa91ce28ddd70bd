import { Duration } from 'cdk8s';
import { Check, checkCount, checkDuration, checkString, checkWhole, propsOf, secondsOf } from '../private/check';
import { Fail, quote, within } from '../private/fail';
import { HttpModel } from '../private/model';

/** When the sidecar sends a request again. */
export interface HttpRetries {
  /** How often it sends a failed request again, 0 or more. */
  readonly attempts: number;

  /**
   * How long each try may take.
   *
   * @default - what `timeout` leaves
   */
  readonly perTryTimeout?: Duration;

  /**
   * The failures that count, comma-separated, in Envoy's words, and statuses: `connect-failure,refused-stream,503`. To a sidecar a connection that the gateway
   * cannot make is an answer with 503, so for a routed service `503`, `5xx` or `gateway-error` is among them.
   *
   * @default - Istio's: connect-failure, refused-stream, unavailable, cancelled, and the status 503
   */
  readonly retryOn?: string;
}

/** Requests that the sidecar holds back, to try what the application does then. That time does not count for `timeout`. */
export interface HttpDelay {
  /** The share of the requests, percent, 0.0001 to 100. */
  readonly percentage: number;
  /** How long they are held back. */
  readonly fixedDelay: Duration;
}

/** Requests that the sidecar answers itself, to try what the application does then. */
export interface HttpAbort {
  /** The share of the requests, percent, 0.0001 to 100. */
  readonly percentage: number;
  /** The status of the answer, 200 to 599. */
  readonly httpStatus: number;
}

/** Faults that the sidecar injects. */
export interface HttpFault {
  /**
   * Requests that are held back.
   *
   * @default - none
   */
  readonly delay?: HttpDelay;

  /**
   * Requests that are answered with an error.
   *
   * @default - none
   */
  readonly abort?: HttpAbort;
}

/**
 * How the clients' proxies send HTTP requests to a service: their sidecars, and for a service inside the mesh the ingress gateway as well.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/virtual-service/#HTTPRoute
 */
export interface HttpSettings {
  /**
   * How long a request may take, all tries included. The sidecar then answers 504.
   *
   * @default - no limit
   */
  readonly timeout?: Duration;

  /**
   * When a request is sent again.
   *
   * @default - Istio's: twice
   */
  readonly retries?: HttpRetries;

  /**
   * Faults that are injected.
   *
   * @default - none
   */
  readonly fault?: HttpFault;
}

export const checkShare: Check = (fail, property, value) => {
  if (typeof value !== 'number' || !(value >= 0.0001 && value <= 100)) {
    fail(`'${property}' must be a number of percent from 0.0001 to 100, got ${quote(value)}`);
  }
};

const checkStatus = checkWhole(200, 599, 'a status');

const checkAttempts: Check = (fail, property, value) => {
  if (value !== 0) {
    checkCount(fail, property, value);
  }
};

/** What Istio takes, besides statuses. */
const FAILURES = [
  '5xx', 'gateway-error', 'reset', 'reset-before-request', 'connect-failure', 'retriable-4xx', 'refused-stream', 'retriable-status-codes', 'retriable-headers',
  'envoy-ratelimited', 'http3-post-connect-failure', 'cancelled', 'deadline-exceeded', 'internal', 'resource-exhausted', 'unavailable',
];

function isStatus(text: string): boolean {
  // Node takes as long to load it as to load ten files of this package, and few apps retry by status.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { STATUS_CODES } = require('node:http') as typeof import('node:http');
  return STATUS_CODES[text] !== undefined;
}

const checkRetryOn: Check = (fail, property, value) => {
  checkString(fail, property, value);
  const wrong = (value as string).split(',').find(failure => !FAILURES.includes(failure) && !isStatus(failure));
  if (wrong !== undefined) {
    fail(`'${property}' must be failures and statuses joined by "," without spaces, like "connect-failure,503", got ${quote(wrong)}: the failures are ${FAILURES.join(', ')}`);
  }
};

const HTTP = {
  timeout: checkDuration,
  retries: propsOf({ attempts: checkAttempts, perTryTimeout: checkDuration, retryOn: checkRetryOn }, ['attempts']),
  fault: propsOf({
    delay: propsOf({ percentage: checkShare, fixedDelay: checkDuration }, ['percentage', 'fixedDelay']),
    abort: propsOf({ percentage: checkShare, httpStatus: checkStatus }, ['percentage', 'httpStatus']),
  }),
};

export const checkHttp: Check = propsOf(HTTP);

/**
 * @param inherited what holds for each setting that is left out
 * @throws when the tries take longer than the whole request may
 */
export function httpModel(fail: Fail, settings: HttpSettings, inherited: HttpSettings = {}): HttpModel {
  const { timeout = inherited.timeout, retries = inherited.retries, fault = inherited.fault } = settings;
  const perTry = retries?.perTryTimeout;
  const inHttp = within(fail, 'http');
  if (retries?.attempts === 0 && (perTry ?? retries.retryOn) !== undefined) {
    inHttp(`'retries.${perTry ? 'perTryTimeout' : 'retryOn'}' says how to try again, and 'attempts' is 0: leave it out, or try at least once`);
  }
  if (fault && !fault.delay && !fault.abort) {
    inHttp('\'fault\' has neither \'delay\' nor \'abort\': give one of them, or leave it out');
  }
  if (timeout && perTry && parseFloat(secondsOf(perTry)) > parseFloat(secondsOf(timeout))) {
    inHttp(`'retries.perTryTimeout' ${secondsOf(perTry)} is longer than the 'timeout' of the whole request, ${secondsOf(timeout)}: give a longer timeout, or a shorter try`);
  }
  return {
    timeout: secondsOf(timeout),
    retries: retries && { attempts: retries.attempts, perTryTimeout: secondsOf(perTry), retryOn: retries.retryOn },
    fault: fault && {
      delay: fault.delay && { percentage: { value: fault.delay.percentage }, fixedDelay: secondsOf(fault.delay.fixedDelay) },
      abort: fault.abort && { percentage: { value: fault.abort.percentage }, httpStatus: fault.abort.httpStatus },
    },
  };
}
