import { Chart } from 'cdk8s';
import { EgressGateway, EgressViaGateway, ExternalMongoReplicaSet, MeshClient, Resolution } from 'cdk8s-istio-egress';
import { isRefused } from './answers';
import { passedOn, refusedInHandshake } from './evidence';
import type { Answer } from '../lab/clients';
import { mongo, type MongoFindings } from '../lab/drivers';
import { Manifest } from '../lab/manifest';
import type { Pod } from '../lab/pod';
import { Scenario } from '../lab/scenario';

/** The first is the primary. */
const MEMBERS = [
  { host: 'mongo-1.example.com', address: '192.0.2.57' },
  { host: 'mongo-2.example.com', address: '192.0.2.58' },
  { host: 'mongo-3.example.com', address: '192.0.2.59' },
];

const manifest = (way: 'direct' | 'routed'): Manifest => Manifest.synth((app) => {
  const chart = new Chart(app, 'shop', { namespace: 'shop' });
  const egress = new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() });
  const orders = new ExternalMongoReplicaSet(chart, 'Orders', {
    members: MEMBERS.map(({ host, address }) => ({ host, resolution: Resolution.ipAddresses(address) })),
    replicaSet: 'rs0',
  });
  orders.allowFrom(way === 'routed' ? MeshClient.serviceAccount('shop', 'cart') : MeshClient.allIn('shop'));
  if (way === 'routed') { egress.route(orders); }
});

export const mongoReplicaSet: Scenario = {
  name: 'mongo-replica-set',
  promise: 'a MongoDB driver that knows one member of a replica set finds and uses the others, direct and through the gateway',
  lane: 'beside',
  async run(lab, report) {
    for (const { host, address } of MEMBERS) { await lab.dns.set(host, address); }
    const [cart, neighbour, [gateway]] = await Promise.all([
      lab.caller('shop', 'cart'), lab.caller('shop', 'neighbour'), lab.stockGateway(),
      lab.mongoReplicaSet({ name: 'rs0', members: MEMBERS, documents: { 'test.ratings': [{ rating: 5 }, { rating: 4 }] } }),
    ]);
    const ask = (pod: Pod, host: string): Promise<Answer> =>
      mongo(pod, { url: `mongodb://${host}/?replicaSet=rs0`, collection: 'test.ratings', preferences: ['primary', 'secondary'] });
    /** Undefined when the driver has found every member, and has read from the primary and from a secondary. */
    const found = async (host: string): Promise<string | undefined> => {
      const { ok, text } = await ask(cart, host);
      if (!ok) { return text; }
      const { read, type, servers, unknown } = JSON.parse(text) as MongoFindings;
      return read.join() === '5 4,5 4' && type === 'ReplicaSetWithPrimary' && servers === MEMBERS.length && unknown.length === 0 ? undefined : text;
    };

    await report.check('nothing declared: blocked', async () => isRefused(await ask(cart, MEMBERS[0].host)));
    for (const way of ['direct', 'routed'] as const) {
      await lab.withdraw();
      await lab.kube.apply(manifest(way).yaml);
      for (const { host } of MEMBERS) {
        await report.check(`${way}: a driver that knows ${host} finds the others, and reads from the primary and a secondary`, () => found(host));
      }
    }
    await report.check('the gateway has passed the connections of each member on to that member', () => MEMBERS
      .map(({ host, address }) => passedOn([gateway], `p27017.shop.${host}`, cart, `${address}:27017`)).find((problem) => problem !== undefined));
    await report.check('another account is refused at every member', async () => isRefused(await mongo(neighbour, {
      url: `mongodb://${MEMBERS.map(({ host }) => host).join()}/?replicaSet=rs0`, collection: 'test.ratings',
    })));
    await report.check('in the handshake', () => MEMBERS
      .map(({ host }) => refusedInHandshake([gateway], `p27017.shop.${host}`, neighbour)).find((problem) => problem !== undefined));
  },
};
