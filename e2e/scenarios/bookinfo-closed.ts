import { hears, hearsNothing, isRefused, opens } from './answers';
import { Bookinfo } from './bookinfo';
import { passedOn, refusedInHandshake } from './evidence';
import { Deployment } from '../lab/deployment';
import { ISTIO_NAMESPACE } from '../lab/istiod';
import { enforceNetworkPolicies } from '../lab/network-policies';
import type { Pod } from '../lab/pod';
import type { Scenario } from '../lab/scenario';

const ELSEWHERE = '192.0.2.52';

/** What stands for productpage and reviews: it answers with what a service behind it answers. */
const passesOn = (pod: Pod, url: string): void => {
  const program = `require("http").createServer((_, answer) => fetch(${JSON.stringify(url)}).then((its) => its.text()).then((text) => answer.end(text), (error) => answer.end(String(error)))).listen(9080)`;
  pod.service('application', [process.execPath, '-e', program], { PATH: process.env.PATH ?? '' });
};

export const bookinfoClosed: Scenario = {
  name: 'bookinfo-closed',
  mesh: 'ALLOW_ANY',
  promise: 'on ALLOW_ANY, Bookinfo works in a locked-down namespace that enforces the Pod Security Standard restricted, its database behind a gateway of its own, and nothing else is reached',
  async run(lab, report) {
    const [bookinfo, [ingress]] = await Promise.all([
      Bookinfo.start(lab, 'closed'),
      lab.gateway({
        name: 'istio-ingressgateway', namespace: ISTIO_NAMESPACE, labels: { istio: 'ingressgateway' }, ports: [{ name: 'http2', port: 80, targetPort: 8080 }],
      }),
    ]);
    const { manifest, ratings, reviews, database } = bookinfo;
    const [serverName] = manifest.serverNames();
    const [gateways, productpage, bare, reader] = await Promise.all([
      lab.gatewayOf(manifest.one('Deployment', 'egress'), 2), Deployment.start(lab, manifest.one('Deployment', 'productpage-v1')),
      lab.pod({ name: 'bare', namespace: 'bookinfo', account: 'bare', labels: { app: 'bare' }, proxy: 'none' }),
      lab.machine({ name: 'reader', address: '192.0.2.41' }), lab.greeter({ address: ELSEWHERE, port: 3306, who: 'elsewhere' }),
    ]);
    passesOn(reviews, 'http://ratings:9080/ratings/0');
    passesOn(productpage.pod, 'http://reviews:9080/reviews/0');
    await bookinfo.apply();
    await lab.services.refresh('bookinfo');
    /** Undefined when the page at the ingress has these stars: ingress, productpage, reviews, ratings, database. */
    const page = async (expected: string): Promise<string | undefined> => {
      const { stdout } = await reader.exec(['curl', '-s', '-m', '5', `http://${ingress.address}:8080/productpage`]);
      const stars = [...stdout.matchAll(/"Reviewer\d":(\d)/g)].map(([, star]) => star).join(' and ');
      return stars === expected ? undefined : `expected ${expected}, got ${stdout || 'nothing'}`;
    };
    const served = async (): Promise<string | undefined> => await page('5 and 4')
      ?? passedOn(gateways, serverName, ratings.pod, `${database.address}:3306`);

    await report.check('the page at the ingress has the stars of the database, which ratings reads through the gateway', served, { steady: 1 });
    await report.check('a pod of the namespace without a sidecar reaches everything, as long as nobody enforces the NetworkPolicies', async () =>
      await opens(bare, database.address, 3306) ?? hears(bare, ELSEWHERE, 3306, 'elsewhere'));

    await enforceNetworkPolicies(lab, [3306, 8443, 9080, 8080]);
    await report.check('with its NetworkPolicies: the page is the same', served, { steady: 1 });
    await report.check('pods of the namespace open connections to each other', () => opens(bare, reviews.address, 9080));
    await database.sql('update test.ratings set Rating = 1 where ReviewID = 1');
    await report.check('and shows a row that was changed', () => page('1 and 4'));
    await report.holds('reviews, an account that was not named, is refused even with the password', 3, async () => isRefused(await bookinfo.steal(reviews)));
    await report.check('in the handshake', () => refusedInHandshake(gateways, serverName, reviews));
    await report.holds('no pod reaches what was not declared, and none without a sidecar the database', 3, async () =>
      await hearsNothing(ratings.pod, ELSEWHERE, 3306) ?? await hearsNothing(bare, ELSEWHERE, 3306) ?? hearsNothing(bare, database.address, 3306));
    await report.check('the gateway reaches the database, and nothing beside it', async () => await hearsNothing(gateways[0], ELSEWHERE, 3306)
      ?? opens(gateways[0], database.address, 3306));
    await report.check('a pod that is not restricted is not admitted', async () => {
      const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'root', namespace: 'bookinfo' }, spec: { containers: [{ name: 'app', image: 'lab' }] } };
      const answer = await lab.kube.put(pod).then(() => 'it is', (error: Error) => error.message);
      return answer.includes('violates PodSecurity') ? undefined : answer;
    });
  },
};
