import { Chart } from 'cdk8s';
import { EgressGateway, EgressViaGateway, ExternalMysql, MeshClient, Resolution } from 'cdk8s-istio-egress';
import { is, isRefused } from './answers';
import { mysqlCalled, whichMysql } from './who';
import { Manifest } from '../lab/manifest';
import { Scenario } from '../lab/scenario';

/** The same database twice: as it comes, and told not to ask DNS for the names of its clients. */
const AS_IT_COMES = { host: 'mysqldb.example.com', address: '192.0.2.14', resolveNames: true };
const WITHOUT_NAMES = { host: 'other.example.com', address: '192.0.2.16', resolveNames: false };
/** More than max_connect_errors of a MySQL as it comes, which is 100. */
const ATTEMPTS = 130;

const manifest = (): Manifest => Manifest.synth((app) => {
  const chart = new Chart(app, 'shop', { namespace: 'shop' });
  const egress = new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() });
  for (const { host, address } of [AS_IT_COMES, WITHOUT_NAMES]) {
    const mysql = new ExternalMysql(chart, host.split('.')[0], { host, resolution: Resolution.ipAddresses(address) });
    egress.route(mysql);
    mysql.allowFrom(MeshClient.serviceAccount('shop', 'orders'));
  }
});

/**
 * The gateway connects to the database before it denies the client: its TCP proxy does not wait for the handshake. It then closes that connection in
 * the middle of the database's greeting, and the database counts that against the gateway's address.
 */
export const refusedFlood: Scenario = {
  name: 'refused-flood',
  promise: 'an account that is refused again and again cannot shut the named one out, if the database does not look up names',
  async run(lab, report) {
    const both = [AS_IT_COMES, WITHOUT_NAMES];
    for (const { host, address } of both) { await lab.dns.set(host, address); }
    const [orders, neighbour] = await Promise.all([
      lab.caller('shop', 'orders'), lab.caller('shop', 'neighbour'), lab.stockGateway(),
      ...both.map(({ address, resolveNames }) => mysqlCalled(lab, address, address, { resolveNames })),
    ] as const);
    await lab.kube.apply(manifest().yaml);
    for (const { host, address } of both) {
      await report.check(`orders reaches ${host}`, async () => is(await whichMysql(orders, host), address));
      await report.check('another account is refused', async () => isRefused(await whichMysql(neighbour, host)), { steady: 1 });
      const attempt = `mariadb --no-defaults --skip-ssl --protocol=tcp -h ${host} -u app --connect-timeout=5 -e 'select 1' || true`;
      await neighbour.exec(['sh', '-c', `for i in $(seq ${ATTEMPTS}); do ${attempt}; done`], { timeout: 90 });
    }
    await report.check('a database that does not look up names goes on serving orders', async () =>
      is(await whichMysql(orders, WITHOUT_NAMES.host), WITHOUT_NAMES.address), { steady: 1 });
    await report.check('one as it comes has blocked the gateway, and orders with it: see docs/reliability.md', async () => {
      const answer = await whichMysql(orders, AS_IT_COMES.host);
      return !answer.ok && answer.text.includes('is blocked because of many connection errors') ? undefined : answer.text;
    });
  },
};
