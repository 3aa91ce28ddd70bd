import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { argumentsOf, Options, valueIn } from './arguments';
import { Command, EXIT } from './command';
import { Terminal } from './terminal';
import { PACKAGE_FOLDER, versionOf } from './version';
import { WrongUse } from './wrong-use';
import { quote } from '../private/fail';

const OPTIONS: Options = {
  'ci': { value: 'SYSTEM', oneOf: ['github', 'gitlab'], help: 'whose pipeline is written (default: github)' },
  'no-install': { help: 'do not run npm install' },
};

const USAGE = `cdk8s-istio-egress init [FOLDER] [options]

Writes a small cdk8s app into FOLDER, or here: a database outside the mesh behind Istio's egress gateway, a unit test, and a pipeline that
synthesises, tests, lints and writes what a change opens into the pull request. Then it runs "npm install", which writes package-lock.json.

  npx cdk8s-istio-egress init shop-egress
  cd shop-egress
  npm run synth
  npm test

Exit code: 0 the app is written and installed, 1 npm install failed, 2 wrong use: no file is written over.`;

export const init: Command = {
  name: 'init',
  summary: 'a new cdk8s app, with a test and a pipeline',
  usage: USAGE,
  options: OPTIONS,
  run: async (given, terminal) => {
    const args = argumentsOf(given, OPTIONS);
    if (args.paths.length > 1) {
      throw new WrongUse(`init writes one app: give one folder, got ${args.paths.length}`);
    }
    const [folder = '.'] = args.paths;
    const files = filesOf(valueIn(args, 'ci') ?? 'github', path.basename(path.resolve(folder)));
    write(folder, files);
    terminal.out(`written: ${[...files.keys()].map(place => path.join(folder, place)).join(', ')}\n`);
    if (!args.all.has('no-install')) {
      const code = await npmInstall(folder, terminal);
      if (code !== 0) {
        terminal.err(`npm install ended with ${code}: see above, and run it again in ${quote(folder)}\n`);
        return EXIT.FOUND;
      }
    }
    const steps = [...folder === '.' ? [] : [`cd ${word(folder)}`], ...args.all.has('no-install') ? ['npm install'] : [], 'npm run synth', 'npm test'];
    terminal.out(`next:\n${steps.map(step => `  ${step}\n`).join('')}`);
    return EXIT.CLEAN;
  },
};

/** What npm would not pack by its own name. */
const RENAMED: { readonly [file: string]: string } = { gitignore: '.gitignore' };

/** The texts of the app, by their places in its folder. */
function filesOf(ci: string, name: string): Map<string, string> {
  const found = ['app', ci].map(part => path.join(PACKAGE_FOLDER, 'templates', part)).flatMap(from => (
    (fs.readdirSync(from, { recursive: true }) as string[]).sort().filter(file => fs.statSync(path.join(from, file)).isFile())
      .map(file => [RENAMED[file] ?? file, fs.readFileSync(path.join(from, file), 'utf8')] as const)));
  return new Map(found.map(([place, text]) => [place, place === 'package.json' ? manifestOf(text, name) : text]));
}

/** The package.json of an app: with its own name, and the version of this package that has written it. */
function manifestOf(text: string, name: string): string {
  const template = JSON.parse(text) as { readonly name: string; readonly dependencies: object };
  const dependencies = { ...template.dependencies, 'cdk8s-istio-egress': `^${versionOf()}` };
  return `${JSON.stringify({ ...template, name: packageName(name) ?? template.name, dependencies }, undefined, 2)}\n`;
}

/** The name of a folder as npm allows one; undefined when nothing is left of it. */
function packageName(folder: string): string | undefined {
  return folder.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '') || undefined;
}

/** Writes all files, or none: whatever is in the way is found before. */
function write(folder: string, files: ReadonlyMap<string, string>): void {
  try {
    for (const place of files.keys()) {
      checkPlace(folder, place);
    }
    for (const [place, text] of files) {
      const file = path.join(folder, place);
      fs.mkdirSync(path.dirname(file), { recursive: true });
      // Neither over a file nor through a link that came in the meantime.
      fs.writeFileSync(file, text, { flag: 'wx' });
    }
  } catch (error) {
    throw error instanceof WrongUse ? error : new WrongUse(`${quote(folder)} cannot be written to: ${(error as Error).message}`);
  }
}

/** Throws where a file is there already, and where a folder on the way to it is no folder of its own. */
function checkPlace(folder: string, place: string): void {
  const parts = place.split(/[\\/]/);
  parts.forEach((_, i) => {
    const below = path.join(folder, ...parts.slice(0, i + 1));
    const there = fs.lstatSync(below, { throwIfNoEntry: false });
    if (there !== undefined && i === parts.length - 1) {
      throw new WrongUse(`${quote(below)} is there already: give a folder that does not have it`);
    }
    if (there !== undefined && !there.isDirectory()) {
      throw new WrongUse(`${quote(below)} is ${there.isSymbolicLink() ? 'a link' : 'no folder'}: give a folder that does not have it`);
    }
  });
}

/** A word as a shell takes it. */
function word(text: string): string {
  return /^[\w./@%+=:,-]+$/.test(text) ? text : `'${text.replaceAll('\'', '\'\\\'\'')}'`;
}

function npmInstall(folder: string, terminal: Terminal): Promise<number> {
  return new Promise(resolve => {
    // On Windows npm is a script of the shell.
    const npm = spawn('npm install --no-audit --no-fund', { cwd: folder, env: process.env, shell: true, stdio: ['ignore', 'pipe', 'pipe'] });
    [npm.stdout, npm.stderr].forEach(stream => stream.setEncoding('utf8').on('data', (text: string) => terminal.err(text)));
    npm.on('error', error => terminal.err(`${error.message}\n`));
    npm.on('close', code => resolve(code ?? 1));
  });
}
