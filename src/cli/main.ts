import { Command } from './command';
import { explain } from './explain';
import { importObjects } from './import';
import { init } from './init';
import { lint } from './lint';
import { report } from './report';
import { run } from './run';
import { Terminal } from './terminal';

const COMMANDS: readonly Command[] = [explain, importObjects, init, lint, report];

/** Runs the program; gives its exit code and never throws. */
export function main(args: readonly string[], terminal: Terminal): Promise<number> {
  return run(COMMANDS, args, terminal);
}
