import * as fs from 'node:fs';
import * as path from 'node:path';
import { DEFAULT_FACTS } from '../src/private/default-facts';
import { FileObject } from '../src/reading/file-object';
import { readManifests } from '../src/reading/manifests';

/** The facts of a mesh whose sidecars reset what they do not know. */
export const CLOSED_MESH = DEFAULT_FACTS;

/** The objects of a YAML file, which messages call by folder and name. */
export function objectsIn(file: string): readonly FileObject[] {
  return objectsOf(fs.readFileSync(file, 'utf8'), path.posix.join(path.basename(path.dirname(file)), path.basename(file)));
}

/** The objects of a text that a file could have. */
export function objectsOf(text: string, file = 'file.yaml'): readonly FileObject[] {
  const { objects, problems } = readManifests([{ file, text, isNamed: true }]);
  if (problems.length > 0) {
    throw new Error(`${file}: ${problems.map(({ line, message }) => `${line} ${message}`).join(', ')}`);
  }
  return objects;
}
