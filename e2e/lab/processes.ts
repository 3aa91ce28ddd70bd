import { type ChildProcess, spawn } from 'node:child_process';
import * as fs from 'node:fs';
import { Failure } from './failure';
import { type Answer, Hopeless, waitFor } from './wait';

export interface CommandOptions {
  readonly env?: Record<string, string>;
  readonly cwd?: string;
  readonly stdin?: string;
  /** Seconds after which the command is ended; it then counts as failed. */
  readonly timeout?: number;
}

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly ms: number;
}

/** Runs a command to its end. */
export function run(argv: readonly string[], options: CommandOptions = {}): Promise<Outcome> {
  const started = Date.now();
  return new Promise((resolve) => {
    const child = spawn(argv[0], argv.slice(1), { env: options.env ?? process.env, cwd: options.cwd ?? '/', stdio: ['pipe', 'pipe', 'pipe'] });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    let done = false;
    const finish = (code: number): void => {
      if (done) { return; }
      done = true;
      clearTimeout(timer);
      resolve({ code, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString(), ms: Date.now() - started });
    };
    const timer = setTimeout(() => {
      // whoever inherited the pipes must not keep us waiting
      endTree(child.pid);
      finish(124);
    }, (options.timeout ?? 60) * 1000);
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.stdin.on('error', () => undefined);
    child.on('error', (error) => {
      err.push(Buffer.from(error.message));
      finish(127);
    });
    child.on('close', (code, signal) => finish(code ?? (signal ? 128 : 1)));
    child.stdin.end(options.stdin ?? '');
  });
}

/** Runs a command that has to succeed, and gives what it printed. */
export async function must(argv: readonly string[], options: CommandOptions = {}): Promise<string> {
  const outcome = await run(argv, options);
  if (outcome.code !== 0) {
    const said = (outcome.stderr.trim() || outcome.stdout.trim()).split('\n').slice(-3).join(' | ');
    throw new Failure(`${argv.slice(0, 6).join(' ').replace(/\s+/g, ' ').slice(0, 200)}: exit ${outcome.code}: ${said}`);
  }
  return outcome.stdout;
}

export function childrenOf(pid: number): number[] {
  try {
    return fs.readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

function endTree(pid: number | undefined): void {
  if (pid === undefined) { return; }
  for (const child of childrenOf(pid)) { endTree(child); }
  try { process.kill(pid, 'SIGKILL'); } catch { /* it has ended by itself */ }
}

export interface ServiceOptions {
  readonly env?: Record<string, string>;
  readonly cwd?: string;
  readonly log: string;
}

/** A process that stays: its output is a file, and its end is noticed. */
export class Service {
  private readonly child: ChildProcess;
  private code?: number;
  private readonly ended: Promise<void>;

  constructor(readonly name: string, argv: readonly string[], readonly options: ServiceOptions) {
    const log = fs.openSync(options.log, 'a');
    this.child = spawn(argv[0], argv.slice(1), { env: options.env ?? process.env, cwd: options.cwd ?? '/', stdio: ['ignore', log, log] });
    fs.closeSync(log);
    this.ended = new Promise((resolve) => {
      this.child.on('error', (error) => {
        fs.appendFileSync(options.log, `${error.message}\n`);
        this.code ??= 127;
        resolve();
      });
      this.child.on('exit', (code) => {
        this.code ??= code ?? 128;
        resolve();
      });
    });
  }

  get pid(): number {
    if (this.child.pid === undefined) { throw new Failure(`${this.name} did not start: see ${this.options.log}`); }
    return this.child.pid;
  }

  get running(): boolean {
    return this.code === undefined;
  }

  /** Waits for an answer that shows that the process is ready, and gives up at once when the process has ended. */
  async ready<T>(what: string, ask: () => Answer<T>, seconds = 60): Promise<T> {
    return waitFor(`${this.name}: ${what}`, () => {
      if (!this.running) {
        const last = fs.readFileSync(this.options.log, 'utf8').trim().split('\n').slice(-1)[0];
        throw new Hopeless(`${this.name} ended with ${this.code} before it was ready: ${last}`);
      }
      return ask();
    }, { seconds });
  }

  /** Ends the process, and with SIGKILL all that it started. */
  async end(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    if (this.running && this.child.pid !== undefined) {
      if (signal === 'SIGKILL') { endTree(this.child.pid); } else { this.child.kill(signal); }
    }
    await this.ended;
  }

  /** Sends a signal to the first process behind the wrappers (nsenter, setpriv), which do not pass signals on. */
  signal(signal: NodeJS.Signals): void {
    let pid = this.pid;
    for (let inner = childrenOf(pid); inner.length > 0 && /^(nsenter|unshare)$/.test(nameOf(pid)); inner = childrenOf(pid)) { pid = inner[0]; }
    process.kill(pid, signal);
  }
}

function nameOf(pid: number): string {
  try { return fs.readFileSync(`/proc/${pid}/comm`, 'utf8').trim(); } catch { return ''; }
}
