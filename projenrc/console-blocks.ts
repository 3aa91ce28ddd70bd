/** Runs what a page of the documents shows somebody type, on the files that it shows, and writes what the program prints below it. */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { main } from '../src/cli/main';

const PROGRAM = 'npx cdk8s-istio-egress ';

/** A file of the page: its name on a line of its own, then its content. */
const FILE = /^`([\w./-]+)`:\n\n```\w+\n(.*?)^```$/gms;

const CONSOLE = /^```console\n(.*?)^```$/gms;

/** The page with the output of each command as it is now. */
export async function withOutput(page: string): Promise<string> {
  const before = process.cwd();
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'istio-egress-page-'));
  try {
    for (const [, name, content] of page.matchAll(FILE)) {
      fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      fs.writeFileSync(path.join(folder, name), content);
    }
    process.chdir(folder);
    let [made, end] = ['', 0];
    for (const match of page.matchAll(CONSOLE)) {
      const commands = match[1].split('\n').filter(line => line.startsWith('$ ')).map(line => line.slice(2));
      made += `${page.slice(end, match.index)}\`\`\`console\n${await session(commands)}\`\`\``;
      end = match.index + match[0].length;
    }
    return made + page.slice(end);
  } finally {
    process.chdir(before);
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** What a terminal shows: what is typed, and what is printed. */
async function session(commands: readonly string[]): Promise<string> {
  let [text, code] = ['', 0];
  for (const command of commands) {
    text += `$ ${command}\n`;
    if (command === 'echo $?') {
      text += `${code}\n`;
    } else if (command.startsWith(PROGRAM)) {
      const print = (printed: string) => { text += printed; };
      code = await main(command.slice(PROGRAM.length).split(' '), {
        hasColours: false, out: print, err: print, progress: () => undefined, stdin: () => Promise.resolve(Buffer.alloc(0)),
      });
    } else {
      throw new Error(`a page shows "${command}", which is no command of this program`);
    }
  }
  return text;
}
