import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { Failure } from '../failure';
import { Invocation } from './peer';

/** What one whole process took. */
export interface Usage {
  readonly wallMs: number;
  /** On all threads. */
  readonly cpuMs: number;
  /** The highest memory. */
  readonly rssMb: number;
}

/**
 * Runs a program in a process of its own, its standard output in a file.
 *
 * @param meter the program of `usage.go`
 */
export async function usageOf(meter: string, { command, args, env }: Invocation, output: string, signal: AbortSignal): Promise<Usage> {
  const file = fs.openSync(output, 'w');
  // A group of its own, so that an interruption ends the measured process with the meter.
  const child = spawn(meter, [command, ...args], { stdio: ['ignore', file, 'pipe', 'pipe'], detached: true, env: { ...process.env, ...env } });
  fs.closeSync(file);
  const stop = () => child.pid !== undefined && process.kill(-child.pid, 'SIGKILL');
  signal.addEventListener('abort', stop);
  try {
    const ended = new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve));
    const [code, stderr, report] = await Promise.all([ended, text(child.stderr!), text(child.stdio[3] as Readable)]);
    signal.throwIfAborted();
    if (code !== 0) {
      throw new Failure(`${command} ${args.join(' ')} failed: ${stderr.trim().split('\n')[0] || `it ended with ${code}`}`);
    }
    return JSON.parse(report) as Usage;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
