import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { BOOTSTRAP_OPTIONS, BootstrapOptions, checkImage, loginsOf, REQUIRED, writeJob } from './bootstrap-job';
import { checkPostgresGrant, PostgresGrant } from './postgres-grant';
import { checkDatabase, checkSqlName, SqlNames } from './sql-name';
import { checkCredentials, Credentials } from '../access/credentials';
import { Check, checkFullList, checkInstance, checkProps, propsOf } from '../private/check';
import { failAt, quote } from '../private/fail';
import { renderPostgresFiles } from '../private/render/postgres-bootstrap';
import { ExternalPostgres } from '../services/external-postgres';

/** A user of a PostgreSQL, and all that it may do. */
export interface PostgresUser {
  /** The Secret that its name and password are read from, in the Job's namespace. */
  readonly credentials: Credentials;

  /** What it may do, at least one, beside connecting to the database and using the schema. The Job takes everything else away from it. */
  readonly grants: PostgresGrant[];
}

/** What a PostgreSQL has to have before an application uses it. */
export interface PostgresBootstrapProps extends BootstrapOptions {
  /** The service, which this app declares. */
  readonly service: ExternalPostgres;

  /** The users, at least one, each for this bootstrap alone. */
  readonly users: PostgresUser[];

  /**
   * The schema of the tables. It is created when it is not there, and the statements find it without its name.
   *
   * @default 'public'
   */
  readonly schema?: string;

  /**
   * The image of the pods, with a tag or a digest: it needs `bash` and `psql`.
   *
   * @default 'postgres:15'
   */
  readonly image?: string;
}

/**
 * A Job that creates a database, its tables and its users in a PostgreSQL outside the mesh. It connects through the sidecar under an account of its
 * own, directly or through the gateway of the service.
 *
 * - It can run again: a run that finds everything as it should be changes nothing. A password that changed in its Secret is set when the Job runs
 *   (`trigger`).
 * - A user has exactly its grants: statements, users and grants are one transaction, so an application never sees half of them. Statements that need
 *   no transaction around them (`VACUUM`, `CREATE INDEX CONCURRENTLY`) do not run. What the server cannot take is refused before anything is changed.
 * - The database is the bootstrap's: everybody (`PUBLIC`) loses the right to connect to it, and to create in the schema. The Job fails while everybody has a
 *   privilege on a table, view or sequence there that no extension made. Users of other bootstraps keep theirs.
 * - Other databases of the server stay as they are: if everybody may connect there, so may the users. The Job's log warns of them, and of functions that
 *   everybody may run with the rights of their owner (`SECURITY DEFINER`).
 * - Passwords are in no command line and not in the Job's log, and the server quotes them. A server that logs every statement shows them in
 *   hexadecimal.
 *
 * The gateway tells accounts of the mesh apart and not users of the database: the account of the Job is the only one that has the admin's password,
 * when the Secret's namespace says so. This requires that nobody else may read that Secret or create pods in that namespace (RBAC). The admin needs
 * `CREATEDB` and `CREATEROLE`, and has to own the database if it is there already.
 *
 * The pods satisfy the Pod Security Standard `restricted`; with sidecars that needs the Istio CNI plugin, because `istio-init` does not satisfy it.
 * The Job ends with native sidecars and with others, which it ends itself (`/quitquitquit`).
 *
 * Creates:
 *
 * - ServiceAccount `Account`, a client of the service
 * - ConfigMap `Files`: the script and its SQL
 * - Job `Resource`. Its name ends in a hash of what it does, because a Job cannot be changed: another content is another Job. Prune the old one, or
 *   let the GitOps tool do it.
 *
 * @example
 * const orders = new ExternalPostgres(chart, 'Orders', { host: 'orders.example.com', resolution: Resolution.ipAddresses('192.0.2.41') });
 * new PostgresBootstrap(chart, 'OrdersDatabase', {
 *   service: orders,
 *   adminCredentials: Credentials.fromSecret('postgres-admin'),
 *   database: 'orders',
 *   statements: ['CREATE TABLE IF NOT EXISTS orders (id bigserial PRIMARY KEY, item text NOT NULL)'],
 *   users: [{
 *     credentials: Credentials.fromSecret('orders-postgres'),
 *     grants: [PostgresGrant.onTable('orders', PostgresPrivilege.SELECT, PostgresPrivilege.INSERT), PostgresGrant.onSequences()],
 *   }],
 * });
 *
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/job/
 */
export class PostgresBootstrap extends Construct {
  /** The Job. */
  public readonly job: ApiObject;

  /**
   * @param scope the chart, or a construct in it
   * @param id the construct's id, which the names of the objects are made of
   * @param props the database, its statements and users
   * @throws for an unknown property, a name that the server does not take, a database of the server itself, no user or a user without a grant, one Secret
   * for admin and user
   */
  public constructor(scope: Construct, id: string, props: PostgresBootstrapProps) {
    super(scope, id);
    const fail = failAt(this);
    checkProps(fail, 'PostgresBootstrap', props, PROPS, REQUIRED);
    checkDatabase(fail, props.database, SqlNames.POSTGRES);
    const { admin, users: logins } = loginsOf(fail, props);
    const users = props.users.map(({ grants }, index) => (
      { ...logins[index], grants: grants.map(grant => grant._bind(fail)) }));
    const model = { database: props.database, schema: props.schema ?? 'public', statements: props.statements ?? [], users };
    this.job = writeJob(this, { props, image: props.image ?? 'postgres:15', model, admin, files: renderPostgresFiles(model) });
  }
}

const USER = {
  credentials: checkCredentials,
  grants: checkFullList(checkPostgresGrant, 'PostgresGrant.onTable("orders", PostgresPrivilege.SELECT)'),
};

/** A schema that is not one of the server's own. */
const checkSchema: Check = (fail, property, value) => {
  checkSqlName(fail, property, value, SqlNames.POSTGRES);
  if (/^(pg_|information_schema$)/i.test(value as string)) {
    fail(`'${property}' must be a schema of the application, got ${quote(value)}, which is PostgreSQL's own: write another name`);
  }
};

const PROPS = {
  service: checkInstance(ExternalPostgres, 'the ExternalPostgres that this app declares'),
  users: checkFullList(propsOf(USER, ['credentials', 'grants']), '{ credentials: Credentials.fromSecret("orders-postgres"), grants: [...] }'),
  schema: checkSchema,
  image: checkImage,
  ...BOOTSTRAP_OPTIONS,
};
