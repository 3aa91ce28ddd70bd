import * as fs from 'node:fs';
import * as path from 'node:path';
import { Chart } from 'cdk8s';
import { ClientTls, EgressGateway, EgressViaGateway, ExternalHttp, MeshClient, Protocol, Resolution } from 'cdk8s-istio-egress';
import { is, isRefused } from './answers';
import { passedOn } from './evidence';
import { Authority } from '../lab/certificates';
import { http } from '../lab/clients';
import { ISTIO_NAMESPACE } from '../lab/istiod';
import type { KubeObject } from '../lab/kube';
import { Manifest } from '../lab/manifest';
import type { Pod } from '../lab/pod';
import { Scenario } from '../lab/scenario';

const PLAIN = { host: 'plain.example.com', address: '192.0.2.33' };
const PARTNER = { host: 'partner.example.com', address: '192.0.2.34' };
const IMPOSTOR = { host: 'impostor.example.com', address: '192.0.2.35' };

const PARTNER_SECRET = 'partner-certificate';
const AUTHORITY_SECRET = 'impostor-authority';

const manifest = (): Manifest => Manifest.synth((app) => {
  const chart = new Chart(app, 'shop', { namespace: 'shop' });
  const egress = new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() });
  const api = (id: string, host: string, more: object): void => {
    const service = new ExternalHttp(chart, id, { host, resolution: Resolution.dns(), ...more });
    egress.route(service);
    service.allowFrom(MeshClient.serviceAccount('shop', 'api'), MeshClient.allIn('reports'));
  };
  api('Plain', PLAIN.host, { tls: ClientTls.disable() });
  api('Streaming', `h2.${PLAIN.host}`, { tls: ClientTls.disable(), protocol: Protocol.HTTP2, port: 8080 });
  api('Partner', PARTNER.host, { tls: ClientTls.mutual({ credentialName: PARTNER_SECRET }) });
  api('Impostor', IMPOSTOR.host, { tls: ClientTls.originate({ credentialName: AUTHORITY_SECRET }) });
});

function secret(name: string, files: Record<string, string>): KubeObject {
  const data = Object.fromEntries(Object.entries(files).map(([key, file]) => [key, fs.readFileSync(file).toString('base64')]));
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace: ISTIO_NAMESPACE }, data };
}

export const httpApi: Scenario = {
  name: 'http-api',
  promise: 'HTTP goes through the gateway with identity, keeps its host, and becomes TLS there, with a client certificate where the server demands one',
  async run(lab, report) {
    for (const { host, address } of [PLAIN, PARTNER, IMPOSTOR]) { await lab.dns.set(host, address); }
    await lab.dns.set(`h2.${PLAIN.host}`, PLAIN.address);
    const clients = await Authority.create(path.join(lab.folder, 'partner-clients'), 'lab-partner-clients');
    const shown = await clients.issue('the-shop', ['the-shop']);
    const [api, reports, stranger, [gateway], , partner, impostor] = await Promise.all([
      lab.caller('shop', 'api'), lab.caller('reports', 'nightly'), lab.caller('shop', 'stranger'), lab.stockGateway(),
      lab.website({ ...PLAIN, who: 'the plain api' }), lab.website({ ...PARTNER, who: 'the partner', clients: clients.certificate }),
      lab.website({ ...IMPOSTOR, who: 'the impostor', names: ['other.example.com'] }),
    ]);
    const get = (pod: Pod, url: string, ...more: string[]) => http(pod, { url: `http://${url}`, arguments: more });
    const h2 = `h2.${PLAIN.host}:8080`;

    await report.check('nothing declared: 502', async () => ((await get(api, PLAIN.host)).code === 502 ? undefined : 'was answered'), { steady: 1 });
    await lab.kube.put(secret(PARTNER_SECRET, { 'tls.crt': shown.certificate, 'tls.key': shown.key, 'ca.crt': partner.authority }));
    await lab.kube.put(secret(AUTHORITY_SECRET, { 'ca.crt': impostor.authority }));
    await lab.kube.apply(manifest().yaml);

    await report.check('the named account is answered, and the server sees its real host alone', async () =>
      is(await get(api, PLAIN.host), 'the plain api') ?? is(await get(api, `${PLAIN.host}/host`), PLAIN.host), { steady: 1 });
    await report.check('so is any account of a namespace that is a client as a whole', async () => is(await get(reports, `${PLAIN.host}/host`), PLAIN.host), { steady: 1 });
    await report.holds('another account is not', 3, async () => isRefused(await get(stranger, PLAIN.host)));
    await report.check('its sidecar says 503: the gateway has ended the handshake, of which the gateway itself logs nothing', () => {
      const lines = stranger.proxy.log.since().filter((line) => line.upstream?.startsWith(`${gateway.address}:`));
      const logged = gateway.proxy.log.since().filter((line) => line.principal === stranger.principal);
      return lines.length > 0 && lines.every((line) => line.code === 503 && line.flags?.includes('UC')) && logged.length === 0 ? undefined
        : JSON.stringify([...lines.slice(-1), ...logged.slice(-1)]);
    });
    await report.check('the gateway knows who called', () => passedOn([gateway], `p80.shop.${PLAIN.host}`, api, `${PLAIN.address}:80`)
      ?? passedOn([gateway], `in.reports.shop.p80.${PLAIN.host}`, reports, `${PLAIN.address}:80`));
    await report.check('HTTP/2 stays HTTP/2, and its host keeps the port', async () => is(await get(api, `${h2}/version`, '--http2-prior-knowledge'), '2.0')
      ?? is(await get(api, `${h2}/host`, '--http2-prior-knowledge'), h2));
    await report.check('the server is told neither the identity nor the address of the client', async () => {
      const { text } = await get(api, `${PLAIN.host}/headers`);
      const told = ['x-forwarded-client-cert', 'x-forwarded-for', 'x-envoy-external-address', 'x-envoy-peer-metadata', 'x-envoy-decorator-operation']
        .filter((name) => text.includes(name));
      return text.includes('x-request-id') && told.length === 0 ? undefined : text;
    });
    await report.check('trailers of HTTP/2 come through, which gRPC depends on', async () => {
      const { text } = await get(api, `${h2}/trailer`, '--http2-prior-knowledge', '--include');
      return text.includes('x-trailer: the plain api') ? undefined : text;
    });
    await report.check('answers with an error leave the gateway in use', async () => {
      for (let i = 0; i < 10; i++) { await get(api, `${PLAIN.host}/status/500`); }
      const codes = await Promise.all(Array.from({ length: 5 }, async () => (await get(api, PLAIN.host)).code));
      return codes.every((code) => code === 200) ? undefined : codes.join(', ');
    });

    await report.check('the partner, who demands a certificate, sees the gateway\'s', async () => is(await get(api, PARTNER.host), 'the partner')
      ?? is(await get(api, `${PARTNER.host}/client`), 'the-shop') ?? is(await get(reports, `${PARTNER.host}/host`), PARTNER.host), { steady: 1 });
    await report.holds('which another account cannot use', 3, async () => isRefused(await get(stranger, PARTNER.host)));
    await report.holds('a server whose certificate has another name gets no request', 3, async () => isRefused(await get(api, IMPOSTOR.host)));
    await report.check('the gateway says that it does not trust it', () => {
      const lines = gateway.proxy.log.since().filter((line) => line.upstream?.startsWith(IMPOSTOR.address) || line.cluster?.includes(IMPOSTOR.host));
      return lines.some((line) => line.failure?.includes('CERTIFICATE_VERIFY_FAILED')) ? undefined : JSON.stringify(lines.slice(-1));
    });
  },
};
