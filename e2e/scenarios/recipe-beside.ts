import { Chart } from 'cdk8s';
import { EgressGateway, EgressViaGateway, ExternalTcp, MeshClient, Resolution } from 'cdk8s-istio-egress';
import { hears, hearsNothing } from './answers';
import { recipe } from './recipe';
import { http } from '../lab/clients';
import { Manifest } from '../lab/manifest';
import { Scenario } from '../lab/scenario';

const HOST = 'mysqldb.example.com';
const SITE = 'httpbin.example.com';

const manifest = (): Manifest => Manifest.synth((app) => {
  const chart = new Chart(app, 'shop', { namespace: 'shop' });
  const mysql = new ExternalTcp(chart, 'Mysql', { host: HOST, ports: [3306], resolution: Resolution.ipAddresses('192.0.2.14') });
  new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() }).route(mysql);
  mysql.allowFrom(MeshClient.serviceAccount('shop', 'orders'));
});

export const recipeBeside: Scenario = {
  name: 'recipe-beside',
  promise: 'the documented HTTP recipe and this library\'s route work in one namespace, in either order',
  async run(lab, report) {
    await lab.dns.set(HOST, '192.0.2.14');
    await lab.dns.set(SITE, '192.0.2.31');
    const [orders, neighbour, [gateway]] = await Promise.all([
      lab.caller('shop', 'orders'), lab.caller('shop', 'neighbour'), lab.stockGateway(),
      lab.greeter({ address: '192.0.2.14', port: 3306, who: 'mysql' }), lab.website({ address: '192.0.2.31', host: SITE, who: 'httpbin' }),
    ]);
    const theirs = async (): Promise<string | undefined> => {
      const answer = await http(orders, { url: `http://${SITE}/` });
      return answer.code === 200 && answer.text === 'httpbin' ? undefined : `${answer.code} ${answer.text}`;
    };
    const ours = async (): Promise<string | undefined> => await hears(orders, HOST, 3306, 'mysql') ?? hearsNothing(neighbour, HOST, 3306);
    const both = async (): Promise<string | undefined> => await theirs() ?? ours();
    const [first, second] = [manifest().yaml, recipe('shop', SITE)];

    await lab.kube.apply(second);
    await report.check('the recipe alone is answered', theirs, { steady: 1 });
    await lab.kube.apply(first);
    await report.check('ours after it: both work', both, { steady: 3 });
    await lab.kube.remove(first);
    await lab.kube.remove(second);
    await report.check('without both, the database is out of reach', () => hearsNothing(orders, HOST, 3306), { steady: 1 });
    await lab.kube.apply(first);
    await report.check('ours alone works', ours, { steady: 1 });
    await lab.kube.apply(second);
    await report.check('the recipe after it: both work', both, { steady: 3 });
    await report.check('both through the gateway', () => {
      const clusters = new Set(gateway.proxy.log.since().map((line) => line.cluster));
      const missing = [`outbound|80||${SITE}`, `outbound|443||p3306.shop.${HOST}`].filter((cluster) => !clusters.has(cluster));
      return missing.length === 0 ? undefined : `not in the gateway's access log: ${missing.join(', ')}`;
    });
  },
};
