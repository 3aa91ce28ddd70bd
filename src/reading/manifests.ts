import { Chunk, documentsOf, itemsOf, lineIn, LineCount } from './chunk';
import { FileObject } from './file-object';
import { jsonObjectsIn, Range } from './json-values';
import { refusedValuesIn } from './known-values';
import { MeshConfig, meshConfigIn } from './mesh-config';
import { lineOfPath } from './place';
import { Problem, Unreadable } from './problem';
import { RefusedValue } from './refused-value';
import { Source } from './source';
import { AliasCount, readYaml, TOO_DEEP } from './yaml-value';
import { quote } from '../private/fail';
import { nearest } from '../private/nearest';
import { Fields, record, withValue } from '../view/fields';
import { Doubt, groupAndVersionOf } from '../view/mesh-object';

/** What was read. */
export interface Reading {
  readonly objects: readonly FileObject[];
  /** The settings of meshes, where the input has Istio's ConfigMap. */
  readonly meshConfigs: readonly MeshConfig[];
  readonly problems: readonly Problem[];
}

/**
 * Reads every object of some texts. What cannot be read is a problem, and hides nothing else.
 *
 * @param namespace that of objects which name none
 * @param progress is told of every thousand objects
 */
export function readManifests(sources: Iterable<Source>, namespace = '', progress: (count: number) => void = () => undefined): Reading {
  const reader = new Reader(namespace, progress);
  for (const source of sources) {
    reader.read(source);
  }
  return reader;
}

class Reader implements Reading {
  public readonly objects: FileObject[] = [];
  public readonly meshConfigs: MeshConfig[] = [];
  public readonly problems: Problem[] = [];
  private source: Source = { file: '', text: '', isNamed: true };
  private readonly aliases = new AliasCount();
  /** The kind of a list without items in the source. */
  private emptyList?: string;

  public constructor(private readonly namespace: string, private readonly progress: (count: number) => void) {}

  public read(source: Source): void {
    this.source = source;
    this.emptyList = undefined;
    const before = this.objects.length + this.problems.length;
    documentsOf(source.text).forEach(document => (document.isLost ? this.lost(document) : this.document(document)));
    if (source.isNamed && this.objects.length + this.problems.length === before) {
      const message = this.emptyList !== undefined ? `the ${this.emptyList} has no items: there is nothing to look at` : source.text.trim() === '' ? 'there is nothing in it'
        : 'there is no object of Kubernetes in it: each has \'apiVersion\' and \'kind\'';
      this.problems.push({ file: source.file, message });
    }
  }

  private lost(chunk: Chunk): void {
    this.fault(chunk, 0, 'kubectl does not read this document: write a line "---" with nothing else in front of it');
  }

  private document(chunk: Chunk): void {
    try {
      if (isJson(chunk) && this.json(chunk)) {
        return;
      }
      const list = itemsOf(chunk);
      if (!list || !this.list(list.head, list.items)) {
        this.yaml(chunk);
      }
    } catch (error) {
      if (!(error instanceof RangeError)) {
        throw error;
      }
      this.fault(chunk, 0, TOO_DEEP);
    }
  }

  /** One object of JSON or several, one after the other, as kubectl takes them. Says whether that is what it was. */
  private json(chunk: Chunk): boolean {
    const ranges = jsonObjectsIn(chunk.text);
    const values = ranges.map(range => jsonIn(chunk.text, range));
    const rest = chunk.text.slice(ranges.at(-1)?.end ?? 0);
    if (values.includes(undefined) || rest.trim() !== '') {
      return false;
    }
    // Where the text as a whole is no JSON, kubectl reads one document of each part of it.
    const [, second] = /^\s*\{/.test(this.source.text) ? [] : ranges;
    if (second !== undefined) {
      this.lost({ text: chunk.text.slice(second.start), line: lineIn(chunk, second.start) });
      ranges.splice(1);
    }
    const lines = new LineCount(chunk.text);
    const partOf = (range: Range) => ({ text: chunk.text.slice(range.start, range.end), line: chunk.line + lines.at(range.start) - 1 });
    ranges.forEach((range, i) => {
      const manifest = values[i] as Fields;
      // Asked for in the order of the text.
      const whole = partOf(range);
      if (isList(manifest) && range.items.length > 0 && itemsIn(manifest).length === range.items.length) {
        range.items.forEach((item, j) => this.manifest(ofList(manifest, itemsIn(manifest)[j]), partOf(item), []));
      } else {
        this.manifest(manifest, whole, []);
      }
    });
    return true;
  }

  /** A list, item by item. Says whether it could be read in this way: an alias may lead out of its item. */
  private list(head: string, items: readonly Chunk[]): boolean {
    let list: Fields;
    try {
      const { value, faults } = readYaml(head);
      list = record(value);
      // With `items` written twice kubectl takes the last ones.
      if (faults.length > 0 || !String(list.kind).endsWith('List') || list.items !== null) {
        return false;
      }
    } catch {
      return false;
    }
    if (items.some(({ text }) => /[\s,[{]\*[^\s*]/.test(text)) && [head, ...items.map(({ text }) => text)].some(text => /[\s,[{]&\w/.test(text))) {
      return false;
    }
    items.forEach(item => this.yaml(item, list));
    return true;
  }

  /** @param list what it is an item of */
  private yaml(chunk: Chunk, list?: Fields): void {
    try {
      const { value, faults } = readYaml(chunk.text, this.aliases);
      const before = this.objects.length;
      this.manifest(list === undefined ? value : ofList(list, value), chunk, []);
      const lines = new LineCount(chunk.text);
      // A folder has files of others, with tags and keys of their own.
      const told = this.source.isNamed || this.objects.length > before ? faults : [];
      told.forEach(({ offset, message }) => this.problems.push({ file: this.source.file, line: chunk.line + lines.at(offset) - 1, message }));
    } catch (error) {
      if (!(error instanceof Unreadable)) {
        throw error;
      } else if (this.source.isNamed || /(?:^|\n)[ -]*"?kind"?[ \t]*:/i.test(chunk.text) || hasParts(chunk.text)) {
        // A folder has files of others, such as settings with comments in JSON.
        this.fault(chunk, error.offset, isJson(chunk) ? error.message.replace('no YAML', 'no JSON') : error.message);
      }
    }
  }

  private manifest(value: unknown, chunk: Chunk, path: readonly (string | number)[]): void {
    const manifest = record(value);
    if (typeof manifest.kind !== 'string') {
      if (manifest.kind !== undefined && typeof manifest.apiVersion === 'string') {
        // `Y` without quotation marks is one.
        this.fault(chunk, 0, `'kind' is no text, got ${JSON.stringify(manifest.kind)}`);
      } else if (manifest.kind === undefined && isObject(manifest) && (typeof manifest.apiVersion === 'string' || slipOf('kind', manifest) !== undefined)) {
        this.fault(chunk, 0, `'kind' of this object is missing${didYouMean('kind', manifest)}`);
      }
      return;
    }
    if (isList(manifest)) {
      const items = itemsIn(manifest);
      this.emptyList = items.length === 0 ? manifest.kind : this.emptyList;
      items.forEach((item, i) => this.manifest(ofList(manifest, item), chunk, [...path, 'items', i]));
      return;
    }
    if (manifest.items !== undefined && (this.source.isNamed || isObject(manifest))) {
      this.fault(chunk, 0, `'items' of this ${manifest.kind} is no list: kubectl takes whatever has 'items' for a list of objects, and refuses it`);
    }
    if (typeof manifest.apiVersion !== 'string') {
      // Values of a chart may have a kind, and no spec beside metadata.
      if (this.source.isNamed || isObject(manifest) || slipOf('apiVersion', manifest) !== undefined) {
        this.fault(chunk, 0, `'apiVersion' of this ${manifest.kind} is missing, or is no text${didYouMean('apiVersion', manifest)}`);
      }
      return;
    }
    const { name, namespace } = record(manifest.metadata);
    Object.entries({ name, namespace }).filter(([, written]) => written !== undefined && written !== null && typeof written !== 'string').forEach(([key, written]) => (
      this.fault(chunk, 0, `'metadata.${key}' of this ${String(manifest.kind)} is no text, got ${JSON.stringify(written)}: write it in quotation marks`)));
    const { file } = this.source;
    const refused = refusedValuesIn(groupAndVersionOf(manifest.apiVersion).group, manifest.kind, manifest, this.namespace);
    const place = { file, line: lineOfPath(chunk, path), chunk, path };
    const object = new FileObject(asMeant(manifest, refused), place, this.namespace, doubtsOf(refused));
    this.objects.push(object);
    if (this.objects.length % 1000 === 0) {
      this.progress(this.objects.length);
    }
    this.meshConfigs.push(...meshConfigIn(object, manifest));
    refused.forEach(({ path: at, message }) => this.problems.push({ file, line: object.lineOf(at), message }));
  }

  private fault(chunk: Chunk, offset: number, message: string): void {
    this.problems.push({ file: this.source.file, line: lineIn(chunk, offset), message });
  }
}

/** Whether something has what every object of Istio has. */
function isObject({ metadata, spec }: Fields): boolean {
  return typeof record(metadata).name === 'string' && typeof spec === 'object' && spec !== null;
}

/** The same of a text that is no YAML. */
function hasParts(written: string): boolean {
  return /^metadata:/m.test(written) && /^spec:/m.test(written);
}

/** The key that somebody wrote in the place of another one. */
function slipOf(key: string, manifest: Fields): string | undefined {
  return Object.keys(manifest).find(written => written !== key && (written.toLowerCase() === key.toLowerCase() || nearest(written, [key]) === key));
}

function didYouMean(key: string, manifest: Fields): string {
  const written = slipOf(key, manifest);
  return written === undefined ? '' : `: there is ${quote(written)}, write ${quote(key)}`;
}

/** With the values that were meant, where a slip leaves no doubt: it is told once, and not again by what follows from it. */
function asMeant(manifest: Fields, refused: readonly RefusedValue[]): Fields {
  return refused.reduce((before, { path, meant = [] }) => (meant.length === 1 ? record(withValue(before, path, meant[0])) : before), manifest);
}

function doubtsOf(refused: readonly RefusedValue[]): readonly Doubt[] | undefined {
  const doubts = refused.filter(({ meant = [] }) => meant.length > 1).map(({ path, meant }) => ({ path, values: meant! }));
  return doubts.length > 0 ? doubts : undefined;
}

/** What begins with a brace; with two of them it is a template. */
function isJson({ text }: Chunk): boolean {
  return /^\s*\{(?!\{)/.test(text);
}

/** kubectl goes by the field, and not by the kind: whatever has `items` is a list of objects, and nothing else. */
function isList(manifest: Fields): manifest is Fields & { readonly kind: string } {
  return typeof manifest.kind === 'string' && (Array.isArray(manifest.items) || manifest.items === null);
}

function itemsIn({ items }: Fields): readonly unknown[] {
  return Array.isArray(items) ? items : [];
}

/** An item that says no kind has that of its list. */
function ofList({ apiVersion, kind }: Fields, item: unknown): unknown {
  const own = record(item);
  const of = String(kind).replace(/List$/, '');
  const saysKind = own.kind !== undefined && own.kind !== null && own.kind !== '' || own.apiVersion !== undefined;
  return typeof item !== 'object' || item === null || saysKind || of === '' ? item : { ...own, apiVersion, kind: of };
}

function jsonIn(text: string, { start, end }: Range): unknown {
  try {
    return JSON.parse(text.slice(start, end)) as unknown;
  } catch {
    return undefined;
  }
}
