import * as fs from 'node:fs';
import * as path from 'node:path';
import { App } from 'cdk8s';
import { connectCharts } from './chart-dependencies';
import { Manifests } from './manifests';
import { Output, OutputFiles } from './output-files';
import { Validated } from './validated';
import { YamlPrinter } from './yaml-printer';

/**
 * cdk8s's `App` for large apps: the same options, and the same files and bytes for an app that synthesises with `App`, but for what the table says.
 *
 * cdk8s validates the whole app once for each chart, and follows dependencies in exponential time. This app does each once, and prints plain data itself.
 * It writes files after it rendered all of them: an app with a mistake leaves the files of the output folder as they were.
 *
 * Code that takes part in writing the app has the same effect: `Lazy` values, tokens, resolvers and a `toJson()` of your own are asked when cdk8s asks them, and what they change later
 * is written. Then the tree is looked at once more for each chart, as objects of generated classes and of cdk8s-plus make it, too.
 *
 * | what differs from `App` | `App` | `FastApp` |
 * |---|---|---|
 * | validations | asked again for each chart | asked again where constructs, validations or patches were added |
 * | dependency of a construct on itself | the object is lost, or a `RangeError` | an error before anything is written |
 * | dependencies of two constructs, on the nodes of the objects below them | added when the app is written | not added; the order is the same |
 * | files, for a `Lazy` that reads them, or one that cannot be written | written chart by chart | written at the end, the longest names first |
 * | `Yaml.save()` | called | not called |
 * | a value that cdk8s refuses, or an object of another context (`vm`) | values of the object are asked once | asked twice |
 * | a `Lazy` that replaces fields of its own object, or adds dependencies | takes effect with the next look | may take effect at once |
 *
 * `charts` and `Testing.synth()` are cdk8s's own, exponential time included.
 *
 * It saves most in apps of many charts, or of many services.
 *
 * @example
 * const app = new FastApp();
 * const chart = new Chart(app, 'bookinfo', { namespace: 'bookinfo' });
 *
 * new ExternalMysql(chart, 'Mysql', { host: 'mysqldb.example.com', resolution: Resolution.ipAddresses('192.0.2.14') });
 *
 * app.synth();
 *
 * @see https://cdk8s.io/docs/latest/basics/app/
 */
export class FastApp extends App {
  /**
   * Writes all manifests to the output folder.
   *
   * @throws for an app with mistakes, with cdk8s's messages; no file was written then
   */
  public synth(): void {
    fs.mkdirSync(this.outdir, { recursive: true });
    const validated = new Validated(this);
    const isNumbered = connectCharts(validated.constructs);
    const output = new OutputFiles(this, new Manifests(this, validated), isNumbered).all();
    // A name that the system refuses is one of the longest: it does so before any other file has changed.
    [...output].sort((a, b) => nameLength(b) - nameLength(a)).forEach(file => write(this.outdir, file));
  }

  /**
   * The manifests of all charts as one text.
   *
   * @returns YAML documents
   * @throws for an app with mistakes, with cdk8s's messages
   */
  public synthYaml(): string {
    // As in cdk8s, a dependency that leads out of all charts is told of before anything else.
    connectCharts(this.node.findAll());
    const manifests = new Manifests(this, new Validated(this));
    return new YamlPrinter().print(manifests.charts().flatMap(chart => manifests.ofChart(chart)));
  }
}

// No methods: a subclass may have some of these names, and would replace them without knowing.

function write(outdir: string, { path: file, text }: Output): void {
  const place = path.join(outdir, file);
  if (text === undefined) {
    fs.mkdirSync(place, { recursive: true });
  } else {
    fs.writeFileSync(place, text);
  }
}

/** Folders come before what is in them. Of two files of one name, the order remains. */
function nameLength({ path: file, text }: Output): number {
  return text === undefined ? Number.MAX_SAFE_INTEGER : Buffer.byteLength(path.basename(file));
}
