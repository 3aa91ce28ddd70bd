import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Pod } from './pod';
import type { Service } from './processes';

/** One question and what became of it. */
export interface Probe {
  /** When it was asked, in milliseconds. */
  readonly at: number;
  readonly ms: number;
  readonly answer?: string;
  readonly error?: string;
}

export interface ProberOptions {
  readonly host: string;
  readonly port?: number;
  /** `fresh`: a connection for each question. `held`: one connection for all, a new one only when that ends. */
  readonly mode: 'fresh' | 'held';
  readonly everyMs?: number;
}

/** Asks a Redis from inside a pod again and again while something else happens. */
export class Prober {
  static start(pod: Pod, options: ProberOptions): Prober {
    const name = `prober-${options.mode}-${started++}`;
    const program = path.join(__dirname, 'prober-program.ts');
    const service = pod.service(name, [
      process.execPath, ...process.execArgv, program, options.mode, options.host, String(options.port ?? 6379), String(options.everyMs ?? 100),
    ], { PATH: process.env.PATH ?? '', HOME: '/run' });
    return new Prober(path.join(pod.machine.folder, `${name}.log`), service);
  }

  private constructor(private readonly file: string, private readonly service: Service) {}

  probes(): Probe[] {
    return fs.readFileSync(this.file, 'utf8').split('\n').filter((line) => line.startsWith('{') && line.endsWith('}')).map((line) => JSON.parse(line) as Probe);
  }

  async end(): Promise<Probe[]> {
    await this.service.end();
    return this.probes();
  }
}

let started = 0;

/** What a disturbance did to the questions that were asked after it. */
export interface Disturbance {
  readonly asked: number;
  readonly failed: number;
  /** Seconds from the disturbance to the last question that failed; 0 when none did. */
  readonly lastFailureAfter: number;
  /** The longest time that a question was open, in seconds, answered or not. */
  readonly slowest: number;
  readonly errors: readonly string[];
}

export function disturbance(probes: readonly Probe[], since: number): Disturbance {
  // a question that was open when it happened counts too
  const after = probes.filter((probe) => probe.at + probe.ms >= since);
  const failed = after.filter((probe) => probe.answer === undefined);
  return {
    asked: after.length,
    failed: failed.length,
    lastFailureAfter: seconds(Math.max(0, ...failed.map((probe) => probe.at + probe.ms - since))),
    slowest: seconds(Math.max(0, ...after.map((probe) => probe.ms))),
    errors: [...new Set(failed.map((probe) => probe.error ?? ''))].sort(),
  };
}

function seconds(ms: number): number {
  return Math.round(ms / 100) / 10;
}
