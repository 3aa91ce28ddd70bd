import * as fs from 'node:fs';
import * as path from 'node:path';

/** The file of a language's example, or of its mistake. */
export function sourceOf(...place: readonly string[]): string {
  return path.join(__dirname, ...place);
}

/** The manifest that the example has written. */
export function manifestIn(folder: string): string {
  return fs.readFileSync(path.join(folder, 'dist/bookinfo.k8s.yaml'), 'utf8');
}
