/** Adds to the list under a key. */
export function addTo<K, T>(lists: Map<K, T[]>, key: K, item: T): void {
  const list = lists.get(key);
  if (list) {
    list.push(item);
  } else {
    lists.set(key, [item]);
  }
}

/** Each item once. */
export function distinct<T>(items: readonly T[]): Iterable<T> {
  return items.length < 2 ? items : new Set(items);
}

/** The map under a key, made where there is none yet. */
export function mapAt<K, L, T>(maps: Map<K, Map<L, T>>, key: K): Map<L, T> {
  const known = maps.get(key);
  if (known) {
    return known;
  }
  const made = new Map<L, T>();
  maps.set(key, made);
  return made;
}
