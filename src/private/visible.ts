/** What has another effect on a terminal, a page or the log of a pipeline than being seen: control characters, and those that turn the direction of a text. */
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** A text of a manifest as a person may see it, on one line. */
export function visible(text: string): string {
  return text.replace(UNSEEN, character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** A value as JSON that has in it only what is seen: inside of texts, which is the only place where such characters stand, each means the same as it did. */
export function visibleJson(value: unknown): string {
  return visibleLines(JSON.stringify(value, undefined, 2));
}

/** The same with its lines. */
export function visibleLines(text: string): string {
  return text.split(/\r?\n/).map(visible).join('\n');
}
