import { Yaml } from 'cdk8s';

/**
 * Strings that no version of YAML reads as anything else: of those that begin with a letter, it takes some words for other values, and powers of ten without a
 * number in front. A `./` is that of Istio's hosts.
 */
const PLAIN = /^(?:\.\/)?(?!(?:y|yes|n|no|true|false|on|off|null|e[-+]?\d+)$)[a-z](?:[a-z0-9._/@=+:-]*[a-z0-9])?$/i;

/** Addresses, ranges and durations: a number has one dot at most, and no unit. */
const PLAIN_WITH_DIGIT = /^(?:\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}(?:\/\d{1,2})?|\d{1,9}(?:ms|s|m|h))$/;

/**
 * Text on one line that begins with a letter, and has something that none of those words has; it is printed as it is without what follows. The letters of other
 * alphabets are those that no printer escapes.
 */
const TEXT = /^(?=.*[^a-z0-9+-])[a-z][ -~\u00a1-\u1fff\u2100-\ud7ff]*$/i;
const MEANT_OTHERWISE = /: | #|[ :-]$/;

/** Numbers as text, and text on one line that begins with an indicator of YAML, or has one within: all of it is quoted. */
const QUOTED = /^(?:\d+(?:\.\d+)?|(?=[,[\]{}#&*!|>'"%@`]|.*(?:: | #))[!-~][ -~\u00a1-\u1fff\u2100-\ud7ff]*)$/;

/** Text of several lines with no blanks in front, and behind it at most the end of its last line. */
const BLOCK = /^[!-~][\t\n -~\u00a1-\u1fff\u2100-\ud7ff]*[!-~\u00a1-\u1fff\u2100-\ud7ff]\n?$/;

const DECIMAL = /^-?\d+\.\d+$/;

/** How many strings of a document the general printer is asked about one by one, which takes it longer than the document at once. */
const MOST_ODD = 8;

/** The general printer writes a longer key on a line of its own, and one that begins so otherwise at the root than below it. */
const LONGEST_KEY = 1000;
const DEPENDS_ON_DEPTH = /^[%.-]|[\u2028\u2029]/;

/** Documents of every form that the printer below knows. */
const SPECIMEN = {
  apiVersion: 'example.com/v1',
  lists: [['a', ['b']], [{ one: 1, two: [2] }, { three: {} }], []],
  map: { deep: { deeper: { yes: 'no', plain: 'spiffe://cluster.local/ns/a/sa/b' } }, empty: {} },
  scalars: [true, false, 0, -1, 1.5, 1e21, '', '10s', '192.0.2.14/32', '*.example.com', '12', '1.5', 'a: b', '"quoted"', '\'it\'', '"it\'s', 'a #b', 'don\'t', 'é, a', 'a?b=c#d'],
  lines: ['a\n\n  b', 'a: \\ \n# b\n', { deep: '--- \n\tb\n' }],
  keys: { 'a key': 1, '10': 2 },
};

/**
 * Prints documents with the bytes of cdk8s's `Yaml`. Plain data is printed here: maps and lists of text, numbers and truth values, of which none
 * occurs twice. Whatever else a document holds makes it one for the general printer, and so does every document where that one prints otherwise than here.
 */
export class YamlPrinter {
  private static isAlike?: boolean;

  private readonly texts = new Map<string, string | undefined>();
  private readonly keys = new Map<string, string | undefined>();
  private odd = 0;

  public print(documents: readonly unknown[]): string {
    YamlPrinter.isAlike ??= this.plain(SPECIMEN) === Yaml.stringify(SPECIMEN);
    return documents.map(document => (YamlPrinter.isAlike ? this.plain(document) : undefined) ?? Yaml.stringify(document)).join('---\n');
  }

  /** A document of plain data; undefined for any other. */
  private plain(document: unknown): string | undefined {
    this.odd = 0;
    const text = isMap(document) ? this.block(document, '', new Set()) : undefined;
    return text === undefined || text === '{}' ? undefined : `${text}\n`;
  }

  /** A collection, all lines but the first indented. The general printer gives an object that occurs twice an anchor. */
  private block(value: object, indent: string, seen: Set<object>): string | undefined {
    if (seen.has(value)) {
      return undefined;
    }
    seen.add(value);
    return Array.isArray(value) ? this.list(value, indent, seen) : this.map(value as { readonly [key: string]: unknown }, indent, seen);
  }

  private list(items: readonly unknown[], indent: string, seen: Set<object>): string | undefined {
    let text = '';
    for (const item of items) {
      const printed = isCollection(item) ? this.block(item, `${indent}  `, seen) : this.scalar(item, `${indent}  `);
      if (printed === undefined) {
        return undefined;
      }
      text += text === '' ? `- ${printed}` : `\n${indent}- ${printed}`;
    }
    return text === '' ? '[]' : text;
  }

  private map(entries: { readonly [key: string]: unknown }, indent: string, seen: Set<object>): string | undefined {
    let text = '';
    for (const key of Object.keys(entries)) {
      const member = this.member(this.key(key), entries[key], `${indent}  `, seen);
      if (member === undefined) {
        return undefined;
      }
      text += text === '' ? member : `\n${indent}${member}`;
    }
    return text === '' ? '{}' : text;
  }

  private member(key: string | undefined, value: unknown, indent: string, seen: Set<object>): string | undefined {
    if (key === undefined) {
      return undefined;
    }
    if (!isCollection(value)) {
      const scalar = this.scalar(value, indent);
      return scalar === undefined ? undefined : `${key}: ${scalar}`;
    }
    const block = this.block(value, indent, seen);
    return block === undefined ? undefined : block === '{}' || block === '[]' ? `${key}: ${block}` : `${key}:\n${indent}${block}`;
  }

  private scalar(value: unknown, indent: string): string | undefined {
    switch (typeof value) {
      case 'string': return isPlain(value) || PLAIN_WITH_DIGIT.test(value) ? value : QUOTED.test(value) ? quoted(value) : this.text(value, indent);
      case 'boolean': return String(value);
      case 'number': return Number.isSafeInteger(value) && !Object.is(value, -0) || DECIMAL.test(String(value)) ? String(value) : this.general(value);
      default: return undefined;
    }
  }

  private text(text: string, indent: string): string | undefined {
    if (text.includes('\n')) {
      return BLOCK.test(text) ? literal(text, indent) : undefined;
    }
    const printed = this.texts.get(text) ?? this.general(text);
    if (printed !== undefined) {
      this.texts.set(text, printed);
    }
    return printed;
  }

  private general(value: string | number): string | undefined {
    return ++this.odd > MOST_ODD ? undefined : general(value);
  }

  private key(key: string): string | undefined {
    if (isPlain(key) && key.length <= LONGEST_KEY) {
      return key;
    }
    if (!this.keys.has(key) && ++this.odd > MOST_ODD) {
      return undefined;
    }
    if (!this.keys.has(key)) {
      const isOnOneLine = key.length <= LONGEST_KEY && !DEPENDS_ON_DEPTH.test(key) && !key.includes('\n');
      this.keys.set(key, isOnOneLine ? between('', Yaml.stringify({ [key]: 0 }), ': 0\n') : undefined);
    }
    return this.keys.get(key);
  }
}

function isPlain(text: string): boolean {
  return PLAIN.test(text) || TEXT.test(text) && !MEANT_OTHERWISE.test(text);
}

/** In single quotation marks where that saves escaping double ones. */
function quoted(text: string): string {
  return text.includes('"') && !text.includes('\'') ? `'${text}'` : JSON.stringify(text);
}

function literal(text: string, indent: string): string {
  const isEnded = text.endsWith('\n');
  return `|${isEnded ? '' : '-'}\n${indent}${(isEnded ? text.slice(0, -1) : text).replace(/\n+/g, `$&${indent}`)}`;
}

/** Whether it is printed on lines of its own; what is neither this nor a scalar is for the general printer. */
function isCollection(value: unknown): value is object {
  return isMap(value) || Array.isArray(value) && Object.getPrototypeOf(value) === Array.prototype && !('toJSON' in value);
}

/** What can be gone through item by item is a list to the general printer. */
function isMap(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype && !('toJSON' in value) && !(Symbol.iterator in value);
}

/** What the general printer writes for a scalar that fits on a line, wherever it stands below the root. */
function general(value: string | number): string | undefined {
  return between('- ', Yaml.stringify([value]), '\n');
}

/** What is between a start and an end, on one line. */
function between(start: string, text: string, end: string): string | undefined {
  const inner = text.startsWith(start) && text.endsWith(end) ? text.slice(start.length, -end.length) : '\n';
  return inner.includes('\n') ? undefined : inner;
}
