import * as fs from 'node:fs';
import { Arguments, valueIn } from './arguments';
import { Terminal } from './terminal';
import { WrongUse } from './wrong-use';

/** Writes a result to the terminal, or to the file of `--output`, of which the terminal gets a line. */
export function writeResult(text: string, args: Arguments, terminal: Terminal, lineOf: (file: string) => string): void {
  const file = valueIn(args, 'output');
  if (file === undefined) {
    terminal.out(text);
    return;
  }
  try {
    fs.writeFileSync(file, text);
  } catch (error) {
    throw new WrongUse(`--output ${file} cannot be written: ${(error as Error).message}`);
  }
  terminal.err(`${lineOf(file)}\n`);
}
