import * as fs from 'node:fs'; import { spawnSync } from 'node:child_process';
import { hostileLogins } from './e2e/lab/hostile';
import { App, Chart } from 'cdk8s';
import { Credentials, ExternalMysql, ExternalPostgres, MysqlBootstrap, MysqlGrant, MysqlPrivilege, PostgresBootstrap, PostgresGrant, PostgresPrivilege, Resolution } from './src';
const [kind, seed] = [process.argv[2], Number(process.argv[3])];
const app = new App(); const chart = new Chart(app, 'test', { namespace: 'bookinfo' });
const base = { adminCredentials: Credentials.fromSecret('the-admin'), database: 'h_db', statements: ['CREATE TABLE IF NOT EXISTS t (a INT PRIMARY KEY)'] };
if (kind === 'm') new MysqlBootstrap(chart, 'M', { ...base, service: new ExternalMysql(chart, 'Mysql', { host: '127.0.0.1.nip.example.com', port: 13306, resolution: Resolution.ipAddresses('192.0.2.14') }), users: [{ credentials: Credentials.fromSecret('it'), grants: [MysqlGrant.onTable('t', MysqlPrivilege.SELECT)] }] });
else new PostgresBootstrap(chart, 'P', { ...base, service: new ExternalPostgres(chart, 'Pg', { host: 'pg.example.com', port: 15432, resolution: Resolution.ipAddresses('192.0.2.14') }), users: [{ credentials: Credentials.fromSecret('it'), grants: [PostgresGrant.onTable('t', PostgresPrivilege.SELECT)] }] });
const ms = chart.toJson() as any[]; const d = `/tmp/bs/h${kind}`; fs.rmSync(d, { recursive: true, force: true }); fs.mkdirSync(d, { recursive: true });
for (const [f, t] of Object.entries(ms.find(m => m.kind === 'ConfigMap').data)) fs.writeFileSync(`${d}/${f}`, t as string);
const env: any = { PATH: process.env.PATH, ...Object.fromEntries(ms.find(m => m.kind === 'Job').spec.template.spec.containers[0].env.map((e: any) => [e.name, e.value])), DB_HOST: '127.0.0.1', DB_SECRETS: `${d}/s` };
const put = (p: string, b: Buffer | string) => { fs.mkdirSync(`${d}/s/${p.split('/')[0]}`, { recursive: true }); fs.writeFileSync(`${d}/s/${p}`, b); };
put('admin/username', 'admin'); put('admin/password', `a'd"m\\in pw`);
const root = (sql: string) => kind === 'm' ? spawnSync('mariadb', ['--no-defaults', '--socket=/tmp/bs/my.sock', '-uroot', '-N', '-B', '-e', sql]).stdout.toString() : spawnSync('psql', ['-h', '/tmp/bs/pgd', '-p', '15432', '-U', 'postgres', '-At', '-c', sql]).stdout.toString();
const accounts = () => kind === 'm' ? root('select hex(User), hex(Host), hex(authentication_string) from mysql.user order by 1,2') : root("select rolname, rolpassword, rolcanlogin from pg_authid order by 1");
const as = (u: Buffer, p: Buffer, sql: string) => kind === 'm'
  ? spawnSync('mariadb', ['--no-defaults', '--protocol=tcp', '--host=127.0.0.1', '--port=13306', '--default-character-set=utf8mb4', `--user=${u.toString()}`, 'h_db', '-e', sql], { env: { PATH: process.env.PATH, MYSQL_PWD: p.toString() } })
  : spawnSync('psql', ['-X', '-h', '127.0.0.1', '-p', '15432', '-w', '-c', sql], { env: { PATH: process.env.PATH, PGUSER: u.toString(), PGPASSWORD: p.toString(), PGDATABASE: 'h_db', PGCLIENTENCODING: 'UTF8' } });
const count: any = { ok: 0, refused: 0 }; const reasons: any = {};
for (const { username, password } of hostileLogins(200, seed)) {
  put('user-0/username', username); put('user-0/password', password);
  const before = accounts();
  const r = spawnSync('bash', [`${d}/bootstrap.sh`], { env }); const out = r.stdout.toString() + r.stderr.toString();
  const bad = (why: string) => console.log('BAD', why, JSON.stringify(username.toString()), username.toString('hex'), JSON.stringify(password.toString()), r.status, out);
  if (password.length > 3 && out.includes(password.toString())) bad('password in log');
  if (r.status === 0) {
    count.ok++;
    const s = as(username, password, 'select * from t'); if (s.status !== 0) bad('cannot select ' + s.stderr);
    for (const q of ['insert into t values (1)', 'drop table t', 'create table x (a int)', 'delete from t']) if (as(username, password, q).status === 0) bad(`can ${q}`);
    if (as(username, Buffer.concat([password, Buffer.from('x')]), 'select 1').status === 0) bad('other password');
    const mid = accounts(); const again = spawnSync('bash', [`${d}/bootstrap.sh`], { env });
    if (again.status !== 0) bad('again ' + again.stderr);
    if (kind === 'm' && accounts() !== mid) bad('not same after again');
  } else {
    count.refused++; const m = /nothing was changed: (.*)/.exec(out)?.[1] ?? 'NO REFUSAL'; reasons[m] = (reasons[m] ?? 0) + 1;
    if (!/refused, and nothing was changed/.test(out)) bad('no refusal');
    if (accounts() !== before) bad('half');
  }
}
console.log(kind, seed, count, reasons);
