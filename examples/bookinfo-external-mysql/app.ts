import { App, Chart } from 'cdk8s';
import { Credentials, EgressGateway, EgressViaGateway, ExternalMysql, MeshService, Resolution } from 'cdk8s-istio-egress';
import { k8s } from 'cdk8s-plus-27';
import { account, bookinfo, exposed, version } from '../bookinfo';

/** The database, as the environment of synth names it. */
export interface Database {
  readonly host: string;
  readonly port: number;
  readonly ip: string;
}

/** Bookinfo whose ratings come from a MySQL outside the mesh, reached directly or through the egress gateway. */
export function bookinfoWithExternalMysql(app: App, variant: 'direct' | 'via-gateway', database: Database): Chart {
  const chart = new Chart(app, `bookinfo-${variant}`, { namespace: 'bookinfo' });
  bookinfo(chart);

  // The database outside the mesh, and the way to it.
  const mysql = new ExternalMysql(chart, 'Mysql', {
    host: database.host,
    port: database.port,
    resolution: Resolution.ipAddresses(database.ip),
    credentials: Credentials.fromSecret('ratings-mysql'),
  });
  if (variant === 'via-gateway') {
    new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() }).route(mysql);
  }

  // The version of ratings that reads it, with a service account of its own: the gateway knows clients by their account.
  account(chart, 'bookinfo-ratings-v2-mysql');
  const ratings = version(chart, 'ratings', 'v2-mysql', {
    image: 'ratings-v2',
    account: 'bookinfo-ratings-v2-mysql',
    env: [{ name: 'DB_TYPE', value: 'mysql' }],
  });
  mysql.connectFrom(ratings, { envPrefix: 'MYSQL_DB' });

  // The traffic inside the mesh: red stars, from the database. Only versions that run are named, so that analyzers find nothing.
  new MeshService(chart, 'Productpage', { host: 'productpage', versions: ['v1'] });
  new MeshService(chart, 'Reviews', { host: 'reviews', versions: ['v1', 'v2', 'v3'] }).routeTo('v3');
  new MeshService(chart, 'Ratings', { host: 'ratings', versions: ['v1', 'v2-mysql'] }).routeTo('v2-mysql');
  new MeshService(chart, 'Details', { host: 'details', versions: ['v1'] });

  exposed(chart);
  return chart;
}

/** The namespace of the application, with sidecars. A chart of its own: a namespace is in no namespace, and its file comes first. */
export function bookinfoNamespace(app: App): Chart {
  const chart = new Chart(app, '00-namespace');
  new k8s.KubeNamespace(chart, 'bookinfo', { metadata: { name: 'bookinfo', labels: { 'istio-injection': 'enabled' } } });
  return chart;
}
