import * as fs from 'node:fs';
import * as path from 'node:path';
import { Authority } from './certificates';
import { Machine } from './machine';
import type { Network } from './network';
import { must, type Service } from './processes';

export interface PostgresOptions {
  readonly address: string;
  readonly port?: number;
  /** Statements run as its superuser when it is up. */
  readonly sql: string;
  /** The name in its certificate, when it has one; it then serves nobody without TLS. */
  readonly host?: string;
}

/** PostgreSQL refuses to run as root. */
const AS_POSTGRES = ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups', '--'];

/** A PostgreSQL on a host outside the mesh. */
export class Postgres {
  static async start(network: Network, folder: string, programs: string, options: PostgresOptions): Promise<Postgres> {
    const data = await emptyDatabase(folder, programs);
    const machine = await Machine.start(network, path.join(folder, 'outside'), { name: `postgres-${options.address}`, address: options.address });
    await must(['cp', '-a', data, path.join(machine.run, 'data')]);
    const authority = options.host === undefined ? undefined : await certify(path.join(folder, 'databases', options.host), options.host, machine);
    fs.writeFileSync(path.join(machine.run, 'data', 'pg_hba.conf'), `local all all trust\n${authority ? 'hostssl' : 'hostnossl'} all all all scram-sha-256\n`);
    const database = new Postgres(machine, programs, options, authority?.certificate);
    await database.up();
    await database.sql(options.sql);
    return database;
  }

  readonly address: string;
  readonly port: number;
  private service!: Service;

  private constructor(
    readonly machine: Machine,
    private readonly programs: string,
    options: PostgresOptions,
    /** The file of the authority that has signed its certificate. */
    readonly authority: string | undefined,
  ) {
    this.address = options.address;
    this.port = options.port ?? 5432;
  }

  /** Runs statements on the database's own host. */
  async sql(statements: string): Promise<string> {
    return this.machine.must([...this.psql, '--set=ON_ERROR_STOP=1', '--quiet', '--file=-'], { stdin: statements });
  }

  /** The addresses from which a user has logged in. */
  clients(user: string): string[] {
    return loginsIn(fs.readFileSync(path.join(this.machine.folder, 'postgres.log'), 'utf8'), user);
  }

  async down(): Promise<void> {
    await this.service.end();
  }

  async up(): Promise<void> {
    // a process that was killed leaves its locks
    for (const lock of ['postmaster.pid', `.s.PGSQL.${this.port}.lock`]) { fs.rmSync(path.join(this.machine.run, 'data', lock), { force: true }); }
    this.service = this.machine.service('postgres', [...AS_POSTGRES, path.join(this.programs, 'postgres'), '-D', '/run/data', ...settings({
      listen_addresses: '*',
      port: String(this.port),
      unix_socket_directories: '/run/data',
      shared_buffers: '16MB',
      max_connections: '50',
      fsync: 'off',
      log_connections: 'on',
      log_line_prefix: '%h ',
      ...(this.authority ? { ssl: 'on', ssl_cert_file: '/run/data/server.pem', ssl_key_file: '/run/data/server.key' } : {}),
    })]);
    await this.service.ready('no answer', async () => (await this.machine.exec([...this.psql, '--command=select 1'])).code === 0, 60);
  }

  private get psql(): string[] {
    return [path.join(this.programs, 'psql'), '--no-psqlrc', '--host=/run/data', `--port=${this.port}`, '--username=postgres', '--dbname=postgres', '--tuples-only', '--no-align'];
  }
}

function settings(values: Readonly<Record<string, string>>): string[] {
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/** The clients' addresses in the log of a PostgreSQL, one for each login of the user. */
export function loginsIn(log: string, user: string): string[] {
  return log.split('\n').filter((line) => line.includes(` connection authorized: user=${user} `)).map((line) => line.split(' ')[0]);
}

async function certify(folder: string, host: string, machine: Machine): Promise<Authority> {
  const authority = await Authority.create(folder, 'lab-databases');
  const { certificate, key } = await authority.issue('server', [host]);
  const data = path.join(machine.run, 'data');
  await must(['install', '--owner=postgres', '--group=postgres', '--mode=0600', certificate, key, data]);
  return authority;
}

const empty = new Map<string, Promise<string>>();

/** The system tables, made once and copied. */
function emptyDatabase(folder: string, programs: string): Promise<string> {
  let made = empty.get(folder);
  if (!made) {
    const data = path.join(folder, 'postgres-empty');
    made = must(['install', '--directory', '--owner=postgres', '--group=postgres', '--mode=0700', data])
      .then(() => must([...AS_POSTGRES, path.join(programs, 'initdb'), `--pgdata=${data}`, '--username=postgres', '--auth=trust', '--no-sync', '--no-locale', '--encoding=UTF8']))
      .then(() => data);
    empty.set(folder, made);
  }
  return made;
}
