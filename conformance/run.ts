/** Lets Istio's own code judge the manifests of every example and of generated apps: `npm run conformance`. */
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { writeAnybodys } from './anybody';
import { askAbout, comparisonPage, CORPUS, PAGE, refusedIn, summaryOf } from './comparison';
import { recipes, writeRecipe } from './documents';
import { attempt, generate, Outcome, problems, reasons, smallest } from './generated';
import { importedRecipes, writeImported } from './imported';
import { buildJudge, Complaint, Finding } from './judge';
import { reportDisagreements } from './reported';
import { readSet, writeSet } from './sets';
import { writeTraces } from './traced';
import { EXAMPLES } from '../examples/write';

export const DEFAULT_APPS = 300;
export const DEFAULT_SETS = 200;
export const DEFAULT_SEED = 20260901;
/** Numbers of failing apps in the command that runs them again. */
const SHOWN = 20;

const HELP = `usage: npm run conformance -- [--apps <n>] [--sets <n>] [--seed <n>] [--json] [--matrix] [--write-comparison]
       npm run conformance:fuzz -- [--apps <n>] [--sets <n>] [--seed <n>] [--only <n>,...]

Lets the code of Istio and Kubernetes judge manifests: those of every example and recipe, and those of generated apps. Needs Go.
The files of conformance/corpus are compared with what docs/comparison.md says of them.

  --apps <n>   generated apps (default ${DEFAULT_APPS}; 0 for the examples alone)
  --sets <n>   sets of objects as anybody may have written them, for the trace (default ${DEFAULT_SETS})
  --seed <n>   what they are generated from (default ${DEFAULT_SEED}; for conformance:fuzz a new one each time)
  --only <n>,...
               of the generated apps only those with these numbers, which a run tells of apps that fail; no sets unless --sets asks for them
  --json       write the report as JSON
  --matrix     first write who reaches what in each example and recipe; --json has it for every set
  --write-comparison
               write docs/comparison.md as the judge sees the corpus
  --help       this text

exit status: 0 clean, 1 findings, 2 bad input or nothing to run with
`;

interface Options {
  readonly apps: number;
  readonly sets: number;
  readonly seed: number;
  /** The numbers of the apps that are judged; undefined for all of them. */
  readonly only?: readonly number[];
  readonly json: boolean;
  readonly matrix: boolean;
  readonly examples: boolean;
  readonly writeComparison: boolean;
}

/** Reads the arguments; undefined when help was asked for. */
export function readOptions(args: readonly string[], defaults: { readonly seed: number; readonly examples: boolean }): Options | undefined {
  const types = {
    'apps': { type: 'string' },
    'sets': { type: 'string' },
    'seed': { type: 'string' },
    'only': { type: 'string' },
    'json': { type: 'boolean' },
    'matrix': { type: 'boolean' },
    'write-comparison': { type: 'boolean' },
    'help': { type: 'boolean', short: 'h' },
  } as const;
  let values;
  try {
    ({ values } = parseArgs({ args: [...args], options: types, strict: true, allowPositionals: false }));
  } catch (error) {
    throw new Complaint(`${lowered((error as Error).message.split(/[.,]?\n|\. /)[0].replace(/\.$/, ''))}; see --help`);
  }
  if (values.help) {
    return undefined;
  }
  const only = values.only?.split(',').map(text => wholeNumber('--only', text, 0));
  return {
    // Which app a number is does not depend on how many there are.
    apps: only ? Math.max(...only) + 1 : wholeNumber('--apps', values.apps, DEFAULT_APPS),
    sets: wholeNumber('--sets', values.sets, only ? 0 : DEFAULT_SETS),
    seed: wholeNumber('--seed', values.seed, defaults.seed),
    only,
    json: values.json ?? false,
    matrix: values.matrix ?? false,
    examples: defaults.examples,
    writeComparison: values['write-comparison'] ?? false,
  };
}

function lowered(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function wholeNumber(option: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) {
    return otherwise;
  }
  if (!/^\d{1,9}$/.test(text)) {
    throw new Complaint(`${option} must be a whole number from 0 to 999999999, got "${text}"`);
  }
  return Number(text);
}

/** Runs everything; gives the exit status. */
export async function main(args: readonly string[], defaults: { readonly seed: number; readonly examples: boolean }): Promise<number> {
  const options = readOptions(args, defaults);
  if (!options) {
    process.stdout.write(HELP);
    return 0;
  }
  const say = (message: string) => process.stderr.write(`conformance: ${message}\n`);
  const program = buildJudge(say);
  const work = fs.mkdtempSync(path.join(os.tmpdir(), 'conformance-'));
  try {
    return await judgeAll(options, program, work, say);
  } finally {
    fs.rmSync(work, { recursive: true, force: true });
  }
}

async function judgeAll(options: Options, program: string, work: string, say: (message: string) => void): Promise<number> {
  const args = [...options.json ? ['--json'] : [], ...options.matrix ? ['--matrix'] : []];
  const wrong: string[] = [];
  const imported = options.examples ? importedRecipes() : [];
  if (options.examples) {
    for (const { folder, build } of EXAMPLES) {
      const target = path.join(work, 'examples', folder);
      const { expectations } = writeSet(target, app => void build(app));
      reportDisagreements(target, expectations).forEach(difference => wrong.push(`examples/${folder}: ${difference}`));
      writeTraces(target);
      args.push('--name', `${target}=examples/${folder}`);
    }
    for (const name of recipes()) {
      const target = path.join(work, 'recipes', name);
      writeRecipe(name, target);
      writeTraces(target);
      args.push('--name', `${target}=docs/recipes/${name}`);
    }
    for (const recipe of imported) {
      const target = path.join(work, 'imported', recipe.name);
      writeImported(recipe, target);
      writeTraces(target);
      args.push('--name', `${target}=imported/${recipe.name}`);
    }
  }
  const attempts = options.apps > 0 ? generateAll(options, work) : [];
  const outcomes = attempts.map(({ outcome }) => outcome);
  const accepted = outcomes.filter(outcome => outcome.kind === 'accepted');
  if (accepted.length > 0) {
    args.push('--batch', path.join(work, 'generated'), '--name', `${path.join(work, 'generated')}=generated`);
  }
  if (options.examples) {
    // Those that have a published counterpart are compared with it as well.
    const published = EXAMPLES.filter(({ folder }) => folder.startsWith('bookinfo-'));
    args.push(...published.flatMap(({ folder }) => ['--bookinfo', `${/^bookinfo-([^/]+)/.exec(folder)![1]}=${path.join(work, 'examples', folder)}`]));
    args.push(...EXAMPLES.filter(example => !published.includes(example)).map(({ folder }) => path.join(work, 'examples', folder)));
    args.push(...recipes().map(name => path.join(work, 'recipes', name)), ...imported.map(({ name }) => path.join(work, 'imported', name)));
  }
  const report = path.join(work, 'findings.json');
  const judged = spawnSync(program, ['--findings', report, ...args], { stdio: ['ignore', 'inherit', 'inherit'] });
  if (judged.error) {
    // Another checkout that builds its own judge takes this one out of the cache.
    throw new Complaint(`the judge cannot be run (${judged.error.message}): run the command again`);
  }
  if (judged.status === null || judged.status > 1) {
    return 2;
  }
  const summary = options.json ? say : (message: string) => process.stdout.write(`${message}\n`);
  const failures = failed(attempts, JSON.parse(fs.readFileSync(report, 'utf8')) as Finding[]);
  if (options.apps > 0) {
    summarise(options, outcomes, summary);
  }
  if (failures.length > 0) {
    problems(outcomes).forEach(([problem, times]) => summary(`  ${String(times).padStart(5)}  wrong: ${problem}`));
    summary(`\n${failures.length} generated apps fail; the first is number ${failures[0]}, looking for the smallest that fails like it`);
    summary(await smallest(failures[0], options.seed, program, work));
    summary(`again: npm run conformance:fuzz -- --seed ${options.seed} --only ${failures.slice(0, SHOWN).join()}`);
  }
  const tooFew = outcomes.length >= 30 && accepted.length * 3 < outcomes.length;
  if (tooFew) {
    summary(`only ${accepted.length} of ${outcomes.length} generated apps were accepted: the generator no longer fits the library`);
  }
  const isFollowed = options.sets === 0 || followAnybodys(options, program, work, summary);
  wrong.forEach(difference => summary(`the report is wrong: ${difference}`));
  const unlike = options.examples ? compareCorpus(options, program, summary) : [];
  unlike.forEach(problem => summary(`  wrong: ${problem}`));
  return judged.status === 1 || wrong.length > 0 || unlike.length > 0 || failures.length > 0 || tooFew || !isFollowed ? 1 : 0;
}

/** Whether the trace and istiod agree about the objects of anybody. */
function followAnybodys({ sets, seed }: Options, program: string, work: string, say: (message: string) => void): boolean {
  const [folder, report] = [path.join(work, 'anybody'), path.join(work, 'anybody.json')];
  const connections = writeAnybodys(sets, seed, folder);
  const judged = spawnSync(program, ['--only', 'trace', '--findings', report, '--batch', folder], { encoding: 'utf8' });
  if (judged.status === null || judged.status > 1) {
    throw new Complaint(`the judge cannot follow the connections of anybody's objects: ${judged.stderr.trim()}`);
  }
  const findings = JSON.parse(fs.readFileSync(report, 'utf8')) as Finding[];
  say(`\nanybody's objects: ${sets} sets from seed ${seed}, ${connections} connections followed, ${findings.length} of them otherwise than by istiod`);
  for (const { set, subject, message } of findings.slice(0, 3)) {
    say(`  ${set}: ${subject}: ${message}\n${readSet(path.join(folder, set))}`);
  }
  return findings.length === 0;
}

/** What is wrong with the corpus, or with the page about it. */
function compareCorpus({ writeComparison }: Options, program: string, say: (message: string) => void): string[] {
  const answers = askAbout(program, CORPUS);
  const page = comparisonPage(answers);
  if (writeComparison) {
    fs.writeFileSync(PAGE, page);
  }
  say(`\n${summaryOf(answers)}`);
  const isCurrent = fs.existsSync(PAGE) && fs.readFileSync(PAGE, 'utf8') === page;
  return [
    ...refusedIn(answers),
    ...isCurrent ? [] : ['docs/comparison.md is not what the judge says: run `npm run conformance -- --write-comparison` and commit the result'],
  ];
}

/** A generated app, by its number among those of the seed. */
interface Attempt {
  readonly number: number;
  readonly outcome: Outcome;
}

function generateAll({ apps, seed, only }: Options, work: string): Attempt[] {
  return generate(apps, seed).flatMap((spec, number) => (
    only && !only.includes(number) ? [] : [{ number, outcome: attempt(spec, path.join(work, 'generated', setName(number))) }]));
}

function setName(index: number): string {
  return `app-${String(index).padStart(6, '0')}`;
}

/** The numbers of the apps that fail: here already, or by what was found in their manifests. */
function failed(attempts: readonly Attempt[], findings: readonly Finding[]): number[] {
  const found = new Set(findings.map(finding => finding.set));
  return attempts.flatMap(({ number, outcome }) => (outcome.kind === 'wrong' || found.has(setName(number)) ? [number] : []));
}

function summarise({ seed }: Options, outcomes: readonly Outcome[], say: (message: string) => void): void {
  const count = (kind: Outcome['kind']) => outcomes.filter(outcome => outcome.kind === kind).length;
  say(`\ngenerated apps: ${outcomes.length} from seed ${seed}, ${count('accepted')} accepted and judged, ${count('refused')} refused by name`);
  for (const [reason, times] of reasons(outcomes)) {
    say(`  ${String(times).padStart(5)}  ${reason}`);
  }
}

/** Ends the process with what a run gives; a mistake is told in one line. */
export async function exitWith(run: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await run();
  } catch (error) {
    if (!(error instanceof Complaint)) {
      throw error;
    }
    process.stderr.write(`conformance: ${error.message}\n`);
    process.exitCode = 2;
  }
}

if (require.main === module) {
  void exitWith(() => main(process.argv.slice(2), { seed: DEFAULT_SEED, examples: true }));
}
