import { isWithin, oddWildcardsIn, wildcardsAround } from './host-match';
import { addTo } from './lists';

/** What is found by hosts, of which some are wildcards: as `hostsMeet` compares them, and without looking at all of them. */
export class HostTable<T> {
  private readonly byHost = new Map<string, T[]>();
  private readonly odd: readonly string[];
  /** What is under the hosts within a wildcard; made when one is asked for, which is seldom. */
  private inside?: ReadonlyMap<string, readonly T[]>;

  public constructor(items: Iterable<readonly [host: string, item: T]>) {
    for (const [host, item] of items) {
      addTo(this.byHost, host, item);
    }
    this.odd = oddWildcardsIn(this.byHost.keys());
  }

  /** What is under a host, as it is written, or under a wildcard that it is within. */
  public around(host: string): T[] {
    return [host, ...wildcardsAround(host, this.odd)].flatMap(name => this.byHost.get(name) ?? []);
  }

  /** What is under a host, or under one that is within it. */
  public within(host: string): T[] {
    return [...this.byHost.get(host) ?? [], ...host.startsWith('*') ? this.insideOf(host) : []];
  }

  /** What is under a host that has a name in common with one. */
  public meeting(host: string): T[] {
    return [...this.around(host), ...host.startsWith('*') ? this.insideOf(host) : []];
  }

  /** Whether a host is there, or a wildcard that it is within. */
  public covers(host: string): boolean {
    return this.byHost.has(host) || wildcardsAround(host, this.odd).some(name => this.byHost.has(name));
  }

  /** Whether a host is there that has a name in common with one. */
  public meets(host: string): boolean {
    return this.covers(host) || host.startsWith('*') && this.insideOf(host).length > 0;
  }

  private insideOf(wildcard: string): readonly T[] {
    if (!wildcard.startsWith('*.')) {
      return [...this.byHost].flatMap(([host, items]) => (host !== wildcard && isWithin(host, wildcard) ? items : []));
    }
    if (!this.inside) {
      const inside = new Map<string, T[]>();
      this.byHost.forEach((items, host) => wildcardsAround(host).forEach(name => items.forEach(item => addTo(inside, name, item))));
      this.inside = inside;
    }
    return this.inside.get(wildcard) ?? [];
  }
}
