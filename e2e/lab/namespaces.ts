import { type ChildProcess, spawn } from 'node:child_process';
import { Failure } from './failure';

export interface Ended {
  readonly code: number;
  /** What it printed, when it was not shown at once. */
  readonly output: string;
  /** What it wrote to its third stream, for us alone. */
  readonly results: string;
}

/**
 * Runs a program in network, mount and process namespaces of its own and hands it a plan on its standard input.
 * When this process ends, however it ends, the kernel ends the program and everything it has started.
 */
export function enter(program: string, plan: unknown, output: 'shown' | 'kept' = 'shown'): Promise<Ended> {
  const child = spawn('setpriv', [
    // the kernel kills unshare when we die, and unshare's --kill-child the first process of the namespaces, and with it all
    '--pdeathsig', 'KILL', '--',
    'unshare', '--net', '--mount', '--pid', '--ipc', '--uts', '--fork', '--kill-child', '--mount-proc', '--',
    process.execPath, ...process.execArgv, program,
  ], { stdio: ['pipe', output === 'shown' ? 'inherit' : 'pipe', 'inherit', 'pipe'] });
  endWithUs(child);
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(JSON.stringify(plan));
  const collected = [collect(child.stdout), collect(child.stdio[3])];
  return new Promise((resolve, reject) => {
    child.on('error', (error) => reject(new Failure(`namespaces: ${error.message}`)));
    child.on('close', (code, signal) => {
      running.delete(child);
      if (signal) {
        reject(new Failure(`the lab was ended by ${signal}`));
      } else {
        resolve({ code: code ?? 1, output: collected[0](), results: collected[1]() });
      }
    });
  });
}

const running = new Set<ChildProcess>();

function endWithUs(child: ChildProcess): void {
  running.add(child);
  if (running.size > 1 || process.listenerCount('SIGTERM') > 0) { return; }
  const end = (): never => {
    for (const other of running) { other.kill('SIGKILL'); }
    process.exit(1);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) { process.on(signal, end); }
  const parent = process.ppid;
  // whoever started us may be killed without a chance to tell us
  setInterval(() => {
    if (process.ppid !== parent) { end(); }
  }, 500).unref();
}

function collect(stream: unknown): () => string {
  const chunks: Buffer[] = [];
  (stream as NodeJS.ReadableStream | null | undefined)?.on('data', (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString();
}
