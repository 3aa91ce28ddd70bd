/** Many of one construct that looks at other parts of the app: each in a namespace of its own, of which another one is not to cost more. */
import { App, Chart } from 'cdk8s';
import {
  Credentials, EgressGateway, EgressGuard, EgressLockdown, EgressViaGateway, ExternalMysql, MeshClient, MysqlBootstrap, MysqlGrant, MysqlPrivilege,
  Resolution,
} from 'cdk8s-istio-egress';
import { ChartItems, inventory } from './inventory';
import { timed } from './synthesise';

/** What there are many of. */
export type Crowd = 'lockdowns' | 'bootstraps' | 'gateways' | 'guarded';

const [crowd, count, outdir] = process.argv.slice(2) as [Crowd, string, string];

function mysqlIn(chart: Chart, { items: [{ id, host, ip, account }] }: ChartItems): ExternalMysql {
  const mysql = new ExternalMysql(chart, id, { host, resolution: Resolution.ipAddresses(ip) });
  mysql.allowFrom(MeshClient.serviceAccount(chart.namespace!, account));
  return mysql;
}

const EACH: { readonly [crowd in Crowd]: (chart: Chart, mysql: ExternalMysql, gateway: EgressGateway) => void } = {
  lockdowns: (chart, mysql, gateway) => {
    new EgressViaGateway(chart, 'Egress', { gateway }).route(mysql);
    new EgressLockdown(chart, 'Lockdown');
  },
  bootstraps: (chart, mysql, gateway) => {
    new EgressViaGateway(chart, 'Egress', { gateway }).route(mysql);
    new MysqlBootstrap(chart, 'Bootstrap', {
      service: mysql,
      adminCredentials: Credentials.fromSecret('admin'),
      database: 'shop',
      users: [{ credentials: Credentials.fromSecret('user'), grants: [MysqlGrant.onTable('orders', MysqlPrivilege.SELECT)] }],
    });
  },
  gateways: (chart, mysql) => new EgressViaGateway(chart, 'Egress', { gateway: new EgressGateway(chart, 'Gateway') }).route(mysql),
  guarded: (chart, mysql, gateway) => new EgressViaGateway(chart, 'Egress', { gateway }).route(mysql),
};

function build(app: App): void {
  const platform = new Chart(app, 'platform', { namespace: 'platform' });
  const gateway = new EgressGateway(platform, 'Egress', crowd === 'gateways' ? { namespaces: ['elsewhere'] } : {});
  for (const items of inventory(Number(count), Number(count))) {
    const chart = new Chart(app, items.id, { namespace: items.namespace });
    EACH[crowd](chart, mysqlIn(chart, items), gateway);
  }
  if (crowd === 'guarded') {
    new EgressGuard(platform, 'Guard', { gateway });
  }
}

timed(outdir, build);
