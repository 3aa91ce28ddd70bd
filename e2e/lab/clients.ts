import type { Pod } from './pod';

/** What a client saw. */
export interface Answer {
  readonly ok: boolean;
  /** What the server said, or the client's own words about what went wrong. */
  readonly text: string;
  readonly ms: number;
}

export interface SqlOptions {
  readonly host: string;
  readonly port?: number;
  readonly user?: string;
  readonly password?: string;
  readonly sql?: string;
  readonly seconds?: number;
}

/** Asks a MySQL server, from inside a pod. */
export async function sql(pod: Pod, options: SqlOptions): Promise<Answer> {
  const seconds = options.seconds ?? 5;
  const outcome = await pod.exec([
    'mariadb', '--no-defaults', '--protocol=tcp', `--host=${options.host}`, `--port=${options.port ?? 3306}`, `--user=${options.user ?? 'bookinfo'}`,
    `--password=${options.password ?? ''}`, `--connect-timeout=${seconds}`, '--skip-ssl', '--batch', '--skip-column-names',
    '-e', options.sql ?? 'select Rating from test.ratings order by ReviewID',
  ], { timeout: seconds + 2 });
  return { ok: outcome.code === 0, text: (outcome.code === 0 ? outcome.stdout : outcome.stderr || 'no answer').trim().split('\n').join(' '), ms: outcome.ms };
}

export interface PsqlOptions {
  readonly host: string;
  readonly port?: number;
  readonly user: string;
  readonly password: string;
  /** `postgres` when left out. */
  readonly database?: string;
  readonly sql: string;
  /** The file of the authority that has to have signed the server's certificate, for its host (`verify-full`); without it no TLS is spoken. */
  readonly authority?: string;
  readonly seconds?: number;
}

/** Asks a PostgreSQL, from inside a pod. */
export async function psql(pod: Pod, options: PsqlOptions): Promise<Answer> {
  const seconds = options.seconds ?? 5;
  const outcome = await pod.exec([
    'psql', '--no-psqlrc', `--host=${options.host}`, `--port=${options.port ?? 5432}`, `--username=${options.user}`, `--dbname=${options.database ?? 'postgres'}`, '--no-password',
    '--tuples-only', '--no-align', `--command=${options.sql}`,
  ], {
    timeout: seconds + 2,
    env: {
      PATH: process.env.PATH ?? '',
      HOME: '/run',
      PGPASSWORD: options.password,
      PGCONNECT_TIMEOUT: String(seconds),
      PGGSSENCMODE: 'disable',
      PGSSLMODE: options.authority === undefined ? 'disable' : 'verify-full',
      PGSSLROOTCERT: options.authority ?? '',
    },
  });
  return { ok: outcome.code === 0, text: (outcome.code === 0 ? outcome.stdout : outcome.stderr || 'no answer').trim().split('\n').join(' '), ms: outcome.ms };
}

export interface RedisQuestion {
  readonly host: string;
  readonly port?: number;
  readonly password?: string;
  readonly command?: readonly string[];
  /** Asks another server when this one says so, as a client of a cluster does. */
  readonly follow?: boolean;
  readonly seconds?: number;
}

/** Asks a Redis, from inside a pod; `get who` tells which one it is. */
export async function redis(pod: Pod, options: RedisQuestion): Promise<Answer> {
  const authority = options.password ? ['--no-auth-warning', '-a', options.password] : [];
  const outcome = await pod.exec([
    'redis-cli', ...(options.follow ? ['-c'] : []), '-h', options.host, '-p', String(options.port ?? 6379), ...authority, ...(options.command ?? ['get', 'who']),
  ], { timeout: options.seconds ?? 5 });
  const text = (outcome.stdout.trim() || outcome.stderr.trim() || 'no answer').split('\n').join(' ');
  // redis-cli exits 0 even when the server has closed the connection
  const ok = outcome.code === 0 && outcome.stdout.trim() !== '' && !/^(Error|Could not|AUTH failed|NOAUTH|MOVED|\(error\))/.test(text);
  return { ok, text, ms: outcome.ms };
}

export interface HttpOptions {
  readonly url: string;
  readonly seconds?: number;
  readonly arguments?: readonly string[];
}

/** Calls a URL from inside a pod, or from a host outside; the answer is the status code and the body. */
export async function http(pod: Pick<Pod, 'exec'>, options: HttpOptions): Promise<Answer & { readonly code: number }> {
  const seconds = options.seconds ?? 5;
  const outcome = await pod.exec(['curl', '-sS', '-m', String(seconds), '-w', '\n%{http_code}', ...(options.arguments ?? []), options.url], { timeout: seconds + 2 });
  const lines = outcome.stdout.trimEnd().split('\n');
  const code = Number(lines.pop() ?? 0);
  return { ok: outcome.code === 0 && code < 400, text: lines.join('\n') || outcome.stderr.trim(), ms: outcome.ms, code };
}
