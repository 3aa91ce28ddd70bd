import * as path from 'node:path';
import { ApiObject, App, Names, YamlOutputType } from 'cdk8s';
import { Manifest, Manifests } from './manifests';
import { YamlPrinter } from './yaml-printer';
import { fileNameOf } from '../app/collect';

/** A file or a folder of an app, by its path in the output folder. */
export interface Output {
  readonly path: string;
  /** None for a folder. */
  readonly text?: string;
}

/** What an app writes, as its options say, with the names of cdk8s. In the order in which it is written: two objects of one name share a file. */
export class OutputFiles {
  private readonly printer = new YamlPrinter();

  /** @param isNumbered whether files of charts have a number, because a chart depends on another one */
  public constructor(private readonly app: App, private readonly manifests: Manifests, private readonly isNumbered: boolean) {}

  /** @throws what cdk8s does, for objects that cannot be rendered and for a cycle of dependencies */
  public all(): Output[] {
    const files = this.ofObjects();
    return isRecorded(this.app) ? [...files, constructMetadata(this.manifests.charts().flatMap(chart => this.manifests.objectsOf(chart)))] : files;
  }

  private ofObjects(): Output[] {
    const charts = this.manifests.charts();
    const names = charts.map((chart, i) => `${this.isNumbered ? `${String(i).padStart(4, '0')}-` : ''}${Names.toDnsLabel(chart)}`);
    switch (this.app.yamlOutputType) {
      case YamlOutputType.FILE_PER_APP:
        return charts.length === 0 ? [] : [this.file('app', charts.flatMap(chart => this.manifests.ofChart(chart)))];
      case YamlOutputType.FILE_PER_CHART:
        return charts.map((chart, i) => this.file(names[i], this.manifests.ofChart(chart)));
      case YamlOutputType.FILE_PER_RESOURCE:
        return charts.flatMap(chart => this.manifests.ofChart(chart)
          .flatMap(manifest => (manifest === undefined ? [] : [this.file(fileName(manifest), [manifest])])));
      case YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE:
        return charts.flatMap((chart, i) => [{ path: names[i] }, ...this.manifests.objectsOf(chart)
          .map(object => this.file(`${names[i]}/${fileName(object)}`, [this.manifests.ofObject(object)]))]);
      default:
        return [];
    }
  }

  private file(name: string, documents: readonly unknown[]): Output {
    return { path: path.normalize(`${name}${this.app.outputFileExtension}`), text: this.printer.print(documents) };
  }
}

function fileName(manifest: Manifest): string {
  return fileNameOf(manifest.kind, manifest.metadata.name);
}

/** The option is private in cdk8s, which reads an environment variable for it, too. */
function isRecorded(app: App): boolean {
  return (app as unknown as { readonly recordConstructMetadata?: boolean }).recordConstructMetadata ?? false;
}

function constructMetadata(objects: readonly ApiObject[]): Output {
  const resources: { [name: string]: { readonly path: string } } = {};
  for (const { name, node } of objects) {
    resources[name] = { path: node.path };
  }
  return { path: 'construct-metadata.json', text: JSON.stringify({ version: '1.0.0', resources }) };
}
