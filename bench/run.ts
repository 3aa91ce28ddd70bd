/** `npm run bench`: what synthesis costs, against the same objects written with raw cdk8s, and what the program and the rules cost. */
import { Case, casesOf, CHARTS, COUNTS, CROWDS, Route, ROUTES, SERVICES, usualRuns } from './cases';
import { CrowdResult, measureCase, measureCrowd, measureLoading, Result } from './measure';
import { count, given, oneOf, optionsOf } from './options';
import { Programs } from './programs';
import { measureReading } from './reading';
import { crowdTable, json, readingTable, rulesTable, table } from './report';
import { measureGrowth, measureRules } from './rules';
import { progress, start } from './terminal';

const LOADING_RUNS = 31;
const CROWD_RUNS = 5;
const READING_RUNS = 3;
const RULES_RUNS = 7;

const HELP = `usage: npm run bench -- [--services N] [--route ROUTE] [--charts N] [--runs N] [--many | --read | --rules] [--json] [--help]

Synthesises apps of external services with the library, with the library in its FastApp and, with the same bytes as result, with raw ApiObjects, in
turns and each time in a fresh process, and prints the medians. Without options it takes about eight minutes.

  --services N   only apps of N services (${SERVICES.map(n => n.toLocaleString('en-US')).join(', ')})
  --route ROUTE  only ${ROUTES.join(' or ')}
  --charts N     only apps of N charts (${CHARTS.join(', ')})
  --runs N       how often each is measured (9 for 100 services; 3 for 10,000 through a gateway, which takes a minute each time)
  --many         instead, the growth with the number of lock-downs, bootstraps, gateways and guarded teams
  --read         instead, lint, explain and report as whole processes of the compiled program
  --rules        instead, what rules add at synth, and the growth of each with input that it could compare with itself
  --json         an object for each app on standard output, one a line
  --help         this text

  ms          building and synthesising the app, without loading modules (with --read, the processor's time of the whole process)
  fast ms     the same in FastApp, beside its ratios to raw objects and to the library in cdk8s's App
  us/service  the same for one service
  growth      how much longer than a tenth of the services took; 10 is linear (with --many, than half of them, where 2 is; with --read it is beside
              the growth of the input; with --rules, than a fourth, where 4 is linear and 16 quadratic)
  MB          the highest memory of the process, Node and modules included`;

interface Options {
  readonly services?: number;
  readonly route?: Route;
  readonly charts?: number;
  readonly runs?: number;
  readonly many: boolean;
  readonly read: boolean;
  readonly rules: boolean;
  readonly json: boolean;
  readonly help: boolean;
}

async function main(argv: readonly string[], signal: AbortSignal): Promise<void> {
  const options = read(argv);
  if (options.help) {
    console.log(HELP);
    return;
  }
  const cases = casesOf(only(options.services, SERVICES), only(options.route, ROUTES), only(options.charts, CHARTS));
  progress('compiling');
  const programs = await Programs.make(signal);
  try {
    await (options.many ? measureMany(programs, options) : options.read ? measureReaders(programs, options)
      : options.rules ? measureTheRules(programs, options) : measure(programs, cases, options));
  } finally {
    programs.remove();
  }
}

async function measure(programs: Programs, cases: readonly Case[], options: Options): Promise<void> {
  const loadingMs = await measureLoading(programs, LOADING_RUNS, run => progress(`loading, run ${run} of ${LOADING_RUNS}`));
  const results: Result[] = [];
  for (const subject of cases) {
    const runs = options.runs ?? usualRuns(subject);
    const name = `${subject.services} services, ${subject.route}, ${subject.charts} chart${subject.charts === 1 ? '' : 's'}`;
    const result = await measureCase(programs, subject, runs, run => progress(`${name}, run ${run} of ${runs}`));
    results.push(result);
    if (options.json) {
      progress('');
      console.log(json(result, loadingMs));
    }
  }
  progress('');
  if (!options.json) {
    console.log(table(results, loadingMs));
  }
}

async function measureMany(programs: Programs, options: Options): Promise<void> {
  const runs = options.runs ?? CROWD_RUNS;
  const results: CrowdResult[] = [];
  for (const crowd of CROWDS) {
    results.push(...await measureCrowd(programs, crowd, COUNTS, runs, run => progress(`${crowd}, run ${run} of ${runs}`)));
  }
  progress('');
  console.log(options.json ? results.map(result => JSON.stringify(result)).join('\n') : crowdTable(results));
}

async function measureReaders(programs: Programs, options: Options): Promise<void> {
  const results = await measureReading(programs, options.runs ?? READING_RUNS, progress);
  progress('');
  console.log(options.json ? results.map(result => JSON.stringify(result)).join('\n') : readingTable(results));
}

async function measureTheRules(programs: Programs, options: Options): Promise<void> {
  const results = await measureRules(programs, options.runs ?? RULES_RUNS, progress);
  const growths = await measureGrowth(programs, progress);
  progress('');
  console.log(options.json ? [...results, ...growths].map(result => JSON.stringify(result)).join('\n') : rulesTable(results, growths));
}

function only<T>(chosen: T | undefined, all: readonly T[]): readonly T[] {
  return chosen === undefined ? all : [chosen];
}

function read(argv: readonly string[]): Options {
  const values = optionsOf(argv, {
    services: { type: 'string' },
    route: { type: 'string' },
    charts: { type: 'string' },
    runs: { type: 'string' },
    many: { type: 'boolean', default: false },
    read: { type: 'boolean', default: false },
    rules: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  });
  return {
    services: given(values.services, value => count('services', value)),
    route: given(values.route, value => oneOf('route', value, ROUTES)),
    charts: given(values.charts, value => count('charts', value)),
    runs: given(values.runs, value => count('runs', value)),
    many: values.many,
    read: values.read,
    rules: values.rules,
    json: values.json,
    help: values.help,
  };
}

start('bench', main);
