import { App, Chart } from 'cdk8s';
import { EgressGateway, EgressLockdown, EgressViaGateway, ExternalMongo, MeshService, Resolution } from 'cdk8s-istio-egress';
import { account, bookinfo, exposed, version } from '../bookinfo';

/**
 * Bookinfo whose ratings come from a MongoDB outside the mesh. The published ratings know no user and no password, so the egress gateway is what tells
 * them from everybody else.
 */
export function bookinfoWithExternalMongodb(app: App): Chart {
  const chart = new Chart(app, 'bookinfo-mongodb', { namespace: 'bookinfo' });
  bookinfo(chart);

  // The database outside the mesh, and the way to it.
  const mongodb = new ExternalMongo(chart, 'Mongodb', {
    host: 'mongodb.example.com',
    resolution: Resolution.ipAddresses('192.0.2.16'),
  });
  new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() }).route(mongodb);

  // The version of ratings that reads it, under the account that Istio's sample gives it.
  account(chart, 'bookinfo-ratings-v2');
  const ratings = version(chart, 'ratings', 'v2', { account: 'bookinfo-ratings-v2' });
  mongodb.connectFrom(ratings, { urlVariable: 'MONGO_DB_URL', urlPath: 'test' });

  // The traffic inside the mesh: red stars, from the database. Only versions that run are named, so that analyzers find nothing.
  new MeshService(chart, 'Productpage', { host: 'productpage', versions: ['v1'] });
  new MeshService(chart, 'Reviews', { host: 'reviews', versions: ['v1', 'v2', 'v3'] }).routeTo('v3');
  new MeshService(chart, 'Ratings', { host: 'ratings', versions: ['v1', 'v2'] }).routeTo('v2');
  new MeshService(chart, 'Details', { host: 'details', versions: ['v1'] });

  // Its pods reach each other, DNS, istiod and the gateway, and nothing else.
  new EgressLockdown(chart, 'Lockdown');

  exposed(chart);
  return chart;
}
