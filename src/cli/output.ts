import * as fs from 'node:fs';
import { Arguments, valueIn } from './arguments';
import { Terminal } from './terminal';
import { WrongUse } from './wrong-use';

/** Writes a result, whole or in parts, to the terminal, or to the file of `--output`, of which the terminal gets a line. */
export function writeResult(result: string | Iterable<string>, args: Arguments, terminal: Terminal, lineOf: (file: string) => string): void {
  const file = valueIn(args, 'output');
  const parts = typeof result === 'string' ? [result] : result;
  if (file === undefined) {
    for (const part of parts) {
      terminal.out(part);
    }
    return;
  }
  try {
    const opened = fs.openSync(file, 'w');
    for (const part of parts) {
      fs.appendFileSync(opened, part);
    }
    fs.closeSync(opened);
  } catch (error) {
    throw new WrongUse(`--output ${file} cannot be written: ${(error as Error).message}`);
  }
  terminal.err(`${lineOf(file)}\n`);
}
