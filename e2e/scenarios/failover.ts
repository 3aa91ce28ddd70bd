import { App, Chart } from 'cdk8s';
import { EgressGateway, EgressViaGateway, ExternalMysql, MeshClient, Resolution } from 'cdk8s-istio-egress';
import { is } from './answers';
import { mysqlCalled, whichMysql } from './who';
import { Manifest } from '../lab/manifest';
import { Scenario } from '../lab/scenario';

const HOST = 'orders.example.com';
const VIRTUAL = '240.0.0.7';
const [PRIMARY, SECONDARY] = ['192.0.2.21', '192.0.2.22'];

/** A way to the endpoints, and a namespace for each. */
const WAYS = [
  { namespace: 'direct', gateway: false, endpoints: [PRIMARY, SECONDARY] },
  { namespace: 'direct-by-name', gateway: false, endpoints: ['a.example.com', 'b.example.com'] },
  { namespace: 'routed', gateway: true, endpoints: [PRIMARY, SECONDARY] },
  { namespace: 'routed-by-name', gateway: true, endpoints: ['a.example.com', 'b.example.com'] },
];

function build(app: App, { namespace, gateway, endpoints: [first, second] }: typeof WAYS[number]): void {
  const chart = new Chart(app, namespace, { namespace });
  const mysql = new ExternalMysql(chart, 'Orders', {
    host: HOST,
    // the later one is written first: the order is that of the priorities
    resolution: Resolution.endpoints({ address: second, priority: 5 }, { address: first }),
    addresses: [VIRTUAL],
  });
  if (gateway) {
    new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() }).route(mysql);
    mysql.allowFrom(MeshClient.serviceAccount(namespace, 'app'));
  }
}

export const failover: Scenario = {
  name: 'failover',
  promise: 'the endpoint of the first priority serves alone; when it is down the next one does, and the first again when it is back',
  async run(lab, report) {
    await lab.dns.set('a.example.com', PRIMARY);
    await lab.dns.set('b.example.com', SECONDARY);
    const hostAliases = { [HOST]: VIRTUAL };
    const [pods, primary] = await Promise.all([
      Promise.all(WAYS.map(({ namespace }) => lab.caller(namespace, 'app', { hostAliases }))), mysqlCalled(lab, 'primary', PRIMARY),
      mysqlCalled(lab, 'secondary', SECONDARY), lab.stockGateway(),
    ]);
    for (const way of WAYS) { await lab.kube.apply(Manifest.synth((app) => build(app, way)).yaml); }
    const eachAnsweredBy = async (who: string): Promise<string | undefined> => {
      for (const [i, pod] of pods.entries()) {
        const seen = is(await whichMysql(pod, HOST), who);
        if (seen) { return `${WAYS[i].namespace}: ${seen}`; }
      }
      return undefined;
    };
    await report.check('the first one answers', () => eachAnsweredBy('primary'));
    await report.holds('and the other never', 3, () => eachAnsweredBy('primary'));
    await primary.down();
    await report.check('when it is down, the other answers', () => eachAnsweredBy('secondary'), { seconds: 30 });
    await primary.up();
    await report.check('when it is back, it answers again', () => eachAnsweredBy('primary'), { seconds: 60 });
  },
};
