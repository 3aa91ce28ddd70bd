import { Chart } from 'cdk8s';
import { EgressGateway, EgressViaGateway, ExternalTcp, MeshClient, Resolution } from 'cdk8s-istio-egress';
import { is, isRefused } from './answers';
import { whichRedis } from './who';
import { Manifest } from '../lab/manifest';
import { Scenario } from '../lab/scenario';

const HOST = 'cache.example.com';

const manifest = (): Manifest => Manifest.synth((app) => {
  const chart = new Chart(app, 'shop', { namespace: 'shop' });
  const cache = new ExternalTcp(chart, 'Cache', { host: HOST, ports: [6379, 6380], resolution: Resolution.ipAddresses('192.0.2.15') });
  new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() }).route(cache);
  cache.allowFrom(MeshClient.serviceAccount('shop', 'cart'));
});

export const twoPorts: Scenario = {
  name: 'two-ports',
  promise: 'a service with two ports goes through the stock gateway of two pods, whose Service stays as it is',
  async run(lab, report) {
    await lab.dns.set(HOST, '192.0.2.15');
    const [gateways, cart, neighbour] = await Promise.all([
      lab.stockGateway(2), lab.caller('shop', 'cart'), lab.caller('shop', 'neighbour'),
      lab.redis({ address: '192.0.2.15', who: 'first' })
        .then((first) => lab.redis({ address: '192.0.2.15', port: 6380, who: 'second', machine: first.machine })),
    ]);
    const before = await lab.kube.get({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'istio-egressgateway', namespace: 'istio-system' } });
    await lab.kube.apply(manifest().yaml);
    await report.check('the first port is answered by the first server', async () => is(await whichRedis(cart, HOST, 6379), 'first'));
    await report.check('the second port by the second', async () => is(await whichRedis(cart, HOST, 6380), 'second'));
    await report.check('another account is refused on both', async () =>
      isRefused(await whichRedis(neighbour, HOST, 6379)) ?? isRefused(await whichRedis(neighbour, HOST, 6380)), { steady: 2 });
    await report.holds('the right server answers every time, whichever pod the connection takes', 2, async () =>
      is(await whichRedis(cart, HOST, 6379), 'first') ?? is(await whichRedis(cart, HOST, 6380), 'second'));
    await report.check('both pods of the gateway have carried connections of cart', () => {
      const idle = gateways.filter((gateway) => !gateway.proxy.log.since().some((line) => line.principal === cart.principal && !line.refusal));
      return idle.length === 0 ? undefined : `${idle.map((gateway) => gateway.name).join(', ')} has not`;
    });
    await report.check('the gateway\'s Service is what it was', async () => {
      const after = await lab.kube.get({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'istio-egressgateway', namespace: 'istio-system' } });
      return after?.metadata.resourceVersion === before?.metadata.resourceVersion ? undefined : 'it was changed';
    });
  },
};
