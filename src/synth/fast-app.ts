import * as fs from 'node:fs';
import * as path from 'node:path';
import { App } from 'cdk8s';
import { connectCharts } from './chart-dependencies';
import { Manifests } from './manifests';
import { Output, OutputFiles } from './output-files';
import { Validated } from './validated';
import { YamlPrinter } from './yaml-printer';

/**
 * cdk8s's `App` for large apps: the same options, files and bytes, in one pass.
 *
 * cdk8s validates the whole app once for each chart, and follows dependencies in exponential time. This app does each once, renders each object once for
 * the rules and the output, and prints plain data itself. It writes files after it rendered all of them: an app with a mistake, or with a name that is too
 * long for a file, leaves the files of the output folder as they were; other errors of the file system may come half-way. Everything works with cdk8s's own `App`, too.
 *
 * Code of the app that takes part in writing it has the same effect: each `Lazy` value, token, resolver and `toJson()` is asked as often as by cdk8s and in the same order, and
 * objects, charts and dependencies that it adds are written as cdk8s writes them. Validations are the exception: cdk8s asks all of them again for each chart, this app only where constructs,
 * validations or patches were added since. One that counts how often it is asked, or tells of what a `toJson()` did, may stop cdk8s's `App` and not this one.
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
