import { styleText } from 'node:util';

export type Style = (format: 'red' | 'yellow' | 'bold' | 'dim', text: string) => string;

/** Colours, or none. */
export function styleOf(hasColours: boolean): Style {
  // Whether colours are wanted is known; newer versions of Node would ask their own standard output.
  const plain = styleText as (format: string, text: string, options: object) => string;
  return (format, text) => (hasColours ? plain(format, text, { validateStream: false }) : text);
}
