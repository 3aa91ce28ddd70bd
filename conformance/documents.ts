/** The apps of docs/recipes/, run as a reader would, with what the library expects of them beside their manifests. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { Complaint } from './judge';
import { runProgram } from './program';

const FOLDER = path.join(__dirname, '../docs/recipes');

/** The pages that have an app. */
export function recipes(): string[] {
  return fs.readdirSync(FOLDER).filter(file => file.endsWith('.md') && file !== 'README.md').map(file => path.basename(file, '.md')).sort();
}

/** Writes the set of a recipe. */
export function writeRecipe(name: string, folder: string): void {
  const [, code] = /^```ts\n(.*?)^```$/ms.exec(fs.readFileSync(path.join(FOLDER, `${name}.md`), 'utf8')) ?? [];
  if (code === undefined) {
    throw new Complaint(`docs/recipes/${name}.md has no app`);
  }
  runProgram(code, folder);
}
