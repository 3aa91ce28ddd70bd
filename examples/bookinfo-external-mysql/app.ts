import { App, Chart } from 'cdk8s';
import {
  Credentials, EgressGateway, EgressLockdown, EgressViaGateway, ExternalMysql, MeshService, MysqlAuthentication, MysqlBootstrap, MysqlGrant,
  MysqlPrivilege, Resolution,
} from 'cdk8s-istio-egress';
import { k8s } from 'cdk8s-plus-27';
import { account, bookinfo, exposed, version } from '../bookinfo';

/** The database, as the environment of synth names it. */
export interface Database {
  readonly host: string;
  readonly port: number;
  readonly ip: string;
}

/** How the database is reached, and whether a Job prepares it. `closed` has a gateway of its own and restricted pods. */
export type Variant = 'direct' | 'via-gateway' | 'via-gateway-with-bootstrap' | 'closed';

/** Bookinfo whose ratings come from a MySQL outside the mesh, reached directly or through the egress gateway. */
export function bookinfoWithExternalMysql(app: App, variant: Variant, database: Database): Chart {
  const isClosed = variant === 'closed';
  const gateway = isClosed ? closedGateway(app) : EgressGateway.istioEgressGateway();
  const chart = new Chart(app, `bookinfo-${variant}`, { namespace: 'bookinfo' });
  bookinfo(chart, { restricted: isClosed });

  // The database outside the mesh, and the way to it.
  const mysql = new ExternalMysql(chart, 'Mysql', {
    host: database.host,
    port: database.port,
    resolution: Resolution.ipAddresses(database.ip),
    credentials: Credentials.fromSecret('ratings-mysql'),
  });
  if (variant !== 'direct') {
    new EgressViaGateway(chart, 'Egress', { gateway }).route(mysql);
  }

  // The ratings, and a user that can only read them: a Job with an account of its own creates them, with the password of an administrator.
  if (variant === 'via-gateway-with-bootstrap') {
    new MysqlBootstrap(chart, 'RatingsDatabase', {
      service: mysql,
      adminCredentials: Credentials.fromSecret('mysql-admin'),
      database: 'test',
      statements: [
        'CREATE TABLE IF NOT EXISTS ratings (ReviewID INT NOT NULL, Rating INT, PRIMARY KEY (ReviewID))',
        'INSERT IGNORE INTO ratings VALUES (1, 5), (2, 4)',
      ],
      users: [{
        credentials: Credentials.fromSecret('ratings-mysql'),
        grants: [MysqlGrant.onTable('ratings', MysqlPrivilege.SELECT)],
        // What the driver of the ratings service knows.
        authentication: MysqlAuthentication.NATIVE_PASSWORD,
      }],
    });
  }

  // The version of ratings that reads it, with a service account of its own: the gateway knows clients by their account.
  account(chart, 'bookinfo-ratings-v2-mysql');
  const ratings = version(chart, 'ratings', 'v2-mysql', {
    image: 'ratings-v2',
    account: 'bookinfo-ratings-v2-mysql',
    restricted: isClosed,
    env: [{ name: 'DB_TYPE', value: 'mysql' }],
  });
  mysql.connectFrom(ratings, { envPrefix: 'MYSQL_DB' });

  // The traffic inside the mesh: red stars, from the database. Only versions that run are named, so that analyzers find nothing.
  new MeshService(chart, 'Productpage', { host: 'productpage', versions: ['v1'] });
  new MeshService(chart, 'Reviews', { host: 'reviews', versions: ['v1', 'v2', 'v3'] }).routeTo('v3');
  new MeshService(chart, 'Ratings', { host: 'ratings', versions: ['v1', 'v2-mysql'] }).routeTo('v2-mysql');
  new MeshService(chart, 'Details', { host: 'details', versions: ['v1'] });

  // Its pods reach each other, DNS, istiod and the way to the database, and nothing else.
  new EgressLockdown(chart, 'Lockdown');

  exposed(chart);
  return chart;
}

/** The chart of the namespaces of `closed`, whose file is applied first. */
export const NAMESPACES = '00-namespaces';

/** A gateway that denies by default, and the namespaces that it and Bookinfo live in. */
function closedGateway(app: App): EgressGateway {
  const namespaces = new Chart(app, NAMESPACES);
  // The sidecars satisfy the standard with Istio's CNI plugin only: without it each pod has the container istio-init, which needs NET_ADMIN.
  const restricted = { 'pod-security.kubernetes.io/enforce': 'restricted' };
  namespace(namespaces, 'bookinfo', { 'istio-injection': 'enabled', ...restricted });
  namespace(namespaces, 'egress', restricted);
  return new EgressGateway(new Chart(app, '10-egress', { namespace: 'egress' }), 'Egress');
}

function namespace(chart: Chart, name: string, labels: { [name: string]: string }): void {
  new k8s.KubeNamespace(chart, name, { metadata: { name, labels } });
}

/** The namespace of the application, with sidecars. A chart of its own: a namespace is in no namespace, and its file comes first. */
export function bookinfoNamespace(app: App): Chart {
  const chart = new Chart(app, '00-namespace');
  namespace(chart, 'bookinfo', { 'istio-injection': 'enabled' });
  return chart;
}
