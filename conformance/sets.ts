/** Sets of manifests on disk, as the judge reads them. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { App, YamlOutputType } from 'cdk8s';
import { EXPECTATIONS_FILE, Expectations, expectationsOf, ExpectedRequest } from './expectations';

/** Synthesises an app into a folder, what the library expects of it beside the manifests, and what is expected of requests inside the mesh. */
export function writeSet(
  folder: string, build: (app: App) => void, yamlOutputType?: YamlOutputType, requests: readonly ExpectedRequest[] = [],
): Expectations {
  const app = new App({ outdir: folder, yamlOutputType });
  build(app);
  app.synth();
  const objects = app.charts.reduce((sum, chart) => sum + (chart.toJson() as unknown[]).length, 0);
  const documents = manifestsIn(folder).reduce((sum, file) => sum + documentsOf(fs.readFileSync(file, 'utf8')), 0);
  if (documents !== objects) {
    throw new LostObjects(`the app has ${objects} objects, and ${documents} were written: two have one kind and name`);
  }
  const expectations = { ...expectationsOf(app), requests };
  fs.writeFileSync(path.join(folder, EXPECTATIONS_FILE), JSON.stringify(expectations, undefined, 2));
  return expectations;
}

/** The files of an app hold fewer objects than it has. */
export class LostObjects extends Error {}

function documentsOf(text: string): number {
  return text.split(/^---$/m).filter(document => document.trim() !== '').length;
}

function manifestsIn(folder: string): string[] {
  const files = fs.readdirSync(folder, { recursive: true }) as string[];
  return files.filter(file => file.endsWith('.yaml')).sort().map(file => path.join(folder, file));
}

/** The manifests of a set, as text. */
export function readSet(folder: string): string {
  return manifestsIn(folder).map(file => `# ${path.relative(folder, file)}\n${fs.readFileSync(file, 'utf8')}`).join('');
}
