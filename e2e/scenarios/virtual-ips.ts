import { App, Chart } from 'cdk8s';
import { EgressGateway, EgressViaGateway, ExternalMysql, Mesh, Resolution } from 'cdk8s-istio-egress';
import { k8s } from 'cdk8s-plus-27';
import { is, isRefused } from './answers';
import { mysqlCalled, whichMysql } from './who';
import { Manifest } from '../lab/manifest';
import { Scenario } from '../lab/scenario';

const HOSTS = ['orders.example.com', 'users.example.com'];

interface HostAlias {
  readonly ip: string;
  readonly hostnames: readonly string[];
}

function build(app: App, namespace: string, gateway: boolean): void {
  Mesh.declare(app, { virtualIpRange: '240.64.0.0/10' });
  const chart = new Chart(app, namespace, { namespace });
  const egress = gateway ? new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() }) : undefined;
  const labels = { app: 'app' };
  const workload = new k8s.KubeDeployment(chart, 'app', {
    metadata: { name: 'app' },
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { serviceAccountName: 'app', containers: [{ name: 'app', image: 'app' }] } },
    },
  });
  for (const host of HOSTS) {
    // each of the two ways in which a proxy asks DNS
    const resolution = host === HOSTS[0] ? Resolution.dns() : Resolution.dnsRoundRobin();
    const mysql = new ExternalMysql(chart, host.split('.')[0], { host, resolution });
    egress?.route(mysql);
    mysql.connectFrom(workload, { envPrefix: host.split('.')[0].toUpperCase() });
  }
}

export const virtualIps: Scenario = {
  name: 'virtual-ips',
  promise: 'without DNS capture two databases known only by name share a port, because each has an address of the mesh\'s range in the pods of its clients',
  async run(lab, report) {
    await lab.dns.set(HOSTS[0], '192.0.2.21');
    await lab.dns.set(HOSTS[1], '192.0.2.22');
    const manifests = { direct: Manifest.synth((app) => build(app, 'direct', false)), routed: Manifest.synth((app) => build(app, 'routed', true)) };
    const [aliases] = manifests.direct.all('Deployment').map(({ spec }) => spec.template.spec.hostAliases);
    const hostAliases = Object.fromEntries((aliases as HostAlias[]).flatMap(({ ip, hostnames }) => hostnames.map((name) => [name, ip])));
    const [direct, routed, without] = await Promise.all([
      lab.caller('direct', 'app', { hostAliases }), lab.caller('routed', 'app', { hostAliases }), lab.caller('direct', 'other'), lab.stockGateway(),
      mysqlCalled(lab, 'orders', '192.0.2.21'), mysqlCalled(lab, 'users', '192.0.2.22'),
    ]);
    await lab.kube.apply(manifests.direct.yaml);
    await lab.kube.apply(manifests.routed.yaml);
    for (const [how, pod] of [['direct', direct], ['through the gateway', routed]] as const) {
      await report.check(`${how}: orders is answered by orders`, async () => is(await whichMysql(pod, HOSTS[0]), 'orders'));
      await report.check(`${how}: users is answered by users`, async () => is(await whichMysql(pod, HOSTS[1]), 'users'), { steady: 1 });
    }
    await report.check('both apps have made the same addresses', () => {
      const of = (manifest: Manifest): string => manifest.all('ServiceEntry').flatMap(({ spec }) => spec.addresses ?? []).sort().join();
      return of(manifests.direct) === of(manifests.routed) ? undefined : `${of(manifests.direct)}, ${of(manifests.routed)}`;
    });
    await report.check('a pod without the names is not served, as the documentation says', async () => isRefused(await whichMysql(without, HOSTS[0])), { steady: 1 });
  },
};
