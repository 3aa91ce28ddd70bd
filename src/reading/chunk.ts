/** A part of a text that is parsed by itself: a document, or an item of a list. */
export interface Chunk {
  readonly text: string;
  /** The line of the file on which it begins. */
  readonly line: number;
}

/** A document of a text. */
export interface DocumentChunk extends Chunk {
  /** Whether kubectl does not read it. */
  readonly isLost: boolean;
}

/**
 * The documents of a text, those without content left out.
 *
 * A marker at the start of a line ends a document wherever it stands: YAML allows it in no scalar, not even in a block scalar, whose lines are indented. kubectl
 * divides at `---` alone, refuses what is no comment behind it, and gives each part to a parser that reads the first document in it.
 */
export function documentsOf(text: string): DocumentChunk[] {
  const marker = /(?:^|\r?\n)(?:---(?=[ \t\r\n#]|$)|\.\.\.(?=[ \t\r\n]|$))/g;
  const lines = new LineCount(text);
  const documents: DocumentChunk[] = [];
  let start = 0;
  let isLost = false;
  const add = (end: number) => {
    const from = contentOf(text, start, end);
    if (from < end) {
      documents.push({ text: text.slice(from, end), line: lines.at(from), isLost });
      isLost = true;
    }
  };
  for (let match = marker.exec(text); match; match = marker.exec(text)) {
    add(match.index);
    start = marker.lastIndex;
    if (match[0].endsWith('---')) {
      isLost = !DIVIDES.test(text.slice(start, lineEnd(text, start)));
    }
  }
  add(text.length);
  return documents;
}

/** What stands behind a marker that kubectl divides at. */
const DIVIDES = /^\s*(?:#|$)/;

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}

/** The start of the first line that is not empty, a comment or a directive. */
function contentOf(text: string, start: number, end: number): number {
  const nothing = /[ \t\r]*(?:#[^\n]*|%[^\n]*)?(?:\n|$)/y;
  let from = start;
  while (from < end) {
    nothing.lastIndex = from;
    if (!nothing.test(text)) {
      return from;
    }
    from = nothing.lastIndex;
  }
  return end;
}

/** A list in block style: its items, and the list without them. */
export interface ListChunk {
  readonly head: string;
  readonly items: readonly Chunk[];
}

/**
 * The items of a list as kubectl writes it, each to be parsed by itself: a cluster may be one document.
 *
 * A line that begins with `-` in the column of the first item is the next one: whatever belongs to an item is indented further.
 */
export function itemsOf({ text, line }: Chunk): ListChunk | undefined {
  const begin = /(?:^|\n)items:[ \t]*\r?\n(?=( *)-[ \r\n])/.exec(text);
  if (!begin || !/(?:^|\n)kind:[ \t]*["']?\w*List\b/.test(text)) {
    return undefined;
  }
  const indent = begin[1].length;
  const lines = new LineCount(text);
  const first = begin.index + begin[0].length;
  const starts: number[] = [];
  let end = first;
  for (let from = first; from < text.length; from = end) {
    const next = text.indexOf('\n', from);
    const after = next < 0 ? text.length : next + 1;
    if (text.startsWith('-', from + indent) && /^ *$/.test(text.slice(from, from + indent)) && /^-(?:[ \r\n]|$)/.test(text.slice(from + indent, from + indent + 2))) {
      starts.push(from);
    } else if (/^\s*(?:#|$)/.test(text.slice(from, Math.min(after, from + indent + 2)))) {
      // An empty line or a comment, or one that is indented further.
    } else if (!/^ *$/.test(text.slice(from, from + indent + 1))) {
      break;
    }
    end = after;
  }
  return {
    head: text.slice(0, first) + text.slice(end),
    items: starts.map((start, i) => ({
      text: ' '.repeat(indent + 1) + text.slice(start + indent + 1, starts[i + 1] ?? end),
      line: line + lines.at(start) - 1,
    })),
  };
}

/** The lines of places in a text; it is quick for those that are asked for in their order. */
export class LineCount {
  private line = 1;
  private start = 0;
  /** Where the line ends. It may be one of megabytes, so it is not looked for again. */
  private end: number;

  public constructor(private readonly text: string) {
    this.end = this.endOfLine(0);
  }

  public at(offset: number): number {
    if (offset < this.start) {
      [this.line, this.start, this.end] = [1, 0, this.endOfLine(0)];
    }
    while (this.end < offset) {
      this.start = this.end + 1;
      this.end = this.endOfLine(this.start);
      this.line++;
    }
    return this.line;
  }

  private endOfLine(from: number): number {
    return lineEnd(this.text, from);
  }
}

/** The line of the file on which something in a chunk stands. */
export function lineIn({ text, line }: Chunk, offset: number): number {
  return line + new LineCount(text).at(offset) - 1;
}
