import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { argumentsOf, Options, valueIn } from './arguments';
import { Command, EXIT } from './command';
import { Terminal } from './terminal';
import { PACKAGE_FOLDER, versionOf } from './version';
import { WrongUse } from './wrong-use';
import { quote } from '../private/fail';
import { AppLanguage } from '../starter/app-language';
import { APP_LANGUAGES } from '../starter/app-languages';
import { CiSystem } from '../starter/ci-system';
import { CI_SYSTEMS } from '../starter/ci-systems';
import { repositoryAround } from '../starter/repository-around';
import { OWN_LOCK, workspacesAround } from '../starter/workspaces-around';

/** What others call them. */
const LANGUAGES_MEANT = {
  'C#': 'csharp', 'CS': 'csharp', 'DOTNET': 'csharp', 'GOLANG': 'go', 'JAVASCRIPT': 'typescript', 'JS': 'typescript', 'PY': 'python', 'TS': 'typescript',
};
const SYSTEMS_MEANT = { 'GITHUB-ACTIONS': 'github', 'GITLAB-CI': 'gitlab' };

const OPTIONS: Options = {
  'language': {
    value: 'LANGUAGE',
    oneOf: APP_LANGUAGES.map(({ id }) => id),
    meant: LANGUAGES_MEANT,
    help: `what the app is written in (default: ${APP_LANGUAGES[0].id})`,
  },
  'ci': { value: 'SYSTEM', oneOf: CI_SYSTEMS.map(({ id }) => id), meant: SYSTEMS_MEANT, help: `whose pipeline is written (default: ${CI_SYSTEMS[0].id})` },
  'no-install': { help: 'do not run npm install' },
};

const USAGE = `cdk8s-istio-egress init [FOLDER] [options]

Writes a small cdk8s app into FOLDER, or here: a database outside the mesh behind Istio's egress gateway, a unit test, and a pipeline that
synthesises, tests, lints and writes what a change opens into the pull request. Then it runs "npm install", which writes package-lock.json and
brings cdk8s and lint for an app of any language; it prints what installs the packages of the others.

  npx cdk8s-istio-egress init shop-egress
  cd shop-egress
  npm run synth
  npm test

In a folder of a larger repository the pipeline is for that folder. GitHub reads workflows at the root of a repository alone, so the workflow is
written there; GitLab's file is written into FOLDER, and the line that includes it is printed. Below a package.json with workspaces the app has packages and
a lock file of its own: "npm install --workspaces=false".

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
    const language = chosen(APP_LANGUAGES, valueIn(args, 'language'));
    const { file, steps } = pipelineOf(folder, chosen(CI_SYSTEMS, valueIn(args, 'ci')), language);
    const files = [...filesOf(folder, language), file];
    write(folder, files);
    terminal.out(writtenTo(files));
    if (!args.all.has('no-install')) {
      const code = await npmInstall(folder, terminal);
      if (code !== 0) {
        terminal.err(`npm install ended with ${code}: see above, and run it again in ${quote(folder)}\n`);
        return EXIT.FOUND;
      }
    }
    const workspaces = workspacesAround(folder);
    const install = workspaces === undefined ? 'npm install' : `npm install ${OWN_LOCK}`;
    const next = [
      ...folder === '.' ? [] : [`cd ${word(folder)}`], ...args.all.has('no-install') ? [install] : [], ...language.install, 'npm run synth', 'npm test',
    ];
    const told = workspaces === undefined ? [] : [`${quote(workspaces)} has workspaces: give "npm install" and "npm ci" of this app ${OWN_LOCK}`];
    const left = [...steps, ...told];
    terminal.out(`next:\n${next.map(step => `  ${step}\n`).join('')}${left.map(step => `${step}\n`).join('')}`);
    return EXIT.CLEAN;
  },
};

/** A file to write. */
interface NewFile {
  /** The folder of the app, or the root of its repository. */
  readonly base: string;
  /** From there. */
  readonly place: string;
  readonly text: string;
}

/** Where files are, which a folder with \`..\` or a link in its name does not say. */
function writtenTo(files: readonly NewFile[]): string {
  const places = new Map<string, string[]>();
  for (const { base, place } of files) {
    const real = fs.realpathSync(base);
    places.set(real, [...places.get(real) ?? [], place]);
  }
  return [...places].map(([base, inside]) => `written to ${quote(base)}: ${inside.join(', ')}\n`).join('');
}

function chosen<T extends { readonly id: string }>(all: readonly T[], id: string | undefined): T {
  return all.find(one => one.id === id) ?? all[0];
}

const TEMPLATES = path.join(PACKAGE_FOLDER, 'templates');

/** What npm would not pack by its own name. */
const RENAMED: { readonly [file: string]: string } = { gitignore: '.gitignore' };

function filesOf(folder: string, { id, pins }: AppLanguage): NewFile[] {
  const from = path.join(TEMPLATES, id);
  return (fs.readdirSync(from, { recursive: true }) as string[]).sort().filter(file => fs.statSync(path.join(from, file)).isFile()).map(file => {
    const text = fs.readFileSync(path.join(from, file), 'utf8');
    return { base: folder, place: RENAMED[file] ?? file, text: textOf(file.split(path.sep).join('/'), text, pins, folder) };
  });
}

function textOf(file: string, text: string, pins: readonly string[], folder: string): string {
  if (file === 'package.json') {
    return manifestOf(text, path.basename(path.resolve(folder)));
  }
  return pins.includes(file) ? text.replace('0.0.0', versionOf()) : text;
}

interface NewPipeline {
  readonly file: NewFile;
  /** What is left to a person. */
  readonly steps: readonly string[];
}

function pipelineOf(folder: string, system: CiSystem, language: AppLanguage): NewPipeline {
  const template = fs.readFileSync(path.join(TEMPLATES, system.id, system.file), 'utf8');
  const place = repositoryAround(folder);
  if (place === undefined) {
    return { file: { base: folder, place: system.file, text: system.compose(template, language) }, steps: [] };
  }
  checkName(place.folder);
  const { file, text, steps } = system.composeIn(template, language, place.folder);
  return { file: { base: path.relative('.', place.root) || '.', place: file, text }, steps };
}

/** A folder's name becomes a part of shells, patterns and expressions. */
function checkName(folder: string): void {
  if (!folder.split('/').every(part => /^[\w.][\w.-]*$/.test(part))) {
    throw new WrongUse(`${quote(folder)} would be a part of the pipeline of its repository: use letters, digits, ".", "_" and "-" in the name of the folder and of those above it`);
  }
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
function write(folder: string, files: readonly NewFile[]): void {
  try {
    for (const { base, place } of files) {
      checkPlace(base, place);
    }
    for (const { base, place, text } of files) {
      const file = path.join(base, place);
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
    // A folder of an npm workspace gets packages and a lock file of its own, as the pipeline has it. On Windows npm is a script of the shell.
    const npm = spawn(`npm install --no-audit --no-fund ${OWN_LOCK}`, { cwd: folder, env: process.env, shell: true, stdio: ['ignore', 'pipe', 'pipe'] });
    [npm.stdout, npm.stderr].forEach(stream => stream.setEncoding('utf8').on('data', (text: string) => terminal.err(text)));
    npm.on('error', error => terminal.err(`${error.message}\n`));
    npm.on('close', code => resolve(code ?? 1));
  });
}
