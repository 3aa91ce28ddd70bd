import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { BOOTSTRAP_OPTIONS, BootstrapOptions, checkImage, loginsOf, REQUIRED, writeJob } from './bootstrap-job';
import { checkMysqlGrant, MysqlGrant } from './mysql-grant';
import { checkDatabase, SqlNames } from './sql-name';
import { checkCredentials, Credentials } from '../access/credentials';
import { checkFullList, checkInstance, checkOneOf, checkProps, propsOf } from '../private/check';
import { failAt } from '../private/fail';
import { renderMysqlFiles } from '../private/render/mysql-bootstrap';
import { ExternalMysql } from '../services/external-mysql';

/**
 * How a user of a MySQL proves the password, in the words of MySQL.
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/authentication-plugins.html
 */
export enum MysqlAuthentication {
  /** What old drivers know. MySQL 8 has it, switched off since 8.4; MySQL 9 does not. MariaDB's default. */
  NATIVE_PASSWORD = 'mysql_native_password',
  /** MySQL's default since 8.0. MariaDB does not have it. */
  CACHING_SHA2_PASSWORD = 'caching_sha2_password',
}

/** A user of a MySQL or MariaDB, and all that it may do. */
export interface MysqlUser {
  /** The Secret that its name and password are read from, in the Job's namespace. */
  readonly credentials: Credentials;

  /** What it may do, at least one. The Job takes everything else on the server away from it. */
  readonly grants: MysqlGrant[];

  /**
   * How it proves the password.
   *
   * @default - the server's default
   */
  readonly authentication?: MysqlAuthentication;
}

/** What a MySQL or MariaDB has to have before an application uses it. */
export interface MysqlBootstrapProps extends BootstrapOptions {
  /** The service, which this app declares. */
  readonly service: ExternalMysql;

  /** The users, at least one, each for this bootstrap alone. They are created for every host (`%`), because the server sees a gateway or a pod. */
  readonly users: MysqlUser[];

  /**
   * The image of the pods, with a tag or a digest: it needs `bash` and a client, `mariadb` or `mysql`.
   *
   * @default 'mariadb:10.11'
   */
  readonly image?: string;
}

/**
 * A Job that creates a database, its tables and its users in a MySQL or MariaDB outside the mesh. It connects through the sidecar under an account of
 * its own, directly or through the gateway of the service.
 *
 * - It can run again: a run that finds everything as it should be changes nothing. A password that changed in its Secret is set when the Job runs
 *   (`trigger`).
 * - A user has exactly its grants, and the Job takes away the others. Between that and the grants are some milliseconds in which the user has none;
 *   without a surplus there is no such moment. What the server cannot take is refused before anything is changed: an empty password, a user name that
 *   it would cut. The users come last, so a failure before leaves a database without new users: MySQL has no transactions for this.
 * - Passwords are in no command line and not in the Job's log, and the server quotes them. Its own general log, if it is on, shows them.
 *
 * The gateway tells accounts of the mesh apart and not users of the database: the account of the Job is the only one that has the admin's password,
 * when the Secret's namespace says so. This requires that nobody else may read that Secret or create pods in that namespace (RBAC). The admin needs
 * the rights to create databases and users, to grant what it grants, and to read the database `mysql`.
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
 * new MysqlBootstrap(chart, 'RatingsDatabase', {
 *   service: mysql,
 *   adminCredentials: Credentials.fromSecret('mysql-admin'),
 *   database: 'test',
 *   statements: ['CREATE TABLE IF NOT EXISTS ratings (ReviewID INT NOT NULL, Rating INT, PRIMARY KEY (ReviewID))'],
 *   users: [{ credentials: Credentials.fromSecret('ratings-mysql'), grants: [MysqlGrant.onTable('ratings', MysqlPrivilege.SELECT)] }],
 * });
 *
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/job/
 */
export class MysqlBootstrap extends Construct {
  /** The Job. */
  public readonly job: ApiObject;

  /**
   * @param scope the chart, or a construct in it
   * @param id the construct's id, which the names of the objects are made of
   * @param props the database, its statements and users
   * @throws for an unknown property, a name that the server does not take, a database of the server itself, no user or a user without a grant, one Secret
   * for admin and user
   */
  public constructor(scope: Construct, id: string, props: MysqlBootstrapProps) {
    super(scope, id);
    const fail = failAt(this);
    checkProps(fail, 'MysqlBootstrap', props, PROPS, REQUIRED);
    checkDatabase(fail, props.database, SqlNames.MYSQL);
    const { admin, users: logins } = loginsOf(fail, props);
    const users = props.users.map(({ grants, authentication }, index) => (
      { ...logins[index], grants: grants.map(grant => grant._bind(fail)), plugin: authentication }));
    const model = { database: props.database, schema: '', statements: props.statements ?? [], users };
    this.job = writeJob(this, { props, image: props.image ?? 'mariadb:10.11', model, admin, files: renderMysqlFiles(model) });
  }
}

const USER = {
  credentials: checkCredentials,
  grants: checkFullList(checkMysqlGrant, 'MysqlGrant.onTable("ratings", MysqlPrivilege.SELECT)'),
  authentication: checkOneOf(MysqlAuthentication),
};

const PROPS = {
  service: checkInstance(ExternalMysql, 'the ExternalMysql that this app declares'),
  users: checkFullList(propsOf(USER, ['credentials', 'grants']), '{ credentials: Credentials.fromSecret("ratings-mysql"), grants: [...] }'),
  image: checkImage,
  ...BOOTSTRAP_OPTIONS,
};
