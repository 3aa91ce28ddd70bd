import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { Case } from './cases';
import { Failure } from './failure';
import { Programs } from './programs';
import { median, Sample } from './sample';

/** What a case took: medians. */
export interface Result extends Case {
  /** Building and synthesising the app, without loading any module. */
  readonly ms: number;
  readonly rawMs: number;
  readonly ratio: number;
  /** The highest memory of the process, Node and all loaded modules included. */
  readonly rssMb: number;
  readonly rawRssMb: number;
  readonly rssRatio: number;
  /** The same services in the library's own app. */
  readonly fastMs: number;
  readonly fastRatio: number;
  readonly fastRssMb: number;
  readonly runs: number;
}

/** What is compared with one another. */
const COMPARED = ['with-library', 'with-fast-app', 'with-raw-objects'] as const;

/**
 * Measures the library, the same in its own app, and the raw objects in turns, so that other work of the machine meets both alike.
 *
 * @param progress is told of every run that is about to begin
 */
export async function measureCase(programs: Programs, subject: Case, runs: number, progress: (run: number) => void): Promise<Result> {
  const samples: { readonly [program in typeof COMPARED[number]]: Sample[] } = { 'with-library': [], 'with-fast-app': [], 'with-raw-objects': [] };
  for (let run = 0; run < runs; run++) {
    progress(run + 1);
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cdk8s-istio-egress-bench-'));
    try {
      for (const program of inTurns(COMPARED, run)) {
        samples[program].push(await programs.run(program, subject.services, subject.route, subject.charts, path.join(folder, program)));
      }
      if (run === 0) {
        compare(path.join(folder, 'with-library'), path.join(folder, 'with-raw-objects'));
        compare(path.join(folder, 'with-fast-app'), path.join(folder, 'with-raw-objects'));
      }
    } finally {
      fs.rmSync(folder, { recursive: true, force: true });
    }
  }
  const [ms, fastMs, rawMs] = COMPARED.map(program => median(samples[program].map(sample => sample.ms)));
  const [rssMb, fastRssMb, rawRssMb] = COMPARED.map(program => median(samples[program].map(sample => sample.rssMb)));
  return {
    ...subject, ms, rawMs, ratio: ms / rawMs, rssMb, rawRssMb, rssRatio: rssMb / rawRssMb, fastMs, fastRatio: fastMs / rawMs, fastRssMb, runs,
  };
}

/** Many of one construct: what they took, as medians. */
export interface CrowdResult {
  readonly crowd: string;
  readonly count: number;
  readonly ms: number;
  readonly rssMb: number;
  readonly runs: number;
}

/** Measures the growth with the number of a construct: the counts in turns, so that other work of the machine meets all alike. */
export async function measureCrowd(
  programs: Programs, crowd: string, counts: readonly number[], runs: number, progress: (run: number) => void,
): Promise<CrowdResult[]> {
  const samples = new Map(counts.map(count => [count, [] as Sample[]]));
  for (let run = 0; run < runs; run++) {
    progress(run + 1);
    for (const count of run % 2 === 0 ? counts : [...counts].reverse()) {
      const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cdk8s-istio-egress-bench-'));
      try {
        samples.get(count)!.push(await programs.run('many', crowd, count, folder));
      } finally {
        fs.rmSync(folder, { recursive: true, force: true });
      }
    }
  }
  return counts.map(count => {
    const of = samples.get(count)!;
    return { crowd, count, ms: median(of.map(sample => sample.ms)), rssMb: median(of.map(sample => sample.rssMb)), runs };
  });
}

/** What loading the package adds to loading cdk8s, in ms. */
export async function measureLoading(programs: Programs, runs: number, progress: (run: number) => void): Promise<number> {
  const samples: { readonly [what: string]: number[] } = { library: [], cdk8s: [] };
  for (let run = 0; run < runs; run++) {
    progress(run + 1);
    for (const what of inTurns(['library', 'cdk8s'], run)) {
      samples[what].push((await programs.run('load', what)).ms);
    }
  }
  return median(samples.library) - median(samples.cdk8s);
}

/** Who goes second finds a warmer machine, so that changes every time. */
function inTurns<T>(all: readonly T[], run: number): T[] {
  return [...all.slice(run % all.length), ...all.slice(0, run % all.length)];
}

/** Both must have written the same bytes, or they are not worth comparing. */
function compare(folder: string, rawFolder: string): void {
  const files = fs.readdirSync(folder).sort();
  const rawFiles = fs.readdirSync(rawFolder).sort();
  if (files.join() !== rawFiles.join()) {
    throw new Failure(`library and raw objects do not write the same files (${files.length} and ${rawFiles.length}): see bench/raw-program.ts`);
  }
  for (const file of files) {
    const lines = fs.readFileSync(path.join(folder, file), 'utf8').split('\n');
    const rawLines = fs.readFileSync(path.join(rawFolder, file), 'utf8').split('\n');
    const line = lines.findIndex((text, i) => text !== rawLines[i]);
    if (line >= 0 || lines.length !== rawLines.length) {
      const at = line >= 0 ? line : lines.length;
      throw new Failure(`library and raw objects do not write the same (${file}, line ${at + 1}: "${lines[at] ?? ''}" and "${rawLines[at] ?? ''}"): `
        + 'what distinguishes services is more than bench/raw-program.ts knows');
    }
  }
}
