import * as fs from 'node:fs';
import * as path from 'node:path';
import { App, AppProps, YamlOutputType } from 'cdk8s';
import { FastApp } from '../../src';
import { inTempFolder } from '../helpers';

export const OUTPUT_TYPES = [
  YamlOutputType.FILE_PER_APP, YamlOutputType.FILE_PER_CHART, YamlOutputType.FILE_PER_RESOURCE, YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE,
];

type AppType = new (props?: AppProps) => App;

/** What became of an app: the files that it wrote, folders included, and its text as one; or the error that it ended with. */
interface Written {
  readonly files: { readonly [file: string]: string } | string;
  readonly yaml: string;
}

/** What an app of one class writes. Each way of writing has an app of its own, for the first may add to the tree. */
export function written(type: AppType, build: (app: App) => void, props: AppProps = {}): Written {
  return inTempFolder(outdir => {
    const attempt = <T>(write: (app: App) => T) => {
      try {
        const app = new type({ ...props, outdir });
        build(app);
        return write(app);
      } catch (error) {
        return String(error);
      }
    };
    const yaml = attempt(app => app.synthYaml());
    const failure = attempt(app => app.synth());
    return { files: failure ?? filesIn(outdir), yaml };
  });
}

/** Everything below a folder: files with their content, folders with none. */
export function filesIn(folder: string): { readonly [file: string]: string } {
  const all = (fs.readdirSync(folder, { recursive: true }) as string[]).sort();
  return Object.fromEntries(all.map(file => {
    const place = path.join(folder, file);
    return fs.statSync(place).isFile() ? [file, fs.readFileSync(place, 'utf8')] : [`${file}/`, ''];
  }));
}

/** Expects that cdk8s's App and FastApp write the same, or fail alike; returns it. */
export function expectSame(build: (app: App) => void, props: AppProps = {}): Written {
  const fast = written(FastApp, build, props);

  expect(fast).toEqual(written(App, build, props));
  return fast;
}

/** The same for all kinds of output. */
export function expectSameForAll(build: (app: App) => void, props: AppProps = {}): Written[] {
  return OUTPUT_TYPES.map(yamlOutputType => expectSame(build, { ...props, yamlOutputType }));
}
