import { Chart } from 'cdk8s';
import { EgressGateway, EgressViaGateway, ExternalRedis, MeshClient, Resolution } from 'cdk8s-istio-egress';
import { is } from './answers';
import { passedOn } from './evidence';
import { whichRedis } from './who';
import type { KubeObject } from '../lab/kube';
import { Manifest } from '../lab/manifest';
import type { Pod } from '../lab/pod';
import { disturbance, Prober } from '../lab/prober';
import { Report, Scenario } from '../lab/scenario';
import { sleep, waitFor } from '../lab/wait';

const HOST = 'redis.example.com';
const ADDRESS = '192.0.2.15';
const SERVER_NAME = `p6379.shop.${HOST}`;

/** What an operator wrote by hand before the library was there. */
const BY_HAND = `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: cart-redis, namespace: shop }
spec:
  hosts: [${HOST}]
  addresses: [${ADDRESS}]
  ports: [{ number: 6379, name: redis, protocol: TCP }]
  endpoints: [{ address: ${ADDRESS} }]
  resolution: STATIC
  location: MESH_EXTERNAL
`;

function service(way: 'direct' | 'gateway'): Manifest {
  return Manifest.synth((app) => {
    const chart = new Chart(app, 'shop', { namespace: 'shop' });
    const redis = new ExternalRedis(chart, 'Redis', { host: HOST, resolution: Resolution.ipAddresses(ADDRESS), metadata: { name: 'cart-redis' } });
    if (way === 'gateway') { new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() }).route(redis); }
    redis.allowFrom(way === 'gateway' ? MeshClient.serviceAccount('shop', 'cart') : MeshClient.allIn('shop'));
  });
}

const idOf = (object: KubeObject): string => `${object.kind}/${object.metadata.namespace}/${object.metadata.name}`;

const yamlOf = (objects: readonly KubeObject[]): string => JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });

/** Asks all the time while something is changed and until proxies have long heard of it; gives what became of the questions. */
async function during(cart: Pod, change: () => Promise<void>): Promise<ReturnType<typeof disturbance>> {
  const probers = [Prober.start(cart, { host: HOST, mode: 'fresh', everyMs: 20 }), Prober.start(cart, { host: HOST, mode: 'held', everyMs: 20 })];
  await waitFor('they are asking', () => probers.every((prober) => prober.probes().length > 5));
  const started = Date.now();
  await change();
  await sleep(4000);
  return disturbance((await Promise.all(probers.map((prober) => prober.end()))).flat(), started);
}

async function losesNothing(report: Report, cart: Pod, sentence: string, change: () => Promise<void>): Promise<void> {
  const seen = await during(cart, change);
  report.measure(sentence, seen);
  await report.check(`${sentence}: no question without an answer`, () =>
    (seen.asked > 100 && seen.failed === 0 ? undefined : `${seen.failed} of ${seen.asked} failed (${seen.errors.join(', ')})`));
}

export const adoption: Scenario = {
  name: 'adoption',
  promise: 'a hand-written ServiceEntry is adopted, moves to the gateway and back, and step by step no connection is lost',
  lane: 'beside',
  async run(lab, report) {
    await lab.dns.set(HOST, ADDRESS);
    const [cart, gateways] = await Promise.all([lab.caller('shop', 'cart'), lab.stockGateway(), lab.redis({ address: ADDRESS, who: 'redis' })]);
    const [direct, routed] = [service('direct'), service('gateway')];
    await lab.kube.apply(BY_HAND);
    await report.check('by hand: cart reads', async () => is(await whichRedis(cart, HOST), 'redis'), { steady: 1 });
    await losesNothing(report, cart, 'adopted under its name', async () => { await lab.kube.apply(direct.yaml); });
    await report.check('there is still one entry', async () => {
      const entries = (await lab.objects()).filter((object) => object.includes('/serviceentries/'));
      return entries.length === 1 ? undefined : entries.join(', ');
    });
    const plain = await during(cart, async () => { await lab.kube.apply(routed.yaml); });
    report.measure('direct to gateway by plain apply', plain);
    // one push has the new cluster and the listener that uses it; until the cluster is warm, Envoy has no place to send a connection to (NC)
    await report.check('direct to gateway by plain apply: at most an instant of new connections is lost', () =>
      (plain.asked > 100 && plain.failed <= 3 && plain.lastFailureAfter <= 2 ? undefined : JSON.stringify(plain)));
    await report.check('it goes through the gateway', () => passedOn(gateways, SERVER_NAME, cart, `${ADDRESS}:6379`));

    const kept = new Set(direct.objects.map(idOf));
    const surplus = routed.objects.filter((object) => !kept.has(idOf(object)));
    const meshLegs = surplus.filter((object) => object.kind === 'VirtualService' && (object.spec.gateways as string[]).includes('mesh'));
    const rest = surplus.filter((object) => !meshLegs.includes(object));
    await losesNothing(report, cart, 'back to direct: apply, delete the mesh leg, wait, delete the rest', async () => {
      await lab.kube.apply(direct.yaml);
      await lab.kube.remove(yamlOf(meshLegs));
      await sleep(2000);
      await lab.kube.remove(yamlOf(rest));
    });
    await report.check('it goes direct', () => {
      const [last] = cart.proxy.log.since().slice(-1);
      return last.upstream === `${ADDRESS}:6379` ? undefined : `to ${last.upstream}`;
    });

    // each object a while after the other: a moment at which half of a set is there lasts long enough to be seen
    await losesNothing(report, cart, 'direct to gateway, object by object in the order of the set', async () => {
      for (const object of routed.objects) {
        await lab.kube.apply(yamlOf([object]));
        await sleep(400);
      }
    });
    const careless = await during(cart, async () => {
      await lab.kube.apply(direct.yaml);
      for (const object of surplus) {
        await lab.kube.remove(yamlOf([object]));
        await sleep(400);
      }
    });
    report.measure('back to direct: deleted one by one in the order of the set', careless);
    await report.check('then it goes direct again', async () => is(await whichRedis(cart, HOST), 'redis'));
  },
};
