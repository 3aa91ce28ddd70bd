import { contains, Network, networkOf } from '../private/network';
import { isWithin } from '../view/host-match';
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
 * The chains that Envoy chooses from, step by step: the longest range that holds the address, then the best server name, then what was detected. A step that some chain
 * meets leaves out those that say nothing of it, even when a later step finds nothing. Envoy refuses a listener of which several are left for one connection.
 */
function matchChains<T extends ChainMatch>(chains: readonly T[], wire: Wire): readonly T[] {
  const byAddress = best(chains, ({ ranges }) => (ranges.length === 0 ? undefined : rangeRank(ranges, wire.address)));
  const byName = best(byAddress, ({ sni }) => (named(sni).length === 0 ? undefined : wire.isTls ? nameRank(named(sni), wire.sni ?? '') : 0));
  return best(byName, ({ isPlainHttp }) => (isPlainHttp ? Number(wire.isHttp && !wire.isTls) : undefined));
}

/** The chains of one listener. There may be one for each of a thousand server names, and every connection that is followed asks for its own. */
export class ChainTable<T extends ChainMatch> {
  private readonly positions: ReadonlyMap<T, number>;
  private readonly byName = new Map<string, T[]>();
  private readonly others: T[] = [];

  public constructor(chains: readonly T[]) {
    this.positions = new Map(chains.map((chain, i) => [chain, i]));
    chains.forEach(chain => (isByExactName(chain) ? new Set(chain.sni).forEach(name => addTo(this.byName, name, chain)) : this.others.push(chain)));
  }

  /** Those that Envoy chooses from. A chain for exact server names alone takes no connection with another one, and leaves no other chain out. */
  public chainsFor(wire: Wire): readonly T[] {
    const byName = wire.isTls ? this.byName.get(wire.sni ?? '') ?? [] : [];
    const candidates = [...this.others, ...byName].sort((a, b) => this.positions.get(a)! - this.positions.get(b)!);
    return matchChains(candidates, wire);
  }
}

function isByExactName({ sni, ranges }: ChainMatch): boolean {
  return ranges.length === 0 && sni.length > 0 && !sni.some(name => name.startsWith('*'));
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

/** Those with the highest rank above zero; without one, those that do not ask. */
function best<T>(chains: readonly T[], rankOf: (chain: T) => number | undefined): readonly T[] {
  const ranked = chains.map(chain => ({ chain, rank: rankOf(chain) }));
  const highest = largest(ranked.map(({ rank }) => rank ?? 0));
  return ranked.filter(({ rank }) => (highest > 0 ? rank === highest : rank === undefined)).map(({ chain }) => chain);
}

function rangeRank(ranges: readonly string[], address: string | undefined): number {
  const [inner] = address === undefined ? [] : networkOf(address);
  return inner ? largest(networksOf(ranges).filter(range => contains(range, inner)).map(({ length }) => length + 1)) : 0;
}

/** A chain is asked for each connection that is followed, and reading a range takes longer than comparing it. */
const READ = new WeakMap<readonly string[], readonly Network[]>();

function networksOf(ranges: readonly string[]): readonly Network[] {
  const read = READ.get(ranges) ?? ranges.flatMap(networkOf);
  READ.set(ranges, read);
  return read;
}

function nameRank(names: readonly string[], sni: string): number {
  return largest(names.map(name => (name === sni ? Number.MAX_SAFE_INTEGER : isWithin(sni, name) ? name.length : 0)));
}

/** Of as many as a manifest may have: `Math.max()` takes no more arguments than the stack has room for. */
function largest(ranks: readonly number[]): number {
  return ranks.reduce((highest, rank) => Math.max(highest, rank), 0);
}

function masked(range: string): string {
  return networkOf(range).map(({ first, length }) => `${first.toString()}/${length}`)[0] ?? range;
}

function sortedSet(items: readonly string[]): string[] {
  return [...new Set(items)].sort();
}
