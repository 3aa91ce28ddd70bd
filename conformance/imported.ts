/** Apps that `import` makes of objects that people write by hand: the published recipes of the corpus, as far as a construct takes the place of objects. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { runProgram } from './program';
// The command's own parts: what it prints is run as a reader would run it.
import { adopt, sourceOf } from '../src/adoption/adoption';
import { DEFAULT_FACTS } from '../src/private/default-facts';
import { readManifests } from '../src/reading/manifests';
import { MeshView } from '../src/view/mesh-view';

const FOLDER = path.join(__dirname, 'corpus/recipes');

/** The recipes of which something becomes a construct. */
export function imports(): string[] {
  return fs.readdirSync(FOLDER).map(file => path.basename(file, '.yaml')).sort().filter(name => adopted(name).adopted.length > 0);
}

/** Writes the set of an imported recipe, with the workloads and Services that stay where they were. */
export function writeImported(name: string, folder: string): void {
  const { program, left } = adopted(name);
  runProgram(sourceOf(program, []), folder);
  const rest = left.filter(({ kind }) => ['Deployment', 'Service', 'Namespace'].includes(kind)).map(({ origin: { line = 1 } }) => documentAt(name, line));
  if (rest.length > 0) {
    fs.writeFileSync(path.join(folder, 'left.yaml'), rest.join('\n---\n'));
  }
}

function adopted(name: string) {
  return adopt(new MeshView(DEFAULT_FACTS, readManifests([{ file: name, text: textOf(name), isNamed: true }]).objects));
}

function textOf(name: string): string {
  return fs.readFileSync(path.join(FOLDER, `${name}.yaml`), 'utf8');
}

/** The document that begins on a line. */
function documentAt(name: string, line: number): string {
  return textOf(name).split('\n').slice(line - 1).join('\n').split(/^---$/m)[0];
}
