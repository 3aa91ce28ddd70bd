/** Builds the package for each language, installs it into an empty project and uses it: `npm run languages`. */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { dotnet } from './dotnet';
import { translatedExamples } from './examples';
import { go } from './go';
import { java } from './java';
import { Language, Missing, Workbench } from './language';
import { python } from './python';
import { succeed } from './shell';
import { typescript } from './typescript';

const LANGUAGES: readonly Language[] = [typescript, python, java, go, dotnet];

const ROOT = path.join(__dirname, '..');

const HELP = `usage: npm run languages -- [--only ID,ID] [--json] [--help]

Builds the package for each language as a release does, installs what was built into an empty project with that language's ordinary client, and runs two
programs of languages/: an example, whose manifest has to be that of TypeScript byte for byte, and a mistake, which has to be told in our words. What cannot be
had on this machine is not run, and said so.

  --only ID,ID  only these: ${LANGUAGES.map(({ id }) => id).join(', ')}
  --json        an object for each language on standard output, one a line
  --help        this text

Exit code: 0 nothing failed, 1 something did, 2 wrong use.
`;

/** What the mistake is told as, in every language. */
export const COMPLAINT = '[bookinfo/Mysql] \'port\' must be a whole number from 1 to 65535, got 70000';

interface Outcome {
  readonly language: string;
  readonly outcome: 'passed' | 'failed' | 'not run';
  readonly seconds: number;
  /** What ran, or why not. */
  readonly detail: string;
}

async function main(argv: readonly string[]): Promise<number> {
  const options = { only: { type: 'string' }, json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } as const;
  let values;
  try {
    ({ values } = parseArgs({ args: [...argv], options }));
  } catch (error) {
    process.stderr.write(`languages: ${(error as Error).message.split('\n')[0]}: see --help\n`);
    return 2;
  }
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const wanted = values.only?.split(',') ?? LANGUAGES.map(({ id }) => id);
  const unknown = wanted.find(id => !LANGUAGES.some(language => language.id === id));
  if (unknown !== undefined) {
    process.stderr.write(`languages: --only has ${LANGUAGES.map(({ id }) => id).join(', ')}, got "${unknown}"\n`);
    return 2;
  }
  const work = fs.mkdtempSync(path.join(os.tmpdir(), 'languages-'));
  try {
    return await tryAll(LANGUAGES.filter(({ id }) => wanted.includes(id)), work, values.json ?? false);
  } finally {
    fs.rmSync(work, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function tryAll(languages: readonly Language[], work: string, asJson: boolean): Promise<number> {
  process.stderr.write('languages: packing the package\n');
  await succeed('npm', ['run', '--silent', 'compile'], ROOT);
  const packed = await succeed('npm', ['pack', '--silent', '--pack-destination', work], ROOT);
  const tarball = path.join(work, packed.trim().split('\n').at(-1)!);
  process.stderr.write('languages: translating the examples\n');
  const tablet = await translatedExamples(tarball, work);
  const expected = await manifestOfSource(work);
  const outcomes: Outcome[] = [];
  for (const language of languages) {
    process.stderr.write(`languages: ${language.title}\n`);
    const started = Date.now();
    const folder = path.join(work, language.id);
    fs.mkdirSync(folder);
    const judged = await judge(language, { folder, tarball, build: target => build(target, work, tablet) }, expected);
    const outcome = { language: language.title, ...judged, seconds: Math.round((Date.now() - started) / 1000) };
    outcomes.push(outcome);
    process.stdout.write(asJson ? `${JSON.stringify(outcome)}\n` : `${outcome.language.padEnd(26)}${outcome.outcome.padEnd(9)}${String(outcome.seconds).padStart(4)} s  ${outcome.detail}\n`);
  }
  const count = (wanted: Outcome['outcome']) => outcomes.filter(({ outcome }) => outcome === wanted).length;
  (asJson ? process.stderr : process.stdout).write(`${count('passed')} passed, ${count('failed')} failed, ${count('not run')} not run\n`);
  return count('failed') > 0 ? 1 : 0;
}

async function judge(language: Language, bench: Workbench, expected: string): Promise<Pick<Outcome, 'outcome' | 'detail'>> {
  try {
    const { manifests, complaints } = await language.run(bench);
    const other = manifests.find(({ text }) => text !== expected);
    const silent = complaints.find(({ text }) => !text.includes(COMPLAINT));
    if (other !== undefined) {
      return { outcome: 'failed', detail: `${other.by} writes another manifest:\n${other.text}` };
    }
    return silent === undefined ? { outcome: 'passed', detail: manifests.map(({ by }) => by).join('; ') }
      : { outcome: 'failed', detail: `${silent.by} does not say "${COMPLAINT}":\n${silent.text}` };
  } catch (error) {
    return { outcome: error instanceof Missing ? 'not run' : 'failed', detail: (error as Error).message };
  }
}

/** Of the sources, as the tests run them. */
async function manifestOfSource(work: string): Promise<string> {
  const folder = path.join(work, 'source');
  fs.mkdirSync(folder);
  await succeed(path.join(ROOT, 'node_modules/.bin/tsx'), ['--tsconfig', path.join(__dirname, 'tsconfig.json'), path.join(__dirname, 'typescript/gateway.ts')], folder);
  return fs.readFileSync(path.join(folder, 'dist/bookinfo.k8s.yaml'), 'utf8');
}

async function build(target: string, work: string, tablet: string): Promise<string> {
  const outdir = path.join(work, 'built');
  // Formatting and checking a module of Go takes a published one of cdk8s. Its classes have inherited methods with their examples, which no tablet knows there.
  const more = target === 'go' ? ['--code-only', '--rosetta-unknown-snippets', 'translate'] : ['--rosetta-unknown-snippets', 'fail'];
  await succeed(path.join(ROOT, 'node_modules/.bin/jsii-pacmak'), ['--targets', target, '--outdir', outdir, '--rosetta-tablet', tablet, ...more], ROOT);
  return path.join(outdir, target);
}

void main(process.argv.slice(2)).then(code => {
  process.exitCode = code;
});
