import { ApiObject, Chart } from 'cdk8s';
import { EgressGateway, EgressViaGateway, ExternalMongo, MeshClient, Resolution } from 'cdk8s-istio-egress';
import { isRefused } from './answers';
import { passedOn, refusedInHandshake, sawNothing } from './evidence';
import { http } from '../lab/clients';
import { Deployment } from '../lab/deployment';
import { mongo as driver, type MongoFindings } from '../lab/drivers';
import { Manifest } from '../lab/manifest';
import type { Pod } from '../lab/pod';
import { Scenario } from '../lab/scenario';

const HOST = 'mongodb.example.com';
const ADDRESS = '192.0.2.43';
const URL = `mongodb://${HOST}:27017/test`;

/** Bookinfo's version 2 of ratings, which reads from the URL that the library gives it. */
const manifest = (way: 'direct' | 'routed'): Manifest => Manifest.synth((app) => {
  const chart = new Chart(app, 'bookinfo', { namespace: 'bookinfo' });
  const labels = { app: 'ratings', version: 'v2' };
  const ratings = new ApiObject(chart, 'RatingsV2', {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'ratings-v2' },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { serviceAccountName: 'bookinfo-ratings', containers: [{ name: 'ratings', image: 'docker.io/istio/examples-bookinfo-ratings-v2:1.20.3' }] },
      },
    },
  });
  const database = new ExternalMongo(chart, 'Ratings', { host: HOST, resolution: Resolution.ipAddresses(ADDRESS) });
  database.connectFrom(ratings, { urlVariable: 'MONGO_DB_URL', urlPath: 'test' });
  database.allowFrom(MeshClient.serviceAccount('bookinfo', 'cart'));
  if (way === 'routed') { new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() }).route(database); }
});

export const mongo: Scenario = {
  name: 'mongo',
  promise: 'Bookinfo\'s ratings and a new MongoDB driver read from a server outside, direct and through the gateway, which denies every other account',
  lane: 'beside',
  async run(lab, report) {
    await Promise.all([lab.dns.set(HOST, ADDRESS), lab.namespace('bookinfo')]);
    const [{ pod: ratings }, cart, neighbour, [gateway], database] = await Promise.all([
      Deployment.start(lab, manifest('direct').one('Deployment')), lab.caller('bookinfo', 'cart'), lab.caller('bookinfo', 'neighbour'), lab.stockGateway(),
      lab.ferretdb({ address: ADDRESS, documents: { 'test.ratings': [{ rating: 5 }, { rating: 4 }] } }),
    ]);
    /** Undefined when the driver has read these ratings. */
    const reads = async (pod: Pod, expected: string): Promise<string | undefined> => {
      const { ok, text } = await driver(pod, { url: URL, collection: 'test.ratings' });
      return ok && (JSON.parse(text) as MongoFindings).read.join() === expected ? undefined : `expected ${expected}, got ${text}`;
    };
    /** Undefined when Bookinfo's ratings answers with these. */
    const shows = async (first: number, second: number): Promise<string | undefined> => {
      const { text } = await http(ratings, { url: 'http://127.0.0.1:9080/ratings/0' });
      const expected = JSON.stringify({ id: 0, ratings: { Reviewer1: first, Reviewer2: second } });
      return text === expected ? undefined : `expected ${expected}, got ${text}`;
    };

    await report.check('nothing declared: blocked', async () => isRefused(await driver(cart, { url: URL, collection: 'test.ratings' })));
    for (const [way, rating] of [['direct', 3], ['routed', 1]] as const) {
      await lab.withdraw();
      await lab.kube.apply(manifest(way).yaml);
      await report.check(`${way}: the driver reads 5 and 4`, () => reads(cart, '5 4'));
      await report.check(`${way}: so does Bookinfo`, () => shows(5, 4), { steady: 1 });
      await database.fill({ 'test.ratings': [{ rating }, { rating: 4 }] });
      await report.check(`${way}: a rating is changed to ${rating} in the database: both read it`, async () =>
        await reads(cart, `${rating} 4`) ?? shows(rating, 4));
      await database.fill({ 'test.ratings': [{ rating: 5 }, { rating: 4 }] });
    }

    const serverName = `p27017.bookinfo.${HOST}`;
    await report.check('the gateway knows both', () =>
      passedOn([gateway], serverName, cart, `${ADDRESS}:27017`) ?? passedOn([gateway], serverName, ratings, `${ADDRESS}:27017`));
    const mark = neighbour.proxy.log.mark();
    await report.check('another account is refused', async () => isRefused(await driver(neighbour, { url: URL, collection: 'test.ratings' })));
    await report.check('in the handshake', () => refusedInHandshake([gateway], serverName, neighbour));
    await report.check('it has seen not one byte', () => sawNothing(neighbour, [gateway], mark));
  },
};
