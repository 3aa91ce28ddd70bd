import { Chart } from 'cdk8s';
import { Membership, MeshClient, Protocol, VirtualMachineService } from 'cdk8s-istio-egress';
import { is, isRefused } from './answers';
import { mysqlCalled, whichMysql, whichRedis } from './who';
import { Manifest } from '../lab/manifest';
import { disturbance, Prober } from '../lab/prober';
import type { Scenario } from '../lab/scenario';
import { sleep, waitFor } from '../lab/wait';

const HOST = (name: string): string => `${name}.vm.svc.cluster.local`;
const REDIS = ['192.0.2.31', '192.0.2.32'];
const MYSQL = '192.0.2.33';
/** More than max_connect_errors of a MySQL as it comes, which is 100. */
const ATTEMPTS = 130;

const manifest = Manifest.synth((app) => {
  const chart = new Chart(app, 'vm', { namespace: 'vm' });
  const databases = [['redis', 6379, Protocol.REDIS, REDIS], ['mysqldb', 3306, Protocol.MYSQL, [MYSQL]]] as const;
  for (const [serviceName, number, protocol, addresses] of databases) {
    const membership = Membership.workloadEntries(...addresses);
    new VirtualMachineService(chart, serviceName, { serviceName, ports: [{ number, protocol }], membership })
      .allowFrom(MeshClient.serviceAccount('shop', 'cart'));
  }
});

export const virtualMachineDown: Scenario = {
  name: 'virtual-machine-down',
  promise: 'one of two virtual machines leaves: the other is used; a denied account shuts the client out only of a MySQL that looks up names',
  async run(lab, report) {
    await lab.namespace('vm');
    const [cart, neighbour, mysql, ...redis] = await Promise.all([
      lab.caller('shop', 'cart'), lab.caller('shop', 'neighbour'), mysqlCalled(lab, 'mysql', MYSQL, { resolveNames: true }),
      ...REDIS.map((address) => lab.redis({ address, who: 'redis' })),
    ] as const);
    await lab.kube.apply(manifest.yaml);
    await lab.services.refresh('vm');
    const joinWith = (account: string) => ({ machine }: typeof mysql | typeof redis[number]) =>
      lab.virtualMachine(machine, { namespace: 'vm', account, labels: { app: account } });
    const [[, second]] = await Promise.all([Promise.all(redis.map(joinWith('redis'))), joinWith('mysqldb')(mysql)]);

    await report.check('cart reads from Redis', async () => is(await whichRedis(cart, HOST('redis')), 'redis'), { steady: 1 });
    await report.check('another account is denied', async () => isRefused(await whichRedis(neighbour, HOST('redis'))), { steady: 1 });
    const fresh = Prober.start(cart, { host: HOST('redis'), mode: 'fresh' });
    await waitFor('it is asking', () => fresh.probes().length > 20);
    const stopped = Date.now();
    await second.leave();
    await sleep(9000);
    const refused = disturbance(await fresh.end(), stopped);
    report.measure('new connections, the agent of one of two machines stops', refused);
    await report.check('it is given up within five seconds', () =>
      (refused.asked > 40 && refused.lastFailureAfter <= 5 ? undefined : JSON.stringify(refused)));

    await report.check('cart reads from MySQL', async () => is(await whichMysql(cart, HOST('mysqldb')), 'mysql'));
    const attempt = `mariadb --no-defaults --skip-ssl --protocol=tcp -h ${HOST('mysqldb')} -u app --connect-timeout=5 -e 'select 1' || true`;
    await neighbour.exec(['sh', '-c', `for i in $(seq ${ATTEMPTS}); do ${attempt}; done`], { timeout: 120 });
    await report.check('a MySQL that looks up names has blocked the sidecar of its machine, and cart with it: see docs/reliability.md', async () => {
      const answer = await whichMysql(cart, HOST('mysqldb'));
      return !answer.ok && answer.text.includes('Host \'127.0.0.6\' is blocked because of many connection errors') ? undefined : answer.text;
    });
  },
};
