import { App, Chart } from 'cdk8s';
import { EgressGateway, EgressViaGateway, ExternalMysql, MeshClient, Resolution } from 'cdk8s-istio-egress';
import { ChartItems } from './inventory';
import { Route } from '../cases';

/** Declares the services with the library. */
export function declareServices(app: App, charts: readonly ChartItems[], route: Route): void {
  for (const { id, namespace, items } of charts) {
    const chart = new Chart(app, id, { namespace });
    if (route === 'direct') {
      declare(chart, items);
    } else {
      const egress = new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() });
      for (const [i, mysql] of declare(chart, items).entries()) {
        mysql.allowFrom(MeshClient.serviceAccount(namespace, items[i].account));
        egress.route(mysql);
      }
    }
  }
}

function declare(chart: Chart, items: ChartItems['items']): ExternalMysql[] {
  return items.map(({ id, host, ip }) => new ExternalMysql(chart, id, { host, resolution: Resolution.ipAddresses(ip) }));
}
