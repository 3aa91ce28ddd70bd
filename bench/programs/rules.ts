/** The time of each rule over input of a shape, and over four times as much, printed as JSON. Every rule has a view of its own, so it pays for what it is the first to ask. */
import { crowded } from './crowded';
import { DEFAULT_FACTS } from '../../src/private/default-facts';
import { readManifests } from '../../src/reading/manifests';
import { CATALOGUE } from '../../src/rules/catalogue';
import { MeshObject } from '../../src/view/mesh-object';
import { MeshView } from '../../src/view/mesh-view';
import { growsTooFast, RuleGrowth } from '../growth';

const LONG_MS = 500;

const [shape, count] = [process.argv[2], Number(process.argv[3])];

/** The least of three runs, or of one where runs are long. It is the time of the processor: other work of the machine does not count. */
function least(work: () => void): number {
  const times: number[] = [];
  do {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    times.push((user + system) / 1000);
  } while (times.length < 3 && times[0] < LONG_MS);
  return Math.min(...times);
}

/** Input of which there is so many times as much; it is made and read when it is asked for. */
class Input {
  private readonly texts = new Map<number, string>();
  private readonly objects = new Map<number, readonly MeshObject[]>();

  public textOf(times: number): string {
    const text = this.texts.get(times) ?? JSON.stringify({ apiVersion: 'v1', kind: 'List', items: crowded(shape, count * times) });
    this.texts.set(times, text);
    return text;
  }

  public objectsOf(times: number): readonly MeshObject[] {
    const objects = this.objects.get(times) ?? read(this.textOf(times));
    this.objects.set(times, objects);
    return objects;
  }
}

function read(text: string): readonly MeshObject[] {
  return readManifests([{ file: 'input', text, isNamed: true }]).objects;
}

/** What seems to grow too fast is measured again with more input: on a busy machine short runs say little. */
function measured(rule: string, msOf: (times: number) => number): RuleGrowth {
  const first = { shape, rule, ms: msOf(1), msOfFour: msOf(4) };
  return growsTooFast(first) ? { shape, rule, ms: first.msOfFour, msOfFour: msOf(16) } : first;
}

const input = new Input();
const checks = CATALOGUE.flatMap(rule => (['sidecar', 'ambient'] as const).map(dataPlane => measured(
  `${rule.id} ${rule.name}${dataPlane === 'ambient' ? ', ambient' : ''}`,
  times => {
    const objects = input.objectsOf(times);
    return least(() => rule.check(new MeshView({ ...DEFAULT_FACTS, dataPlane }, objects)));
  },
)));
const reading = measured('reading', times => {
  const text = input.textOf(times);
  return least(() => read(text));
});
process.stdout.write(JSON.stringify([...checks, reading]));
