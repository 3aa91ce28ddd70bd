import { Chart } from 'cdk8s';
import { ClientTls, EgressGateway, EgressViaGateway, ExternalHttp, IEgressGateway, MeshClient, PathMatch, Protocol, Resolution } from 'cdk8s-istio-egress';
import { is } from './answers';
import { http } from '../lab/clients';
import { Manifest } from '../lab/manifest';
import type { Pod } from '../lab/pod';
import { Scenario } from '../lab/scenario';

const HOST = 'api.example.com';
const ADDRESS = '192.0.2.36';
const LIMITS = { methods: ['GET'], paths: [PathMatch.prefix('/status/'), PathMatch.exact('/host')] };

/** An API behind a gateway that others use, or one that denies by default. */
const manifest = (own: boolean): Manifest => Manifest.synth((app) => {
  const chart = new Chart(app, 'shop', { namespace: 'shop' });
  const gateway: IEgressGateway = own ? new EgressGateway(new Chart(app, 'edge', { namespace: 'edge' }), 'Out') : EgressGateway.istioEgressGateway();
  const egress = new EgressViaGateway(chart, 'Egress', { gateway });
  for (const [id, protocol, port] of [['Api', Protocol.HTTP, 80], ['Streaming', Protocol.HTTP2, 8080]] as const) {
    const service = new ExternalHttp(chart, id, {
      host: id === 'Api' ? HOST : `h2.${HOST}`, protocol, port, resolution: Resolution.dns(), tls: ClientTls.disable(),
    });
    egress.route(service);
    service.allowFrom(
      MeshClient.serviceAccount('shop', 'reader').limitedTo(LIMITS), MeshClient.serviceAccount('shop', 'writer'), MeshClient.allIn('reports').limitedTo(LIMITS));
  }
});

export const requestLimits: Scenario = {
  name: 'request-limits',
  promise: 'a client with limits sends the named methods and paths alone, at a shared gateway and at one that denies by default; other clients send what they like',
  async run(lab, report) {
    await Promise.all([HOST, `h2.${HOST}`].map((host) => lab.dns.set(host, ADDRESS)));
    for (const namespace of ['edge', 'shop', 'reports']) { await lab.namespace(namespace); }
    const own = manifest(true);
    await lab.kube.apply(own.yaml);
    const [reader, writer, nightly] = await Promise.all([
      lab.caller('shop', 'reader'), lab.caller('shop', 'writer'), lab.caller('reports', 'nightly'), lab.stockGateway(), lab.gatewayOf(own.one('Deployment'), 1),
      lab.website({ host: HOST, address: ADDRESS, who: 'the api' }),
    ]);
    const asks = (pod: Pod, path: string, ...more: string[]) => http(pod, { url: `http://${HOST}${path}`, arguments: more });
    const denied = async (pod: Pod, path: string, ...more: string[]): Promise<string | undefined> => {
      const { code } = await asks(pod, path, ...more);
      return code === 403 ? undefined : `${path} ${more.join(' ')}: ${code}`;
    };
    const limited = async (pod: Pod): Promise<string | undefined> => is(await asks(pod, '/host'), HOST) ?? is(await asks(pod, '/status/200'), 'the api') ?? is(await asks(pod, '/host?debug=1'), 'the api')
      ?? await denied(pod, '/') ?? await denied(pod, '/host/') ?? await denied(pod, '/headers') ?? await denied(pod, '/host', '-X', 'POST')
      ?? await denied(pod, '/status/200', '-X', 'DELETE') ?? await denied(pod, '/status/../headers', '--path-as-is') ?? denied(pod, '/status/%2e%2e/headers', '--path-as-is');
    const all = async (): Promise<string | undefined> => await limited(reader) ?? await limited(nightly)
      ?? is(await asks(writer, '/'), 'the api') ?? is(await asks(writer, '/status/200', '-X', 'DELETE'), 'the api');
    const h2 = async (): Promise<string | undefined> => {
      const get = (path: string, ...more: string[]) => http(reader, { url: `http://h2.${HOST}:8080${path}`, arguments: ['--http2-prior-knowledge', ...more] });
      const { code } = await get('/headers');
      return code === 403 ? is(await get('/status/200'), 'the api') : `/headers: ${code}`;
    };
    await report.check('at a gateway that denies by default', all, { steady: 1 });
    await report.check('over HTTP/2 as well', h2);
    await lab.kube.remove(own.yaml);
    await lab.kube.apply(manifest(false).yaml);
    await report.check('at a gateway that others use', all, { steady: 1 });
    await report.check('over HTTP/2 as well', h2);
  },
};
