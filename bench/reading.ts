import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { writeByHand } from './manifests';
import { Programs } from './programs';
import { median, Sample } from './sample';

/** Manifests that a command reads, in sizes of which each is about three times the one before. */
interface Family {
  readonly command: 'lint' | 'explain' | 'report';
  /** What the command is told besides the folder. */
  readonly args?: readonly string[];
  readonly what: string;
  readonly of: string;
  readonly counts: readonly number[];
  /** Writes so many things. */
  write(programs: Programs, folder: string, count: number): Promise<unknown>;
}

/** The objects of a routed service with one client. */
const OBJECTS_OF_A_SERVICE = 6;
const CHARTS = 10;

const FAMILIES: readonly Family[] = [
  {
    command: 'lint',
    what: 'written by hand',
    of: 'objects',
    counts: [1_000, 3_000, 10_000],
    write: (_, folder, count) => Promise.resolve(writeByHand(folder, count)),
  },
  {
    command: 'lint',
    what: 'of the library',
    of: 'objects',
    counts: [1_000, 3_000, 10_000],
    write: (programs, folder, count) => programs.run('with-library', Math.ceil(count / OBJECTS_OF_A_SERVICE), 'gateway', CHARTS, folder),
  },
  {
    command: 'explain',
    args: ['--from', 'team-0/app-0', '--to', 'db-0.example.com:3306'],
    what: 'written by hand',
    of: 'objects',
    counts: [1_000, 3_000, 10_000],
    write: (_, folder, count) => Promise.resolve(writeByHand(folder, count)),
  },
  ...(['gateway', 'direct'] as const).map((route): Family => ({
    command: 'report',
    what: route,
    of: 'services',
    counts: [100, 300, 1_000],
    write: (programs, folder, count) => programs.run('with-library', count, route, CHARTS, folder),
  })),
];

/** What a command took over so many things, as medians. */
export interface ReadingResult {
  readonly command: string;
  readonly what: string;
  readonly of: string;
  readonly count: number;
  /** The whole process, Node's start included. */
  readonly ms: number;
  readonly rssMb: number;
  readonly runs: number;
}

/** Measures the commands that read manifests: the sizes in turns, so that other work of the machine meets all alike. */
export async function measureReading(programs: Programs, runs: number, progress: (text: string) => void): Promise<ReadingResult[]> {
  const found: ReadingResult[] = [];
  for (const family of FAMILIES) {
    found.push(...await measureFamily(programs, family, runs, progress));
  }
  return found;
}

async function measureFamily(programs: Programs, family: Family, runs: number, progress: (text: string) => void): Promise<ReadingResult[]> {
  const { command, args = [], what, of, counts } = family;
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cdk8s-istio-egress-bench-'));
  const samples = new Map(counts.map(count => [count, [] as Sample[]]));
  try {
    for (const count of counts) {
      progress(`${command}, ${what}: writing ${count} ${of}`);
      await family.write(programs, path.join(folder, String(count)), count);
    }
    for (let run = 0; run < runs; run++) {
      for (const count of counts) {
        progress(`${command}, ${what}, ${count} ${of}, run ${run + 1} of ${runs}`);
        samples.get(count)!.push(await programs.run('cli', command, ...args, path.join(folder, String(count))));
      }
    }
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
  return [...samples].map(([count, all]) => (
    { command, what, of, count, ms: median(all.map(({ ms }) => ms)), rssMb: median(all.map(({ rssMb }) => rssMb)), runs }));
}
