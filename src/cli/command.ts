import { Options } from './arguments';
import { Terminal } from './terminal';

/** A part of the program, such as `lint`. */
export interface Command {
  readonly name: string;
  /** What it does, in one line. */
  readonly summary: string;
  /** Its help, without the options. */
  readonly usage: string;
  readonly options: Options;
  /** Gives the exit code. */
  run(args: readonly string[], terminal: Terminal): Promise<number>;
}

/** What every command ends with. */
export const EXIT = { CLEAN: 0, FOUND: 1, WRONG: 2 } as const;
