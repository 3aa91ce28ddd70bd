import { App, Chart } from 'cdk8s';
import { EgressGateway, EgressViaGateway, ExternalTls, MeshClient, Resolution } from 'cdk8s-istio-egress';
import { is, isRefused } from './answers';
import { http } from '../lab/clients';
import { Manifest } from '../lab/manifest';
import { Pod } from '../lab/pod';
import { Scenario } from '../lab/scenario';
import { Website } from '../lab/website';

const HOST = '*.sites.example.com';
const [ONE, TWO] = ['one.sites.example.com', 'two.sites.example.com'];
const [FIRST, SECOND, ALL] = ['192.0.2.31', '192.0.2.32', '192.0.2.33'];

function build(app: App, namespace: string, resolution: Resolution, gateway = false): void {
  const chart = new Chart(app, namespace, { namespace });
  const sites = new ExternalTls(chart, 'Sites', { host: HOST, resolution });
  if (gateway) {
    new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() }).route(sites);
    sites.allowFrom(MeshClient.serviceAccount(namespace, 'app'));
  }
}

export const wildcards: Scenario = {
  name: 'wildcards',
  promise: 'every name of a domain is reached: as the client\'s DNS says, as the sidecar\'s DNS says, or through the gateway at one server that answers for all',
  async run(lab, report) {
    await lab.dns.set(ONE, FIRST);
    await lab.dns.set(TWO, SECOND);
    const [none, dynamic, routed, other, [gateway], one, two, all] = await Promise.all([
      lab.caller('none', 'app'), lab.caller('dynamic', 'app'), lab.caller('routed', 'app'), lab.caller('routed', 'other'), lab.stockGateway(),
      lab.website({ address: FIRST, host: ONE, who: 'one' }), lab.website({ address: SECOND, host: TWO, who: 'two', names: [TWO, ONE] }),
      lab.website({ address: ALL, host: 'all.sites.example.com', who: 'all', names: [HOST] }),
    ]);
    await lab.kube.apply(Manifest.synth((app) => build(app, 'none', Resolution.none())).yaml);
    await lab.kube.apply(Manifest.synth((app) => build(app, 'dynamic', Resolution.dynamicDns())).yaml);
    await lab.kube.apply(Manifest.synth((app) => build(app, 'routed', Resolution.endpoints({ address: ALL }), true)).yaml);

    const call = (pod: Pod, site: Website, host = site.host, ...more: string[]) => http(pod, { url: `https://${host}/`, arguments: ['--cacert', site.authority, ...more] });
    for (const [how, pod] of [['as the client\'s DNS says', none], ['as the sidecar\'s DNS says', dynamic]] as const) {
      await report.check(`${how}: one answers`, async () => is(await call(pod, one), 'one'));
      await report.check(`${how}: two answers`, async () => is(await call(pod, two), 'two'));
      await report.check(`${how}: a name of another domain is blocked`, async () => isRefused(await call(pod, one, 'other.example.com', '--resolve', `other.example.com:443:${FIRST}`)));
    }
    const lie = ['--resolve', `${ONE}:443:${SECOND}`];
    await report.check('a client that lies about the address reaches it, when its own DNS decides', async () => is(await call(none, two, ONE, ...lie), 'two'));
    await report.check('and does not, when the sidecar\'s DNS decides', async () => is(await call(dynamic, one, ONE, ...lie), 'one'));

    await report.check('through the gateway one server answers for the first name', async () => is(await call(routed, all, ONE), 'all'));
    await report.check('and for the second', async () => is(await call(routed, all, TWO), 'all'));
    await report.check('another account is refused', async () => isRefused(await call(other, all, ONE)), { steady: 2 });
    await report.check('the gateway has seen who called', () => (
      gateway.proxy.log.since().some((line) => line.principal === routed.principal && line.upstream === `${ALL}:443`) ? undefined : 'no such line in its access log'));
  },
};
