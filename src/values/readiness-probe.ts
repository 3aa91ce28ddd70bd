import { Duration } from 'cdk8s';
import { Check, checkCount, checkList, checkNotEmpty, checkPort, checkProps, checkSeconds, checkString } from '../private/check';
import { Fail, quote, refuseAbstract } from '../private/fail';
import { ProbeModel } from '../private/model';

/** When a machine counts as ready. */
export interface ReadinessProbeOptions {
  /**
   * How long the agent waits before the first question, in whole seconds.
   *
   * @default - 0 seconds
   */
  readonly initialDelay?: Duration;

  /**
   * How long an answer may take, in whole seconds.
   *
   * @default Duration.seconds(1)
   */
  readonly timeout?: Duration;

  /**
   * How long the agent waits between two questions, in whole seconds.
   *
   * @default Duration.seconds(10)
   */
  readonly period?: Duration;

  /**
   * How many answers in a row make a machine ready that was not, at least 1.
   *
   * @default 1
   */
  readonly successThreshold?: number;

  /**
   * How many failures in a row take a ready machine out of the service, at least 1.
   *
   * @default 1
   */
  readonly failureThreshold?: number;
}

/**
 * How the agent on a virtual machine asks the application whether it is ready. Clients do not connect to a machine that is not. The agent asks at 127.0.0.1, on
 * which the application has to listen: at the machine's own address the sidecar would answer in its place.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/workload-group/#ReadinessProbe
 */
export abstract class ReadinessProbe {
  /**
   * An HTTP request, answered with a status of 200 to 399.
   *
   * @param path the path, with a `/` in front
   * @param port the port on the machine, 1 to 65535
   * @param options when the machine counts as ready
   */
  public static httpGet(path: string, port: number, options: ReadinessProbeOptions = {}): ReadinessProbe {
    return new Probe('httpGet', options, request(path, port));
  }

  /**
   * A TCP connection that is accepted.
   *
   * @param port the port on the machine, 1 to 65535
   * @param options when the machine counts as ready
   */
  public static tcpSocket(port: number, options: ReadinessProbeOptions = {}): ReadinessProbe {
    return new Probe('tcpSocket', options, connection(port));
  }

  /**
   * A command on the machine that ends with 0. The agent runs it as its own user, without a shell.
   *
   * @param command the program and its arguments, at least the program
   * @param options when the machine counts as ready
   */
  public static exec(command: string[], options: ReadinessProbeOptions = {}): ReadinessProbe {
    return new Probe('exec', options, program(command));
  }

  protected constructor() {
    refuseAbstract(new.target === ReadinessProbe, 'ReadinessProbe', 'httpGet(), tcpSocket() or exec()');
  }

  /** @internal */
  public abstract _bind(fail: Fail): ProbeModel;
}

/** What the agent asks, once it was checked. */
type Question = (fail: Fail) => ProbeModel;

class Probe extends ReadinessProbe {
  public constructor(private readonly method: string, private readonly options: ReadinessProbeOptions, private readonly questionOf: Question) {
    super();
  }

  public _bind(fail: Fail): ProbeModel {
    checkProps(fail, `ReadinessProbe.${this.method}()`, this.options, OPTIONS);
    const { initialDelay, timeout, period, successThreshold, failureThreshold } = this.options;
    return {
      ...this.questionOf(fail),
      initialDelaySeconds: initialDelay?.toSeconds(),
      timeoutSeconds: timeout?.toSeconds(),
      periodSeconds: period?.toSeconds(),
      successThreshold,
      failureThreshold,
    };
  }
}

const OPTIONS: { readonly [option: string]: Check } = {
  initialDelay: checkSeconds,
  timeout: checkSeconds,
  period: checkSeconds,
  successThreshold: checkCount,
  failureThreshold: checkCount,
};

function request(path: string, port: number): Question {
  return fail => {
    if (typeof path !== 'string' || !path.startsWith('/')) {
      fail(`'ReadinessProbe.httpGet()' needs a path that begins with "/", like "/healthz", got ${quote(path)}`);
    }
    checkPort(fail, 'ReadinessProbe.httpGet()', port);
    return { httpGet: { path, port } };
  };
}

function connection(port: number): Question {
  return fail => {
    checkPort(fail, 'ReadinessProbe.tcpSocket()', port);
    return { tcpSocket: { port } };
  };
}

function program(command: string[]): Question {
  return fail => {
    checkNotEmpty(fail, 'ReadinessProbe.exec()', command, '"/usr/bin/mysqladmin"');
    checkList(checkString, '"/usr/bin/mysqladmin"')(fail, 'ReadinessProbe.exec()', command);
    return { exec: { command: [...command] } };
  };
}
