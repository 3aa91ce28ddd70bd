import { compareTexts } from '../private/order';

/** The order of what is said of files. */
export function byPlace(a: { readonly file: string; readonly line?: number }, b: { readonly file: string; readonly line?: number }): number {
  return compareTexts(a.file, b.file) || (a.line ?? 0) - (b.line ?? 0);
}
