import { styleText } from 'node:util';

export type Style = (format: 'red' | 'yellow' | 'bold' | 'dim', text: string) => string;

/** Colours, or none. */
export function styleOf(hasColours: boolean): Style {
  // Whether colours are wanted is known; newer versions of Node would ask their own standard output.
  const plain = styleText as (format: string, text: string, options: object) => string;
  return (format, text) => (hasColours ? plain(format, text, { validateStream: false }) : text);
}

/** What has another effect on a terminal, or in the log of a pipeline, than being seen: control characters, and those that turn the direction of a text. */
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** A text of a manifest as a person may see it, on one line. */
export function visible(text: string): string {
  return text.replace(UNSEEN, character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
