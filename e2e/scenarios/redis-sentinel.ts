import { Chart } from 'cdk8s';
import { EgressGateway, EgressViaGateway, ExternalRedisSentinel, MeshClient, Resolution } from 'cdk8s-istio-egress';
import { is, isRefused } from './answers';
import { passedOn } from './evidence';
import { redisSentinel as ioredis } from '../lab/drivers';
import { Manifest } from '../lab/manifest';
import type { Pod } from '../lab/pod';
import { Scenario } from '../lab/scenario';

/** The first is the master; beside the second runs the sentinel. */
const MEMBERS = [
  { host: 'redis-1.example.com', address: '192.0.2.61' },
  { host: 'redis-2.example.com', address: '192.0.2.62' },
];
const SENTINEL = MEMBERS[1];
const MASTER = 'cart';

const manifest = (way: 'direct' | 'routed'): Manifest => Manifest.synth((app) => {
  const chart = new Chart(app, 'shop', { namespace: 'shop' });
  const egress = new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() });
  const carts = new ExternalRedisSentinel(chart, 'Carts', {
    masterName: MASTER,
    servers: MEMBERS.map(({ host, address }) => ({ host, resolution: Resolution.ipAddresses(address) })),
  });
  carts.allowFrom(way === 'routed' ? MeshClient.serviceAccount('shop', 'cart') : MeshClient.allIn('shop'));
  if (way === 'routed') { egress.route(carts); }
});

export const redisSentinel: Scenario = {
  name: 'redis-sentinel',
  promise: 'a driver asks a Redis Sentinel for the master, direct and through the gateway, and follows it when another member becomes the master',
  lane: 'beside',
  async run(lab, report) {
    for (const { host, address } of MEMBERS) { await lab.dns.set(host, address); }
    const [cart, neighbour, [gateway], redis] = await Promise.all([
      lab.caller('shop', 'cart'), lab.caller('shop', 'neighbour'), lab.stockGateway(), lab.redisSentinel({ master: MASTER, members: MEMBERS }),
    ]);
    const ask = (pod: Pod, ...command: string[]) => ioredis(pod, { host: SENTINEL.host, master: MASTER, command });

    await report.check('nothing declared: blocked', async () => isRefused(await ask(cart, 'ping')));
    for (const way of ['direct', 'routed'] as const) {
      await lab.withdraw();
      await lab.kube.apply(manifest(way).yaml);
      await report.check(`${way}: a key is written at the master that the sentinel names`, async () => is(await ask(cart, 'set', 'way', way), 'OK'));
      await report.check(`${way}: and read again`, async () => is(await ask(cart, 'get', 'way'), way));
    }
    await report.check('another account is refused', async () => isRefused(await ask(neighbour, 'ping')), { steady: 1 });
    await redis.failOver();
    await report.check('the master is gone: the key is read at the one that has taken its place', async () => is(await ask(cart, 'get', 'way'), 'routed'));
    await report.check('and another is written there', async () => is(await ask(cart, 'set', 'way', 'failed over'), 'OK'));
    await report.check('the gateway has passed the connections on to the sentinel, and to one master and the other', () =>
      passedOn([gateway], `p26379.shop.${SENTINEL.host}`, cart, `${SENTINEL.address}:26379`)
      ?? MEMBERS.map(({ host, address }) => passedOn([gateway], `p6379.shop.${host}`, cart, `${address}:6379`)).find((problem) => problem !== undefined));
  },
};
