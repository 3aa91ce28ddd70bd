import * as fs from 'node:fs';
import * as path from 'node:path';
import { App } from 'cdk8s';
import { IConstruct } from 'constructs';
import { Manifests, Render } from './manifests';
import { Output, OutputFiles } from './output-files';
import { SynthOrder } from './synth-order';
import { YamlPrinter } from './yaml-printer';
import { AppMesh } from '../app/app-mesh';
import { Rendering } from '../app/rendering';

/**
 * cdk8s's `App` for large apps: the same options, files and bytes, in one pass.
 *
 * cdk8s validates the whole app once for each chart, and follows dependencies in exponential time. This app does each once, renders each object once for
 * the rules and the output, and prints plain data itself. It writes files after it rendered all of them: an app with a mistake, or with a name that is too
 * long for a file, leaves the files of the output folder as they were; other errors of the file system may come half-way. Everything works with cdk8s's own `App`, too.
 *
 * The bytes are the same where rendering an object changes nothing else, and gives the same each time: how often a `Lazy` value, a token, a resolver or a `toJson()` is asked differs from
 * cdk8s. Objects that a `toJson()` adds are not written, and a `charts` that a subclass overrides is not asked. It saves most in apps of many charts, or of many services.
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
    const render = validated(this);
    const order = new SynthOrder(this);
    const output = new OutputFiles(this, order, new Manifests(order, render)).all();
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
    new SynthOrder(this);
    const render = validated(this);
    const order = new SynthOrder(this);
    const manifests = new Manifests(order, render);
    return new YamlPrinter().print(order.charts().flatMap(chart => manifests.ofChart(chart)));
  }
}

// No methods: a subclass may have some of these names, and would replace them without knowing.

/** Validates every construct once, and all again where a validation added one. What the rules rendered need not be rendered again. */
function validated(app: App): Render {
  let constructs: readonly IConstruct[];
  do {
    constructs = app.node.findAll();
    validate(constructs);
  } while (app.node.findAll().length !== constructs.length);
  const mesh = AppMesh.find(app);
  const rendering = new Rendering(app);
  return object => mesh?.takeRendered(object) ?? rendering.of(object);
}

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

function validate(constructs: readonly IConstruct[]): void {
  const errors = constructs.flatMap(({ node }) => node.validate().map(error => `[${node.path}] ${error}`));
  if (errors.length > 0) {
    throw new Error(`Validation failed with the following errors:\n  ${errors.join('\n  ')}`);
  }
}
