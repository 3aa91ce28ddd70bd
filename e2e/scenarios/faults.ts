import { Chart } from 'cdk8s';
import { EgressGateway, EgressViaGateway, ExternalRedis, Mesh, MeshClient, Resolution } from 'cdk8s-istio-egress';
import { is, isRefused } from './answers';
import { Bookinfo } from './bookinfo';
import { whichRedis } from './who';
import { Lab } from '../lab/lab';
import { Manifest } from '../lab/manifest';
import { Pod } from '../lab/pod';
import { disturbance, Prober } from '../lab/prober';
import { Scenario } from '../lab/scenario';
import { sleep, waitFor } from '../lab/wait';

const HOST = 'redis.example.com';

interface RouteOptions {
  readonly resolution: Resolution;
  readonly account?: string;
  readonly dnsCapture?: boolean;
}

/** A Redis through the stock gateway, for one account of the namespace shop. */
function route(options: RouteOptions): Manifest {
  return Manifest.synth((app) => {
    if (options.dnsCapture) { Mesh.declare(app, { dnsCapture: true }); }
    const chart = new Chart(app, 'shop', { namespace: 'shop' });
    const redis = new ExternalRedis(chart, 'Redis', { host: HOST, resolution: options.resolution });
    new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() }).route(redis);
    redis.allowFrom(MeshClient.serviceAccount('shop', options.account ?? 'cart'));
  });
}

interface Cart {
  readonly cart: Pod;
  readonly gateways: readonly Pod[];
}

async function cartWithGateway(lab: Lab, replicas: number, dnsCapture = false): Promise<Cart> {
  const [cart, gateways] = await Promise.all([lab.caller('shop', 'cart', { dnsCapture }), lab.stockGateway(replicas)]);
  return { cart, gateways };
}

export const databaseRestarted: Scenario = {
  name: 'database-restarted',
  promise: 'the database is killed and comes back: the ratings come back by themselves',
  async run(lab, report) {
    const [, bookinfo] = await Promise.all([lab.stockGateway(), Bookinfo.start(lab, 'via-gateway')]);
    await bookinfo.apply();
    await report.check('the stars are 5 and 4', () => bookinfo.shows('5 and 4'), { steady: 1 });
    await bookinfo.database.down();
    await report.check('the database is down: the ratings say so, and answer quickly', async () => {
      const started = Date.now();
      const stars = await bookinfo.stars();
      return stars.includes('could not connect') && Date.now() - started < 2000 ? undefined : `${stars} after ${Date.now() - started} ms`;
    }, { steady: 2 });
    await bookinfo.database.up();
    const back = Date.now();
    await waitFor('the stars are back', async () => await bookinfo.shows('5 and 4') === undefined, { seconds: 30 });
    report.measure('seconds until the ratings are back after the database is', Math.round((Date.now() - back) / 100) / 10);
    await report.check('the stars are back and stay', () => bookinfo.shows('5 and 4'), { steady: 2 });
  },
};

export const gatewayKilled: Scenario = {
  name: 'gateway-killed',
  promise: 'one of two gateway pods is killed: the other takes over',
  async run(lab, report) {
    await lab.dns.set(HOST, '192.0.2.15');
    const [{ cart, gateways }] = await Promise.all([cartWithGateway(lab, 2), lab.redis({ address: '192.0.2.15', who: 'redis' })]);
    await lab.kube.apply(route({ resolution: Resolution.ipAddresses('192.0.2.15') }).yaml);
    await report.check('cart reads from Redis', async () => is(await whichRedis(cart, HOST), 'redis'));
    const fresh = Prober.start(cart, { host: HOST, mode: 'fresh' });
    const held = [1, 2, 3, 4].map(() => Prober.start(cart, { host: HOST, mode: 'held' }));
    await waitFor('all are asking', () => [fresh, ...held].every((prober) => prober.probes().some((probe) => probe.answer === 'redis')));
    const killed = Date.now();
    await gateways[0].machine.kill();
    // what a node's kubelet and the endpoint controller need to tell the mesh
    await sleep(5000);
    await lab.end(gateways[0]);
    await sleep(8000);
    const probes = await fresh.end();
    const seen = disturbance(probes, killed);
    report.measure('new connections, pod dead and in the endpoints for 5 s', seen);
    const lines = (await Promise.all(held.map((prober) => prober.end()))).map((all) => disturbance(all, killed));
    report.measure('held connections: seconds until the last was answered again', Math.max(...lines.map((line) => Math.max(line.lastFailureAfter, line.slowest))));
    await report.check('before the mesh was told, the dead pod was given up within four seconds, and nobody waited for longer than three', () => {
      const untold = disturbance(probes.filter((probe) => probe.at < killed + 5000), killed);
      return untold.asked > 20 && untold.lastFailureAfter <= 4 && untold.slowest <= 3 ? undefined : JSON.stringify(untold);
    });
    await report.check('four seconds after the mesh was told, every new connection is answered', () => {
      const late = probes.filter((probe) => probe.at > killed + 9000);
      const failed = late.filter((probe) => probe.answer !== 'redis').length;
      return late.length > 20 && failed === 0 ? undefined : `${failed} of ${late.length} failed`;
    });
    await report.check('cart reads from Redis, through the pod that is left', async () => {
      const mark = gateways[1].proxy.log.mark();
      const answer = is(await whichRedis(cart, HOST), 'redis');
      if (answer !== undefined) { return answer; }
      await waitFor('its access log', () => gateways[1].proxy.log.since(mark).length > 0, { seconds: 5 });
      return undefined;
    }, { steady: 1 });
  },
};

export const endpointDown: Scenario = {
  name: 'endpoint-down',
  promise: 'one of two addresses of a database is down: the other is used',
  async run(lab, report) {
    await lab.dns.set(HOST, '192.0.2.15');
    const [{ cart, gateways }, , second] = await Promise.all([
      cartWithGateway(lab, 1), lab.redis({ address: '192.0.2.15', who: 'redis' }), lab.redis({ address: '192.0.2.16', who: 'redis' }),
    ]);
    await lab.kube.apply(route({ resolution: Resolution.ipAddresses('192.0.2.15', '192.0.2.16') }).yaml);
    await report.check('cart reads from Redis', async () => is(await whichRedis(cart, HOST), 'redis'));
    const fresh = Prober.start(cart, { host: HOST, mode: 'fresh' });
    await waitFor('it is asking', () => fresh.probes().length > 20);
    const stopped = Date.now();
    await second.down();
    await sleep(9000);
    const refused = disturbance(fresh.probes(), stopped);
    report.measure('new connections, one of two endpoints refuses them', refused);
    await report.check('it is given up within three seconds', () =>
      (refused.asked > 40 && refused.lastFailureAfter <= 3 ? undefined : JSON.stringify(refused)));
    await second.up();
    await report.check('it is back: both answer again', async () => {
      const upstreams = new Set(gateways[0].proxy.log.since(gateways[0].proxy.log.mark() - 20_000).slice(-20).map((line) => line.upstream));
      return upstreams.size === 2 ? undefined : `only ${[...upstreams].join(', ')}`;
    }, { seconds: 30 });
    const back = Date.now();
    await sleep(1000);
    const after = disturbance(await fresh.end(), back);
    await report.check('and no connection fails any more', () => (after.failed === 0 ? undefined : JSON.stringify(after)));
  },
};

export const addressChanged: Scenario = {
  name: 'address-changed',
  promise: 'the name of a database points to another address: new connections go there',
  async run(lab, report) {
    await lab.dns.set(HOST, '192.0.2.15');
    const [{ cart }] = await Promise.all([
      cartWithGateway(lab, 1, true), lab.redis({ address: '192.0.2.15', who: 'old' }), lab.redis({ address: '192.0.2.16', who: 'new' }),
    ]);
    for (const [name, resolution] of [['dns', Resolution.dns()], ['dnsRoundRobin', Resolution.dnsRoundRobin()]] as const) {
      await lab.dns.set(HOST, '192.0.2.15');
      await lab.kube.apply(route({ resolution, dnsCapture: true }).yaml);
      await report.check(`${name}: cart reads from the old address`, async () => is(await whichRedis(cart, HOST), 'old'), { steady: 1 });
      const [fresh, held] = [Prober.start(cart, { host: HOST, mode: 'fresh' }), Prober.start(cart, { host: HOST, mode: 'held' })];
      await waitFor('they are asking', () => [fresh, held].every((prober) => prober.probes().length > 5));
      const changed = Date.now();
      await lab.dns.set(HOST, '192.0.2.16');
      await report.check(`${name}: new connections go to the new address`, () => (fresh.probes().slice(-5).every((probe) => probe.answer === 'new')
        ? undefined : 'not yet'), { seconds: 30 });
      const first = fresh.probes().find((probe) => probe.answer === 'new');
      await sleep(3000);
      const [news, olds] = [await fresh.end(), await held.end()];
      report.measure(`${name}: seconds until new connections go to the new address (the record lives 1 s)`, Math.round(((first?.at ?? 0) - changed) / 100) / 10);
      report.measure(`${name}: new connections`, disturbance(news, changed));
      report.measure(`${name}: the connection that was open`, {
        ...disturbance(olds, changed), answeredBy: [...new Set(olds.filter((probe) => probe.at > changed).map((probe) => probe.answer ?? 'nobody'))],
      });
      await lab.kube.remove(route({ resolution, dnsCapture: true }).yaml);
    }
  },
};

export const policyChanged: Scenario = {
  name: 'policy-changed',
  promise: 'an account loses its access, and another gets it: new connections are refused at once, and open ones end',
  lane: 'beside',
  async run(lab, report) {
    await lab.dns.set(HOST, '192.0.2.15');
    const [{ cart }, other] = await Promise.all([
      cartWithGateway(lab, 1), lab.caller('shop', 'other'), lab.redis({ address: '192.0.2.15', who: 'redis' }),
    ]);
    await lab.kube.apply(route({ resolution: Resolution.ipAddresses('192.0.2.15') }).yaml);
    await report.check('cart reads from Redis', async () => is(await whichRedis(cart, HOST), 'redis'));
    const held = Prober.start(cart, { host: HOST, mode: 'held' });
    await waitFor('it is asking', () => held.probes().length > 5);
    const changed = Date.now();
    await lab.kube.apply(route({ resolution: Resolution.ipAddresses('192.0.2.15'), account: 'other' }).yaml);
    await report.check('new connections of cart are refused', async () => isRefused(await whichRedis(cart, HOST)));
    report.measure('seconds until new connections are refused', Math.round((Date.now() - changed) / 100) / 10);
    await report.check('the other account reads', async () => is(await whichRedis(other, HOST), 'redis'));
    await report.check('the connection that was open ends', () => (held.probes().some((probe) => probe.at + probe.ms > changed && probe.answer === undefined)
      ? undefined : 'it is still answered'), { seconds: 90 });
    const ended = held.probes().find((probe) => probe.at + probe.ms > changed && probe.answer === undefined);
    report.measure('seconds until the open connection ends', Math.round(((ended?.at ?? 0) + (ended?.ms ?? 0) - changed) / 100) / 10);
    await held.end();
  },
};

export const istiodDown: Scenario = {
  name: 'istiod-down',
  promise: 'the control plane is down: traffic goes on, and nothing is let in unchecked',
  async run(lab, report) {
    await lab.dns.set(HOST, '192.0.2.15');
    const [{ cart }, neighbour] = await Promise.all([
      cartWithGateway(lab, 1), lab.caller('shop', 'neighbour'), lab.redis({ address: '192.0.2.15', who: 'redis' }),
    ]);
    const manifest = route({ resolution: Resolution.ipAddresses('192.0.2.15') });
    await lab.kube.apply(manifest.yaml);
    await report.check('cart reads from Redis', async () => is(await whichRedis(cart, HOST), 'redis'));
    const [fresh, held] = [Prober.start(cart, { host: HOST, mode: 'fresh' }), Prober.start(cart, { host: HOST, mode: 'held' })];
    await waitFor('they are asking', () => [fresh, held].every((prober) => prober.probes().length > 5));
    const stopped = Date.now();
    await lab.istiod.stop();
    try {
      await report.holds('for ten seconds cart reads, and others are refused', 10, async () =>
        is(await whichRedis(cart, HOST), 'redis') ?? isRefused(await whichRedis(neighbour, HOST)));
      await report.check('a change is refused, because nobody checks it', async () => {
        const outcome = await lab.kube.kubectl(['apply', '--server-side', '--force-conflicts', '-f', '-'],
          manifest.yaml.replace('MESH_EXTERNAL', 'MESH_INTERNAL'));
        return outcome.code !== 0 && outcome.stderr.includes('validation.istio.io') ? undefined : `kubectl says: ${outcome.stdout}${outcome.stderr}`;
      });
    } finally {
      await lab.istiod.restart();
    }
    const seen = disturbance([...await fresh.end(), ...await held.end()], stopped);
    report.measure('connections while istiod was down', seen);
    await report.check('no question of cart was left without an answer', () => (seen.failed === 0 ? undefined : `${seen.failed} of ${seen.asked} failed`));
    const back = Date.now();
    await lab.kube.remove(manifest.yaml);
    // Envoy asks for its control plane again after a random time of up to 30 s
    await report.check('istiod is back: a change reaches the proxies', async () => isRefused(await whichRedis(cart, HOST)), { seconds: 60 });
    report.measure('seconds until the proxies have heard of a change after istiod is back', Math.round((Date.now() - back) / 100) / 10);
  },
};
