import { Check, checkProps } from '../private/check';
import { Fail, quote, refuseAbstract } from '../private/fail';
import { FilesModel } from '../private/model';

/** How the files of a Secret are mounted. */
export interface CredentialsFilesOptions {
  /**
   * The mode of the files: `0o400`, `0o440`, or `0o444` for a container whose user and groups are not known. They belong to root, and to the group `fsGroup` of
   * the pod, which can read them in any mode.
   *
   * @default 0o440
   */
  readonly defaultMode?: number;
}

/**
 * How a container gets user and password.
 *
 * One of two:
 *
 * - `environment`, the default: environment variables. A container reads them once: after a rotation of the Secret, its pods have to be restarted.
 * - `files`: a volume of the Secret, and variables that have the paths of its files. The kubelet replaces the files of a running pod after a rotation (within
 *   about a minute by default), so an application that opens them for each new connection needs no restart.
 *
 * @see https://kubernetes.io/docs/concepts/configuration/secret/#using-secrets
 */
export abstract class CredentialsDelivery {
  /** Environment variables. */
  public static environment(): CredentialsDelivery {
    return new Environment();
  }

  /**
   * Files in a volume of the Secret, each with the name of its key, mounted read-only. No `subPath`: the kubelet never replaces a file that is mounted by one.
   * The variables have the paths: by default `MYSQL_USER_FILE` and `MYSQL_PASSWORD_FILE`.
   *
   * The files are readable for root and for the group `securityContext.fsGroup` of the pod. A container that does not run as root needs `fsGroup`; synth refuses
   * a pod that says `runAsNonRoot` or `runAsUser` without it. A user that only the image sets is not visible here.
   *
   * @param mountPath a directory that nothing else is mounted at, above or below, and that the image has nothing in, such as `/etc/credentials/mysql`
   * @param options the mode of the files
   */
  public static files(mountPath: string, options: CredentialsFilesOptions = {}): CredentialsDelivery {
    return new Files(mountPath, options);
  }

  protected constructor() {
    refuseAbstract(new.target === CredentialsDelivery, 'CredentialsDelivery', 'environment() or files()');
  }

  /** Undefined for environment variables. @internal */
  public abstract _files(fail: Fail): FilesModel | undefined;
}

class Environment extends CredentialsDelivery {
  public constructor() {
    super();
  }

  public _files(): undefined {
    return undefined;
  }
}

const FILES = 'CredentialsDelivery.files()';

/** Where Kubernetes mounts the token of the service account, below both names that the directory has in most images. */
const TOKEN = ['/var/run/secrets/kubernetes.io/serviceaccount', '/run/secrets/kubernetes.io/serviceaccount'];

/** Directories of which an image needs what is in them. */
const SYSTEM = [
  '/bin', '/boot', '/etc', '/etc/ssl', '/home', '/lib', '/lib64', '/opt', '/root', '/sbin', '/srv', '/tmp', '/usr', '/usr/bin', '/usr/lib', '/usr/local', '/usr/local/bin',
  '/usr/sbin', '/usr/share', '/var/lib', '/var/log', '/var/tmp',
];

/** What the container runtime mounts. */
const VIRTUAL = ['/dev', '/proc', '/sys'];

class Files extends CredentialsDelivery {
  public constructor(private readonly mountPath: string, private readonly options: CredentialsFilesOptions) {
    super();
  }

  public _files(fail: Fail): FilesModel {
    const { mountPath } = this;
    checkProps(fail, FILES, this.options, OPTIONS);
    if (typeof mountPath !== 'string' || !/^(\/[A-Za-z0-9._-]+)+$/.test(mountPath) || mountPath.split('/').some(part => part === '.' || part === '..')) {
      fail(`'${FILES}' needs an absolute path of letters, digits, "-", "_" and "." below the root, without "/" at its end, like "/etc/credentials/mysql", `
        + `got ${quote(mountPath)}`);
    }
    const system = SYSTEM.find(path => path === mountPath) ?? VIRTUAL.find(path => overlaps(path, mountPath));
    if (system !== undefined) {
      fail(`'${FILES}' cannot mount at ${quote(mountPath)}, because it would hide what the image or the kernel has in "${system}": give a directory of its own, like `
        + '"/etc/credentials/mysql"');
    }
    const token = TOKEN.find(path => overlaps(path, mountPath));
    if (token !== undefined) {
      // A volume of a Secret is read-only: the directory for the token cannot be made in it, and the container does not start.
      fail(`'${FILES}' cannot mount at ${quote(mountPath)}, because Kubernetes mounts the token of the service account at "${token}": give a directory of its own, like `
        + '"/etc/credentials/mysql"');
    }
    return { mountPath, defaultMode: this.options.defaultMode ?? 0o440 };
  }
}

/** Whether one of two directories is the other, or in it. */
export function overlaps(one: string, other: string): boolean {
  return `${one}/`.startsWith(`${other}/`) || `${other}/`.startsWith(`${one}/`);
}

/** To read only, for the owner, its group, everybody. */
const MODES = [0o400, 0o440, 0o444];

const checkMode: Check = (fail, property, value) => {
  if (!MODES.includes(value as number)) {
    const given = typeof value === 'number' && value > 0 ? `0o${value.toString(8)}` : quote(value);
    const octal = MODES.find(mode => mode.toString(8) === String(value));
    fail(`'${property}' must be 0o400, 0o440 or 0o444, got ${octal === undefined ? given : `${quote(value)}: write 0o${octal.toString(8)}`}`);
  }
};

const OPTIONS = { defaultMode: checkMode };
