import { App, Chart } from 'cdk8s';
import { ClientTls, EgressGateway, EgressLockdown, EgressViaGateway, ExternalHttp, MeshClient, MeshService, Resolution } from 'cdk8s-istio-egress';
import { account, bookinfo, exposed, version } from '../bookinfo';

/** Bookinfo whose details come from an HTTPS API. The application calls it in plaintext, and the egress gateway speaks TLS with it. */
export function bookinfoWithDetailsOverHttps(app: App): Chart {
  const chart = new Chart(app, 'bookinfo-details', { namespace: 'bookinfo' });
  bookinfo(chart);

  // The version of details that asks the API, with a service account of its own. Without the variable it would speak TLS itself.
  account(chart, 'bookinfo-details-v2');
  const details = version(chart, 'details', 'v2', {
    account: 'bookinfo-details-v2',
    env: [{ name: 'DO_NOT_ENCRYPT', value: 'true' }],
  });

  // The API, which details calls as http://www.googleapis.com; the name is in its program, so no variables say where it is.
  const books = new ExternalHttp(chart, 'Googleapis', {
    host: 'www.googleapis.com',
    resolution: Resolution.dns(),
    tls: ClientTls.originate(),
  });
  new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() }).route(books);
  books.allowFrom(MeshClient.workload(details));

  // The traffic inside the mesh. Only versions that run are named, so that analyzers find nothing.
  new MeshService(chart, 'Productpage', { host: 'productpage', versions: ['v1'] });
  new MeshService(chart, 'Reviews', { host: 'reviews', versions: ['v1', 'v2', 'v3'] });
  new MeshService(chart, 'Ratings', { host: 'ratings', versions: ['v1'] });
  new MeshService(chart, 'Details', { host: 'details', versions: ['v1', 'v2'] }).routeTo('v2');

  // Its pods reach each other, DNS, istiod and the gateway, and nothing else.
  new EgressLockdown(chart, 'Lockdown');

  exposed(chart);
  return chart;
}
