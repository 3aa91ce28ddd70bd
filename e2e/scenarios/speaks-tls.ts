import { Chart } from 'cdk8s';
import { EgressGateway, EgressViaGateway, ExternalService, MeshClient, Protocol, Resolution } from 'cdk8s-istio-egress';
import { is, isRefused } from './answers';
import { refusedInHandshake } from './evidence';
import { http } from '../lab/clients';
import { Manifest } from '../lab/manifest';
import { Pod } from '../lab/pod';
import { Scenario } from '../lab/scenario';
import { Website } from '../lab/website';

const HOSTS = ['api.example.com', 'billing.example.com'];

const manifest = (): Manifest => Manifest.synth((app) => {
  const chart = new Chart(app, 'shop', { namespace: 'shop' });
  const egress = new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() });
  for (const host of HOSTS) {
    const service = new ExternalService(chart, host.split('.')[0], {
      hosts: [host], ports: [{ number: 443, protocol: Protocol.TLS }], resolution: Resolution.dns(),
    });
    egress.route(service);
    service.allowFrom(MeshClient.serviceAccount('shop', host.split('.')[0]));
  }
});

export const speaksTls: Scenario = {
  name: 'speaks-tls',
  promise: 'an application that speaks TLS itself keeps it from end to end, and the gateway still knows who calls',
  async run(lab, report) {
    await lab.dns.set(HOSTS[0], '192.0.2.31');
    await lab.dns.set(HOSTS[1], '192.0.2.32');
    const [api, billing, [gateway], first, second] = await Promise.all([
      lab.caller('shop', 'api'), lab.caller('shop', 'billing'), lab.stockGateway(),
      lab.website({ address: '192.0.2.31', host: HOSTS[0], who: 'the api' }), lab.website({ address: '192.0.2.32', host: HOSTS[1], who: 'the billing' }),
    ]);
    const call = (pod: Pod, site: Website) => http(pod, { url: `https://${site.host}/`, arguments: ['--cacert', site.authority] });
    await report.check('nothing declared: blocked', async () => isRefused(await call(api, first)), { steady: 1 });
    await lab.kube.apply(manifest().yaml);
    await report.check('the first host answers with its own certificate', async () => is(await call(api, first), 'the api'));
    await report.check('so does the second, on the same port', async () => is(await call(billing, second), 'the billing'));
    await report.check('each account is refused at the other\'s', async () =>
      isRefused(await call(api, second)) ?? isRefused(await call(billing, first)), { steady: 2 });
    await report.check('in the handshake, before the one that the application wanted', () =>
      refusedInHandshake([gateway], `p443.shop.${HOSTS[1]}`, api) ?? refusedInHandshake([gateway], `p443.shop.${HOSTS[0]}`, billing));
    await report.check('the gateway has seen the identities, and passed on what it could not read', () => {
      const lines = gateway.proxy.log.since();
      const seen = [api, billing].every((pod) => lines.some((line) => line.principal === pod.principal && line.tls === 'TLSv1.3' && !line.refusal));
      return seen ? undefined : 'an identity is missing in the gateway\'s access log';
    });
  },
};
