import { Chart } from 'cdk8s';
import { EgressGateway, EgressViaGateway, ExternalPostgres, MeshClient, Resolution } from 'cdk8s-istio-egress';
import { is, isRefused } from './answers';
import { passedOn, refusedInHandshake, sawNothing } from './evidence';
import { postgresCalled, whichPostgres } from './who';
import type { Answer } from '../lab/clients';
import { Manifest } from '../lab/manifest';
import type { Pod } from '../lab/pod';
import type { Postgres } from '../lab/postgres';
import { Scenario } from '../lab/scenario';

const PLAIN = { host: 'orders.example.com', address: '192.0.2.41', who: 'orders' };
/** It serves nobody without TLS. */
const SECURE = { host: 'users.example.com', address: '192.0.2.42', who: 'users' };

const manifest = (way: 'direct' | 'routed'): Manifest => Manifest.synth((app) => {
  const chart = new Chart(app, 'shop', { namespace: 'shop' });
  const egress = new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() });
  for (const { host, address, who } of [PLAIN, SECURE]) {
    const database = new ExternalPostgres(chart, who, { host, resolution: Resolution.ipAddresses(address) });
    database.allowFrom(way === 'routed' ? MeshClient.serviceAccount('shop', 'cart') : MeshClient.allIn('shop'));
    if (way === 'routed') { egress.route(database); }
  }
});

export const postgres: Scenario = {
  name: 'postgres',
  promise: 'a PostgreSQL in plaintext and one with its own TLS answer, direct and through the gateway, which denies every other account',
  async run(lab, report) {
    for (const { host, address } of [PLAIN, SECURE]) { await lab.dns.set(host, address); }
    const [cart, neighbour, [gateway], plain, secure] = await Promise.all([
      lab.caller('shop', 'cart'), lab.caller('shop', 'neighbour'), lab.stockGateway(),
      postgresCalled(lab, PLAIN.who, PLAIN.address), postgresCalled(lab, SECURE.who, SECURE.address, SECURE.host),
    ]);
    const databases = [{ ...PLAIN, database: plain }, { ...SECURE, database: secure }];
    // the name of the database, and the version of TLS that it sees itself
    const sql = 'select concat_ws(\' \', name, version) from who, pg_stat_ssl where pid = pg_backend_pid()';
    const ask = (pod: Pod, host: string, { authority }: Postgres): Promise<Answer> => whichPostgres(pod, host, { sql, authority });

    await report.check('nothing declared: blocked', async () => isRefused(await ask(cart, PLAIN.host, plain)) ?? isRefused(await ask(cart, SECURE.host, secure)), { steady: 1 });
    for (const way of ['direct', 'routed'] as const) {
      await lab.withdraw();
      const before = databases.map(({ database }) => database.clients('app').length);
      await lab.kube.apply(manifest(way).yaml);
      await report.check(`${way}: the database without TLS answers`, async () => is(await ask(cart, PLAIN.host, plain), PLAIN.who), { steady: 1 });
      await report.check(`${way}: the one with TLS answers in the TLS of the driver, which has verified its name and its authority`, async () =>
        is(await ask(cart, SECURE.host, secure), `${SECURE.who} TLSv1.3`), { steady: 1 });
      const peer = way === 'direct' ? cart : gateway;
      await report.check(`${way}: both have seen ${way === 'direct' ? 'the application\'s pod' : 'the gateway'}, and nobody else`, () => {
        const seen = databases.map(({ database }, index) => [...new Set(database.clients('app').slice(before[index]))].join());
        return seen.every((addresses) => addresses === peer.address) ? undefined : `they were reached from ${seen.join(' and ')}`;
      });
    }

    const mark = neighbour.proxy.log.mark();
    for (const { host, address, database } of databases) {
      await report.check(`${host}: the gateway knows who called`, () => passedOn([gateway], `p5432.shop.${host}`, cart, `${address}:5432`));
      await report.holds(`${host}: another account is refused even with the password`, 1, async () => isRefused(await ask(neighbour, host, database)));
      await report.check(`${host}: in the handshake`, () => refusedInHandshake([gateway], `p5432.shop.${host}`, neighbour));
    }
    await report.check('it has seen not one byte', () => sawNothing(neighbour, [gateway], mark));
    await report.check('the application is still served', async () =>
      is(await ask(cart, PLAIN.host, plain), PLAIN.who) ?? is(await ask(cart, SECURE.host, secure), `${SECURE.who} TLSv1.3`));
  },
};
