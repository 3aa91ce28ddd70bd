import * as fs from 'node:fs';
import * as path from 'node:path';
import { Chart } from 'cdk8s';
import {
  Credentials, EgressGateway, EgressViaGateway, ExternalMysql, ExternalPostgres, MeshClient, MysqlBootstrap, MysqlGrant, MysqlPrivilege,
  PostgresBootstrap, PostgresGrant, PostgresPrivilege, Resolution,
} from 'cdk8s-istio-egress';
import { is, isRefused } from './answers';
import { Bookinfo } from './bookinfo';
import { passedOn, refusedInHandshake, sawNothing } from './evidence';
import { type Answer, psql, sql } from '../lab/clients';
import { hostileLogins } from '../lab/hostile';
import { bareScript, type JobRun, putSecrets, runJob } from '../lab/job';
import type { KubeObject } from '../lab/kube';
import type { Lab } from '../lab/lab';
import { Manifest } from '../lab/manifest';
import type { Pod } from '../lab/pod';
import type { Outcome } from '../lab/processes';
import type { Report, Scenario } from '../lab/scenario';

const NAMESPACE = 'bookinfo';
const HOST = 'mysqldb.example.com';
const PG_HOST = 'orders.example.com';
const ADDRESS = '192.0.2.51';
const PG_ADDRESS = '192.0.2.52';
const ADMIN = { username: 'admin', password: 'it\'s "the" \\admin$' };
const FIRST = 'p\'a"s\\s `w$o;r\nd';
const SECOND = 'another one\n';

/** What both scenarios create, in the words of each kind of server. */
interface Options {
  readonly trigger?: string;
  readonly way: 'direct' | 'via-gateway';
}

const MYSQL_SCHEMA = [
  'CREATE TABLE IF NOT EXISTS ratings (ReviewID INT NOT NULL, Rating INT, PRIMARY KEY (ReviewID))',
  'INSERT IGNORE INTO ratings VALUES (1, 5), (2, 4)',
];
const POSTGRES_SCHEMA = [
  'CREATE TABLE IF NOT EXISTS orders (id bigserial PRIMARY KEY, item text NOT NULL)',
  'INSERT INTO orders VALUES (1, \'book\'), (2, \'pen\') ON CONFLICT DO NOTHING',
];

const mysqlManifest = ({ trigger, way }: Options): Manifest => Manifest.synth((app) => {
  const chart = new Chart(app, 'mysql', { namespace: NAMESPACE });
  const service = new ExternalMysql(chart, 'Mysql', { host: HOST, resolution: Resolution.ipAddresses(ADDRESS) });
  service.allowFrom(way === 'via-gateway' ? MeshClient.serviceAccount(NAMESPACE, 'ratings') : MeshClient.allIn(NAMESPACE));
  if (way === 'via-gateway') { new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() }).route(service); }
  new MysqlBootstrap(chart, 'RatingsDatabase', {
    service,
    adminCredentials: Credentials.fromSecret('mysql-admin'),
    database: 'shop_1',
    statements: MYSQL_SCHEMA,
    trigger,
    users: [{ credentials: Credentials.fromSecret('ratings-mysql'), grants: [MysqlGrant.onTable('ratings', MysqlPrivilege.SELECT)] }],
  });
});

const postgresManifest = ({ trigger, way }: Options): Manifest => Manifest.synth((app) => {
  const chart = new Chart(app, 'postgres', { namespace: NAMESPACE });
  const service = new ExternalPostgres(chart, 'Orders', { host: PG_HOST, resolution: Resolution.ipAddresses(PG_ADDRESS) });
  service.allowFrom(way === 'via-gateway' ? MeshClient.serviceAccount(NAMESPACE, 'ratings') : MeshClient.allIn(NAMESPACE));
  if (way === 'via-gateway') { new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() }).route(service); }
  new PostgresBootstrap(chart, 'OrdersDatabase', {
    service,
    adminCredentials: Credentials.fromSecret('postgres-admin'),
    caSecretName: 'postgres-ca',
    database: 'shop_1',
    statements: POSTGRES_SCHEMA,
    trigger,
    users: [{ credentials: Credentials.fromSecret('orders-postgres'), grants: [PostgresGrant.onTable('orders', PostgresPrivilege.SELECT)] }],
  });
});

/** Undefined when the Job has done its work, and its sidecar has ended with it. */
function succeeded({ outcome }: JobRun): string | undefined {
  return outcome.code === 0 ? undefined : `it ended with ${outcome.code}: ${outcome.stderr.trim()}`;
}

const ended = ({ pod }: JobRun): string | undefined => (pod.proxy.running ? 'its proxy still runs' : undefined);

/** Undefined when no password is among what the Job has printed. */
function discreet({ outcome }: JobRun, ...passwords: readonly string[]): string | undefined {
  const said = outcome.stdout + outcome.stderr;
  return passwords.some((password) => said.includes(password)) ? `it printed a password: ${said}` : undefined;
}

interface Login {
  readonly username: string;
  readonly password: string;
}

/** A database, as both kinds are asked. */
interface Asked {
  readonly lab: Lab;
  readonly report: Report;
  readonly job: (trigger?: string) => Promise<KubeObject>;
  readonly ask: (pod: Pod, statement: string, as: Login) => Promise<Answer>;
  readonly secret: string;
  readonly adminSecret: string;
  readonly rows: { readonly statement: string; readonly expected: string };
  readonly forbidden: readonly string[];
  readonly serverName: string;
  readonly upstream: string;
  /** As the operator, on the database's own host: one privilege more than was asked for. */
  readonly surplus: { readonly give: () => Promise<string>; readonly statement: string };
}

/** Undefined when the API server takes a pod of a Job in a namespace that enforces a standard. */
async function admitted(lab: Lab, job: KubeObject, security: object = {}): Promise<string | undefined> {
  const { serviceAccountName, ...spec } = job.spec.template.spec;
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'like-the-job', namespace: 'restricted' },
    spec: { ...spec, securityContext: { ...spec.securityContext, ...security } },
  };
  await lab.kube.put({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: 'restricted' } });
  const outcome = await lab.kube.kubectl(['create', '--dry-run=server', '-f', '-'], JSON.stringify(pod));
  return outcome.code === 0 ? undefined : outcome.stderr.trim();
}

async function prove(asked: Asked): Promise<void> {
  const { lab, report, rows } = asked;
  const [[gateway], ratings, neighbour] = await Promise.all([lab.stockGateway(), lab.caller(NAMESPACE, 'ratings'), lab.caller(NAMESPACE, 'neighbour')]);
  const user = (password: string) => ({ username: 'reader', password });
  await putSecrets(lab.kube, NAMESPACE, { [asked.adminSecret]: ADMIN, [asked.secret]: { username: 'reader', password: FIRST } });
  const job = await asked.job();

  await lab.kube.put({
    apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'restricted', labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
  });
  await report.check('its pods satisfy the Pod Security Standard "restricted"', () => admitted(lab, job));
  await report.check('which is enforced: as root they are refused', async () => (
    (await admitted(lab, job, { runAsUser: 0, runAsNonRoot: false }))?.includes('violates PodSecurity') ? undefined : 'they were admitted'));

  const first = await runJob(lab, job);
  await report.check('the Job, behind its sidecar, as its user, with its files, does its work', () => succeeded(first));
  await report.check('its proxy ends with it', () => ended(first));
  await report.check('it has printed no password', () => discreet(first, FIRST, ADMIN.password));
  await report.check('its connection has passed the gateway under the account of the Job', () => passedOn([gateway], asked.serverName, first.pod, asked.upstream));
  await report.check('the application reads', async () => is(await asked.ask(ratings, rows.statement, user(FIRST)), rows.expected), { steady: 1 });
  for (const statement of asked.forbidden) {
    await report.check(`and does nothing else: ${statement}`, async () => isRefused(await asked.ask(ratings, statement, user(FIRST))));
  }

  const mark = neighbour.proxy.log.mark();
  await report.holds('another account of the namespace is refused, even with the password of the admin', 1, async () =>
    isRefused(await asked.ask(neighbour, 'select 1', ADMIN)));
  await report.check('in the handshake', () => refusedInHandshake([gateway], asked.serverName, neighbour));
  await report.check('it has seen not one byte', () => sawNothing(neighbour, [gateway], mark));

  await asked.surplus.give();
  await report.check('somebody grants more by hand: the application may do that', async () => {
    const answer = await asked.ask(ratings, asked.surplus.statement, user(FIRST));
    return answer.ok ? undefined : answer.text;
  });
  const second = await runJob(lab, job);
  await report.check('the Job runs again', () => succeeded(second) ?? ended(second));
  await report.check('what was granted by hand is gone', async () => isRefused(await asked.ask(ratings, asked.surplus.statement, user(FIRST))));
  await report.check('the rows are there, once', async () => is(await asked.ask(ratings, rows.statement, user(FIRST)), rows.expected));

  await putSecrets(lab.kube, NAMESPACE, { [asked.secret]: { username: 'reader', password: SECOND } });
  const rotated = await asked.job('rotated');
  await report.check('another trigger is another Job', () => (rotated.metadata.name === job.metadata.name ? `both are ${job.metadata.name}` : undefined));
  const third = await runJob(lab, rotated);
  await report.check('it sets the password that changed in the Secret', () => succeeded(third) ?? ended(third));
  await report.check('the application reads with the new one', async () => is(await asked.ask(ratings, rows.statement, user(SECOND)), rows.expected));
  await report.check('the old one is refused', async () => isRefused(await asked.ask(ratings, rows.statement, user(FIRST))));

  await putSecrets(lab.kube, NAMESPACE, { [asked.adminSecret]: { ...ADMIN, password: 'wrong' } });
  const denied = await runJob(lab, rotated);
  await report.check('a Job that the database denies fails, and says why', () => (
    denied.outcome.code === 1 && denied.outcome.stderr.includes('nothing was changed: the database denies the admin') ? undefined
      : `it ended with ${denied.outcome.code}: ${denied.outcome.stderr}`));
  await report.check('its proxy ends as well', () => ended(denied));
}

export const bootstrapMysql: Scenario = {
  name: 'bootstrap-mysql',
  promise: 'a Job creates database, tables and a user that may read and nothing else, through the gateway, again and again, and its sidecar ends with it',
  async run(lab, report) {
    await lab.dns.set(HOST, ADDRESS);
    await lab.namespace(NAMESPACE);
    const database = await lab.mariadb({
      address: ADDRESS,
      sql: `create user '${quoted(ADMIN.username)}'@'%' identified by '${quoted(ADMIN.password)}'; grant all on *.* to 'admin'@'%' with grant option;
        create database shopx1; create table shopx1.secrets (a int);`,
    });
    await prove({
      lab,
      report,
      job: async (trigger) => {
        const manifest = mysqlManifest({ trigger, way: 'via-gateway' });
        await lab.kube.apply(manifest.yaml);
        return manifest.one('Job');
      },
      ask: (pod, statement, as) => sql(pod, { host: HOST, user: as.username, password: as.password, sql: statement }),
      secret: 'ratings-mysql',
      adminSecret: 'mysql-admin',
      rows: { statement: 'select Rating from shop_1.ratings order by ReviewID', expected: '5 4' },
      forbidden: [
        'insert into shop_1.ratings values (3, 1)', 'update shop_1.ratings set Rating = 1', 'delete from shop_1.ratings', 'drop table shop_1.ratings', 'create table shop_1.other (a int)',
        'create database other', 'select * from mysql.user', 'select * from shopx1.secrets', 'grant select on shop_1.ratings to reader', 'create user other',
      ],
      serverName: `p3306.${NAMESPACE}.${HOST}`,
      upstream: `${ADDRESS}:3306`,
      surplus: {
        give: () => database.sql('grant select on shopx1.* to \'reader\'@\'%\'; grant process on *.* to \'reader\'@\'%\''),
        statement: 'select count(*) from shopx1.secrets',
      },
    });
  },
};

export const bootstrapPostgres: Scenario = {
  name: 'bootstrap-postgres',
  promise: 'the same of a PostgreSQL that serves nobody without TLS, and whose certificate the Job verifies',
  async run(lab, report) {
    await lab.dns.set(PG_HOST, PG_ADDRESS);
    await lab.namespace(NAMESPACE);
    const database = await lab.postgres({
      address: PG_ADDRESS,
      host: PG_HOST,
      sql: `create role admin login createdb createrole password '${ADMIN.password.replaceAll('\'', '\'\'')}';`,
    });
    const authority = fs.readFileSync(database.authority!, 'utf8');
    await putSecrets(lab.kube, NAMESPACE, { 'postgres-ca': { 'ca.crt': authority } });
    await prove({
      lab,
      report,
      job: async (trigger) => {
        const manifest = postgresManifest({ trigger, way: 'via-gateway' });
        await lab.kube.apply(manifest.yaml);
        return manifest.one('Job');
      },
      ask: (pod, statement, as) => psql(pod, {
        host: PG_HOST, user: as.username, password: as.password, sql: statement, authority: database.authority, database: 'shop_1',
      }),
      secret: 'orders-postgres',
      adminSecret: 'postgres-admin',
      rows: { statement: 'select item from orders order by id', expected: 'book pen' },
      forbidden: [
        'insert into orders values (3, \'x\')', 'update orders set item = \'x\'', 'delete from orders', 'drop table orders', 'create table other (a int)', 'create temp table other (a int)',
        'create database other', 'create schema other', 'select * from pg_authid', 'create role other', 'truncate orders', 'set role admin',
      ],
      serverName: `p5432.${NAMESPACE}.${PG_HOST}`,
      upstream: `${PG_ADDRESS}:5432`,
      surplus: {
        give: () => database.sql('\\c shop_1\ngrant insert on orders to reader; grant create on schema public to reader;'),
        statement: 'insert into orders select 9, \'x\' where false',
      },
    });
  },
};

export const ratingsWithBootstrap: Scenario = {
  name: 'ratings-with-bootstrap',
  promise: 'Bookinfo against an empty MySQL: a Job creates the ratings and a user that can only read them, and the stars are there',
  async run(lab, report) {
    const admin = 'create user \'admin\'@\'%\' identified by \'admin\'; grant all on *.* to \'admin\'@\'%\' with grant option;';
    const [[gateway], bookinfo] = await Promise.all([lab.stockGateway(), Bookinfo.start(lab, 'via-gateway-with-bootstrap', admin)]);
    await putSecrets(lab.kube, NAMESPACE, { 'mysql-admin': { username: 'admin', password: 'admin' } });
    await bookinfo.apply();
    await report.check('nothing in the database: no stars', () => bookinfo.shows('could not connect to ratings database'), { steady: 1 });

    const run = await runJob(lab, bookinfo.manifest.one('Job'));
    await report.check('the Job does its work, and its proxy ends', () => succeeded(run) ?? ended(run));
    await report.check('the stars are 5 and 4', () => bookinfo.shows('5 and 4'));
    await report.check('the gateway has seen the account of the Job', () => (
      passedOn([gateway], bookinfo.manifest.serverNames()[0], run.pod, `${bookinfo.database.address}:3306`)));
    const { MYSQL_DB_USER: user, MYSQL_DB_PASSWORD: password } = bookinfo.ratings.environment;
    await report.check('what ratings got is not the administrator, and cannot write', async () => (
      isRefused(await sql(bookinfo.ratings.pod, { host: bookinfo.host, user, password, sql: 'update test.ratings set Rating = 5' }))));
    await report.holds('reviews is refused, with the password of the administrator', 1, async () => (
      isRefused(await sql(bookinfo.reviews, { host: bookinfo.host, user: 'admin', password: 'admin', sql: 'select 1' }))));
  },
};

const COUNT = 200;
const SEED = 20261126;

export const bootstrapHostile: Scenario = {
  name: 'bootstrap-hostile',
  promise: `${COUNT} names and passwords that were made to break quoting work as they are, or are refused before anything is changed`,
  async run(lab, report) {
    const [mariadb, postgres] = await Promise.all([
      lab.mariadb({ address: ADDRESS, sql: 'create user \'admin\'@\'%\' identified by \'admin\'; grant all on *.* to \'admin\'@\'%\' with grant option;' }),
      lab.postgres({ address: PG_ADDRESS, sql: 'create role admin login createdb createrole password \'admin\';' }),
    ]);
    await Promise.all([
      survive(lab, report, {
        what: 'MariaDB',
        exec: (argv, options) => mariadb.machine.exec(argv, options),
        manifest: mysqlManifest({ way: 'direct' }),
        address: ADDRESS,
        accounts: () => mariadb.sql('select hex(User), hex(Host), hex(authentication_string) from mysql.user order by 1, 2'),
        login: (username, password, statement) => mariadb.machine.exec([
          'mariadb', '--no-defaults', '--protocol=tcp', `--host=${ADDRESS}`, '--default-character-set=utf8mb4', `--user=${username}`, '--database=shop_1', '--skip-column-names', '-e', statement,
        ], { env: { PATH: process.env.PATH ?? '', MYSQL_PWD: password } }),
        read: 'select count(*) from ratings',
        write: 'delete from ratings',
      }),
      survive(lab, report, {
        what: 'PostgreSQL',
        exec: (argv, options) => postgres.machine.exec(argv, { env: { ...options.env, DB_CA: '' } }),
        manifest: postgresManifest({ way: 'direct' }),
        address: PG_ADDRESS,
        accounts: () => postgres.sql('select rolname, rolpassword from pg_authid order by 1'),
        login: (username, password, statement) => postgres.machine.exec(['psql', '--no-psqlrc', `--host=${PG_ADDRESS}`, '--no-password', '-At', '-c', statement], {
          env: { PATH: process.env.PATH ?? '', PGUSER: username, PGPASSWORD: password, PGDATABASE: 'shop_1', PGCLIENTENCODING: 'UTF8' },
        }),
        read: 'select count(*) from orders',
        write: 'delete from orders',
      }),
    ]);
  },
};

interface Server {
  readonly what: string;
  readonly exec: (argv: readonly string[], options: { env: Record<string, string> }) => Promise<Outcome>;
  readonly manifest: Manifest;
  readonly address: string;
  readonly accounts: () => Promise<string>;
  readonly login: (username: string, password: string, statement: string) => Promise<Outcome>;
  readonly read: string;
  readonly write: string;
}

async function survive(lab: Lab, report: Report, server: Server): Promise<void> {
  const script = await bareScript(server.manifest.objects, path.join(lab.folder, `bootstrap-${server.what}`), server.exec, server.address);
  const admin = { 'admin/username': Buffer.from('admin'), 'admin/password': Buffer.from('admin') };
  let [works, refused] = [0, 0];
  const wrong: string[] = [];
  for (const { username, password } of hostileLogins(COUNT, SEED)) {
    const before = await server.accounts();
    const { code, stderr, stdout } = await script.run({ ...admin, 'user-0/username': username, 'user-0/password': password });
    const complain = (what: string): number => wrong.push(`${what}: ${JSON.stringify(username.toString())} ${JSON.stringify(password.toString())}: ${stderr.trim()}`);
    if (password.length > 3 && (stdout + stderr).includes(password.toString())) { complain('a password was printed'); }
    if (code === 0) {
      works++;
      const [name, word] = [username.toString(), password.toString()];
      if ((await server.login(name, word, server.read)).stdout.trim() !== '2') { complain('cannot read'); }
      if ((await server.login(name, word, server.write)).code === 0) { complain('can write'); }
      if ((await server.login(name, `${word}x`, server.read)).code === 0) { complain('can read with another password'); }
    } else {
      refused++;
      if (!stderr.includes('refused, and nothing was changed')) { complain('failed, and was not refused'); }
      if (await server.accounts() !== before) { complain('was refused, and changed accounts'); }
    }
  }
  report.measured[server.what] = { works, refused };
  await report.check(`${server.what}: each works or is refused, never half (${works} work, ${refused} are refused)`, () => wrong.join('\n') || undefined, { seconds: 0 });
  await report.check(`${server.what}: most of them work`, () => (works > COUNT / 2 ? undefined : `${works} of ${COUNT}`), { seconds: 0 });
}

function quoted(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\'', '\'\'');
}
