import { Check, checkDnsName, checkProps, unchecked } from '../private/check';
import { Fail, quote } from '../private/fail';

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

/** One value of a Secret. */
export interface SecretValue {
  readonly secretName: string;
  readonly key: string;
}

/**
 * The Secret that a workload reads the user and the password of a service from. It is in the workload's own namespace; the library refers to it and
 * never writes it. A password cannot be given as a value.
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
    return new Credentials(secretName, keys?.usernameKey ?? 'username', keys?.passwordKey ?? 'password', keys);
  }

  /**
   * A password alone from a Secret, for a service without users.
   *
   * @param secretName the Secret's name
   * @param passwordKey its key, `password` if left out
   */
  public static passwordFromSecret(secretName: string, passwordKey: string = 'password'): Credentials {
    return new Credentials(secretName, undefined, passwordKey);
  }

  private constructor(
    private readonly secretName: string,
    private readonly usernameKey: string | undefined,
    private readonly passwordKey: string,
    private readonly keys: SecretKeys = {},
  ) {}

  /** @internal */
  public _check(fail: Fail): void {
    checkProps(fail, 'Credentials.fromSecret()', this.keys ?? {}, { usernameKey: unchecked, passwordKey: unchecked });
    checkDnsName(fail, 'secretName', this.secretName);
    if (this.usernameKey !== undefined) {
      checkKey(fail, 'usernameKey', this.usernameKey);
    }
    checkKey(fail, 'passwordKey', this.passwordKey);
  }

  /** @internal */
  public get _username(): SecretValue | undefined {
    return this.usernameKey === undefined ? undefined : { secretName: this.secretName, key: this.usernameKey };
  }

  /** @internal */
  public get _password(): SecretValue {
    return { secretName: this.secretName, key: this.passwordKey };
  }
}

/** Checks a property that takes credentials, without quoting what it was given: that may be a password. */
export const checkCredentials: Check = (fail, property, value) => {
  if (!(value instanceof Credentials)) {
    fail(`'${property}' must be one of Credentials.fromSecret() or Credentials.passwordFromSecret(): a password cannot be given as a value`);
  }
};

function checkKey(fail: Fail, property: string, key: string): void {
  if (typeof key !== 'string' || !/^[-._a-zA-Z0-9]{1,253}$/.test(key)) {
    fail(`'${property}' must be a key of the Secret (letters, digits, "-", "_" and ".", not empty), got ${quote(key)}`);
  }
}
