import { type Answer, psql, type PsqlOptions, redis, sql } from '../lab/clients';
import { mongo, type MongoFindings } from '../lab/drivers';
import type { Ferretdb } from '../lab/ferretdb';
import type { Lab } from '../lab/lab';
import type { Mariadb, MariadbOptions } from '../lab/mariadb';
import type { Pod } from '../lab/pod';
import type { Postgres } from '../lab/postgres';

const PASSWORD = 'only-for-the-lab';

/** A MySQL outside that says who it is. */
export function mysqlCalled(lab: Lab, who: string, address: string, options: Partial<MariadbOptions> = {}): Promise<Mariadb> {
  return lab.mariadb({
    address,
    ...options,
    sql: `create database test; create table test.who (name varchar(40)); insert into test.who values ('${who}');
      create user 'app'@'%' identified by '${PASSWORD}'; grant select on test.who to 'app'@'%';`,
  });
}

/** Which MySQL a pod reaches under a name. */
export function whichMysql(pod: Pod, host: string, port?: number): Promise<Answer> {
  return sql(pod, { host, port, user: 'app', password: PASSWORD, sql: 'select name from test.who' });
}

/** A PostgreSQL outside that says who it is; one with a certificate for a host serves nobody without TLS. */
export function postgresCalled(lab: Lab, who: string, address: string, host?: string): Promise<Postgres> {
  return lab.postgres({
    address,
    host,
    sql: `create table who (name text); insert into who values ('${who}'); create user app password '${PASSWORD}'; grant select on who to app;`,
  });
}

/** Which PostgreSQL a pod reaches under a name. */
export function whichPostgres(pod: Pod, host: string, options: Partial<PsqlOptions> = {}): Promise<Answer> {
  return psql(pod, { host, user: 'app', password: PASSWORD, sql: 'select name from who', ...options });
}

/** A MongoDB outside that says who it is. */
export function mongoCalled(lab: Lab, who: string, address: string): Promise<Ferretdb> {
  return lab.ferretdb({ address, documents: { 'test.who': [{ name: who }] } });
}

/** Which MongoDB a pod reaches under a name. */
export async function whichMongo(pod: Pod, host: string): Promise<Answer> {
  const answer = await mongo(pod, { url: `mongodb://${host}:27017/test`, collection: 'test.who' });
  return answer.ok ? { ...answer, text: (JSON.parse(answer.text) as MongoFindings).read.join() } : answer;
}

/** Which Redis a pod reaches under a name. */
export function whichRedis(pod: Pod, host: string, port?: number): Promise<Answer> {
  return redis(pod, { host, port });
}
