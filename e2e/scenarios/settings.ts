import { Chart, Duration } from 'cdk8s';
import {
  ClientTls, ConnectionSettings, EgressGateway, EgressViaGateway, ExternalHttp, ExternalRedis, HttpSettings, MeshClient, Resolution,
} from 'cdk8s-istio-egress';
import { is } from './answers';
import { http, redis } from '../lab/clients';
import { Manifest } from '../lab/manifest';
import type { Pod } from '../lab/pod';
import { Scenario } from '../lab/scenario';

const REDIS = { host: 'redis.example.com', address: '192.0.2.15', who: 'the redis' };
const API = { host: 'api.example.com', address: '192.0.2.38', who: 'the api' };

const manifest = (way: string, connection: ConnectionSettings, settings: HttpSettings): Manifest => Manifest.synth((app) => {
  const chart = new Chart(app, 'shop', { namespace: 'shop' });
  const services = [
    new ExternalRedis(chart, 'Redis', { host: REDIS.host, resolution: Resolution.ipAddresses(REDIS.address), connection }),
    new ExternalHttp(chart, 'Api', { host: API.host, resolution: Resolution.ipAddresses(API.address), tls: ClientTls.disable(), http: settings }),
  ];
  const egress = new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() });
  for (const service of services) {
    if (way === 'routed') { egress.route(service); }
    service.allowFrom(way === 'routed' ? MeshClient.serviceAccount('shop', 'cart') : MeshClient.allIn('shop'));
  }
});

/** How long a connection lives, in seconds: one that asks nothing, or one that asks every 300 ms. */
async function lifetime(pod: Pod, asking: boolean): Promise<number> {
  const ask = asking ? '(while echo PING >&3; do sleep 0.3; done) 2>/dev/null &' : '';
  const { ms } = await pod.exec(['bash', '-c', `exec 3<>/dev/tcp/${REDIS.host}/6379; ${ask} timeout 9 cat <&3 >/dev/null; kill %1 2>/dev/null; exit 0`], { timeout: 12 });
  return ms / 1000;
}

export const settings: Scenario = {
  name: 'settings',
  promise: 'connection and HTTP settings have their effect, direct and through the gateway',
  async run(lab, report) {
    await lab.dns.set(REDIS.host, REDIS.address);
    await lab.dns.set(API.host, API.address);
    const [cart] = await Promise.all([
      lab.caller('shop', 'cart'), lab.stockGateway(), lab.redis({ address: REDIS.address, who: REDIS.who }), lab.website(API),
    ]);
    const about = (seconds: number, least: number, most: number): string | undefined => (seconds >= least && seconds <= most ? undefined : `after ${seconds} s`);
    const get = (path: string) => http(cart, { url: `http://${API.host}/${path}` });

    for (const way of ['direct', 'routed']) {
      await lab.withdraw();
      await lab.kube.apply(manifest(way, { idleTimeout: Duration.seconds(2) }, { timeout: Duration.millis(500) }).yaml);
      await report.check(`${way}: the service answers`, async () => is(await redis(cart, { host: REDIS.host }), REDIS.who) ?? is(await get(''), API.who), { steady: 1 });
      await report.check(`${way}: an idle connection ends after the two seconds that it may be idle`, async () => about(await lifetime(cart, false), 1.8, 4));
      await report.check(`${way}: one in use does not`, async () => about(await lifetime(cart, true), 8, 12));
      await report.check(`${way}: a slow request is answered with 504 after half a second`, async () => {
        const { code, ms } = await get('delay/3000');
        return code === 504 ? about(ms / 1000, 0.4, 1.5) : `status ${code}`;
      });

      await lab.kube.apply(manifest(way, { maxConnectionDuration: Duration.seconds(3) }, {
        fault: { abort: { percentage: 100, httpStatus: 418 } },
      }).yaml);
      await report.check(`${way}: a connection ends after the three seconds that it may live`, async () => about(await lifetime(cart, true), 2.8, 5));
      await report.check(`${way}: the fault is injected`, async () => ((await get('')).code === 418 ? undefined : 'no fault'));
    }
  },
};
