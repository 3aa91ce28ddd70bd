/** Names of objects are made at synth alone, of which the browser has no part. */
export function createHash(): never {
  throw new Error('nothing is hashed here');
}
