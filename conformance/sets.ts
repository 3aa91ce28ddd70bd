/** Sets of manifests on disk, as the judge reads them. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { App } from 'cdk8s';
import { EXPECTATIONS_FILE, expectationsOf } from './expectations';

/** Synthesises an app into a folder, what the library expects of it beside the manifests. */
export function writeSet(folder: string, build: (app: App) => void): void {
  const app = new App({ outdir: folder });
  build(app);
  app.synth();
  fs.writeFileSync(path.join(folder, EXPECTATIONS_FILE), JSON.stringify(expectationsOf(app), undefined, 2));
}

/** The manifests of a set, as text. */
export function readSet(folder: string): string {
  const files = fs.readdirSync(folder).filter(file => file.endsWith('.yaml')).sort();
  return files.map(file => `# ${file}\n${fs.readFileSync(path.join(folder, file), 'utf8')}`).join('');
}
