/** What could not be read. */
export interface Problem {
  readonly file: string;
  readonly line?: number;
  readonly message: string;
}

/** What is wrong at one place of a text. */
export interface Fault {
  readonly offset: number;
  readonly message: string;
}

/** Ends the reading of one document. */
export class Unreadable extends Error {
  public constructor(message: string, public readonly offset = 0) {
    super(message);
  }
}
