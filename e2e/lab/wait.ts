import { Failure } from './failure';

export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

export interface WaitOptions {
  readonly seconds?: number;
  readonly everyMs?: number;
}

/** Nothing yet, or what was waited for. */
export type Answer<T> = Promise<T | undefined | false> | T | undefined | false;

/** Asks until the answer is neither undefined nor false; the last error says why it never came. */
export async function waitFor<T>(what: string, ask: () => Answer<T>, options: WaitOptions = {}): Promise<T> {
  const seconds = options.seconds ?? 30;
  const deadline = Date.now() + seconds * 1000;
  let last: unknown;
  for (;;) {
    try {
      const answer = await ask();
      if (answer !== undefined && answer !== false) { return answer; }
    } catch (error) {
      last = error;
      if (error instanceof Hopeless) { throw new Failure(error.message); }
    }
    if (Date.now() > deadline) {
      const reason = last instanceof Error ? `: ${last.message}` : '';
      throw new Failure(`${what}: not within ${seconds} s${reason}`);
    }
    await sleep(options.everyMs ?? 50);
  }
}

/** Thrown by a question whose answer can no longer come: the process behind it has ended. */
export class Hopeless extends Error {}
