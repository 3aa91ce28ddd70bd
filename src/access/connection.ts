import { checkCredentials, Credentials, SecretValue } from './credentials';
import { Variable } from './pod';
import { SecretFiles } from './secret-files';
import { Check, checkInstance, checkPort, checkProps, checkString, unchecked } from '../private/check';
import { Fail, quote } from '../private/fail';
import { CredentialsDelivery } from '../values/credentials-delivery';

/** The environment variables that connect a workload to a service, and the files that they name. */
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
   * The variable of the URL, without user and password: `mongodb://mongodb.example.com:27017/test`. With `Credentials.urlFromSecret()` it has the URL of the
   * Secret, and is called `envPrefix` and `_URL` if left out.
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
   * The variable of the user's name, or of the path of its file.
   *
   * @default - `envPrefix` and `_USER`, of a file `_USER_FILE`
   */
  readonly usernameVariable?: string;

  /**
   * The variable of the password, or of the path of its file.
   *
   * @default - `envPrefix` and `_PASSWORD`, of a file `_PASSWORD_FILE`
   */
  readonly passwordVariable?: string;

  /**
   * The Secret that this workload reads user and password from.
   *
   * @default - the `credentials` of the service; without these no variables for user and password
   */
  readonly credentials?: Credentials;

  /**
   * How the container gets user and password.
   *
   * @default CredentialsDelivery.environment()
   */
  readonly delivery?: CredentialsDelivery;

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

/** One use of a service by one workload: the variables and files that one of its containers gets. */
export class Connection {
  /** Checks which options were given; their values are checked when the connection is made. */
  public static check(options: ConnectOptions, fail: Fail): void {
    checkProps(fail, 'connectFrom()', options, OPTIONS);
  }

  public readonly path: string;
  public readonly containerName?: string;
  public readonly variables: readonly Variable[];
  public readonly files?: SecretFiles;
  /** The Secret, and the namespace that it is in when that is known. */
  public readonly secret?: { readonly name: string; readonly namespace?: string };

  public constructor(target: ConnectionTarget, options: ConnectOptions, fail: Fail) {
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
    const { _username: username, _password: password, _url: url, _namespace: namespace } = options.credentials ?? {};
    checkNamed(options, fail);
    const secret = password ?? url;
    const files = options.delivery?._files(fail);
    if (files) {
      checkFiles(options, fail);
    }
    const value = (property: 'usernameVariable' | 'passwordVariable', suffix: string, from: SecretValue | undefined): Variable[] => {
      if (!from) {
        return [];
      }
      const variable = name(property, options[property], files ? `${suffix}_FILE` : suffix);
      return [files ? { name: variable, value: `${files.mountPath}/${from.key}` } : fromSecret(variable, from)];
    };
    this.path = target.path;
    this.containerName = options.containerName;
    this.secret = secret && { name: secret.secretName, namespace };
    const keys = [username, password].flatMap(from => from?.key ?? []);
    this.files = files && secret && { ...files, path: target.path, secretName: secret.secretName, keys };
    this.variables = [
      ...target.places.map(({ property, suffix, value: place }) => (
        { name: name(property, property === 'envPrefix' ? undefined : options[property], suffix), value: place })),
      ...value('usernameVariable', 'USER', username),
      ...value('passwordVariable', 'PASSWORD', password),
      ...url ? [fromSecret(name('urlVariable', options.urlVariable, 'URL'), url)] : [],
    ];
    const names = this.variables.map(variable => variable.name);
    const twice = names.find((candidate, i) => names.indexOf(candidate) !== i);
    if (twice !== undefined) {
      const properties = [...target.places.map(({ property }) => property).filter(property => property !== 'envPrefix'), ...url ? [] : ['usernameVariable']];
      const last = url ? 'urlVariable' : 'passwordVariable';
      fail(`variable ${quote(twice)} is assigned twice: give ${properties.map(property => `'${property}'`).join(', ')} and '${last}' different names`);
    }
  }
}

/** Variables that are named, and have nothing in them. */
function checkNamed({ usernameVariable, passwordVariable, credentials }: ConnectOptions, fail: Fail): void {
  const named = { usernameVariable: [usernameVariable, credentials?._username], passwordVariable: [passwordVariable, credentials?._password] };
  const [property] = Object.entries(named).find(([, [variable, value]]) => variable !== undefined && value === undefined) ?? [];
  if (property !== undefined) {
    fail(`'${property}' names a variable, and ${credentials?._url
      ? 'user and password are in the URL of the Secret: leave it out, or give' : 'there are no credentials to put into it: give'} 'credentials' with Credentials.fromSecret()`);
  }
}

/** Files for credentials that cannot be in any. */
function checkFiles({ credentials }: ConnectOptions, fail: Fail): void {
  if (!credentials) {
    fail('\'delivery\' has files, and there are no credentials to put into them: give \'credentials\' with Credentials.fromSecret()');
  }
  if (credentials._url) {
    fail('\'delivery\' has files, and the credentials are a URL, for which drivers have a variable alone: give user and password with Credentials.fromSecret(), or leave '
      + '\'delivery\' out');
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
  delivery: checkInstance(CredentialsDelivery, 'CredentialsDelivery.environment() or files()'),
  containerName: checkString,
  hostName: checkString,
  portNumber: checkPort,
};

function fromSecret(name: string, { secretName, key }: SecretValue): Variable {
  return { name, valueFrom: { secretKeyRef: { key, name: secretName } } };
}
