/** Sets of manifests on disk, as the judge reads them. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { App, YamlOutputType } from 'cdk8s';
import { Declared, EXPECTATIONS_FILE, Expectations, expectationsOf, ExpectedRequest } from './expectations';

/** What the description of an app says, beside what the library says of itself. */
export interface Given {
  /** Of each service. */
  readonly declared?: readonly Declared[];
  /** Requests inside the mesh, and what is expected of them. */
  readonly requests?: readonly ExpectedRequest[];
}

export interface WrittenSet {
  readonly expectations: Expectations;
  readonly objects: readonly WrittenObject[];
}

/** An object of a set, as far as it matters here: the containers of a workload. */
export interface WrittenObject {
  readonly metadata: { readonly name: string };
  readonly spec?: { readonly template?: { readonly spec?: { readonly containers?: readonly { readonly env?: readonly Variable[] }[] } } };
}

interface Variable {
  readonly name: string;
  readonly value?: string;
}

/** Synthesises an app into a folder, what the library expects of it beside the manifests. */
export function writeSet(
  folder: string, build: (app: App) => void, yamlOutputType?: YamlOutputType, { declared, requests = [] }: Given = {},
): WrittenSet {
  const app = new App({ outdir: folder, yamlOutputType });
  build(app);
  // Of the class itself, which prints no warnings: a generated app means nothing that it does.
  App.prototype.synth.call(app);
  const objects = app.charts.flatMap(chart => chart.toJson() as WrittenObject[]);
  const documents = manifestsIn(folder).reduce((sum, file) => sum + documentsOf(fs.readFileSync(file, 'utf8')), 0);
  if (documents !== objects.length) {
    throw new LostObjects(`the app has ${objects.length} objects, and ${documents} were written: two have one kind and name`);
  }
  const expectations = { ...expectationsOf(app, declared), requests };
  fs.writeFileSync(path.join(folder, EXPECTATIONS_FILE), JSON.stringify(expectations, undefined, 2));
  return { expectations, objects };
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

/** The variables with plain values that the containers of workloads have, by the names of the workloads. */
export function variablesOf(objects: readonly WrittenObject[]): { readonly [workload: string]: { readonly [variable: string]: string } } {
  const found = objects.flatMap(({ metadata: { name }, spec }) => {
    const containers = spec?.template?.spec?.containers;
    return containers ? [[name, containers] as const] : [];
  });
  return Object.fromEntries(found.map(([workload, containers]) => [
    workload,
    Object.fromEntries(containers.flatMap(({ env = [] }) => env).flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]]))),
  ]));
}
