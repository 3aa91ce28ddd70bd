/** Where something is in a text. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** A value of a stream of JSON, and the objects in its `items`. */
export interface JsonRange extends Range {
  readonly items: readonly Range[];
}

/** The objects that stand one after the other in a text of JSON; whether they are right is for a parser to say. */
export function jsonObjectsIn(text: string): JsonRange[] {
  const found: JsonRange[] = [];
  // A text without its end takes the rest: to look for another one at each quotation mark in it is quadratic.
  const token = /"(?:[^"\\]+|\\.?)*(?:"|$)|[[\]{}]/gs;
  let [depth, start, itemStart, lastText, inItems]: [number, number, number, string, boolean] = [0, 0, 0, '', false];
  let items: Range[] = [];
  for (let match = token.exec(text); match; match = token.exec(text)) {
    const [what] = match;
    if (what.startsWith('"')) {
      lastText = depth === 1 ? what : lastText;
    } else if (what === '{' || what === '[') {
      if (depth === 0) {
        [start, items, inItems] = [match.index, [], false];
      } else if (depth === 1) {
        inItems = what === '[' && lastText === '"items"';
      } else if (depth === 2) {
        itemStart = match.index;
      }
      depth++;
    } else if (depth > 0) {
      depth--;
      if (depth === 2 && inItems) {
        items.push({ start: itemStart, end: match.index + 1 });
      } else if (depth === 0) {
        found.push({ start, end: match.index + 1, items });
      }
    }
  }
  return found;
}
