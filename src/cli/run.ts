import { helpOf } from './arguments';
import { Command, EXIT } from './command';
import { Terminal } from './terminal';
import { versionOf } from './version';
import { WrongUse } from './wrong-use';
import { nearest } from '../private/nearest';
import { visibleLines } from '../private/visible';

const PROGRAM = 'cdk8s-istio-egress';

/** Runs one of some commands; gives its exit code and never throws. */
export async function run(commands: readonly Command[], args: readonly string[], terminal: Terminal): Promise<number> {
  const [name, ...rest] = args;
  const command = commands.find(one => one.name === name);
  try {
    if (command === undefined) {
      return general(commands, name, terminal);
    }
    if (rest.includes('--help') || rest.includes('-h')) {
      terminal.out(`${command.usage}\n\nOptions:\n${helpOf(command.options)}\n`);
      return EXIT.CLEAN;
    }
    return await command.run(rest, terminal);
  } catch (error) {
    terminal.progress();
    terminal.err(error instanceof WrongUse ? `${PROGRAM}: ${visibleLines(error.message)}\n`
      : `${PROGRAM}: this is a fault of the program and not of your manifests, please report it: ${visibleLines((error as Error).message)}\n`);
    return EXIT.WRONG;
  }
}

function general(commands: readonly Command[], name: string | undefined, terminal: Terminal): number {
  const help = `${PROGRAM} COMMAND ...\n\n${commands.map(command => `  ${command.name.padEnd(9)}${command.summary}`).join('\n')}\n\n`
    + `${PROGRAM} COMMAND --help says more of a command, --version which version this is.\n`;
  switch (name) {
    case '--version': terminal.out(`${versionOf()}\n`); return EXIT.CLEAN;
    case '--help': case '-h': case 'help': terminal.out(help); return EXIT.CLEAN;
    case undefined: terminal.err(help); return EXIT.WRONG;
    default: {
      const meant = nearest(name, commands.map(command => command.name));
      throw new WrongUse(`there is no command "${name}": ${meant === undefined ? 'see --help' : `did you mean ${meant}?`}`);
    }
  }
}
