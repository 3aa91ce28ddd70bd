import * as fs from 'node:fs';
import * as path from 'node:path';
import { Arguments, valueIn, valuesIn } from './arguments';
import { Terminal } from './terminal';
import { WrongUse } from './wrong-use';
import { MeshView } from '../view/mesh-view';

/**
 * Refuses to write over a file that a command was called with, or that has one of the objects. Another one, such as an earlier result, may be written over.
 *
 * @param option that names the file
 */
export function checkOutput(args: Arguments, { objects }: Pick<MeshView, 'objects'>, option = 'output'): void {
  const output = valueIn(args, option);
  const written = output === undefined ? undefined : statOf(output);
  const files = new Set([...args.paths, ...['mesh', 'rules'].flatMap(name => valuesIn(args, name)), ...objects.flatMap(({ origin }) => origin.file ?? [])]);
  const over = written && [...files].find(file => {
    const read = statOf(file);
    return read?.ino === written.ino && read.dev === written.dev;
  });
  if (over !== undefined) {
    throw new WrongUse(`--${option} ${output} is a part of the input, and would be lost: give another file`);
  }
  checkPlace(output, option);
}

/** Says what cannot be written before anything is: a command may write more than one file. */
function checkPlace(output: string | undefined, option: string): void {
  if (output === undefined) {
    return;
  }
  if (fs.lstatSync(output, { throwIfNoEntry: false })?.isSymbolicLink() && statOf(output) === undefined) {
    throw new WrongUse(`--${option} ${output} is a link to what is not there: give the file itself`);
  }
  const problem = statOf(output)?.isDirectory() ? 'it is a folder' : statOf(path.dirname(output))?.isDirectory() ? undefined : 'its folder is not there';
  if (problem !== undefined) {
    throw new WrongUse(`--${option} ${output} cannot be written: ${problem}`);
  }
}

function statOf(file: string): fs.Stats | undefined {
  try {
    return fs.statSync(file);
  } catch {
    return undefined;
  }
}

/** Writes a result, whole or in parts, to the terminal, or to the file of an option, of which the terminal gets a line. */
export function writeResult(
  result: string | Iterable<string>, args: Arguments, terminal: Terminal, lineOf: (file: string) => string, option = 'output',
): void {
  const file = valueIn(args, option);
  const parts = typeof result === 'string' ? [result] : result;
  if (file === undefined) {
    for (const part of parts) {
      terminal.out(part);
    }
    return;
  }
  try {
    // Of what was not there a moment ago nothing that came in between is written over, nor what a link leads to.
    const opened = fs.openSync(file, fs.lstatSync(file, { throwIfNoEntry: false }) === undefined ? 'wx' : 'w');
    for (const part of parts) {
      fs.appendFileSync(opened, part);
    }
    fs.closeSync(opened);
  } catch (error) {
    throw new WrongUse(`--${option} ${file} cannot be written: ${(error as Error).message}`);
  }
  terminal.err(`${lineOf(file)}\n`);
}
