/**
 * What has another effect on a terminal, a page or the log of a pipeline than being seen, or none at all: control characters, those that turn the direction of a
 * text, and those without a width, by which two texts look alike.
 */
const UNSEEN = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;

/** A text of a manifest as a person may see it, on one line. */
export function visible(text: string): string {
  // JSON has two for what is beyond the first plane.
  const escaped = (character: string) => character.split('').map(unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');
  return text.replace(UNSEEN, escaped);
}

/** A value as JSON that has in it only what is seen: inside of texts, which is the only place where such characters stand, each means the same as it did. */
export function visibleJson(value: unknown): string {
  return visibleLines(JSON.stringify(value, undefined, 2));
}

/** The same with its lines. */
export function visibleLines(text: string): string {
  return text.split(/\r?\n/).map(visible).join('\n');
}
