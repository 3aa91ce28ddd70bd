import { Chart } from 'cdk8s';
import { EgressGateway, EgressViaGateway, ExternalMongo, MeshClient, Resolution } from 'cdk8s-istio-egress';
import { is, isRefused } from './answers';
import { passedOn, refusedInHandshake, sawNothing } from './evidence';
import { mongoCalled, whichMongo } from './who';
import { Manifest } from '../lab/manifest';
import { Scenario } from '../lab/scenario';

const HOST = 'mongodb.example.com';
const ADDRESS = '192.0.2.43';
const WHO = 'the catalog';

const manifest = (way: 'direct' | 'routed'): Manifest => Manifest.synth((app) => {
  const chart = new Chart(app, 'shop', { namespace: 'shop' });
  const database = new ExternalMongo(chart, 'Catalog', { host: HOST, resolution: Resolution.ipAddresses(ADDRESS) });
  database.allowFrom(way === 'routed' ? MeshClient.serviceAccount('shop', 'cart') : MeshClient.allIn('shop'));
  if (way === 'routed') { new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() }).route(database); }
});

export const mongo: Scenario = {
  name: 'mongo',
  promise: 'a new MongoDB driver reads from a server outside, direct and through the gateway, which denies every other account',
  lane: 'beside',
  async run(lab, report) {
    await lab.dns.set(HOST, ADDRESS);
    const [cart, neighbour, [gateway]] = await Promise.all([
      lab.caller('shop', 'cart'), lab.caller('shop', 'neighbour'), lab.stockGateway(), mongoCalled(lab, WHO, ADDRESS),
    ]);
    await report.check('nothing declared: blocked', async () => isRefused(await whichMongo(cart, HOST)));
    for (const way of ['direct', 'routed'] as const) {
      await lab.withdraw();
      await lab.kube.apply(manifest(way).yaml);
      await report.check(`${way}: the driver reads`, async () => is(await whichMongo(cart, HOST), WHO));
    }

    const serverName = `p27017.shop.${HOST}`;
    await report.check('the gateway knows who called', () => passedOn([gateway], serverName, cart, `${ADDRESS}:27017`));
    const mark = neighbour.proxy.log.mark();
    await report.check('another account is refused', async () => isRefused(await whichMongo(neighbour, HOST)));
    await report.check('in the handshake', () => refusedInHandshake([gateway], serverName, neighbour));
    await report.check('it has seen not one byte', () => sawNothing(neighbour, [gateway], mark));
  },
};
