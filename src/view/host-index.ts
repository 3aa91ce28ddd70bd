/** What is found by host names, of which one or the other side may begin or end with `*`. */
export class HostIndex<T> {
  private readonly exact = new Map<string, T[]>();
  /** The hosts with a `*`, which are few. */
  private readonly patterns: { readonly host: string; readonly item: T }[] = [];
  private sorted?: readonly string[];

  public add(host: string, item: T): void {
    if (host.includes('*')) {
      this.patterns.push({ host, item });
    } else {
      const known = this.exact.get(host) ?? [];
      known.push(item);
      this.exact.set(host, known);
    }
  }

  /** What is under a host that one of the names can stand for. */
  public find(names: readonly string[]): T[] {
    const found = new Set<T>();
    for (const name of names) {
      (name.includes('*') ? this.under(name) : this.exact.get(name) ?? []).forEach(item => found.add(item));
      this.patterns.filter(({ host }) => overlap(name, host)).forEach(({ item }) => found.add(item));
    }
    return [...found];
  }

  private under(pattern: string): T[] {
    const start = pattern.endsWith('*') && !pattern.startsWith('*') ? pattern.slice(0, -1) : '';
    this.sorted ??= [...this.exact.keys()].sort();
    const found: T[] = [];
    for (let i = firstFrom(this.sorted, start); i < this.sorted.length && this.sorted[i].startsWith(start); i++) {
      if (overlap(pattern, this.sorted[i])) {
        this.exact.get(this.sorted[i])!.forEach(item => found.push(item));
      }
    }
    return found;
  }
}

function firstFrom(sorted: readonly string[], start: string): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    [low, high] = sorted[middle] < start ? [middle + 1, high] : [low, middle];
  }
  return low;
}

/** Whether two names can stand for the same one. */
function overlap(one: string, other: string): boolean {
  if (one === '*' || other === '*' || one === other) {
    return true;
  }
  const [a, b] = [partsOf(one), partsOf(other)];
  const starts = a.start.startsWith(b.start) || b.start.startsWith(a.start);
  const ends = a.end.endsWith(b.end) || b.end.endsWith(a.end);
  return starts && ends && (a.isPattern || b.isPattern) && (a.isPattern || one.length >= b.start.length + b.end.length)
    && (b.isPattern || other.length >= a.start.length + a.end.length);
}

function partsOf(name: string): { readonly start: string; readonly end: string; readonly isPattern: boolean } {
  if (name.startsWith('*')) {
    return { start: '', end: name.slice(1), isPattern: true };
  }
  return name.endsWith('*') ? { start: name.slice(0, -1), end: '', isPattern: true } : { start: name, end: name, isPattern: false };
}
