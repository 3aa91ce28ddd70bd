import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { meter as buildMeter } from './go-tool';
import { machine } from './machine';
import { difference, numberOf, Objects, objectsOf } from './objects';
import { Invocation, Peer } from './peer';
import { CaseResult } from './results';
import { Usage, usageOf } from './usage';
import { Case } from '../cases';
import { Failure } from '../failure';
import { Programs } from '../programs';
import { inventory } from '../programs/inventory';
import { templateOf } from '../template';

/** What takes longer is run once for a case. */
const LONG_MS = 60_000;

/** A peer with what it was given for one case. */
interface Contestant {
  readonly peer: Peer;
  readonly folder: string;
  readonly invocation: Invocation;
  readonly samples: Usage[];
}

/** Measures the peers in turns, each as a whole process; the first of them is what the others have to write the same objects as. */
export class Contest {
  public static async make(peers: readonly Peer[], programs: Programs, say: (text: string) => void, signal: AbortSignal): Promise<Contest> {
    say('building the meter');
    const meter = await buildMeter(signal);
    const tools = new Map<Peer, string>();
    for (const peer of peers) {
      tools.set(peer, await peer.tool.install(say, signal));
    }
    return new Contest(tools, programs, meter, say, signal);
  }

  private constructor(
    private readonly tools: ReadonlyMap<Peer, string>,
    private readonly programs: Programs,
    private readonly meter: string,
    private readonly say: (text: string) => void,
    private readonly signal: AbortSignal,
  ) {}

  public async measure(subject: Case, runs: number): Promise<CaseResult> {
    const name = `${subject.services} services, ${subject.route}, ${subject.charts} chart${subject.charts === 1 ? '' : 's'}`;
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cdk8s-istio-egress-bench-'));
    const on = machine();
    let objects = 0;
    try {
      const contestants = await this.contestants(subject, folder);
      for (let run = 0; run < runs; run++) {
        for (const contestant of inTurns(contestants, run).filter(isQuick)) {
          this.say(`${name}, run ${run + 1} of ${runs}: ${contestant.peer.title}`);
          contestant.samples.push(rounded(await usageOf(this.meter, contestant.invocation, outputOf(contestant), this.signal)));
        }
        if (run === 0) {
          this.say(`${name}: comparing what was written`);
          objects = compare(contestants);
        }
      }
      const samples = new Map(contestants.map(contestant => [contestant.peer, contestant.samples]));
      const peers = [...this.tools.keys()].map(peer => ({ peer: peer.id, version: peer.tool.version, samples: samples.get(peer) ?? [] }));
      return { ...subject, objects, on, peers };
    } finally {
      fs.rmSync(folder, { recursive: true, force: true });
    }
  }

  private async contestants(subject: Case, folder: string): Promise<Contestant[]> {
    const template = templateOf(await this.programs.specimen(subject.route));
    const items = inventory(subject.services, subject.charts);
    return [...this.tools].filter(([{ most = Infinity }]) => subject.services <= most).map(([peer, tool]) => {
      const own = path.join(folder, peer.id);
      fs.mkdirSync(own);
      const invocation = peer.prepare({ ...subject, template, items, folder: own, tool, programs: this.programs });
      return { peer, folder: own, invocation, samples: [] };
    });
  }
}

/** Who goes second finds a warmer machine, so that another one goes first every time. */
export function inTurns<T>(all: readonly T[], run: number): T[] {
  const first = run % all.length;
  return [...all.slice(first), ...all.slice(0, first)];
}

function isQuick({ samples }: Contestant): boolean {
  return samples.every(({ wallMs }) => wallMs <= LONG_MS);
}

/** All must have written the same objects, or they are not worth comparing; says how many. */
function compare([base, ...others]: readonly Contestant[]): number {
  const expected = objectsIn(base);
  for (const other of others) {
    const found = difference(expected, objectsIn(other));
    if (found !== undefined) {
      throw new Failure(`${base.peer.title} and ${other.peer.title} do not write the same objects: the latter ${found}`);
    }
  }
  return numberOf(expected);
}

function objectsIn(contestant: Contestant): Objects {
  const { writesTo } = contestant.invocation;
  const files = writesTo === undefined ? [outputOf(contestant)] : fs.readdirSync(writesTo).map(file => path.join(writesTo, file));
  return objectsOf(files.map(file => fs.readFileSync(file, 'utf8')));
}

/** Beside the folder: it is no part of what the peer was given. */
function outputOf({ folder }: Contestant): string {
  return `${folder}.output`;
}

/** As many digits as mean something. */
function rounded({ wallMs, cpuMs, rssMb }: Usage): Usage {
  return { wallMs: Math.round(wallMs), cpuMs: Math.round(cpuMs), rssMb: Math.round(rssMb) };
}
