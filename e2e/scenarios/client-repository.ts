import { App, Chart } from 'cdk8s';
import { ClientRules, EgressGateway, EgressViaGateway, ExternalMysql, MeshClient, Resolution } from 'cdk8s-istio-egress';
import { k8s } from 'cdk8s-plus-27';
import { is, isRefused } from './answers';
import { passedOn, refusedInHandshake } from './evidence';
import { mysqlCalled, whichMysql } from './who';
import { Manifest } from '../lab/manifest';
import { Scenario } from '../lab/scenario';

const HOST = 'mysqldb.example.com';
const ADDRESS = '192.0.2.14';
const SERVER_NAME = `p3306.platform.${HOST}`;

/** The platform team's repository: it writes into no namespace of a client. */
const platform = (): Manifest => Manifest.synth((app) => {
  const chart = new Chart(app, 'platform', { namespace: 'platform' });
  const mysql = new ExternalMysql(chart, 'Mysql', { host: HOST, resolution: Resolution.ipAddresses(ADDRESS) });
  new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway(), clientRules: ClientRules.LEFT_TO_CLIENTS }).route(mysql);
  mysql.allowFrom(MeshClient.serviceAccount('shop', 'orders'));
});

/** The team's repository, which has what the platform team has told it. */
function team(app: App): void {
  const chart = new Chart(app, 'shop', { namespace: 'shop' });
  const labels = { app: 'orders' };
  const orders = new k8s.KubeDeployment(chart, 'orders', {
    metadata: { name: 'orders' },
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { serviceAccountName: 'orders', containers: [{ name: 'orders', image: 'registry.example.com/shop/orders:1.0.0' }] } },
    },
  });
  ExternalMysql.fromAttributes(chart, 'Mysql', { host: HOST, namespaceName: 'platform', gateway: EgressGateway.istioEgressGateway() }).connectFrom(orders);
}

export const clientRepository: Scenario = {
  name: 'client-repository',
  promise: 'a platform team declares and routes a database; a client team connects from its own repository',
  async run(lab, report) {
    await lab.dns.set(HOST, ADDRESS);
    await lab.namespace('platform');
    const [orders, neighbour, gateways] = await Promise.all([
      lab.caller('shop', 'orders'), lab.caller('shop', 'neighbour'), lab.stockGateway(),
      mysqlCalled(lab, 'mysql', ADDRESS),
    ]);
    const [theirs, ours] = [platform(), Manifest.synth(team)];
    await report.check('the platform\'s set has no object in the client\'s namespace', () => {
      const inside = theirs.objects.filter((object) => object.metadata.namespace === 'shop').map((object) => object.kind);
      return inside.length === 0 ? undefined : inside.join(', ');
    });
    await report.check('the team\'s set has its own only', () => {
      const outside = ours.objects.filter((object) => object.metadata.namespace !== 'shop').map((object) => object.kind);
      return outside.length === 0 ? undefined : outside.join(', ');
    });
    await lab.kube.apply(theirs.yaml);
    await report.check('only the platform\'s set applied: the client is not served', async () => isRefused(await whichMysql(orders, HOST)), { steady: 3 });
    await lab.kube.apply(ours.yaml);
    await report.check('the team\'s set applied: it is', async () => is(await whichMysql(orders, HOST), 'mysql'), { steady: 1 });
    await report.check('through the gateway', () => passedOn(gateways, SERVER_NAME, orders, `${ADDRESS}:3306`));
    await report.check('its Deployment was given the host', () => {
      const { containers } = ours.one('Deployment').spec.template.spec as { containers: { env?: { value?: string }[] }[] };
      return containers[0].env?.some((variable) => variable.value === HOST) ? undefined : JSON.stringify(containers[0].env);
    });
    await report.check('another account of its namespace is refused', async () => isRefused(await whichMysql(neighbour, HOST)), { steady: 2 });
    await report.check('in the handshake', () => refusedInHandshake(gateways, SERVER_NAME, neighbour));
  },
};
