/** Apps that `import` makes of objects that people write by hand: the published recipes of the corpus of which nothing is kept, and the library says all that is expected. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { runProgram } from './program';
// The command's own parts: what it prints is run as a reader would run it.
import { adopt, Adoption, sourceOf } from '../src/adoption/adoption';
import { DEFAULT_FACTS } from '../src/private/default-facts';
import { readManifests } from '../src/reading/manifests';
import { MeshView } from '../src/view/mesh-view';

const FOLDER = path.join(__dirname, 'corpus/recipes');

/** A recipe of which everything became a construct. */
export interface ImportedRecipe {
  readonly name: string;
  /** The app, as the command prints it. */
  readonly code: string;
}

/** The recipes of which everything becomes a construct. */
export function importedRecipes(): ImportedRecipe[] {
  const names = fs.readdirSync(FOLDER).map(file => path.basename(file, '.yaml')).sort();
  return names.flatMap(name => {
    const { adopted, kept, program } = adoptionOf(name);
    return adopted.length > 0 && kept.length === 0 ? [{ name, code: sourceOf(program, []) }] : [];
  });
}

/** Writes the set of an imported recipe. */
export function writeImported({ code }: ImportedRecipe, folder: string): void {
  runProgram(code, folder);
}

function adoptionOf(name: string): Adoption {
  const text = fs.readFileSync(path.join(FOLDER, `${name}.yaml`), 'utf8');
  return adopt(new MeshView(DEFAULT_FACTS, readManifests([{ file: name, text, isNamed: true }]).objects));
}
