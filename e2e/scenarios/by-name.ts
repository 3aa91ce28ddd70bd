import { App, Chart } from 'cdk8s';
import { EgressGateway, EgressViaGateway, ExternalMysql, Mesh, MeshClient, Resolution } from 'cdk8s-istio-egress';
import { is } from './answers';
import { mysqlCalled, whichMysql } from './who';
import { Manifest } from '../lab/manifest';
import { Scenario } from '../lab/scenario';

const HOSTS = ['orders.example.com', 'users.example.com'];

function build(app: App, namespace: string, options: { readonly dnsCapture: boolean; readonly gateway: boolean }): void {
  if (options.dnsCapture) { Mesh.declare(app, { dnsCapture: true }); }
  const chart = new Chart(app, namespace, { namespace });
  const egress = options.gateway ? new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() }) : undefined;
  for (const host of HOSTS) {
    const mysql = new ExternalMysql(chart, host.split('.')[0], { host, resolution: Resolution.dns() });
    if (!egress) { continue; }
    egress.route(mysql);
    mysql.allowFrom(MeshClient.serviceAccount(namespace, 'app'));
  }
}

export const byName: Scenario = {
  name: 'by-name',
  promise: 'two databases known only by name share port 3306, and each query is answered by the right one',
  async run(lab, report) {
    await lab.dns.set(HOSTS[0], '192.0.2.21');
    await lab.dns.set(HOSTS[1], '192.0.2.22');
    const dnsCapture = { dnsCapture: true };
    const [direct, routed, without, [gateway]] = await Promise.all([
      lab.caller('direct', 'app', dnsCapture), lab.caller('routed', 'app', dnsCapture), lab.caller('without', 'app'), lab.stockGateway(),
      mysqlCalled(lab, 'orders', '192.0.2.21'), mysqlCalled(lab, 'users', '192.0.2.22'),
    ]);
    const captured = Manifest.synth((app) => build(app, 'direct', { dnsCapture: true, gateway: false }));
    await lab.kube.apply(captured.yaml);
    await lab.kube.apply(Manifest.synth((app) => build(app, 'routed', { dnsCapture: true, gateway: true })).yaml);
    for (const [how, pod] of [['direct', direct], ['through the gateway', routed]] as const) {
      await report.check(`${how}: orders is answered by orders`, async () => is(await whichMysql(pod, HOSTS[0]), 'orders'));
      await report.check(`${how}: users is answered by users`, async () => is(await whichMysql(pod, HOSTS[1]), 'users'), { steady: 1 });
    }
    await report.check('the gateway has passed both on', () => {
      const upstreams = new Set(gateway.proxy.log.since().map((line) => line.upstream));
      return upstreams.has('192.0.2.21:3306') && upstreams.has('192.0.2.22:3306') ? undefined : [...upstreams].join(', ');
    });

    await report.check('in a mesh without DNS capture the library refuses the same app', () => {
      try {
        Manifest.synth((app) => build(app, 'without', { dnsCapture: false, gateway: false }));
      } catch (error) {
        return (error as Error).message.includes('3306') ? undefined : `refused for another reason: ${(error as Error).message}`;
      }
      return 'it was synthesised';
    });
    // the manifests of the mesh with capture, for sidecars without it
    await lab.kube.apply(captured.yaml.replace(/namespace: direct/g, 'namespace: without'));
    await report.check('rightly: without it one of the two is answered by the other database', async () => {
      const [orders, users] = [await whichMysql(without, HOSTS[0]), await whichMysql(without, HOSTS[1])];
      if (!orders.ok || !users.ok) { return `${orders.text}, ${users.text}`; }
      return orders.text === users.text ? undefined : `orders was answered by ${orders.text}, users by ${users.text}`;
    });
  },
};
