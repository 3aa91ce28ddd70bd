import { Chart } from 'cdk8s';
import { EgressGateway, EgressViaGateway, ExternalMysql, MeshClient, Resolution } from 'cdk8s-istio-egress';
import { is, isRefused } from './answers';
import { mysqlCalled, whichMysql } from './who';
import { Manifest } from '../lab/manifest';
import { Scenario } from '../lab/scenario';

const HOST = 'mysqldb.example.com';

const manifest = (namespace: string, account: string): Manifest => Manifest.synth((app) => {
  const chart = new Chart(app, namespace, { namespace });
  const mysql = new ExternalMysql(chart, 'Mysql', { host: HOST, resolution: Resolution.ipAddresses('192.0.2.14') });
  new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() }).route(mysql);
  mysql.allowFrom(MeshClient.serviceAccount(namespace, account));
});

export const sameHostTwice: Scenario = {
  name: 'same-host-twice',
  promise: 'two teams declare the same database through the same gateway and do not get into each other\'s way',
  async run(lab, report) {
    await lab.dns.set(HOST, '192.0.2.14');
    const [orders, billing, thief] = await Promise.all([
      lab.caller('shop', 'orders'), lab.caller('finance', 'billing'), lab.caller('finance', 'orders', { name: 'thief' }),
      lab.stockGateway(), mysqlCalled(lab, 'mysql', '192.0.2.14'),
    ]);
    const [shop, finance] = [manifest('shop', 'orders'), manifest('finance', 'billing')];
    await lab.kube.apply(shop.yaml);
    await report.check('the first team reaches it', async () => is(await whichMysql(orders, HOST), 'mysql'));
    await report.check('the second does not yet', async () => isRefused(await whichMysql(billing, HOST)), { steady: 1 });
    await lab.kube.apply(finance.yaml);
    await report.check('declared by the second team: it reaches it too', async () => is(await whichMysql(billing, HOST), 'mysql'));
    await report.check('an account with the name of the other team\'s is refused', async () => isRefused(await whichMysql(thief, HOST)), { steady: 2 });
    await report.check('the first team still reaches it', async () => is(await whichMysql(orders, HOST), 'mysql'), { steady: 1 });
    await lab.kube.remove(shop.yaml);
    await report.check('taken back by the first team: it is blocked', async () => isRefused(await whichMysql(orders, HOST)), { steady: 1 });
    await report.check('and the second still reaches it', async () => is(await whichMysql(billing, HOST), 'mysql'), { steady: 2 });
  },
};
