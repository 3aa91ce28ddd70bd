import { Chart } from 'cdk8s';
import { containerOf, filesOf, runScript } from './helpers';
import {
  Credentials, ExternalPostgres, PostgresBootstrap, PostgresBootstrapProps, PostgresGrant, PostgresPrivilege, Resolution,
} from '../../src';
import { messageOf, only, synth } from '../helpers';

const READER = { credentials: Credentials.fromSecret('orders-postgres'), grants: [PostgresGrant.onTable('orders', PostgresPrivilege.SELECT)] };

function bootstrapIn(chart: Chart, props: Partial<PostgresBootstrapProps> = {}): PostgresBootstrap {
  return new PostgresBootstrap(chart, 'OrdersDatabase', {
    service: new ExternalPostgres(chart, 'Orders', { host: 'orders.example.com', resolution: Resolution.ipAddresses('192.0.2.41') }),
    adminCredentials: Credentials.fromSecret('postgres-admin'),
    database: 'orders',
    users: [READER],
    ...props,
  });
}

const synthWith = (props: Partial<PostgresBootstrapProps> = {}) => synth(chart => bootstrapIn(chart, props));
const refusal = (props: object) => messageOf(() => synthWith(props as never));
const usersSql = (...grants: PostgresGrant[]) => filesOf(synthWith({ users: [{ ...READER, grants }] }))['4-users.sql'];

test('the Job has the client of PostgreSQL, and the port of the service', () => {
  const manifests = synthWith();

  expect(containerOf(manifests).image).toBe('postgres:15');
  expect(containerOf(manifests).env).toContainEqual({ name: 'DB_PORT', value: '5432' });
  expect(only(manifests, 'Job').metadata.name).toMatch(/^orders-database-bootstrap-[0-9a-f]{8}$/);
});

test('a schema has another Job, in which the statements find it', () => {
  expect(filesOf(synthWith())['3-schema.sql']).toContain('CREATE SCHEMA IF NOT EXISTS "public";\nSET search_path = "public";');
  expect(filesOf(synthWith({ schema: 'sales' }))['3-schema.sql']).toContain('SET search_path = "sales";');
  expect(only(synthWith({ schema: 'sales' }), 'Job').metadata.name).not.toBe(only(synthWith(), 'Job').metadata.name);
});

test('statements are sent as they are, each behind the other', () => {
  expect(filesOf(synthWith({ statements: ['SELECT \'\\! id\';\n', 'SELECT :x'] }))['3-statements.sql']).toBe('SELECT \'\\! id\'\n;\n\nSELECT :x\n');
  expect(filesOf(synthWith({ statements: [] }))).not.toHaveProperty('3-statements.sql');
});

test('a user has what was asked for, and the way to it', () => {
  const sql = usersSql(
    PostgresGrant.onTable('orders', PostgresPrivilege.SELECT, PostgresPrivilege.INSERT), PostgresGrant.onTables(PostgresPrivilege.UPDATE), PostgresGrant.onSequences(),
  );

  expect(sql.match(/'GRANT .* TO %I'/g)).toEqual([
    '\'GRANT CONNECT ON DATABASE "orders" TO %I\'',
    '\'GRANT USAGE ON SCHEMA "public" TO %I\'',
    '\'GRANT SELECT, INSERT ON TABLE "public"."orders" TO %I\'',
    '\'GRANT UPDATE ON ALL TABLES IN SCHEMA "public" TO %I\'',
    '\'GRANT USAGE ON ALL SEQUENCES IN SCHEMA "public" TO %I\'',
  ]);
  expect(sql).toContain('has_table_privilege(role, \'"public"."orders"\', \'INSERT\')');
});

test('everything else is taken away first, from the user and from everybody', () => {
  const sql = usersSql(PostgresGrant.onSequences());

  expect(sql).toContain('REVOKE ALL ON DATABASE "orders" FROM PUBLIC;\nREVOKE CREATE ON SCHEMA "public" FROM PUBLIC;');
  expect(sql.indexOf('DROP OWNED BY %I')).toBeLessThan(sql.indexOf('GRANT USAGE ON ALL SEQUENCES'));
  expect(sql.indexOf('deptype = \'o\'')).toBeLessThan(sql.indexOf('DROP OWNED BY %I'));
});

test('what everybody has on tables and sequences is refused before a user is changed, and the rest is a warning', () => {
  const sql = usersSql(PostgresGrant.onSequences());
  const [beforeUsers] = sql.split('bootstrap.username');

  expect(beforeUsers).toContain('WHERE acl.grantee = 0 AND n.nspname !~ \'^pg_\' AND n.nspname <> \'information_schema\' AND (n.nspname = \'public\' OR ');
  expect(beforeUsers.match(/RAISE .*, found;/g)).toEqual([
    'RAISE EXCEPTION \'every user has %: take it away in \'\'statements\'\', with REVOKE ... FROM PUBLIC\', found;',
    'RAISE WARNING \'every user may run %, with the rights of the owner\', found;',
    'RAISE WARNING \'every user may connect to these databases as well: %\', found;',
  ]);
});

test('the error of a password is passed on without its context, which has the password', () => {
  expect(usersSql(PostgresGrant.onSequences())).toContain('RAISE EXCEPTION \'the user of Secret "orders-postgres" is not accepted: %\', SQLERRM;');
});

test.each<[string, object, string]>([
  ['a user without a grant', { users: [{ ...READER, grants: [] }] }, '\'users[0].grants\' must not be empty: write at least one, like PostgresGrant.onTable('],
  ['a grant of nothing', { users: [{ ...READER, grants: [PostgresGrant.onTables()] }] }, '\'PostgresGrant.onTables()\' must not be empty'],
  ['a privilege that there is not', { users: [{ ...READER, grants: [PostgresGrant.onTables('CREATE' as never)] }] }, '\'users[0].grants[0].privileges[0]\' must be one of "SELECT"'],
  ['a table with a dot', { users: [{ ...READER, grants: [PostgresGrant.onTable('a.b', PostgresPrivilege.SELECT)] }] }, '\'users[0].grants[0].table\' must be a name that PostgreSQL takes'],
  ['the server\'s own database', { database: 'postgres' }, '\'database\' must be a database of the application, got "postgres"'],
  ['a name that PostgreSQL would cut', { database: 'x'.repeat(64) }, 'at most 63'],
  ['the server\'s own schema', { schema: 'pg_catalog' }, '\'schema\' must be a schema of the application, got "pg_catalog"'],
  ['another kind of grant', { users: [{ ...READER, grants: [{}] }] }, '\'users[0].grants[0]\' must be one of PostgresGrant.onTable('],
])('a mistake is refused: %s', (_, props, message) => {
  expect(refusal(props)).toContain(message);
});

describe('the script', () => {
  const says = (secrets: { [file: string]: string | Buffer }) => (
    runScript(synthWith(), { 'admin/username': 'admin', 'admin/password': 'a', 'user-0/username': 'reader', 'user-0/password': 'p', ...secrets }));

  test('takes every character that the server takes', () => {
    expect(says({ 'user-0/username': ' it\'s 😀\n', 'user-0/password': 'p\'\\;"`$(id)\n' })).toContain('the database denies the admin of Secret "postgres-admin"');
  });

  test.each<[string, { [file: string]: string }, string]>([
    ['a name that PostgreSQL would cut', { 'user-0/username': 'x'.repeat(64) }, 'the user name in Secret "orders-postgres" has more than 63 bytes'],
    ['a name of the server\'s own', { 'user-0/username': 'pg_x' }, 'begins with "pg_", or is "public" or "none"'],
    ['everybody', { 'user-0/username': 'public' }, 'begins with "pg_", or is "public" or "none"'],
    ['a password that looks like a hash (MD5)', { 'user-0/password': `md5${'0a'.repeat(16)}` }, 'looks like the hash of one'],
    ['a password that looks like a hash (SCRAM)', { 'user-0/password': 'SCRAM-SHA-256$4096:x' }, 'looks like the hash of one'],
  ])('refuses %s before it connects', (_, secrets, message) => {
    expect(says(secrets)).toContain(message);
    expect(says(secrets)).toMatch(/^bootstrap: refused, and nothing was changed: /);
  });
});
