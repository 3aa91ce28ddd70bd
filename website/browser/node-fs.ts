/** There are no files in a browser. */
export function readFileSync(): never {
  throw new Error('there are no files here');
}
