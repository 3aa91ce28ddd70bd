/** `npm run bench:peers`: what the library takes to write its objects, and what other programs take to write the same. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { filesOf, PAGE } from './document';
import { BASE, PEERS } from './list';
import { Contest } from './measure';
import { Peer } from './peer';
import { CaseResult, merged, readResults, RESULTS, writtenResults } from './results';
import { table } from './table';
import { Case, casesOf, CHARTS, Route, ROUTES, SERVICES } from '../cases';
import { Failure } from '../failure';
import { count, given, listOf, oneOf, optionsOf } from '../options';
import { Programs } from '../programs';
import { progress, start } from '../terminal';

const RUNS = 5;

const HELP = `usage: npm run bench:peers -- [--sizes N,N] [--route ROUTE] [--charts N,N] [--peers ID,ID] [--runs N] [--json] [--write | --page] [--help]

Writes the objects of external services with the library and, in turns and each time as a whole process, with other programs, checks that all write the
same objects, and prints time, processor time and memory. The other programs are built once, with Go and npm, into the user's cache folder.

  --sizes N,N    only so many services (${SERVICES.map(String).join(',')})
  --route ROUTE  only ${ROUTES.join(' or ')}
  --charts N,N   only so many charts, each with a namespace (${CHARTS.join(',')})
  --peers ID,ID  the library and only these (${PEERS.filter(peer => peer !== BASE).map(({ id }) => id).join(',')})
  --runs N       rounds for each case (${RUNS}); what takes longer than a minute is run once
  --json         an object for each case on standard output, one a line
  --write        keep the results, and write docs/performance.md and its charts with them
  --page         measure nothing; write docs/performance.md and its charts of the results that were kept
  --help         this text`;

interface Options {
  readonly cases: readonly Case[];
  readonly peers: readonly Peer[];
  readonly runs: number;
  readonly json: boolean;
  readonly write: boolean;
  readonly page: boolean;
  readonly help: boolean;
}

async function main(argv: readonly string[], signal: AbortSignal): Promise<void> {
  const options = read(argv);
  if (options.help) {
    console.log(HELP);
  } else if (options.page) {
    writePage(readResults());
  } else {
    await measure(options, signal);
  }
}

async function measure({ cases, peers, runs, json, write }: Options, signal: AbortSignal): Promise<void> {
  progress('compiling');
  const programs = await Programs.make(signal);
  try {
    const contest = await Contest.make(peers, programs, progress, signal);
    for (const subject of cases) {
      const result = await contest.measure(subject, runs);
      progress('');
      console.log(json ? JSON.stringify(result) : table(result, peers));
      if (write) {
        keep(result);
      }
    }
  } finally {
    programs.remove();
  }
}

/** After each case: a run of hours that is interrupted has not been for nothing. */
function keep(result: CaseResult): void {
  const results = merged(readResults(), [result]);
  fs.writeFileSync(RESULTS, writtenResults(results));
  writePage(results);
}

function writePage(results: readonly CaseResult[]): void {
  for (const [file, text] of filesOf(results, PEERS, fs.readFileSync(PAGE, 'utf8'))) {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, text);
  }
}

function read(argv: readonly string[]): Options {
  const values = optionsOf(argv, {
    sizes: { type: 'string' },
    route: { type: 'string' },
    charts: { type: 'string' },
    peers: { type: 'string' },
    runs: { type: 'string' },
    json: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    page: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  });
  if (values.write && values.page) {
    throw new Failure('--write measures and --page does not: give one of them');
  }
  if (values.write && values.peers !== undefined) {
    throw new Failure('--write keeps cases in which every program was measured: leave out --peers');
  }
  const counts = (option: string) => (value: string) => listOf(value, each => count(option, each));
  const sizes = given(values.sizes, counts('sizes')) ?? SERVICES;
  const charts = given(values.charts, counts('charts')) ?? CHARTS;
  const routes = given(values.route, (value): Route[] => [oneOf('route', value, ROUTES)]) ?? ROUTES;
  const chosen = given(values.peers, value => listOf(value, each => oneOf('peers', each, PEERS.map(({ id }) => id))));
  return {
    cases: casesOf(sizes, routes, charts),
    peers: PEERS.filter(peer => peer === BASE || (chosen?.includes(peer.id) ?? true)),
    runs: given(values.runs, value => count('runs', value)) ?? RUNS,
    json: values.json,
    write: values.write,
    page: values.page,
    help: values.help,
  };
}

start('bench:peers', main);
