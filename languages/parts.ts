/** Programs that try parts, one by one, and say of each whether it passed. */
import { parseArgs } from 'node:util';
import { Missing } from './language';

/** What is tried. */
export interface Part {
  /** As an option names it. */
  readonly id: string;
  /** As people name it. */
  readonly title: string;
}

/** A program that tries parts. */
export interface PartsProgram<T extends Part> {
  readonly name: string;
  readonly help: string;
  readonly parts: readonly T[];
  /** Options of its own, each with a value. */
  readonly options: readonly string[];
}

/** What its arguments ask for. */
export interface Wanted<T extends Part> {
  readonly parts: readonly T[];
  readonly asJson: boolean;
  /** The values of the program's own options. */
  readonly own: { readonly [option: string]: string | boolean | undefined };
}

/** What the arguments ask for, or the exit code where nothing is to be tried. */
export function wantedBy<T extends Part>({ name, help, parts, options }: PartsProgram<T>, argv: readonly string[]): Wanted<T> | number {
  const own = Object.fromEntries(options.map(option => [option, { type: 'string' as const }]));
  let values;
  try {
    ({ values } = parseArgs({ args: [...argv], options: { ...own, only: { type: 'string' }, json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } }));
  } catch (error) {
    process.stderr.write(`${name}: ${(error as Error).message.split('\n')[0]}: see --help\n`);
    return 2;
  }
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const ids = parts.map(({ id }) => id);
  const wanted = (values.only as string | undefined)?.split(',') ?? ids;
  const unknown = wanted.find(id => !ids.includes(id));
  if (unknown !== undefined) {
    process.stderr.write(`${name}: --only has ${ids.join(', ')}, got "${unknown}"\n`);
    return 2;
  }
  return { parts: parts.filter(({ id }) => wanted.includes(id)), asJson: values.json === true, own: values };
}

/** What became of a part. */
export interface Outcome<T extends Part> {
  readonly part: T;
  readonly outcome: 'passed' | 'failed' | 'not run';
  readonly seconds: number;
  /** What ran, or why not. */
  readonly detail: string;
}

/** Tries the parts and prints what became of each; gives the exit code. A part that throws has failed; with `Missing` it was not run. */
export async function tryParts<T extends Part>(
  name: string,
  { parts, asJson }: Wanted<T>,
  run: (part: T) => Promise<string>,
  toJson: (outcome: Outcome<T>) => object,
): Promise<number> {
  const count = { 'passed': 0, 'failed': 0, 'not run': 0 };
  for (const part of parts) {
    process.stderr.write(`${name}: ${part.title}\n`);
    const started = Date.now();
    const { outcome, detail } = await judge(() => run(part));
    count[outcome]++;
    const seconds = Math.round((Date.now() - started) / 1000);
    process.stdout.write(asJson ? `${JSON.stringify(toJson({ part, outcome, seconds, detail }))}\n`
      : `${part.title.padEnd(26)}${outcome.padEnd(9)}${String(seconds).padStart(4)} s  ${detail}\n`);
  }
  (asJson ? process.stderr : process.stdout).write(`${count.passed} passed, ${count.failed} failed, ${count['not run']} not run\n`);
  return count.failed > 0 ? 1 : 0;
}

async function judge(run: () => Promise<string>): Promise<Pick<Outcome<Part>, 'outcome' | 'detail'>> {
  try {
    return { outcome: 'passed', detail: await run() };
  } catch (error) {
    return { outcome: error instanceof Missing ? 'not run' : 'failed', detail: (error as Error).message };
  }
}
