import { Chart } from 'cdk8s';
import { EgressGateway, EgressViaGateway, ExternalKafka, MeshClient, Resolution } from 'cdk8s-istio-egress';
import { is, isRefused } from './answers';
import { passedOn, refusedInHandshake } from './evidence';
import { kafka as kafkajs } from '../lab/drivers';
import { Manifest } from '../lab/manifest';
import type { Pod } from '../lab/pod';
import { Scenario } from '../lab/scenario';

const BROKERS = [
  { host: 'kafka-1.example.com', address: '192.0.2.54' },
  { host: 'kafka-2.example.com', address: '192.0.2.55' },
  { host: 'kafka-3.example.com', address: '192.0.2.56' },
];
const TOPIC = 'orders';

const manifest = (way: 'direct' | 'routed'): Manifest => Manifest.synth((app) => {
  const chart = new Chart(app, 'shop', { namespace: 'shop' });
  const egress = new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() });
  const events = new ExternalKafka(chart, 'Events', {
    brokers: BROKERS.map(({ host, address }) => ({ host, resolution: Resolution.ipAddresses(address) })),
  });
  events.allowFrom(way === 'routed' ? MeshClient.serviceAccount('shop', 'cart') : MeshClient.allIn('shop'));
  if (way === 'routed') { egress.route(events); }
});

export const kafka: Scenario = {
  name: 'kafka',
  promise: 'a Kafka client follows the advertised names of three brokers, direct and through the gateway, and produces to and consumes from each',
  lane: 'beside',
  async run(lab, report) {
    for (const { host, address } of BROKERS) { await lab.dns.set(host, address); }
    const [cart, neighbour, [gateway]] = await Promise.all([
      lab.caller('shop', 'cart'), lab.caller('shop', 'neighbour'), lab.stockGateway(), lab.kafka({ brokers: BROKERS, topic: TOPIC }),
    ]);
    let round = 0;
    /** Undefined when a value for each broker's partition was produced and consumed, with one broker known at first. */
    const through = async (pod: Pod, first: string): Promise<string | undefined> => {
      const values = BROKERS.map(({ host }) => `${++round} for ${host}`);
      return is(await kafkajs(pod, { broker: `${first}:9092`, topic: TOPIC, values }), JSON.stringify(values));
    };
    const tries = async (pod: Pod, host: string) => kafkajs(pod, { broker: `${host}:9092`, topic: TOPIC, values: ['a', 'b', 'c'], seconds: 6 });

    await report.check('nothing declared: blocked', async () => isRefused(await tries(cart, BROKERS[0].host)));
    for (const way of ['direct', 'routed'] as const) {
      await lab.withdraw();
      await lab.kube.apply(manifest(way).yaml);
      for (const { host } of way === 'direct' ? BROKERS.slice(1, 2) : BROKERS) {
        await report.check(`${way}: a client that knows ${host} produces to all three, and consumes from them`, () => through(cart, host), { seconds: 30 });
      }
    }
    await report.check('the gateway has passed the connections of each broker on to that broker', () => BROKERS
      .map(({ host, address }) => passedOn([gateway], `p9092.shop.${host}`, cart, `${address}:9092`)).find((problem) => problem !== undefined));
    await report.check('and to no other', () => {
      const astray = gateway.proxy.log.since().find((line) => line.upstream
        && !BROKERS.some(({ host, address }) => line.sni === `p9092.shop.${host}` && line.upstream === `${address}:9092`));
      return astray ? JSON.stringify(astray) : undefined;
    });
    await report.check('another account is refused at every broker', async () => (await Promise.all(BROKERS.map(({ host }) => tries(neighbour, host))))
      .map(isRefused).find((problem) => problem !== undefined));
    await report.check('in the handshake', () => BROKERS
      .map(({ host }) => refusedInHandshake([gateway], `p9092.shop.${host}`, neighbour)).find((problem) => problem !== undefined));
  },
};
