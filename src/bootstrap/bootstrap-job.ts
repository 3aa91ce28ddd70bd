import { ApiObject, ApiObjectMetadata, Duration } from 'cdk8s';
import { Construct } from 'constructs';
import { Credentials, checkCredentials } from '../access/credentials';
import { AppMesh } from '../app/app-mesh';
import { checkMetadata, identityOf, istioObject, ownObject } from '../app/istio-object';
import { Check, checkDnsName, checkList, checkSeconds, checkString, unchecked } from '../private/check';
import { Fail, failAt, quote } from '../private/fail';
import { BootstrapJobModel, BootstrapModel, LoginModel } from '../private/model';
import { jobName, labelOf, objectName } from '../private/names';
import { renderBootstrapJob } from '../private/render/bootstrap-job';
import { ExternalService } from '../services/external-service';

/** What every bootstrap has. */
export interface BootstrapOptions {
  /**
   * The Secret with user and password of an account that may create databases and users. In the Job's namespace; only the Job may have it, so no
   * workload of this app that reads it is accepted. Whoever may create pods in that namespace can read it too: a namespace of its own (`metadata`)
   * keeps the applications' teams away from it.
   */
  readonly adminCredentials: Credentials;

  /** The database. It is created when it is not there. Letters, digits, `_` and `-`. */
  readonly database: string;

  /**
   * SQL that is run as the admin in the database, in this order, each time the Job runs. Write it so that it can run again: `CREATE TABLE IF NOT
   * EXISTS`, `INSERT IGNORE` or `ON CONFLICT DO NOTHING`. The content of a file with several statements is one item too. It stands in a ConfigMap: a
   * password of an account in it is refused.
   *
   * @default - none: the database and the users alone
   */
  readonly statements?: string[];

  /**
   * The Secret whose `ca.crt` is the authority that signed the certificate of the database, in the Job's namespace. The client then insists on TLS
   * and verifies the name.
   *
   * @default - TLS if the database offers it, and nobody is verified: whoever is on the way between the last proxy and the database can take the connection
   */
  readonly caSecretName?: string;

  /**
   * Any text. Another text is another Job, which runs again: after a password in a Secret has changed, which an app cannot see, and with each change of a
   * patch of the Job, which does not change its name.
   *
   * @default - the Job runs again when what it does changes
   */
  readonly trigger?: string;

  /**
   * How long the Job may take, all of its attempts together. In whole seconds.
   *
   * @default Duration.minutes(10)
   */
  readonly deadline?: Duration;

  /**
   * When the finished Job is deleted. In whole seconds. GitOps tools write a Job that is missing again, and it runs again with each of their syncs:
   * leave it out there.
   *
   * @default - it stays, until it is pruned or another one takes its place
   */
  readonly ttlAfterFinished?: Duration;

  /**
   * Metadata of the Job. Namespace and labels are those of every object, and their names begin with the name.
   *
   * @default - the name is made of the construct's path inside its chart, the namespace is the chart's
   */
  readonly metadata?: ApiObjectMetadata;
}

/** The text that follows is in quotes of SQL. What ends a quoted text, as in `IN ('password', ...)`, begins none. */
const QUOTED = /(e|u&|n|x)?(['"](?![\s,;)'"])|\$\w*\$)/.source;

/** A password as MySQL, MariaDB and PostgreSQL take it for an account. */
const PASSWORD = new RegExp([
  /\bidentified\s+(with\s+\S+\s+|via\s+\S+\s+)?(by|as|using)\s+(password\s*\(?\s*)?/,
  /\bpassword(\s*[=(]\s*|\s+)/,
  /\bset\s+password\s+for\s[^;]*?=\s*/,
].map(({ source }) => source + QUOTED).join('|'), 'i');

const checkStatement: Check = (fail, property, value) => {
  checkString(fail, property, value);
  if (PASSWORD.test(value as string)) {
    fail(`'${property}' must have no password, which whoever reads the ConfigMap of the statements would know: name the account in 'users', whose passwords are in Secrets`);
  }
};

export const BOOTSTRAP_OPTIONS = {
  adminCredentials: checkCredentials,
  database: unchecked,
  statements: checkList(checkStatement, '"CREATE TABLE IF NOT EXISTS ..."'),
  caSecretName: checkDnsName,
  trigger: checkString,
  deadline: checkSeconds,
  ttlAfterFinished: checkSeconds,
  metadata: checkMetadata,
};

export const REQUIRED = ['service', 'adminCredentials', 'database', 'users'];

/** An image by its name, with a tag or a digest. */
export const checkImage: Check = (fail, property, value) => {
  checkString(fail, property, value);
  if (!/^[\w.-]+(:\d+)?(\/[\w.-]+)*(:[\w.-]+)?(@sha256:[0-9a-f]{64})?$/.test(value as string) || !/[:@][^/]*$/.test(value as string)) {
    fail(`'${property}' must be an image with a tag or a digest, like "mariadb:10.11", got ${quote(value)}`);
  }
};

/** What the bootstraps of every server have in common. */
interface Bootstrap extends BootstrapOptions {
  readonly service: ExternalService;
  readonly users: readonly { readonly credentials: Credentials }[];
}

/** Who logs in. */
interface Logins {
  readonly admin: LoginModel;
  /** In the order of `users`. */
  readonly users: readonly LoginModel[];
}

/**
 * Checks the accounts of a bootstrap: each has credentials of its own.
 *
 */
export function loginsOf(fail: Fail, { adminCredentials, users }: Bootstrap): Logins {
  const admin = loginOf(fail, 'adminCredentials', adminCredentials);
  const logins = users.map(({ credentials }, i) => loginOf(fail, `users[${i}].credentials`, credentials));
  for (const [index, login] of logins.entries()) {
    if (login.secretName === admin.secretName) {
      fail(`'users' has the Secret ${quote(login.secretName)}, which is that of the admin: give the user a Secret of its own, because whoever reads one key of a Secret may read all`);
    }
    if (logins.findIndex(other => JSON.stringify(other) === JSON.stringify(login)) !== index) {
      fail(`'users' has the Secret ${quote(login.secretName)} twice: give that user all its grants in one place`);
    }
  }
  return { admin, users: logins };
}

/** @throws for a Secret without a user's name */
function loginOf(fail: Fail, property: string, credentials: Credentials): LoginModel {
  const [username, password] = [credentials._username, credentials._password];
  if (username === undefined || password === undefined) {
    return fail(`'${property}' must have a user name and a password of their own: give Credentials.fromSecret(), or a SecretFromStore with a 'username'`);
  }
  return { secretName: password.secretName, usernameKey: username.key, passwordKey: password.key };
}

interface BootstrapJob {
  readonly props: Bootstrap;
  readonly image: string;
  readonly model: BootstrapModel;
  readonly admin: LoginModel;
  readonly files: { readonly [file: string]: string };
}

/** Writes the objects of a bootstrap, and makes its account a client of the service. */
export function writeJob(construct: Construct, { props, image, model, admin, files }: BootstrapJob): ApiObject {
  const fail = failAt(construct);
  const { service } = props;
  if (service.node.root !== construct.node.root) {
    fail(`'service' must be declared in this app, got '${service.node.path}' of another one`);
  }
  const { base, namespace } = identityOf(construct, props.metadata);
  const elsewhere = [props.adminCredentials, ...props.users.map(({ credentials }) => credentials)]
    .find(({ _namespace }) => _namespace !== undefined && _namespace !== namespace);
  if (elsewhere) {
    fail(`reads the Secret ${quote(elsewhere._password?.secretName)} in its own namespace ${quote(namespace)}, and a SecretFromStore writes it in `
      + `${quote(elsewhere._namespace)}: create one for ${quote(namespace)}`);
  }
  const account = objectName(base, namespace, 'bootstrap');
  const { addresses, ports, hosts } = service._model();
  const job: Omit<BootstrapJobModel, 'configMap'> = {
    account,
    label: labelOf(account),
    image,
    host: hosts[0],
    port: ports[0].number,
    database: model.database,
    admin,
    users: model.users,
    caSecretName: props.caSecretName,
    deadlineSeconds: (props.deadline ?? Duration.minutes(10)).toSeconds(),
    ttlSeconds: props.ttlAfterFinished?.toSeconds(),
    sidecar: AppMesh.of(construct).mesh.dataPlane === 'sidecar',
  };
  // Neither of the two can be changed: whatever is in them is in their name.
  const name = jobName(`${base}-bootstrap`, JSON.stringify([namespace, job, files, addresses, props.trigger ?? '']));
  if (Object.values(files).join('').length > MOST_OF_CONFIG_MAP) {
    fail('\'statements\' are more than a ConfigMap holds (1 MiB): create the tables with the tool that the application has for them');
  }
  // Annotations of a Job, such as that of a hook, say nothing of what it needs.
  const beside = { namespace, labels: props.metadata?.labels };
  ownObject(construct, 'Account', 'ServiceAccount', { ...beside, name: account }, { automountServiceAccountToken: false });
  ownObject(construct, 'Files', 'ConfigMap', { ...beside, name }, { data: { ...files }, immutable: true });
  const object = istioObject(construct, 'Resource', 'Job', { ...props.metadata, namespace, name }, () => renderBootstrapJob({ ...job, configMap: name }));
  service._connected(object);
  const known = { service, admin, users: model.users };
  JOBS.set(object, known);
  AppMesh.of(construct).validate(construct, () => problemsOf(construct, object, known));
  return object;
}

/** Kubernetes counts names, too. */
const MOST_OF_CONFIG_MAP = 1000000;

interface Known {
  readonly service: ExternalService;
  readonly admin: LoginModel;
  readonly users: readonly LoginModel[];
}

/** The Jobs of bootstraps. */
const JOBS = new WeakMap<ApiObject, Known>();

/** Mistakes that only show in the whole app, whatever made the other objects. */
function problemsOf(construct: Construct, job: ApiObject, { service, admin, users }: Known): string[] {
  const all = AppMesh.of(construct).once('secrets', () => construct.node.root.node.findAll().filter(ApiObject.isApiObject).map(found => {
    const object = found as ApiObject;
    const manifest: unknown = object.toJson();
    return { object, secrets: new Set(secretsIn(manifest)), rights: rightsToSecretsIn(manifest) };
  }));
  const others = all.filter(({ object }) => object !== job && object.metadata.namespace === job.metadata.namespace);
  const isNotAdmin = (object: ApiObject) => JOBS.get(object)?.admin.secretName !== admin.secretName;
  return [
    ...others.filter(({ object, secrets }) => secrets.has(admin.secretName) && isNotAdmin(object)).map(({ object }) => (
      `'${object.node.path}' reads the Secret ${quote(admin.secretName)} of the admin, which the Job alone may have: give it the Secret of one of the 'users'`)),
    ...others.filter(({ rights }) => rights.some(right => names(right, admin.secretName))).map(({ object }) => (
      `'${object.node.path}' lets an account read the Secret ${quote(admin.secretName)} of the admin: give the bootstrap a namespace of its own`)),
    ...others.flatMap(({ object }) => {
      const other = JOBS.get(object);
      const both = other?.service === service ? users.find(({ secretName }) => other.users.some(user => user.secretName === secretName)) : undefined;
      return both ? [`'users' has the Secret ${quote(both.secretName)}, and so has '${object.node.scope!.node.path}': each takes away what the other grants, so give each a user `
        + 'of its own'] : [];
    }),
  ];
}

interface Right {
  readonly resources?: readonly string[];
  readonly verbs?: readonly string[];
  readonly resourceNames?: readonly string[];
}

function names({ resourceNames }: Right, secretName: string): boolean {
  return !resourceNames?.length || resourceNames.includes(secretName);
}

/** The rules of a Role that let somebody read Secrets: a list has the values as well. */
function rightsToSecretsIn(manifest: unknown): readonly Right[] {
  const { kind, rules } = manifest as { readonly kind?: string; readonly rules?: readonly Right[] };
  const has = (list: readonly string[] | undefined, ...any: string[]) => (list ?? []).some(item => any.includes(item));
  return kind === 'Role' && Array.isArray(rules)
    ? rules.filter(({ resources, verbs }) => has(resources, 'secrets', '*') && has(verbs, 'get', 'list', 'watch', '*')) : [];
}

/** The Secrets that a pod template refers to, in an object of any kind: variables, volumes, projected volumes. */
function secretsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  return Object.entries(value).flatMap(([key, part]: [string, unknown]) => {
    const reference = part as { readonly name?: string; readonly secretName?: string } | null;
    const name = ['secretKeyRef', 'secretRef', 'secret'].includes(key) ? reference?.secretName ?? reference?.name : undefined;
    return [...typeof name === 'string' ? [name] : [], ...secretsIn(part)];
  });
}
