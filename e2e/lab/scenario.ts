import { Failure } from './failure';
import type { OutboundPolicy } from './istiod';
import type { Lab } from './lab';
import { sleep } from './wait';

/** One promise to an operator, shown as traffic. */
export interface Scenario {
  /** What is typed after --scenario. */
  readonly name: string;
  /** What an operator gets. */
  readonly promise: string;
  /**
   * Where it runs: `main` one after the other; `beside` at the same time in a lab of its own, for what mostly waits;
   * `alone` when everything else has ended, for what measures.
   */
  readonly lane?: 'main' | 'beside' | 'alone';
  /**
   * The mesh's `outboundTrafficPolicy`.
   *
   * @default 'REGISTRY_ONLY'
   */
  readonly mesh?: OutboundPolicy;
  run(lab: Lab, report: Report): Promise<void>;
}

export interface CheckOptions {
  /** How long the answer may take to come true; configuration reaches proxies a moment after it was applied. */
  readonly seconds?: number;
  /** For how long it has to stay true, without a break, to count: what was true once may have been luck. */
  readonly steady?: number;
}

/** Collects what a scenario has checked. */
export class Report {
  readonly checks: string[] = [];
  readonly broken: string[] = [];
  readonly measured: Record<string, unknown> = {};

  /**
   * @param say where lines go
   * @param patience the most seconds that a sentence gets to come true
   */
  constructor(private readonly say: (line: string) => void, private readonly patience = Infinity) {}

  /** A sentence that has to come true. The question gives undefined when it is, or says what was seen instead. */
  async check(sentence: string, ask: () => Promise<string | undefined> | string | undefined, options: CheckOptions = {}): Promise<void> {
    const deadline = Date.now() + Math.min(options.seconds ?? 15, this.patience) * 1000;
    const started = Date.now();
    let since: number | undefined;
    for (;;) {
      const seen = await ask();
      if (seen === undefined) {
        since ??= Date.now();
        if (Date.now() - since >= (options.steady ?? 0) * 1000) { break; }
      } else {
        since = undefined;
        if (Date.now() > deadline) { this.fail(sentence, seen); }
      }
      await sleep(150);
    }
    this.checks.push(sentence);
    this.say(`      ${sentence} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
  }

  /** A sentence that has to stay true for a while, asked again and again: what would come true only by luck does not pass. */
  async holds(sentence: string, seconds: number, ask: () => Promise<string | undefined>): Promise<void> {
    const deadline = Date.now() + seconds * 1000;
    do {
      const seen = await ask();
      if (seen !== undefined) { this.fail(sentence, seen); }
      await sleep(200);
    } while (Date.now() < deadline);
    this.checks.push(sentence);
    this.say(`      ${sentence} (for ${seconds} s)`);
  }

  private fail(sentence: string, seen: string): never {
    this.broken.push(sentence);
    throw new Failure(`${sentence}: ${seen}`);
  }

  /** A number for the tables in docs. */
  measure(name: string, value: unknown): void {
    this.measured[name] = value;
    this.say(`      measured ${name}: ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`);
  }

  note(line: string): void {
    this.say(`      ${line}`);
  }
}
