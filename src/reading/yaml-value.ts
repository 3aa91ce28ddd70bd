import { Document, isAlias, isMap, isScalar, isSeq, Node, Pair, parseDocument, Scalar, YAMLMap } from 'yaml';
import { Fault, Unreadable } from './problem';
import { plainValue } from './scalar';
import { record } from '../view/fields';

/** What a document says, and what was written in it and lost. */
export interface YamlValue {
  readonly value: unknown;
  readonly faults: readonly Fault[];
}

/** What reads a template that somebody rendered. */
export const RENDERED = 'helm template CHART | cdk8s-istio-egress lint -';

const TEMPLATE = `this is a template of Helm and not YAML: render it first, such as with "${RENDERED}"`;

export const TOO_DEEP = 'this is nested too deeply';

/** Words of Helm, and not of the templates that alerts, dashboards and other objects carry in their texts. */
const OF_HELM = /\{\{-?[^}]*(?:\.(?:Values|Release|Chart|Capabilities|Files|Template)\b|\b(?:define|include|tpl|toYaml)\s)/;
/** The same, and words of every template of Go: what is no YAML is one. */
const OF_TEMPLATE = /\{\{-?\s*(?:\.(?:Values|Release|Chart|Capabilities|Files|Template)\b|(?:if|else|end|range|with|define|include|template|tpl|toYaml)\b)/;

/** What aliases may add to an input, in nodes. A person writes some, a "billion laughs" 10⁹. */
const MOST_BY_ALIASES = 1_000_000;

/** What the aliases of the documents of one input add together: many that are small enough alone are as much work as one that is not. */
export class AliasCount {
  private nodes = 0;

  /** Why a document with so many more is not read; undefined when it may be. */
  public excess(more: number): string | undefined {
    return more > MOST_BY_ALIASES ? `aliases make more than ${MOST_BY_ALIASES} nodes of this document`
      : this.nodes + more > MOST_BY_ALIASES ? `aliases make more than ${MOST_BY_ALIASES} nodes of the input, with those of the documents before this one: write out what they stand for` : undefined;
  }

  /** Counts those of a document that was read. */
  public add(more: number): void {
    this.nodes += more;
  }
}

/**
 * Reads one document as kubectl does.
 *
 * @param aliases counts those of all documents of the input
 * @throws Unreadable when it is no YAML, or none that kubectl reads
 */
export function readYaml(text: string, aliases = new AliasCount()): YamlValue {
  const hasBraces = text.includes('{{');
  const document = parsed(text);
  const [error] = document.errors;
  if (error) {
    const [at] = error.pos;
    const template = hasBraces ? templateNear(text, at) : undefined;
    throw template !== undefined ? new Unreadable(TEMPLATE, template) : new Unreadable(error.message.includes('call stack') ? TOO_DEEP : notYaml(error), at);
  }
  const reader = new ValueReader(hasBraces, text, aliases);
  const value = reader.valueOf(document.contents);
  aliases.add(reader.byAliases);
  return { value, faults: [...reader.faults, ...oddBreakIn(text)] };
}

/** kubectl's parser ends a line, and a comment, where YAML 1.1 does. Since YAML 1.2 these are letters like others. */
const ODD_BREAK = /\r(?!\n)|[\u0085\u2028\u2029]/;

function oddBreakIn(text: string): Fault[] {
  const offset = text.search(ODD_BREAK);
  const code = text.charCodeAt(offset).toString(16).toUpperCase().padStart(4, '0');
  return offset < 0 ? [] : [{ offset, message: `the letter U+${code} ends a line for kubectl, and not for others, so that it may read another object than is seen: remove it` }];
}

/** Where a template makes a text no YAML: on the line of the error or the one above, or wherever it has words of Helm. */
function templateNear(text: string, at: number): number | undefined {
  const above = text.lastIndexOf('\n', text.lastIndexOf('\n', at - 1) - 1) + 1;
  const end = text.indexOf('\n', at);
  const near = text.slice(above, end < 0 ? text.length : end).indexOf('{{');
  const of = text.search(OF_TEMPLATE);
  return near >= 0 ? above + near : of >= 0 ? of : undefined;
}

/** A document with the places of its nodes. Every scalar is a text in it: what else it may be is for kubectl's parser to say. */
export function parsed(text: string): Document {
  try {
    // Comparing every key with every other is quadratic, so keys that are written twice are found below.
    return parseDocument(text, { schema: 'failsafe', strict: false, uniqueKeys: false, prettyErrors: false, logLevel: 'silent' });
  } catch (error) {
    throw new Unreadable(error instanceof RangeError ? TOO_DEEP : notYaml(error as Error));
  }
}

function notYaml({ message }: Error): string {
  return `this is no YAML: ${message.replace(/^[A-Z](?=[a-z])/, letter => letter.toLowerCase()).replace(/[.:]$/, '')}`;
}

class ValueReader {
  public readonly faults: Fault[] = [];
  /** The values by their anchors, and how many nodes each is. */
  private readonly anchors = new Map<string, { readonly value: unknown; readonly size: number }>();
  private readonly open = new Set<string>();
  private size = 0;
  /** The nodes that aliases stand for. */
  public byAliases = 0;

  public constructor(private readonly hasBraces: boolean, private readonly text: string, private readonly aliases: AliasCount) {}

  public valueOf(node: unknown): unknown {
    this.size++;
    if (isAlias(node)) {
      return this.aliased(node.source, offsetOf(node));
    }
    const anchor = (node as { anchor?: string } | null)?.anchor;
    if (anchor === undefined) {
      return this.contentOf(node);
    }
    const before = this.size;
    this.open.add(anchor);
    const value = this.contentOf(node);
    this.open.delete(anchor);
    this.anchors.set(anchor, { value, size: this.size - before + 1 });
    return value;
  }

  private contentOf(node: unknown): unknown {
    if (isMap(node)) {
      return this.mapOf(node);
    }
    if (isSeq(node)) {
      return node.items.map(item => this.valueOf(item));
    }
    return isScalar(node) ? this.scalarOf(node) : null;
  }

  private aliased(anchor: string, offset: number): unknown {
    const known = this.anchors.get(anchor);
    if (this.open.has(anchor)) {
      throw new Unreadable(`the alias "*${anchor}" stands inside of what it stands for`, offset);
    }
    if (!known) {
      throw new Unreadable(`the alias "*${anchor}" stands for nothing: no "&${anchor}" is above it`, offset);
    }
    this.size += known.size;
    this.byAliases += known.size;
    const excess = this.aliases.excess(this.byAliases);
    if (excess !== undefined) {
      throw new Unreadable(excess, offset);
    }
    return known.value;
  }

  private mapOf(map: YAMLMap): unknown {
    const value: { [key: string]: unknown } = {};
    const keys = new Set<string>();
    const twice = new Set<string>();
    for (const { key: keyNode, value: valueNode } of map.items as Pair<Node, Node | null>[]) {
      if (isMergeKey(keyNode)) {
        this.merge(value, keys, keyNode, this.valueOf(valueNode));
        continue;
      }
      const key = this.keyOf(keyNode);
      if (keys.has(key) && !twice.has(key)) {
        twice.add(key);
        this.faults.push({ offset: offsetOf(keyNode), message: `"${key}" is written twice in one object, and kubectl takes the last one: write it once` });
      }
      keys.add(key);
      set(value, key, this.valueOf(valueNode));
    }
    return value;
  }

  /** As kubectl's parser does: where it stands, over what is written above it; of several maps the first one counts. Others never let it override. */
  private merge(value: { [key: string]: unknown }, keys: ReadonlySet<string>, at: Node, merged: unknown): void {
    for (const map of [merged].flat().reverse().map((item: unknown) => record(item))) {
      for (const key of Object.keys(map)) {
        if (keys.has(key)) {
          this.faults.push({ offset: offsetOf(at), message: `"<<" stands behind "${key}", which it overrides for kubectl, and not for others: write it first` });
        }
        set(value, key, map[key]);
      }
    }
  }

  private keyOf(node: Node): string {
    const value = this.valueOf(node);
    if (typeof value === 'object' && value !== null) {
      const offset = offsetOf(node);
      // `{{ .Values.name }}` is a map in a map to YAML.
      throw new Unreadable(this.text.slice(0, offset).trimEnd().endsWith('{') ? TEMPLATE : 'a key of an object is an object or a list itself', offset);
    }
    return String(value);
  }

  private scalarOf(node: Scalar): unknown {
    const { type, value } = node;
    if (this.hasBraces && typeof value === 'string' && !type?.startsWith('BLOCK') && OF_HELM.test(value)) {
      throw new Unreadable(TEMPLATE, offsetOf(node));
    }
    if (node.tag !== undefined && node.tag !== TAG_OF_TEXT) {
      this.faults.push({ offset: offsetOf(node), message: `the tag "${node.tag}" makes something else of this than is written: write what it makes, without the tag` });
      return tagged(value);
    }
    return type === 'PLAIN' && node.tag === undefined && typeof value === 'string' ? plainValue(value) : value;
  }
}

const TAG_OF_TEXT = 'tag:yaml.org,2002:str';
const TAG_OF_MERGE = 'tag:yaml.org,2002:merge';

/** As kubectl's parser goes by it: a plain `<<`, or one with the tag, however it is quoted. */
function isMergeKey(node: Node): boolean {
  return isScalar(node) && node.source === '<<' && (node.tag === TAG_OF_MERGE || node.tag === undefined && node.type === 'PLAIN');
}

/** What kubectl's parser makes of a scalar with a tag. */
function tagged(value: unknown): unknown {
  return value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : typeof value === 'string' ? plainValue(value) : value;
}

function offsetOf(node: unknown): number {
  return (node as { range?: readonly number[] } | null)?.range?.[0] ?? 0;
}

/** Sets a key that may have a meaning to JavaScript. */
function set(value: { [key: string]: unknown }, key: string, item: unknown): void {
  if (key === '__proto__') {
    Object.defineProperty(value, key, { value: item, enumerable: true });
  } else {
    value[key] = item;
  }
}
