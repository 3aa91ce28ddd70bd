/** Does everything of a release but the publishing: `npm run release:rehearse`. */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { Bench, Step } from './step';
import { STEPS } from './steps';
import { translatedExamples } from '../languages/examples';
import { Missing } from '../languages/language';
import { succeed } from '../languages/shell';

const ROOT = path.join(__dirname, '..');

const HELP = `usage: npm run release:rehearse -- [--only ID,ID] [--keep FOLDER] [--json] [--help]

Does everything of a release but the publishing: lints the workflows, computes the next version with its changes, builds and checks the package for each
registry, and lists the parts that it ships, with their licences. What cannot be had on this machine is not run, and said so.

  --only ID,ID    only these: ${STEPS.map(({ id }) => id).join(', ')}
  --keep FOLDER   leave what would be published in this folder
  --json          an object for each step on standard output, one a line
  --help          this text

Exit code: 0 nothing failed, 1 something did, 2 wrong use.
`;

async function main(argv: readonly string[]): Promise<number> {
  const options = { only: { type: 'string' }, keep: { type: 'string' }, json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } as const;
  let values;
  try {
    ({ values } = parseArgs({ args: [...argv], options }));
  } catch (error) {
    process.stderr.write(`release: ${(error as Error).message.split('\n')[0]}: see --help\n`);
    return 2;
  }
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const wanted = values.only?.split(',') ?? STEPS.map(({ id }) => id);
  const unknown = wanted.find(id => !STEPS.some(step => step.id === id));
  if (unknown !== undefined) {
    process.stderr.write(`release: --only has ${STEPS.map(({ id }) => id).join(', ')}, got "${unknown}"\n`);
    return 2;
  }
  const dist = values.keep === undefined ? fs.mkdtempSync(path.join(os.tmpdir(), 'release-')) : path.resolve(values.keep);
  fs.mkdirSync(dist, { recursive: true });
  try {
    return await rehearse(STEPS.filter(({ id }) => wanted.includes(id)), dist, values.json ?? false);
  } finally {
    if (values.keep === undefined) {
      fs.rmSync(dist, { recursive: true, force: true, maxRetries: 3 });
    }
  }
}

async function rehearse(steps: readonly Step[], dist: string, asJson: boolean): Promise<number> {
  let packed: Promise<string> | undefined;
  let translated: Promise<string> | undefined;
  const tarball = () => packed ??= pack();
  const tablet = () => translated ??= tarball().then(file => translatedExamples(file, fs.mkdtempSync(path.join(os.tmpdir(), 'examples-'))));
  const bench: Bench = { dist, tarball, tablet };
  const count = { 'passed': 0, 'failed': 0, 'not run': 0 };
  for (const step of steps) {
    process.stderr.write(`release: ${step.title}\n`);
    const started = Date.now();
    const { outcome, detail } = await judge(step, bench);
    count[outcome]++;
    const seconds = Math.round((Date.now() - started) / 1000);
    process.stdout.write(asJson ? `${JSON.stringify({ step: step.id, outcome, seconds, detail })}\n`
      : `${step.title.padEnd(22)}${outcome.padEnd(9)}${String(seconds).padStart(4)} s  ${detail}\n`);
  }
  (asJson ? process.stderr : process.stdout).write(`${count.passed} passed, ${count.failed} failed, ${count['not run']} not run\n`);
  return count.failed > 0 ? 1 : 0;
}

async function judge(step: Step, bench: Bench): Promise<{ readonly outcome: 'passed' | 'failed' | 'not run'; readonly detail: string }> {
  try {
    return { outcome: 'passed', detail: await step.run(bench) };
  } catch (error) {
    return { outcome: error instanceof Missing ? 'not run' : 'failed', detail: (error as Error).message };
  }
}

async function pack(): Promise<string> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'packed-'));
  await succeed('npm', ['run', '--silent', 'compile'], ROOT);
  const printed = await succeed('npm', ['pack', '--silent', '--pack-destination', folder], ROOT);
  return path.join(folder, printed.trim().split('\n').at(-1)!);
}

void main(process.argv.slice(2)).then(code => {
  process.exitCode = code;
});
