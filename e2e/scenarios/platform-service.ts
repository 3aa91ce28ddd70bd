import { Chart } from 'cdk8s';
import { EgressGateway, EgressViaGateway, ExternalMysql, MeshClient, Resolution } from 'cdk8s-istio-egress';
import { is, isRefused } from './answers';
import { refusedInHandshake } from './evidence';
import { mysqlCalled, whichMysql } from './who';
import { Manifest } from '../lab/manifest';
import { Scenario } from '../lab/scenario';

const HOST = 'mysqldb.example.com';

const manifest = (): Manifest => Manifest.synth((app) => {
  const chart = new Chart(app, 'platform', { namespace: 'platform' });
  const mysql = new ExternalMysql(chart, 'Mysql', { host: HOST, resolution: Resolution.ipAddresses('192.0.2.14') });
  new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() }).route(mysql);
  mysql.allowFrom(MeshClient.serviceAccount('shop', 'orders'), MeshClient.allIn('billing'));
});

export const platformService: Scenario = {
  name: 'platform-service',
  promise: 'a database declared in a platform namespace is used from two others, by whom it was given to',
  async run(lab, report) {
    await lab.dns.set(HOST, '192.0.2.14');
    await lab.namespace('platform');
    const [orders, neighbour, billing, platform, gateways] = await Promise.all([
      lab.caller('shop', 'orders'), lab.caller('shop', 'neighbour'), lab.caller('billing', 'whoever'), lab.caller('platform', 'operator'),
      lab.stockGateway(), mysqlCalled(lab, 'mysql', '192.0.2.14'),
    ]);
    await lab.kube.apply(manifest().yaml);
    await report.check('the named account of the first namespace reaches it', async () => is(await whichMysql(orders, HOST), 'mysql'));
    await report.check('any account of the second namespace reaches it', async () => is(await whichMysql(billing, HOST), 'mysql'));
    await report.check('another account of the first namespace is refused', async () => isRefused(await whichMysql(neighbour, HOST)), { steady: 2 });
    await report.check('in the handshake', () => refusedInHandshake(gateways, `p3306.platform.${HOST}`, neighbour));
    await report.holds('the platform namespace itself has no access', 2, async () => isRefused(await whichMysql(platform, HOST)));
  },
};
