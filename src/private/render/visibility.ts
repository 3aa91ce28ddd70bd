/** Namespaces as `exportTo` has them: the object's own as ".", first, then the others by name. */
export function exportTo(namespaces: readonly string[], own: string | undefined, ...more: (string | undefined)[]): string[] {
  const all = new Set([...namespaces, ...more.filter(namespace => namespace !== undefined)]);
  if (all.has('*')) {
    return ['*'];
  }
  return [...all].map(namespace => (namespace === (own ?? '') ? '.' : namespace)).sort();
}
