import { Network, rangeText } from './network';

/** What is found by ranges of addresses, without looking at all of them. */
export class NetworkTable<T> {
  private readonly byRange = new Map<string, T[]>();
  /** The longest first. */
  private readonly lengths: readonly number[];

  public constructor(items: readonly (readonly [range: Network, item: T])[]) {
    for (const [range, item] of items) {
      const list = this.byRange.get(rangeText(range)) ?? [];
      this.byRange.set(rangeText(range), list);
      list.push(item);
    }
    this.lengths = [...new Set(items.map(([{ length }]) => length))].sort((a, b) => b - a);
  }

  /** What is under ranges that hold a whole one, those of the longest range first. */
  public holding(inner: Network): T[] {
    return this.lengths.filter(length => length <= inner.length).flatMap(length => this.byRange.get(rangeText(inner, length)) ?? []);
  }
}
