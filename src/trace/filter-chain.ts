import { Network, networkOf, rangeText } from '../private/network';
import { NetworkTable } from '../private/network-table';
import { mostSpecific } from '../view/host-match';
import { addTo } from '../view/lists';

/** What a proxy tells the connections of a listener apart by. */
export interface ChainMatch {
  /** Server names, wildcards among them; empty for every one. */
  readonly sni: readonly string[];
  /** Addresses and ranges; empty for every one. */
  readonly ranges: readonly string[];
  /** Whether it is for requests in plaintext alone. */
  readonly isPlainHttp: boolean;
}

/** What a proxy sees of a connection. */
export interface Wire {
  /** The address that was dialled; undefined when nobody knows it. */
  readonly address?: string;
  /** Whether it begins with a TLS handshake. */
  readonly isTls: boolean;
  /** The name in the handshake. */
  readonly sni?: string;
  /** Whether it carries requests in plaintext. */
  readonly isHttp: boolean;
}

/**
 * The chains of one listener. Envoy chooses from them step by step: the longest range that holds the address, then the best server name, then what was detected. A
 * step that some chain meets leaves out those that say nothing of it, even when a later step finds nothing. Envoy refuses a listener of which several are left for
 * one connection.
 */
export class ChainTable<T extends ChainMatch> {
  private readonly byRange: NetworkTable<ChainsByName<T>>;
  private readonly anywhere: ChainsByName<T>;

  public constructor(chains: readonly T[]) {
    const byRange = new Map<string, { readonly range: Network; readonly of: Set<T> }>();
    for (const chain of chains) {
      for (const range of chain.ranges.flatMap(networkOf)) {
        const known = byRange.get(rangeText(range)) ?? { range, of: new Set<T>() };
        byRange.set(rangeText(range), known);
        known.of.add(chain);
      }
    }
    this.byRange = new NetworkTable([...byRange.values()].map(({ range, of }) => [range, new ChainsByName([...of])]));
    this.anywhere = new ChainsByName(chains.filter(({ ranges }) => ranges.length === 0));
  }

  /** Those that Envoy chooses from. */
  public chainsFor(wire: Wire): readonly T[] {
    const [inner] = wire.address === undefined ? [] : networkOf(wire.address);
    const [there = this.anywhere] = inner ? this.byRange.holding(inner) : [];
    const found = there.chainsFor(wire);
    const detected = wire.isHttp && !wire.isTls ? found.filter(({ isPlainHttp }) => isPlainHttp) : [];
    return detected.length > 0 ? detected : found.filter(({ isPlainHttp }) => !isPlainHttp);
  }
}

/** Chains for the same addresses. There may be one for each of a thousand server names, and every connection that is followed asks for its own. */
class ChainsByName<T extends ChainMatch> {
  private readonly byName = new Map<string, T[]>();
  private readonly nameless: readonly T[];

  public constructor(chains: readonly T[]) {
    chains.forEach(chain => new Set(named(chain.sni)).forEach(name => addTo(this.byName, name, chain)));
    this.nameless = chains.filter(({ sni }) => named(sni).length === 0);
  }

  /** Those with the best server name; without one, those that do not ask. */
  public chainsFor({ isTls, sni = '' }: Wire): readonly T[] {
    const best = isTls ? mostSpecific(sni, this.byName) : undefined;
    return best === undefined ? this.nameless : this.byName.get(best)!;
  }
}

/** What a chain is for, as text: of two chains for the very same connections istiod keeps the first. */
export function keyOf({ sni, ranges, isPlainHttp }: ChainMatch): string {
  return JSON.stringify([isPlainHttp, sortedSet(named(sni)), sortedSet(ranges.map(masked))]);
}

export function isForAll({ sni, ranges, isPlainHttp }: ChainMatch): boolean {
  return named(sni).length === 0 && ranges.length === 0 && !isPlainHttp;
}

/** `*` is every name, with or without a handshake. */
function named(sni: readonly string[]): readonly string[] {
  return sni.includes('*') ? [] : sni;
}

function masked(range: string): string {
  return networkOf(range).map(({ first, length }) => `${first.toString()}/${length}`)[0] ?? range;
}

function sortedSet(items: readonly string[]): string[] {
  return [...new Set(items)].sort();
}
