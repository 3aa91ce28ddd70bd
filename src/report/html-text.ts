import { visibleLines } from '../private/visible';

/** Text of a manifest in HTML or SVG, as text. */
export function escaped(text: string): string {
  return visibleLines(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;').replaceAll('\'', '&#39;');
}
