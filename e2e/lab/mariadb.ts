import * as fs from 'node:fs';
import * as path from 'node:path';
import { Machine } from './machine';
import type { Network } from './network';
import { must, type Service } from './processes';

export interface MariadbOptions {
  readonly address: string;
  readonly port?: number;
  /** Statements run as root when it is up. */
  readonly sql: string;
  /** It asks DNS for the names of its clients, as a MySQL does that nobody has told otherwise. */
  readonly resolveNames?: boolean;
}

/** A MySQL-compatible database on a host outside the mesh. */
export class Mariadb {
  static async start(network: Network, folder: string, options: MariadbOptions): Promise<Mariadb> {
    const data = await emptyDatabase(folder);
    const machine = await Machine.start(network, path.join(folder, 'outside'), { name: `mysql-${options.address}`, address: options.address });
    await must(['cp', '-a', data, path.join(machine.run, 'data')]);
    fs.mkdirSync(path.join(machine.run, 'tmp'));
    const database = new Mariadb(machine, options);
    await database.up();
    await database.sql(options.sql);
    return database;
  }

  readonly address: string;
  readonly port: number;
  private service!: Service;

  private constructor(readonly machine: Machine, private readonly options: MariadbOptions) {
    this.address = options.address;
    this.port = options.port ?? 3306;
  }

  /** Runs statements on the database's own host. */
  async sql(statements: string): Promise<string> {
    return this.machine.must(['mariadb', '--no-defaults', '--socket=/run/mysql.sock', '--user=root', '--batch', '--skip-column-names'], { stdin: statements });
  }

  /** The addresses from which a user has logged in since the database was started. */
  async clients(user: string): Promise<string[]> {
    const hosts = await this.sql('select distinct user_host from mysql.general_log where command_type = \'Connect\'');
    return hosts.split('\n').filter((line) => line.startsWith(`[${user}]`)).map((line) => line.replace(/^.*\[/, '').replace(']', '')).sort();
  }

  async down(): Promise<void> {
    await this.service.end();
  }

  async up(): Promise<void> {
    fs.rmSync(path.join(this.machine.run, 'mysql.sock'), { force: true });
    this.service = this.machine.service('mariadbd', [
      'mariadbd', '--no-defaults', '--user=root', '--datadir=/run/data', '--tmpdir=/run/tmp', '--socket=/run/mysql.sock', '--pid-file=/run/mysql.pid', '--bind-address=0.0.0.0',
      `--port=${this.port}`, ...(this.options.resolveNames ? [] : ['--skip-name-resolve']), '--innodb-use-native-aio=0', '--innodb-buffer-pool-size=16M', '--innodb-flush-log-at-trx-commit=0',
      '--max-connections=200', '--general-log=1', '--log-output=TABLE',
    ]);
    await this.service.ready('no answer', async () => {
      const outcome = await this.machine.exec(['mariadb', '--no-defaults', '--socket=/run/mysql.sock', '--user=root', '-e', 'select 1']);
      return outcome.code === 0;
    }, 60);
  }
}

const empty = new Map<string, Promise<string>>();

/** The system tables, made once and copied. */
function emptyDatabase(folder: string): Promise<string> {
  let made = empty.get(folder);
  if (!made) {
    const data = path.join(folder, 'mariadb-empty');
    // not /tmp: the names of the files there are made of process numbers, which are the same in two labs
    const temporary = path.join(folder, 'mariadb-tmp');
    fs.mkdirSync(temporary, { recursive: true });
    made = must(['mariadb-install-db', '--no-defaults', '--user=root', `--datadir=${data}`, `--tmpdir=${temporary}`, '--auth-root-authentication-method=normal', '--skip-test-db',
      '--innodb-log-file-size=8M', '--innodb-use-native-aio=0']).then(() => data);
    empty.set(folder, made);
  }
  return made;
}
