import * as fs from 'node:fs';
import * as path from 'node:path';
import { Usage } from './usage';
import { Case } from '../cases';
import { median } from '../sample';

/** What was measured last with `--write`: the document and its charts are made of it. */
export const RESULTS = path.join(__dirname, 'results.json');

export interface CaseResult extends Case {
  /** How many objects every program wrote. */
  readonly objects: number;
  readonly on: Machine;
  readonly peers: readonly PeerResult[];
}

export interface PeerResult {
  readonly peer: string;
  readonly version: string;
  /** One for each round; fewer where one takes long, none where it was not run. */
  readonly samples: readonly Usage[];
}

/** What it was measured on, and when. */
export interface Machine {
  /** As "November 2026". */
  readonly month: string;
  readonly cores: number;
  /** As "20.20". */
  readonly node: string;
  /** How much the machine had to do at the start, in processes that can run: its load average. */
  readonly load: number;
}

export type Measure = keyof Usage;

export function medianOf({ samples }: PeerResult, measure: Measure): number | undefined {
  return samples.length === 0 ? undefined : median(samples.map(sample => sample[measure]));
}

/** How much of the base a peer takes: the median of the ratios within each round, in which both met the same machine. */
export function ratioOf(peer: PeerResult, base: PeerResult, measure: Measure): number | undefined {
  const rounds = peer.samples.slice(0, base.samples.length);
  return rounds.length === 0 ? undefined : median(rounds.map((sample, round) => sample[measure] / base.samples[round][measure]));
}

/** The results with the new ones in the place of those of the same cases, from small to large. */
export function merged(before: readonly CaseResult[], now: readonly CaseResult[]): CaseResult[] {
  const byCase = new Map([...before, ...now].map(result => [keyOf(result), result]));
  return [...byCase.values()].sort((a, b) => a.route.localeCompare(b.route) || a.charts - b.charts || a.services - b.services);
}

function keyOf({ route, charts, services }: Case): string {
  return `${route} ${charts} ${services}`;
}

export function readResults(file: string = RESULTS): CaseResult[] {
  return fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) as CaseResult[] : [];
}

/** A line for each program of each case, so that a change of one is a change of a line. */
export function writtenResults(results: readonly CaseResult[]): string {
  const cases = results.map(({ peers, ...rest }) => {
    const lines = peers.map(peer => `    ${JSON.stringify(peer)}`).join(',\n');
    return `  ${JSON.stringify(rest).slice(0, -1)}, "peers": [\n${lines}\n  ]}`;
  });
  return `[\n${cases.join(',\n')}\n]\n`;
}
