import { Chart } from 'cdk8s';
import { EgressGateway, EgressViaGateway, ExternalRedisCluster, MeshClient, Resolution } from 'cdk8s-istio-egress';
import { is, isRefused } from './answers';
import { passedOn, refusedInHandshake } from './evidence';
import { redis } from '../lab/clients';
import { redisCluster as ioredis } from '../lab/drivers';
import { Manifest } from '../lab/manifest';
import type { Pod } from '../lab/pod';
import { Scenario } from '../lab/scenario';

/** Three masters, and a key whose slot is the member's own. */
const MEMBERS = [
  { host: 'redis-1.example.com', address: '192.0.2.51', key: 'b' },
  { host: 'redis-2.example.com', address: '192.0.2.52', key: 'c' },
  { host: 'redis-3.example.com', address: '192.0.2.53', key: 'a' },
];

const manifest = (way: 'direct' | 'routed'): Manifest => Manifest.synth((app) => {
  const chart = new Chart(app, 'shop', { namespace: 'shop' });
  const egress = new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() });
  const cache = new ExternalRedisCluster(chart, 'Cache', {
    nodes: MEMBERS.map(({ host, address }) => ({ host, resolution: Resolution.ipAddresses(address) })),
  });
  cache.allowFrom(way === 'routed' ? MeshClient.serviceAccount('shop', 'cart') : MeshClient.allIn('shop'));
  if (way === 'routed') { egress.route(cache); }
});

export const redisCluster: Scenario = {
  name: 'redis-cluster',
  promise: 'a Redis Cluster redirects its clients from member to member, direct and through the gateway, and each connection ends at the right one',
  async run(lab, report) {
    for (const { host, address } of MEMBERS) { await lab.dns.set(host, address); }
    const [cart, neighbour, [gateway], cluster] = await Promise.all([
      lab.caller('shop', 'cart'), lab.caller('shop', 'neighbour'), lab.stockGateway(), lab.redisCluster(MEMBERS),
    ]);
    const ask = (pod: Pod, host: string, ...command: string[]) => redis(pod, { host, command, follow: true });
    /** Undefined when every key was written through one member, and each member holds its own. */
    const written = async (first: string, value: string): Promise<string | undefined> => {
      for (const { address, key } of MEMBERS) {
        const problem = is(await ask(cart, first, 'set', key, value), 'OK') ?? is(await ask(cart, first, 'get', key), value);
        if (problem !== undefined) { return `${key} by ${first}: ${problem}`; }
        const held = await cluster.holds(address, key);
        if (held !== value) { return `${address} holds ${held} for ${key}`; }
      }
      return undefined;
    };

    await report.check('nothing declared: blocked', async () => isRefused(await ask(cart, MEMBERS[0].host, 'get', 'a')), { steady: 1 });
    for (const way of ['direct', 'routed'] as const) {
      await lab.withdraw();
      await lab.kube.apply(manifest(way).yaml);
      for (const [what, by] of [['hostname', 'names'], ['ip', 'addresses']] as const) {
        await cluster.redirectBy(what);
        for (const { host } of MEMBERS) {
          await report.check(`${way}, redirected by ${by}: the keys of all members are written and read from ${host}`, () => written(host, `${way} ${what} ${host}`));
        }
        const values = Object.fromEntries(MEMBERS.map(({ host, key }) => [key, `${way} ${what} driver ${host}`]));
        await report.check(`${way}, redirected by ${by}: a driver that knows one member finds the others`, async () =>
          is(await ioredis(cart, { host: MEMBERS[0].host, values }), JSON.stringify(values)));
      }
    }

    await report.check('the gateway has passed the connections of each member on to that member', () => MEMBERS
      .map(({ host, address }) => passedOn([gateway], `p6379.shop.${host}`, cart, `${address}:6379`)).find((problem) => problem !== undefined));
    await report.check('and to no other', () => {
      const astray = gateway.proxy.log.since().find((line) => line.upstream
        && !MEMBERS.some(({ host, address }) => line.sni === `p6379.shop.${host}` && line.upstream === `${address}:6379`));
      return astray ? JSON.stringify(astray) : undefined;
    });
    await report.check('another account is refused at every member', async () => (await Promise.all(MEMBERS.map(({ host }) => ask(neighbour, host, 'get', 'a'))))
      .map(isRefused).find((problem) => problem !== undefined));
    await report.check('in the handshake', () => MEMBERS
      .map(({ host }) => refusedInHandshake([gateway], `p6379.shop.${host}`, neighbour)).find((problem) => problem !== undefined));
  },
};
