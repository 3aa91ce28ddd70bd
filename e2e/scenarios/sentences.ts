import { is, isRefused } from './answers';
import { passedOn } from './evidence';
import { http } from '../lab/clients';
import { Deployment } from '../lab/deployment';
import { ISTIO_NAMESPACE } from '../lab/istiod';
import { Manifest } from '../lab/manifest';
import type { Pod } from '../lab/pod';
import { Scenario } from '../lab/scenario';

const HOST = 'httpbin.org';
const SITE = { host: HOST, address: '192.0.2.39', who: 'the httpbin' };

export const sentences: Scenario = {
  name: 'sentences',
  promise: 'an app calls an HTTP API with a timeout, moves it to the gateway by applying the other set, and is exposed at the ingress, all from its own namespace',
  async run(lab, report) {
    const [direct, routed] = ['direct', 'via-gateway'].map((variant) => Manifest.ofExample('sentences-http-api', variant));
    await lab.namespace('sentences');
    await lab.dns.set(HOST, SITE.address);
    const [api, frontend, neighbour, [gateway], [ingress], site] = await Promise.all([
      Deployment.start(lab, direct.one('Deployment', 'api')), Deployment.start(lab, direct.one('Deployment', 'sentences')),
      lab.caller('sentences', 'neighbour'), lab.stockGateway(),
      lab.gateway({
        name: 'istio-ingressgateway', namespace: ISTIO_NAMESPACE, labels: { istio: 'ingressgateway' }, ports: [{ name: 'http2', port: 80, targetPort: 8080 }],
      }),
      lab.website(SITE),
    ]);
    frontend.pod.service('application', [process.execPath, '-e', 'require("http").createServer((_, answer) => answer.end("a sentence")).listen(5000)'], {
      PATH: process.env.PATH ?? '',
    });
    const get = (pod: Pod, url: string, ...more: string[]) => http(pod, { url, arguments: more });
    const https = (pod: Pod) => get(pod, `https://${HOST}/`, '--cacert', site.authority);
    const served = async (): Promise<string | undefined> => {
      const { HTTPBIN_HOST, HTTPBIN_PORT } = api.environment;
      const slow = await get(api.pod, `http://${HOST}/delay/3000`);
      return is(await get(api.pod, `http://${HTTPBIN_HOST}:${HTTPBIN_PORT}/`), SITE.who) ?? is(await https(api.pod), SITE.who)
        ?? (slow.code === 504 && slow.ms < 1500 ? undefined : `a slow answer gives ${slow.code} after ${slow.ms} ms`);
    };

    await report.check('undeclared: 502, and HTTPS is reset', async () => ((await get(api.pod, `http://${HOST}/`)).code === 502 ? isRefused(await https(api.pod)) : 'not 502'), {
      steady: 1,
    });
    await lab.kube.apply(direct.yaml);
    await lab.services.refresh('sentences');
    await report.check('declared: HTTP and HTTPS are answered, a slow answer is 504 after half a second', served, { steady: 1 });

    await lab.kube.apply(routed.yaml);
    await report.check('the other set over it: the gateway passes both on, under the identity of the api', async () => await served()
      ?? passedOn([gateway], `p80.sentences.${HOST}`, api.pod, `${SITE.address}:80`) ?? passedOn([gateway], `p443.sentences.${HOST}`, api.pod, `${SITE.address}:443`));
    await report.holds('and another account of the namespace is refused', 3, async () =>
      isRefused(await get(neighbour, `http://${HOST}/`)) ?? isRefused(await https(neighbour)));
    await report.check('nothing was written outside of the app\'s namespace', async () => {
      const outside = (await lab.objects()).filter((object) => object.startsWith(`${ISTIO_NAMESPACE}/`));
      return outside.length === 0 ? undefined : outside.join(', ');
    });

    const from = await lab.machine({ name: 'reader', address: '192.0.2.41' });
    await report.check('the app is answered at the ingress', async () => {
      const { stdout } = await from.exec(['curl', '-s', '-m', '3', '-H', 'Host: sentences.example.com', `http://${ingress.address}:8080/`]);
      return stdout === 'a sentence' ? undefined : `got ${stdout || 'nothing'}`;
    });
  },
};
