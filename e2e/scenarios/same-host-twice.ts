import { Chart } from 'cdk8s';
import { EgressGateway, EgressViaGateway, ExternalMysql, MeshClient, Resolution } from 'cdk8s-istio-egress';
import { is, isRefused } from './answers';
import { mysqlCalled, whichMysql } from './who';
import { Manifest } from '../lab/manifest';
import { Scenario } from '../lab/scenario';

const HOST = 'mysqldb.example.com';
const SHOP = 'the database of shop';
const FINANCE = 'the database of finance';

/** Each team has a server of its own behind the name. */
const manifest = (namespace: string, account: string, address: string): Manifest => Manifest.synth((app) => {
  const chart = new Chart(app, namespace, { namespace });
  const mysql = new ExternalMysql(chart, 'Mysql', { host: HOST, resolution: Resolution.ipAddresses(address) });
  new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() }).route(mysql);
  mysql.allowFrom(MeshClient.serviceAccount(namespace, account));
});

export const sameHostTwice: Scenario = {
  name: 'same-host-twice',
  promise: 'two teams declare the same host through the same gateway port, each with its own server, without interference',
  async run(lab, report) {
    // what each team's own DNS would answer
    const [inShop, inFinance] = ['192.0.2.14', '192.0.2.24'].map((address) => ({ hostAliases: { [HOST]: address } }));
    const [orders, billing, thief] = await Promise.all([
      lab.caller('shop', 'orders', inShop), lab.caller('finance', 'billing', inFinance), lab.caller('finance', 'orders', { name: 'thief', ...inFinance }),
      lab.stockGateway(), mysqlCalled(lab, SHOP, '192.0.2.14'), mysqlCalled(lab, FINANCE, '192.0.2.24'),
    ]);
    const [shop, finance] = [manifest('shop', 'orders', '192.0.2.14'), manifest('finance', 'billing', '192.0.2.24')];
    await lab.kube.apply(shop.yaml);
    await report.check('the first team reaches it', async () => is(await whichMysql(orders, HOST), SHOP));
    await report.check('the second does not yet', async () => isRefused(await whichMysql(billing, HOST)), { steady: 1 });
    await lab.kube.apply(finance.yaml);
    await report.check('declared by the second team: it reaches it too', async () => is(await whichMysql(billing, HOST), FINANCE));
    await report.check('an account with the name of the other team\'s is refused', async () => isRefused(await whichMysql(thief, HOST)), { steady: 2 });
    await report.check('the first team still reaches it', async () => is(await whichMysql(orders, HOST), SHOP), { steady: 1 });
    await lab.kube.remove(shop.yaml);
    await report.check('taken back by the first team: it is blocked', async () => isRefused(await whichMysql(orders, HOST)), { steady: 1 });
    await report.check('and the second still reaches it', async () => is(await whichMysql(billing, HOST), FINANCE), { steady: 2 });
  },
};
