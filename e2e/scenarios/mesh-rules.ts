import * as fs from 'node:fs';
import * as path from 'node:path';
import { ApiObject, Chart, Duration } from 'cdk8s';
import { HeaderMatch, IngressRoute, LoadBalancer, MeshService, ServerTls } from 'cdk8s-istio-egress';
import { Backend, BACKEND_PORT } from '../lab/backend';
import { Authority } from '../lab/certificates';
import { type Answer, http } from '../lab/clients';
import { ISTIO_NAMESPACE } from '../lab/istiod';
import type { KubeObject } from '../lab/kube';
import { Manifest } from '../lab/manifest';
import type { Pod } from '../lab/pod';
import { Scenario } from '../lab/scenario';
import { sleep } from '../lab/wait';

const HOST = 'shop.example.com';
const PARTNERS = 'partners.example.com';
const SECRET = 'shop-certificate';
const PARTNERS_SECRET = 'partners-certificate';

const manifest = (): Manifest => Manifest.synth((app) => {
  const chart = new Chart(app, 'shop', { namespace: 'shop' });
  for (const name of ['reviews', 'carts']) {
    new ApiObject(chart, `${name}-service`, {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name },
      spec: { selector: { app: name }, ports: [{ name: 'http', port: 80, targetPort: BACKEND_PORT }] },
    });
  }
  const reviews = new MeshService(chart, 'Reviews', { host: 'reviews', versions: ['v1', 'v2', 'v3'], http: { timeout: Duration.millis(500) } });
  reviews.routeMatching(HeaderMatch.exact('end-user', 'jason'), 'v3');
  reviews.routeMatching(HeaderMatch.present('x-teapot'), 'v3', { http: { fault: { abort: { percentage: 100, httpStatus: 418 } } } });
  reviews.routeMatching(HeaderMatch.present('x-slow'), 'v3', { http: { fault: { delay: { percentage: 100, fixedDelay: Duration.seconds(1) } } } });
  reviews.split({ v1: 80, v2: 20 });
  reviews.mirrorTo('v3');
  new MeshService(chart, 'Carts', {
    host: 'carts',
    versions: ['v1'],
    loadBalancer: LoadBalancer.consistentHashByHeader('x-user'),
    connection: { outlierDetection: { consecutiveErrors: 2 } },
  });
  const exposed = { service: 'reviews', servicePort: 80 };
  new IngressRoute(chart, 'Shop', { ...exposed, hosts: [HOST], tls: ServerTls.simple({ credentialName: SECRET }), httpsRedirectPort: 80 });
  new IngressRoute(chart, 'Partners', { ...exposed, hosts: [PARTNERS], tls: ServerTls.mutual({ credentialName: PARTNERS_SECRET }) });
});

function secret(name: string, files: Record<string, string>): KubeObject {
  const data = Object.fromEntries(Object.entries(files).map(([key, file]) => [key, fs.readFileSync(file).toString('base64')]));
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace: ISTIO_NAMESPACE }, data };
}

/** Where requests come from. */
interface Side {
  readonly where: string;
  readonly from: Pick<Pod, 'exec'>;
  readonly url: string;
  readonly options: readonly string[];
}

/** Who answered how often. */
type Tally = Readonly<Record<string, number>>;

/** One request for each URL that the pattern stands for. */
async function answersTo(from: Pick<Pod, 'exec'>, url: string, ...options: readonly string[]): Promise<Tally> {
  const { stdout } = await from.exec(['curl', '-sS', '-m', '10', ...options, url], { timeout: 30 });
  const tally: Record<string, number> = {};
  for (const line of stdout.split('\n').filter(Boolean)) { tally[line] = (tally[line] ?? 0) + 1; }
  return tally;
}

/** Undefined when all of a number of answers are from one. */
function all(tally: Tally, who: string, number: number): string | undefined {
  return tally[who] === number ? undefined : `expected ${number} from ${who}, got ${JSON.stringify(tally)}`;
}

function none(tally: Tally, who: string): string | undefined {
  return tally[who] === undefined ? undefined : `${tally[who]} are from ${who}`;
}

/** Undefined when the shares are about 80 and 20: of a hundred fewer than one in ten thousand times it is not, though they are. */
function divided(tally: Tally): string | undefined {
  const [first = 0, second = 0] = [tally['reviews-v1'], tally['reviews-v2']];
  return first + second === 100 && second >= 5 && second <= 38 ? undefined : JSON.stringify(tally);
}

const isStatus = (answer: Answer & { readonly code: number }, code: number): string | undefined => (answer.code === code ? undefined : `got ${answer.code} ${answer.text}`);

export const meshRules: Scenario = {
  name: 'mesh-rules',
  promise: 'header matches, split, mirror, faults and timeouts hold inside the mesh and at the ingress, over TLS from a Secret; a hash keeps a user with one pod',
  async run(lab, report) {
    const authority = await Authority.create(path.join(lab.folder, 'ingress'), 'lab-ingress');
    const [shown, forPartners, partner] = await Promise.all([
      authority.issue('shop', [HOST]), authority.issue('for-partners', [PARTNERS]), authority.issue('the-partner', ['the-partner']),
    ]);
    await lab.kube.put(secret(PARTNERS_SECRET, { 'tls.crt': forPartners.certificate, 'tls.key': forPartners.key, 'ca.crt': authority.certificate }));
    const backend = (app: string, name: string, version: string) => Backend.start(lab, { name, namespace: 'shop', labels: { app, version } });
    const [client, reader, v1, v2, v3, [ingress], ...carts] = await Promise.all([
      lab.caller('shop', 'client'), lab.machine({ name: 'reader', address: '192.0.2.41' }),
      backend('reviews', 'reviews-v1', 'v1'), backend('reviews', 'reviews-v2', 'v2'), backend('reviews', 'reviews-v3', 'v3'),
      lab.gateway({
        name: 'istio-ingressgateway',
        namespace: ISTIO_NAMESPACE,
        labels: { istio: 'ingressgateway' },
        ports: [{ name: 'http2', port: 80, targetPort: 8080 }, { name: 'https', port: 443, targetPort: 8443 }],
      }),
      backend('carts', 'carts-a', 'v1'), backend('carts', 'carts-b', 'v1'),
    ]);

    const connect = ['--cacert', authority.certificate, ...[[HOST, 443, 8443], [PARTNERS, 443, 8443], [HOST, 80, 8080]]
      .flatMap(([host, port, target]) => ['--connect-to', `${host}:${port}:${ingress.address}:${target}`])];
    const fromOutside = (url: string, ...more: string[]) => http(reader, { url, arguments: [...connect, ...more] });
    const sides: readonly Side[] = [
      { where: 'inside', from: client, url: 'http://reviews', options: [] }, { where: 'from outside over TLS', from: reader, url: `https://${HOST}`, options: connect },
    ];
    const jason = ['-H', 'end-user: jason'];

    await lab.kube.apply(manifest().yaml);
    await lab.services.refresh('shop');
    const toPartners = async () => isStatus(await fromOutside(`https://${PARTNERS}/`, '--cert', partner.certificate, '--key', partner.key, ...jason), 200);
    await report.check('the ingress has the Gateways', toPartners);
    await report.holds('a server whose Secret is missing ends no TLS, while the other one of the port does', 2, async () => {
      const answer = await fromOutside(`https://${HOST}/`);
      return answer.code === 0 ? toPartners() : `got ${answer.code} ${answer.text}`;
    });
    await lab.kube.put(secret(SECRET, { 'tls.crt': shown.certificate, 'tls.key': shown.key }));
    for (const side of sides) {
      const check = (sentence: string, ask: () => Promise<string | undefined>, steady = 0) => report.check(`${side.where}: ${sentence}`, ask, { steady });
      const get = (location: string, ...more: string[]) => http(side.from, { url: `${side.url}/${location}`, arguments: [...side.options, ...more] });
      const times = (what: string, number: number, ...more: string[]) => answersTo(side.from, `${side.url}/${what}/[1-${number}]`, ...side.options, ...more);

      await check('a header goes to its version, every time', async () => all(await times('page', 20, ...jason), 'reviews-v3', 20), 1);
      await check('another value of it does not', async () => none(await times('page', 20, '-H', 'end-user: jasonx'), 'reviews-v3'));
      await check('others are split by weight, and the mirror answers nobody', async () => divided(await times('page', 100)));
      await check('the mirror gets a copy of each of them, and none of what a header takes', async () => {
        const before = v3.requests.length;
        const tally = await times('copied', 30);
        await times('asked', 10, ...jason);
        const seen = (what: string) => v3.requests.slice(before).filter((request) => request.includes(` /${what}/`)).length;
        for (let waited = 0; waited < 20 && seen('copied') < 30; waited++) { await sleep(50); }
        return none(tally, 'reviews-v3') ?? (seen('copied') === 30 && seen('asked') === 10 ? undefined : `${seen('copied')} copies of 30, ${seen('asked')} others of 10`);
      });
      await check('the fault is for its header alone, and no pod sees the request', async () => {
        const seen = (): string => [v1, v2, v3].map(({ requests }) => requests.length).join();
        const before = seen();
        return isStatus(await get('teapot', '-H', 'x-teapot: yes'), 418) ?? (seen() === before ? undefined : 'a pod has had it') ?? isStatus(await get(''), 200);
      });
      await check('a request that is held back for longer than it may take is answered: that time does not count', async () => {
        const answer = await get('slow', '-H', 'x-slow: yes');
        return isStatus(answer, 200) ?? (answer.ms >= 1000 ? undefined : `after ${answer.ms} ms`);
      });
      await check('a slow answer is 504 after half a second, whoever asks', async () => {
        const answers = await Promise.all([get('delay/3000'), get('delay/3000', ...jason)]);
        return answers.map((answer) => isStatus(answer, 504) ?? (answer.ms < 1500 ? undefined : `after ${answer.ms} ms`)).find(Boolean);
      });
    }

    await report.check('plaintext is redirected to HTTPS, with host and path', async () => {
      const { text, code } = await fromOutside(`http://${HOST}/page?x=1`, '--include');
      return code === 301 && text.includes(`location: https://${HOST}/page?x=1`) ? undefined : `${code} ${text}`;
    });
    await report.check('a partner who shows a certificate is answered, and the service reads whose it is', async () => {
      const { text } = await fromOutside(`https://${PARTNERS}/header/x-forwarded-client-cert`, '--cert', partner.certificate, '--key', partner.key, ...jason);
      return text.includes('CN=the-partner') ? undefined : text;
    });
    await report.check('limit: on a connection for one host, as browsers use it again, the host of another certificate is not found', async () => (
      isStatus(await fromOutside(`https://${HOST}/`, '-H', `Host: ${PARTNERS}`), 404)));
    await report.holds('without one nobody is', 2, async () => {
      const answer = await fromOutside(`https://${PARTNERS}/`);
      return answer.code === 0 ? undefined : `got ${answer.code} ${answer.text}`;
    });

    const user = (name: string, from = client) => answersTo(from, 'http://carts/[1-10]', '-H', `x-user: ${name}`);
    await report.check('without a user any pod answers', async () => (
      Object.keys(await answersTo(client, 'http://carts/[1-20]')).length === 2 ? undefined : 'one pod has answered all'));
    const users = Array.from({ length: 12 }, (_, i) => `user-${i}`);
    const homes = new Map<string, string>();
    await report.check('a user\'s requests go to one pod, different users to different pods', async () => {
      for (const name of users) {
        const pods = Object.keys(await user(name));
        if (pods.length !== 1) { return `${name}: ${pods.join(', ')}`; }
        homes.set(name, pods[0]);
      }
      return new Set(homes.values()).size === 2 ? undefined : `all users are at ${[...homes.values()][0]}`;
    });
    await report.check('to the same pod from another client', async () => {
      for (const name of users) {
        const problem = all(await user(name, v1.pod), homes.get(name) ?? '', 10);
        if (problem) { return `${name}: ${problem}`; }
      }
      return undefined;
    });
    const [gone] = carts;
    const unlucky = users.find((name) => homes.get(name) === gone.name) ?? users[0];
    await report.check('answers with 500 leave a pod in use', async () => {
      await http(client, { url: 'http://carts/status/500/[1-10]', arguments: ['-H', `x-user: ${unlucky}`] });
      return all(await user(unlucky), gone.name, 10);
    }, { steady: 2 });
    await gone.application.end();
    await report.check('the users of a pod whose application is gone are served by the other', async () => all(await user(unlucky), carts[1].name, 10), { steady: 2 });
  },
};
