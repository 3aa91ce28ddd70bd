/** Apps that `import` makes of objects that people write by hand: the published recipes of the corpus of which nothing is kept, and the library says all that is expected. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { runProgram } from './program';
// The command's own parts: what it prints is run as a reader would run it.
import { adopt, sourceOf } from '../src/adoption/adoption';
import { DEFAULT_FACTS } from '../src/private/default-facts';
import { readManifests } from '../src/reading/manifests';
import { MeshView } from '../src/view/mesh-view';

const FOLDER = path.join(__dirname, 'corpus/recipes');

/** The recipes of which everything becomes a construct. */
export function imports(): string[] {
  return fs.readdirSync(FOLDER).map(file => path.basename(file, '.yaml')).sort().filter(name => adopted(name).adopted.length > 0 && adopted(name).kept.length === 0);
}

/** Writes the set of an imported recipe. */
export function writeImported(name: string, folder: string): void {
  runProgram(sourceOf(adopted(name).program, []), folder);
}

function adopted(name: string) {
  const text = fs.readFileSync(path.join(FOLDER, `${name}.yaml`), 'utf8');
  return adopt(new MeshView(DEFAULT_FACTS, readManifests([{ file: name, text, isNamed: true }]).objects));
}
