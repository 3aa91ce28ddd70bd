import * as fs from 'node:fs';
import * as path from 'node:path';
import { Failure } from './failure';

export interface ExampleSet {
  readonly example: string;
  readonly variant: string;
}

/** Every set of manifests below a folder of examples. */
export function exampleSets(folder = path.join(__dirname, '..', '..', 'examples')): ExampleSet[] {
  const below = (...parts: string[]): string[] => {
    const inside = path.join(folder, ...parts);
    const entries = fs.existsSync(inside) ? fs.readdirSync(inside, { withFileTypes: true }) : [];
    return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name).sort();
  };
  const sets = below().flatMap((example) => below(example, 'manifests').map((variant) => ({ example, variant })));
  if (sets.length === 0) { throw new Failure(`no manifests in ${folder}: write them with npm run examples`); }
  return sets;
}
