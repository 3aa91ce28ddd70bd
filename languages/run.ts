/** Builds the package for each language, installs it into an empty project and uses it: `npm run languages`. */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { dotnet } from './dotnet';
import { translatedExamples } from './examples';
import { go } from './go';
import { java } from './java';
import { Language, Written } from './language';
import { pack, pacmak, Target } from './package';
import { tryParts, Wanted, wantedBy } from './parts';
import { python } from './python';
import { succeed } from './shell';
import { typescript } from './typescript';

const LANGUAGES: readonly Language[] = [typescript, python, java, go, dotnet];

const ROOT = path.join(__dirname, '..');

const HELP = `usage: npm run languages -- [--only ID,ID] [--json] [--help]

Builds the package for each language as a release does, installs what was built into an empty project with that language's ordinary client, and runs two
programs of languages/: an example, whose manifest has to be that of TypeScript byte for byte, and a mistake, which has to be told in our words. Then init of the
package writes an app in that language, which has to synthesise that of TypeScript, byte for byte, and pass its own test, but not when somebody else is let in.
What cannot be had on this machine is not run, and said so.

  --only ID,ID  only these: ${LANGUAGES.map(({ id }) => id).join(', ')}
  --json        an object for each language on standard output, one a line
  --help        this text

Exit code: 0 nothing failed, 1 something did, 2 wrong use.
`;

/** What the mistake is told as, in every language. */
export const COMPLAINT = '[bookinfo/Mysql] \'port\' must be a whole number from 1 to 65535, got 70000';

async function main(argv: readonly string[]): Promise<number> {
  const wanted = wantedBy({ name: 'languages', help: HELP, parts: LANGUAGES, options: [] }, argv);
  if (typeof wanted === 'number') {
    return wanted;
  }
  const work = fs.mkdtempSync(path.join(os.tmpdir(), 'languages-'));
  try {
    return await tryAll(wanted, work);
  } finally {
    fs.rmSync(work, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function tryAll(wanted: Wanted<Language>, work: string): Promise<number> {
  process.stderr.write('languages: packing the package\n');
  const tarball = await pack(work);
  process.stderr.write('languages: translating the examples\n');
  const tablet = await translatedExamples(tarball, work);
  const expected = await manifestOfSource(path.join(__dirname, 'typescript/gateway.ts'), path.join(work, 'source'));
  const expectedOfApp = await manifestOfSource(path.join(ROOT, 'templates/typescript/main.ts'), path.join(work, 'source-app'));
  return tryParts('languages', wanted, async language => {
    const folder = path.join(work, language.id);
    fs.mkdirSync(folder);
    return checked(await language.run({ folder, tarball, build: target => build(target, work, tablet) }), expected, expectedOfApp);
  }, ({ part, outcome, detail, seconds }) => ({ language: part.title, outcome, detail, seconds }));
}

/** Says what ran, where all of it did what it has to. */
function checked({ manifests, apps, complaints }: Written, expected: string, expectedOfApp: string): string {
  const other = manifests.find(({ text }) => text !== expected) ?? apps.find(({ text }) => text !== expectedOfApp);
  if (other !== undefined) {
    throw new Error(`${other.by} writes another manifest:\n${other.text}`);
  }
  const silent = complaints.find(({ text }) => !text.includes(COMPLAINT));
  if (silent !== undefined) {
    throw new Error(`${silent.by} does not say "${COMPLAINT}":\n${silent.text}`);
  }
  return manifests.map(({ by }) => by).join('; ');
}

/** Of the sources, as the tests run them. */
async function manifestOfSource(program: string, folder: string): Promise<string> {
  fs.mkdirSync(folder);
  await succeed(path.join(ROOT, 'node_modules/.bin/tsx'), ['--tsconfig', path.join(__dirname, 'tsconfig.json'), program], folder);
  const [file] = fs.readdirSync(path.join(folder, 'dist'));
  return fs.readFileSync(path.join(folder, 'dist', file), 'utf8');
}

function build(target: Target, work: string, tablet: string): Promise<string> {
  // Formatting and checking a module of Go takes a published one of cdk8s. Its classes have inherited methods with their examples, which no tablet knows there.
  const more = target === 'go' ? ['--code-only', '--rosetta-unknown-snippets', 'translate'] : ['--rosetta-unknown-snippets', 'fail'];
  return pacmak(target, path.join(work, 'built'), tablet, more);
}

void main(process.argv.slice(2)).then(code => {
  process.exitCode = code;
});
