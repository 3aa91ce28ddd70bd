import { Chart } from 'cdk8s';
import {
  ClientTls, EgressGateway, EgressViaGateway, ExternalService, MeshClient, OriginateOptions, Protocol, Resolution,
} from 'cdk8s-istio-egress';
import { is, isRefused } from './answers';
import { passedOn, refusedInHandshake } from './evidence';
import { http } from '../lab/clients';
import { Manifest } from '../lab/manifest';
import type { Pod } from '../lab/pod';
import { Scenario } from '../lab/scenario';

const GOOD = { host: 'good.example.com', address: '192.0.2.36', who: 'the good one' };
const WRONG = { host: 'wrong.example.com', address: '192.0.2.37', who: 'the wrong one', names: ['other.example.com'] };

/** A TCP port and an HTTP port, which both end at the TLS port of the server. */
const TCP = 8000;
const HTTP = 8001;

const manifest = (way: 'direct' | 'routed', options: Record<string, OriginateOptions>): Manifest => Manifest.synth((app) => {
  const chart = new Chart(app, 'shop', { namespace: 'shop' });
  const egress = new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() });
  for (const { host, address } of [GOOD, WRONG]) {
    const tls = ClientTls.originate(options[host]);
    const service = new ExternalService(chart, host.split('.')[0], {
      hosts: [host],
      ports: [{ number: TCP, targetPort: 443, protocol: Protocol.TCP, tls }, { number: HTTP, targetPort: 443, protocol: Protocol.HTTP, tls }],
      resolution: Resolution.ipAddresses(address),
    });
    service.allowFrom(way === 'routed' ? MeshClient.serviceAccount('shop', 'api') : MeshClient.allIn('shop'));
    if (way === 'routed') { egress.route(service); }
  }
});

export const tlsOrigination: Scenario = {
  name: 'tls-origination',
  promise: 'the last proxy speaks TLS for an application that does not, over TCP and HTTP, and sends nothing to a server with another name or authority',
  async run(lab, report) {
    for (const { host, address } of [GOOD, WRONG]) { await lab.dns.set(host, address); }
    const [api, stranger, [gateway], good, wrong] = await Promise.all([
      lab.caller('shop', 'api'), lab.caller('shop', 'stranger'), lab.stockGateway(), lab.website(GOOD), lab.website(WRONG),
    ]);
    const get = (pod: Pod, host: string, port: number) => http(pod, { url: `http://${host}:${port}` });
    const trusting = { [GOOD.host]: { caCertificates: good.authority }, [WRONG.host]: { caCertificates: wrong.authority } };
    const both = async (pod: Pod, host: string, expected?: string): Promise<string | undefined> => {
      const answers = await Promise.all([get(pod, host, TCP), get(pod, host, HTTP)]);
      return answers.map((answer) => (expected === undefined ? isRefused(answer) : is(answer, expected))).find((problem) => problem !== undefined);
    };

    for (const way of ['direct', 'routed'] as const) {
      await lab.withdraw();
      await lab.kube.apply(manifest(way, trusting).yaml);
      await report.check(`${way}: the server is answering in TLS what was asked in plaintext`, () => both(api, GOOD.host, GOOD.who), { steady: 1 });
      await report.holds(`${way}: a certificate of another name gets nothing`, 2, () => both(api, WRONG.host));
    }
    await report.check('the gateway knows who called', () => passedOn([gateway], `p${TCP}.shop.${GOOD.host}`, api, `${GOOD.address}:443`)
      ?? passedOn([gateway], `p${HTTP}.shop.${GOOD.host}`, api, `${GOOD.address}:443`));
    await report.holds('and refuses another account', 2, () => both(stranger, GOOD.host));
    await report.check('in the handshake', () => refusedInHandshake([gateway], `p${TCP}.shop.${GOOD.host}`, stranger));

    await lab.kube.apply(manifest('routed', { ...trusting, [WRONG.host]: { caCertificates: wrong.authority, subjectAltNames: WRONG.names } }).yaml);
    await report.check('the other name is accepted once it is declared', () => both(api, WRONG.host, WRONG.who), { steady: 1 });
    await lab.kube.apply(manifest('routed', { ...trusting, [GOOD.host]: {} }).yaml);
    await report.check('the authorities of the image do not know the lab\'s, and nothing is sent', () => both(api, GOOD.host), { steady: 2 });
  },
};
