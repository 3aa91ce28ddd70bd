import { isRefused } from './answers';
import { shows } from './bookinfo';
import { passedOn, refusedInHandshake, sawNothing } from './evidence';
import { Deployment } from '../lab/deployment';
import { mongo } from '../lab/drivers';
import { Manifest } from '../lab/manifest';
import type { Scenario } from '../lab/scenario';

const rated = (first: number) => ({ 'test.ratings': [{ rating: first }, { rating: 4 }] });

export const ratingsMongodb: Scenario = {
  name: 'ratings-mongodb',
  promise: 'Bookinfo reads its ratings from a MongoDB without passwords through the gateway, which denies every other account',
  async run(lab, report) {
    const manifest = Manifest.ofExample('bookinfo-external-mongodb', 'via-gateway');
    const { spec: { hosts: [host], addresses: [range] } } = manifest.entry();
    const address = String(range).split('/')[0];
    await Promise.all([lab.dns.set(host, address), ...manifest.namespaces().map((namespace) => lab.namespace(namespace))]);
    await lab.kube.apply(manifest.without('ServiceEntry', 'Gateway', 'AuthorizationPolicy', 'VirtualService', 'DestinationRule'));
    const deploy = (name: string): Promise<Deployment> => Deployment.start(lab, manifest.one('Deployment', name));
    const [{ pod: ratings, environment }, , { pod: reviews }, [gateway], database] = await Promise.all([
      deploy('ratings-v2'), deploy('ratings-v1'), deploy('reviews-v3'), lab.stockGateway(), lab.ferretdb({ address, documents: rated(5) }),
    ]);

    await lab.kube.apply(manifest.without('ServiceEntry'));
    await report.check('nothing declared: the ratings cannot be read', () => shows(reviews, 'could not connect to ratings database'), { steady: 1 });
    await lab.kube.apply(manifest.yaml);
    await report.check('declared: the stars are 5 and 4', () => shows(reviews, '5 and 4'));
    await database.fill(rated(1));
    await report.check('a rating is changed to 1 in the database: the stars are 1 and 4', () => shows(reviews, '1 and 4'));

    const [serverName] = manifest.serverNames();
    await report.check('the gateway passed the connections on, under the identity of ratings', () => passedOn([gateway], serverName, ratings, `${address}:27017`));
    const mark = reviews.proxy.log.mark();
    await report.holds('reviews, an account that was not named, reads nothing under the same URL', 1, async () =>
      isRefused(await mongo(reviews, { url: environment.MONGO_DB_URL, collection: 'test.ratings' })));
    await report.check('the gateway refused its handshake', () => refusedInHandshake([gateway], serverName, reviews));
    await report.check('it has seen not one byte', () => sawNothing(reviews, [gateway], mark));
    await report.check('ratings is still served', () => shows(reviews, '1 and 4'));
  },
};
