import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { Route, ROUTES } from './cases';
import { RuleGrowth } from './growth';
import { Program, Programs } from './programs';
import { SHAPES } from './programs/crowded';
import { median } from './sample';

/** What rules add to the synthesis of an app. */
export interface RulesResult {
  readonly route: Route;
  readonly services: number;
  readonly ms: number;
  readonly msWithout: number;
  readonly ratio: number;
  readonly runs: number;
}

const SERVICES = 1_000;
/** Things of a shape in the smallest input. */
const THINGS = 500;

/** Measures the app with the rules and without in turns, so that other work of the machine meets both alike. */
export async function measureRules(programs: Programs, runs: number, progress: (text: string) => void): Promise<RulesResult[]> {
  const found: RulesResult[] = [];
  for (const route of ROUTES) {
    const times = { 'with-library': [] as number[], 'without-rules': [] as number[] };
    for (let run = 0; run < runs; run++) {
      progress(`rules at synth, ${route}, run ${run + 1} of ${runs}`);
      for (const program of run % 2 === 0 ? ['with-library', 'without-rules'] as const : ['without-rules', 'with-library'] as const) {
        times[program].push(await msOf(programs, program, route));
      }
    }
    const [ms, msWithout] = [median(times['with-library']), median(times['without-rules'])];
    found.push({ route, services: SERVICES, ms, msWithout, ratio: ms / msWithout, runs });
  }
  return found;
}

async function msOf(programs: Programs, program: Program, route: Route): Promise<number> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cdk8s-istio-egress-bench-'));
  try {
    return (await programs.run(program, SERVICES, route, 1, folder)).ms;
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** The growth of each rule, and of reading, with each shape of input. */
export async function measureGrowth(programs: Programs, progress: (text: string) => void): Promise<RuleGrowth[]> {
  const found: RuleGrowth[] = [];
  for (const shape of SHAPES) {
    progress(`growth of the rules: ${shape}`);
    found.push(...await programs.answer<RuleGrowth[]>('rules', shape, THINGS));
  }
  return found;
}
