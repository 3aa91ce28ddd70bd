import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { App, Chart, ChartProps } from 'cdk8s';

/** An object as it is applied to the cluster; a test knows what is in the spec that it looks at. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly [field: string]: unknown };
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly spec: any;
}

export const NAMESPACE = 'bookinfo';

/** The objects of a chart in namespace `bookinfo`, unless `props` says otherwise. */
export function synth(build: (chart: Chart) => void, props: ChartProps = { namespace: NAMESPACE }): Manifest[] {
  const app = new App();
  build(new Chart(app, 'test', props));
  return manifestsOf(app);
}

/** All objects of an app, chart after chart; nothing is written. */
export function manifestsOf(app: App): Manifest[] {
  return app.charts.flatMap(chart => chart.toJson() as Manifest[]);
}

export function all(manifests: readonly Manifest[], kind: string): Manifest[] {
  return manifests.filter(manifest => manifest.kind === kind);
}

/** The one object of a kind, and of a name if it is given. */
export function only(manifests: readonly Manifest[], kind: string, name?: string): Manifest {
  const found = all(manifests, kind).filter(manifest => name === undefined || manifest.metadata.name === name);
  if (found.length !== 1) {
    throw new Error(`expected one ${kind} ${name ?? ''}, got ${manifests.map(({ kind: k, metadata }) => `${k} ${metadata.name}`).join(', ')}`);
  }
  return found[0];
}

/** The message of the error that `run` ends with. */
export function messageOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('expected an error, got none');
}

/** Everything below a folder, sorted. */
export function filesBelow(folder: string): string[] {
  return (fs.readdirSync(folder, { recursive: true }) as string[]).filter(file => fs.statSync(path.join(folder, file)).isFile()).sort();
}

/** Runs with a folder that is gone afterwards. */
export function inTempFolder<T>(run: (folder: string) => T): T {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'istio-egress-test-'));
  try {
    return run(folder);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}
