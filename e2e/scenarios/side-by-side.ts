import { Chart } from 'cdk8s';
import { EgressGateway, EgressViaGateway, ExternalMysql, ExternalRedis, MeshClient, Resolution } from 'cdk8s-istio-egress';
import { is, isRefused } from './answers';
import { refusedInHandshake } from './evidence';
import { mysqlCalled, whichMysql, whichRedis } from './who';
import { Manifest } from '../lab/manifest';
import { Scenario } from '../lab/scenario';

const manifest = (): Manifest => Manifest.synth((app) => {
  const chart = new Chart(app, 'shop', { namespace: 'shop' });
  const egress = new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() });
  const mysql = new ExternalMysql(chart, 'Mysql', { host: 'mysqldb.example.com', resolution: Resolution.ipAddresses('192.0.2.14') });
  const redis = new ExternalRedis(chart, 'Redis', { host: 'redis.example.com', resolution: Resolution.ipAddresses('192.0.2.15') });
  egress.route(mysql);
  egress.route(redis);
  mysql.allowFrom(MeshClient.serviceAccount('shop', 'orders'));
  redis.allowFrom(MeshClient.serviceAccount('shop', 'cart'));
});

export const sideBySide: Scenario = {
  name: 'side-by-side',
  promise: 'MySQL and Redis share one port of the gateway, and each account reaches only its own',
  async run(lab, report) {
    await lab.dns.set('mysqldb.example.com', '192.0.2.14');
    await lab.dns.set('redis.example.com', '192.0.2.15');
    const [orders, cart, [gateway]] = await Promise.all([
      lab.caller('shop', 'orders'), lab.caller('shop', 'cart'), lab.stockGateway(),
      mysqlCalled(lab, 'mysql', '192.0.2.14'), lab.redis({ address: '192.0.2.15', who: 'redis' }),
    ]);
    await lab.kube.apply(manifest().yaml);
    await report.check('orders reaches MySQL', async () => is(await whichMysql(orders, 'mysqldb.example.com'), 'mysql'));
    await report.check('cart reaches Redis', async () => is(await whichRedis(cart, 'redis.example.com'), 'redis'));
    await report.check('cart is refused at MySQL', async () => isRefused(await whichMysql(cart, 'mysqldb.example.com')), { steady: 2 });
    await report.check('orders is refused at Redis', async () => isRefused(await whichRedis(orders, 'redis.example.com')), { steady: 2 });
    await report.check('each in the handshake for the other\'s server name', () => refusedInHandshake([gateway], 'p3306.shop.mysqldb.example.com', cart)
      ?? refusedInHandshake([gateway], 'p6379.shop.redis.example.com', orders));
    await report.check('all of it on one port of the gateway, told apart by server names of their own', () => {
      const lines = gateway.proxy.log.since();
      const ports = new Set(lines.map((line) => line.listener?.split(':')[1]));
      const names = new Set(lines.map((line) => line.sni));
      return ports.size === 1 && names.size === 2 ? undefined : `ports ${[...ports].join()}, server names ${[...names].join()}`;
    });
  },
};
