import { Check, checkDnsName, checkProps, unchecked } from '../private/check';
import { Fail, quote, within } from '../private/fail';

/** The keys of a Secret that hold a user and a password. */
export interface SecretKeys {
  /**
   * The key of the user's name.
   *
   * @default 'username'
   */
  readonly usernameKey?: string;

  /**
   * The key of the password.
   *
   * @default 'password'
   */
  readonly passwordKey?: string;
}

/** The keys that are read: of a password with or without a user, or of a URL. */
interface Keys extends SecretKeys {
  readonly urlKey?: string;
}

/** One value of a Secret. */
export interface SecretValue {
  readonly secretName: string;
  readonly key: string;
}

/**
 * The Secret that a workload reads the user and the password of a service from. It is in the workload's own namespace; the library refers to it and
 * never writes it. A password cannot be given as a value. `SecretFromStore` lets the External Secrets Operator write it.
 *
 * @see https://kubernetes.io/docs/concepts/configuration/secret/
 */
export class Credentials {
  /**
   * User and password from a Secret.
   *
   * @param secretName the Secret's name
   * @param keys its keys
   */
  public static fromSecret(secretName: string, keys: SecretKeys = {}): Credentials {
    return new Credentials(secretName, { usernameKey: keys?.usernameKey ?? 'username', passwordKey: keys?.passwordKey ?? 'password' }, keys);
  }

  /**
   * A password alone from a Secret, for a service without users.
   *
   * @param secretName the Secret's name
   * @param passwordKey its key, `password` if left out
   */
  public static passwordFromSecret(secretName: string, passwordKey: string = 'password'): Credentials {
    return new Credentials(secretName, { passwordKey });
  }

  /**
   * A whole URL from a Secret, user and password in it, for a driver that wants one. The workload gets it as its URL variable, besides host and port. Whoever
   * writes the Secret encodes user and password for a URL (`@` as `%40`), and names a host and a port of the service: the library does not see them.
   *
   * @param secretName the Secret's name
   * @param urlKey its key, `url` if left out
   */
  public static urlFromSecret(secretName: string, urlKey: string = 'url'): Credentials {
    return new Credentials(secretName, { urlKey });
  }

  private constructor(
    private readonly secretName: string,
    private readonly keys: Keys,
    private readonly given: SecretKeys = {},
    private readonly namespace?: string,
  ) {}

  /** The same, of a Secret that is known to be written in one namespace. @internal */
  public _in(namespace: string | undefined): Credentials {
    return new Credentials(this.secretName, this.keys, this.given, namespace);
  }

  /** @internal */
  public _check(fail: Fail): void {
    checkProps(fail, 'Credentials.fromSecret()', this.given ?? {}, { usernameKey: unchecked, passwordKey: unchecked });
    checkDnsName(fail, 'secretName', this.secretName);
    for (const [property, key] of Object.entries(this.keys)) {
      if (key !== undefined) {
        checkKey(fail, property, key);
      }
    }
    if (this.keys.usernameKey !== undefined && this.keys.usernameKey === this.keys.passwordKey) {
      fail(`'usernameKey' and 'passwordKey' are both ${quote(this.keys.usernameKey)}: a Secret has the user's name in a key of its own, or give Credentials.passwordFromSecret()`);
    }
  }

  /** @internal */
  public get _username(): SecretValue | undefined {
    return this.value(this.keys.usernameKey);
  }

  /** @internal */
  public get _password(): SecretValue | undefined {
    return this.value(this.keys.passwordKey);
  }

  /** The whole URL, in place of user and password. @internal */
  public get _url(): SecretValue | undefined {
    return this.value(this.keys.urlKey);
  }

  /** The namespace that the Secret is in, when that is known. @internal */
  public get _namespace(): string | undefined {
    return this.namespace;
  }

  private value(key: string | undefined): SecretValue | undefined {
    return key === undefined ? undefined : { secretName: this.secretName, key };
  }
}

/** Checks a property that takes credentials, without quoting what it was given: that may be a password. */
export const checkCredentials: Check = (fail, property, value) => {
  if (!(value instanceof Credentials)) {
    const held = (value as { readonly credentials?: unknown } | null)?.credentials instanceof Credentials;
    fail(`'${property}' must be one of Credentials.fromSecret(), passwordFromSecret() or urlFromSecret(): ${held ? 'give its \'credentials\''
      : 'a password cannot be given as a value'}`);
  }
  (value as Credentials)._check(within(fail, property));
};

function checkKey(fail: Fail, property: string, key: string): void {
  // As Kubernetes has it: each key may be the name of a file.
  if (typeof key !== 'string' || !/^[-._a-zA-Z0-9]{1,253}$/.test(key) || key === '.' || key.startsWith('..')) {
    fail(`'${property}' must be a key of the Secret (letters, digits, "-", "_" and ".", not empty), got ${quote(key)}`);
  }
}
