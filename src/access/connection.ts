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
   * The variable of the host. A cluster has `membersVariable` instead.
   *
   * @default - `envPrefix` and `_HOST`
   */
  readonly hostVariable?: string;

  /**
   * The variable of the port. A cluster has `membersVariable` instead.
   *
   * @default - `envPrefix` and `_PORT`
   */
  readonly portVariable?: string;

  /**
   * The variable of the members of a cluster: `host:port`, joined by commas.
   *
   * @default - `envPrefix` and what the drivers of its kind call them, such as `_BOOTSTRAP_SERVERS`
   */
  readonly membersVariable?: string;

  /**
   * The variable of the URL, without user and password: `mongodb://mongodb.example.com:27017/test`.
   *
   * @default - none; of a replica set of MongoDB, `envPrefix` and `_URL`
   */
  readonly urlVariable?: string;

  /**
   * The path of the URL, such as the name of a database: `test`. It needs a variable for the URL.
   *
   * @default - none
   */
  readonly urlPath?: string;

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

/** A variable that says where the service is. */
export interface Place {
  /** The option that gives its name. */
  readonly property: 'hostVariable' | 'portVariable' | 'membersVariable' | 'urlVariable' | 'envPrefix';
  /** What its name ends in, when no option gives it. */
  readonly suffix: string;
  readonly value: string;
}

/** What a connection needs to know of the service. */
export interface ConnectionTarget {
  readonly path: string;
  readonly protocolName: string;
  readonly places: readonly Place[];
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
      ...target.places.map(({ property, suffix, value }) => (
        { name: name(property, property === 'envPrefix' ? undefined : options[property], suffix), value })),
      ...username ? [fromSecret(name('usernameVariable', options.usernameVariable, 'USER'), username.secretName, username.key)] : [],
      ...password ? [fromSecret(name('passwordVariable', options.passwordVariable, 'PASSWORD'), password.secretName, password.key)] : [],
    ];
    const names = this.variables.map(variable => variable.name);
    const twice = names.find((candidate, i) => names.indexOf(candidate) !== i);
    if (twice !== undefined) {
      const properties = [...target.places.map(({ property }) => property).filter(property => property !== 'envPrefix'), 'usernameVariable'];
      fail(`variable ${quote(twice)} is assigned twice: give ${properties.map(property => `'${property}'`).join(', ')} and 'passwordVariable' different names`);
    }
  }
}

const checkText: Check = (fail, property, value) => {
  if (typeof value !== 'string') {
    fail(`'${property}' must give the name of an environment variable (letters, digits and "_"), got ${quote(value)}`);
  }
};

const checkPath: Check = (fail, property, value) => {
  if (typeof value !== 'string' || !/^[A-Za-z0-9._~!$&'()*+,;=:@%-][A-Za-z0-9._~!$&'()*+,;=:@%/-]*$/.test(value)) {
    fail(`'${property}' must be what follows host and port in a URL, like "test", without "/" at its beginning, got ${quote(value)}`);
  }
};

const OPTIONS = {
  // Checked as the names of the variables that they make.
  envPrefix: checkText,
  hostVariable: unchecked,
  portVariable: unchecked,
  membersVariable: unchecked,
  urlVariable: unchecked,
  urlPath: checkPath,
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
