import { checkCredentials, Credentials } from './credentials';
import { Check, checkPort, checkProps, checkString, unchecked } from '../private/check';
import { Fail, quote } from '../private/fail';

/** The environment variables that connect a workload to a service. */
export interface ConnectOptions {
  /**
   * The prefix of the environment variables: `MYSQL_DB` gives `MYSQL_DB_HOST`, `MYSQL_DB_PORT`, `MYSQL_DB_USER` and `MYSQL_DB_PASSWORD`.
   *
   * @default - the protocol in capitals: `MYSQL`, `REDIS`, `TCP`, `TLS`
   */
  readonly envPrefix?: string;

  /**
   * The variable of the host.
   *
   * @default - `envPrefix` and `_HOST`
   */
  readonly hostVariable?: string;

  /**
   * The variable of the port.
   *
   * @default - `envPrefix` and `_PORT`
   */
  readonly portVariable?: string;

  /**
   * The variable of the user's name.
   *
   * @default - `envPrefix` and `_USER`
   */
  readonly usernameVariable?: string;

  /**
   * The variable of the password.
   *
   * @default - `envPrefix` and `_PASSWORD`
   */
  readonly passwordVariable?: string;

  /**
   * The Secret that this workload reads user and password from.
   *
   * @default - the `credentials` of the service; without these no variables for user and password
   */
  readonly credentials?: Credentials;

  /**
   * The container that receives the variables.
   *
   * @default - the first container of the pod
   */
  readonly containerName?: string;

  /**
   * The host of the service that this workload uses.
   *
   * @default - the service's first host
   */
  readonly hostName?: string;

  /**
   * The port of the service that this workload uses.
   *
   * @default - the service's first port
   */
  readonly portNumber?: number;
}

/** A variable of a container, as Kubernetes writes it. */
export interface Variable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly secretKeyRef: { readonly name: string; readonly key: string } };
}

/** What a connection needs to know of the service. */
export interface ConnectionTarget {
  readonly path: string;
  readonly host: string;
  readonly port: number;
  readonly protocolName: string;
}

/** One use of a service by one workload: the variables that one of its containers gets. */
export class Connection {
  /** Checks which options were given; their values are checked when the connection is made. */
  public static check(options: ConnectOptions, fail: Fail): void {
    checkProps(fail, 'connectFrom()', options, OPTIONS);
  }

  public readonly path: string;
  public readonly containerName?: string;
  public readonly variables: readonly Variable[];

  public constructor(target: ConnectionTarget, options: ConnectOptions, fail: Fail) {
    options.credentials?._check(fail);
    const prefix = options.envPrefix ?? target.protocolName.toUpperCase();
    const name = (property: string, chosen: string | undefined, suffix: string) => {
      const variable: unknown = chosen ?? `${prefix}_${suffix}`;
      if (typeof variable !== 'string' || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(variable)) {
        const wrong = chosen === undefined ? { property: 'envPrefix', value: prefix } : { property, value: chosen };
        fail(`'${wrong.property}' must give the name of an environment variable (letters, digits and "_"), got ${quote(wrong.value)}`);
      }
      return variable;
    };
    if (prefix === '' || prefix.endsWith('_')) {
      fail(`'envPrefix' must be the part before the "_", like "DB" for DB_HOST, got ${quote(prefix)}`);
    }
    for (const [property, value] of Object.entries({ usernameVariable: options.usernameVariable, passwordVariable: options.passwordVariable })) {
      if (value !== undefined && !(property === 'usernameVariable' ? options.credentials?._username : options.credentials?._password)) {
        fail(`'${property}' names a variable, and there are no credentials to put into it: give 'credentials' with Credentials.fromSecret()`);
      }
    }
    const username = options.credentials?._username;
    const password = options.credentials?._password;
    this.path = target.path;
    this.containerName = options.containerName;
    this.variables = [
      { name: name('hostVariable', options.hostVariable, 'HOST'), value: target.host },
      { name: name('portVariable', options.portVariable, 'PORT'), value: String(target.port) },
      ...username ? [fromSecret(name('usernameVariable', options.usernameVariable, 'USER'), username.secretName, username.key)] : [],
      ...password ? [fromSecret(name('passwordVariable', options.passwordVariable, 'PASSWORD'), password.secretName, password.key)] : [],
    ];
    const names = this.variables.map(variable => variable.name);
    const twice = names.find((candidate, i) => names.indexOf(candidate) !== i);
    if (twice !== undefined) {
      fail(`variable ${quote(twice)} is assigned twice: give 'hostVariable', 'portVariable', 'usernameVariable' and 'passwordVariable' different names`);
    }
  }
}

const checkText: Check = (fail, property, value) => {
  if (typeof value !== 'string') {
    fail(`'${property}' must give the name of an environment variable (letters, digits and "_"), got ${quote(value)}`);
  }
};

const OPTIONS = {
  // Checked as the names of the variables that they make.
  envPrefix: checkText,
  hostVariable: unchecked,
  portVariable: unchecked,
  usernameVariable: unchecked,
  passwordVariable: unchecked,
  credentials: checkCredentials,
  containerName: checkString,
  hostName: checkString,
  portNumber: checkPort,
};

function fromSecret(name: string, secretName: string, key: string): Variable {
  return { name, valueFrom: { secretKeyRef: { key, name: secretName } } };
}
