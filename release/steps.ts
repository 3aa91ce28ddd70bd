import * as fs from 'node:fs';
import * as path from 'node:path';
import { startApp } from './app';
import { changelogWith, checkTag, isTooSmall, newestIn, notesFor } from './changelog';
import { Bench, Step } from './step';
import { actionlint, npmPrograms } from './tools';
import { Missing } from '../languages/language';
import { pacmak, Target } from '../languages/package';
import { attempt, isThere, succeed } from '../languages/shell';

const ROOT = path.join(__dirname, '..');

const WORKFLOWS = path.join(ROOT, '.github/workflows');

/** What the package ships may have these licences: they ask for no more than to be named. */
const LICENCES = ['Apache-2.0', 'MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD'];

export const STEPS: readonly Step[] = [
  {
    id: 'workflows',
    title: 'workflows',
    run: async () => {
      const files = fs.readdirSync(WORKFLOWS).map(file => path.join(WORKFLOWS, file));
      await succeed(await actionlint(), ['-no-color', ...files], ROOT);
      return `actionlint finds nothing in ${files.length} files`;
    },
  },
  {
    id: 'changes',
    title: 'version and changes',
    run: async ({ dist, tag }) => {
      if ((await succeed('git', ['rev-parse', '--is-shallow-repository'], ROOT)).trim() !== 'false') {
        throw new Missing('the checkout has no history');
      }
      const { version, notes } = await nextRelease();
      if (tag !== undefined) {
        checkTag(tag, version);
      }
      const file = path.join(ROOT, 'CHANGELOG.md');
      const before = fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : undefined;
      const changelog = changelogWith(version, notes, before);
      fs.writeFileSync(path.join(dist, 'release-notes.md'), `${newestIn(changelog)}\n`);
      fs.writeFileSync(path.join(dist, 'CHANGELOG.md'), changelog);
      return `the next version is ${version}, with ${notes.split('\n').filter(line => line.startsWith('* ')).length} changes`;
    },
  },
  {
    id: 'npm',
    title: 'npm package',
    run: async ({ dist, tarball }) => {
      const packed = await tarball();
      const programs = await npmPrograms();
      const lint = await succeed(path.join(programs, 'publint'), [packed], ROOT);
      // Suggestions are for packages that a person writes; this manifest is projen's.
      const [worst] = /^(Errors|Warnings):/m.exec(lint) ?? [];
      if (worst !== undefined) {
        throw new Error(lint);
      }
      await succeed(path.join(programs, 'attw'), [packed], ROOT);
      fs.mkdirSync(path.join(dist, 'js'), { recursive: true });
      fs.copyFileSync(packed, path.join(dist, 'js', path.basename(packed)));
      const { text } = await attempt('npm', ['publish', '--dry-run', '--json', '--access', 'public', packed], dist, { NPM_CONFIG_PROVENANCE: 'false' });
      if (!/"name": "cdk8s-istio-egress"/.test(text)) {
        throw new Error(`npm publish --dry-run:\n${text}`);
      }
      return 'publint, attw and npm publish --dry-run';
    },
  },
  {
    id: 'app',
    title: 'a new app',
    run: async ({ dist, tarball }) => startApp(await tarball(), dist),
  },
  {
    id: 'pypi',
    title: 'PyPI package',
    run: async bench => {
      const { dist } = bench;
      if (!await isThere('python3')) {
        throw new Missing('there is no python3');
      }
      await build('python', bench);
      const environment = path.join(dist, '.venv');
      await succeed('python3', ['-m', 'venv', environment], dist);
      await succeed(path.join(environment, 'bin/pip'), ['install', '--quiet', '--disable-pip-version-check', 'twine'], dist);
      const files = fs.readdirSync(path.join(dist, 'python')).map(file => path.join(dist, 'python', file));
      const text = await succeed(path.join(environment, 'bin/twine'), ['check', '--strict', ...files], dist);
      fs.rmSync(environment, { recursive: true, force: true });
      return `twine check of ${text.split('PASSED').length - 1} files`;
    },
  },
  {
    id: 'maven',
    title: 'Maven package',
    run: async bench => {
      const { dist } = bench;
      if (!await isThere('mvn')) {
        throw new Missing('there is no mvn');
      }
      await build('java', bench);
      const files = (fs.readdirSync(path.join(dist, 'java'), { recursive: true }) as string[]).filter(file => /\.(jar|pom)$/.test(file));
      // Maven Central wants sources and documentation beside the classes.
      const missing = ['.pom', '-sources.jar', '-javadoc.jar'].find(end => !files.some(file => file.endsWith(end)));
      if (missing !== undefined) {
        throw new Error(`there is no file that ends with ${missing}`);
      }
      return files.map(file => path.basename(file)).sort().join(', ');
    },
  },
  {
    id: 'go',
    title: 'Go module',
    run: async bench => {
      await build('go', bench, ['--code-only']);
      return 'generated; built and used by npm run languages';
    },
  },
  {
    id: 'nuget',
    title: 'NuGet package',
    run: async bench => {
      if (!await isThere('dotnet')) {
        throw new Missing('there is no dotnet');
      }
      await build('dotnet', bench);
      return 'built';
    },
  },
  {
    id: 'licences',
    title: 'parts and licences',
    run: async ({ dist, tarball }) => {
      const programs = await npmPrograms();
      const folder = path.join(dist, '.installed');
      fs.mkdirSync(folder, { recursive: true });
      await succeed('tar', ['-xzf', await tarball(), '-C', folder], dist);
      const own = path.join(folder, 'package');
      const found = await succeed(path.join(programs, 'license-checker-rseidelsohn'), ['--json', '--production', '--start', own], dist);
      const parts = JSON.parse(found.slice(found.indexOf('{'))) as { readonly [name: string]: { readonly licenses: string } };
      const foreign = Object.entries(parts).find(([, { licenses }]) => !LICENCES.includes(licenses));
      if (foreign !== undefined) {
        throw new Error(`${foreign[0]} has the licence ${foreign[1].licenses}, and the package ships parts with ${LICENCES.join(', ')} only`);
      }
      const licences = Object.fromEntries(Object.entries(parts).map(([name, { licenses }]) => [name, licenses]));
      fs.writeFileSync(path.join(dist, 'licences.json'), `${JSON.stringify(licences, undefined, 2)}\n`);
      await succeed(path.join(programs, 'cyclonedx-npm'), [
        '--omit', 'dev', '--omit', 'peer', '--omit', 'optional', '--output-reproducible', '--output-file', path.join(dist, 'sbom.json'), path.join(ROOT, 'package.json'),
      ], ROOT);
      fs.rmSync(folder, { recursive: true, force: true });
      return Object.entries(licences).map(([name, licence]) => `${name} ${licence}`).join(', ');
    },
  },
];

async function build(target: Target, { dist, tablet }: Bench, more: readonly string[] = []): Promise<void> {
  await pacmak(target, dist, await tablet(), more);
}

/** What the commits since the last tag make of the version, and what they say. */
async function nextRelease(): Promise<{ readonly version: string; readonly notes: string }> {
  const tagged = (await attempt('git', ['describe', '--tags', '--abbrev=0'], ROOT)).code === 0;
  const first = await printed(tagged ? [] : ['--release-as', '0.1.0']);
  const { version, text } = tagged && isTooSmall(first.version, first.text) ? await printed(['--release-as', 'minor']) : first;
  return { version, notes: notesFor(text, !tagged) };
}

/** What commit-and-tag-version would write. */
async function printed(args: readonly string[]): Promise<{ readonly version: string; readonly text: string }> {
  const all = await succeed(path.join(await npmPrograms(), 'commit-and-tag-version'), ['--dry-run', ...args], ROOT);
  const [, text = ''] = all.split(/^---$/m);
  const [, version] = /^#+ \[?(\d+\.\d+\.\d+)/m.exec(text) ?? [];
  if (version === undefined) {
    throw new Error(`no version in:\n${all}`);
  }
  return { version, text };
}
