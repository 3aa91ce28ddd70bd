import { Document, isMap, isScalar, isSeq, Pair } from 'yaml';
import { Chunk, LineCount } from './chunk';
import { Unreadable } from './problem';
import { parsed } from './yaml-value';

/** A chunk with the places of what is in it. */
interface Places {
  readonly chunk: Chunk;
  /** Undefined for what is read as JSON, and is none of YAML. */
  readonly document: Document | undefined;
  readonly lines: LineCount;
}

/** The last one is kept: what is found in a file is asked for in its order, and a document may be a list of thousands. */
let last: Places | undefined;

/** The line of the file on which a field of a chunk stands, or the nearest one around it that is written. */
export function lineOfPath(chunk: Chunk, path: readonly (string | number)[]): number {
  if (path.length === 0) {
    return chunk.line;
  }
  if (last?.chunk !== chunk) {
    last = { chunk, document: documentOf(chunk.text), lines: new LineCount(chunk.text) };
  }
  return last.document ? chunk.line + last.lines.at(offsetOf(last.document, path)) - 1 : chunk.line;
}

function documentOf(text: string): Document | undefined {
  try {
    return parsed(text);
  } catch (error) {
    if (error instanceof Unreadable) {
      return undefined;
    }
    throw error;
  }
}

function offsetOf(document: Document, path: readonly (string | number)[]): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const step of path) {
    if (isMap(node)) {
      const pair: Pair | undefined = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
      [offset, node] = [startOf(pair?.key) ?? offset, pair?.value];
    } else if (isSeq(node)) {
      node = node.items[Number(step)];
      offset = startOf(node) ?? offset;
    } else {
      break;
    }
  }
  return offset;
}

function startOf(node: unknown): number | undefined {
  return (node as { range?: readonly number[] } | null | undefined)?.range?.[0];
}
