import { parseAllDocuments } from 'yaml';

/** How often each object is in a stream of YAML or JSON documents; the order of documents and of keys does not count. */
export type Objects = ReadonlyMap<string, number>;

export function objectsOf(texts: readonly string[]): Objects {
  const counts = new Map<string, number>();
  for (const text of texts.flatMap(documentsOf)) {
    for (const document of parsed(text)) {
      if (document !== null) {
        const key = JSON.stringify(sorted(document));
        counts.set(key, (counts.get(key) ?? 0) + 1);
      }
    }
  }
  return counts;
}

/** What is different, by one example; nothing when both have the same objects. */
export function difference(expected: Objects, actual: Objects): string | undefined {
  const missing = [...expected].find(([key, count]) => (actual.get(key) ?? 0) < count);
  const besides = [...actual].find(([key, count]) => (expected.get(key) ?? 0) < count);
  const parts = [...missing ? [`lacks ${missing[0]}`] : [], ...besides ? [`has ${besides[0]} besides`] : []];
  return parts.length > 0 ? parts.join(' and ') : undefined;
}

export function numberOf(objects: Objects): number {
  return [...objects.values()].reduce((sum, count) => sum + count, 0);
}

/** Apart before they are parsed: all documents of a large stream at once take gigabytes. */
function documentsOf(text: string): string[] {
  return text.split(/^(?:---|\.\.\.)[ \t]*$/m).filter(document => document.trim() !== '');
}

function parsed(text: string): unknown[] {
  if (text.trimStart().startsWith('{')) {
    return [JSON.parse(text)];
  }
  return parseAllDocuments(text).map(document => {
    if (document.errors.length > 0) {
      throw document.errors[0];
    }
    return document.toJS() as unknown;
  });
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(sorted);
  }
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, member]) => [key, sorted(member)]));
  }
  return value;
}
