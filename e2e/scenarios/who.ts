import { type Answer, redis, sql } from '../lab/clients';
import type { Lab } from '../lab/lab';
import type { Mariadb, MariadbOptions } from '../lab/mariadb';
import type { Pod } from '../lab/pod';

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

/** Which Redis a pod reaches under a name. */
export function whichRedis(pod: Pod, host: string, port?: number): Promise<Answer> {
  return redis(pod, { host, port });
}
