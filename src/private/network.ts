import * as ipaddr from 'ipaddr.js';
import { isCidr, isIp } from './check';

/** A range of addresses; a single address is a range of one. */
export interface Network {
  readonly text: string;
  readonly first: ipaddr.IPv4 | ipaddr.IPv6;
  readonly length: number;
}

/** The range that a text stands for; none for a text that is no address. */
export function networkOf(address: string): Network[] {
  if (isCidr(address)) {
    const [first, length] = ipaddr.parseCIDR(address);
    return [{ text: address, first, length }];
  }
  if (!isIp(address)) {
    return [];
  }
  // An IPv4 address in IPv6 is the same server.
  const first = ipaddr.process(address);
  return [{ text: address, first, length: first.kind() === 'ipv6' ? 128 : 32 }];
}

/** An address or a name in the one spelling that all others of it are compared by. */
export function spelledAlike(address: string): string {
  // An IPv4 address has one spelling only.
  if (/^[\d.]+$/.test(address)) {
    return address;
  }
  const [network] = networkOf(address);
  return network === undefined || address.includes('/') ? address.toLowerCase().replace(/\.$/, '') : network.first.toString();
}

export function contains(range: Network, inner: Network): boolean {
  return range.first.kind() === inner.first.kind() && inner.length >= range.length && inner.first.match(range.first, range.length);
}

/** The one text of a range, whichever of its addresses it is written with; of a longer one, the text of the range of a length around it. */
export function rangeText({ first, length: own }: Network, length = own): string {
  const bytes = first.toByteArray();
  const [whole, rest] = [Math.floor(length / 8), 2 ** (8 - length % 8)];
  const start = bytes.slice(0, whole);
  return `${(length % 8 === 0 ? start : [...start, Math.floor(bytes[whole] / rest)]).join('.')}/${length} ${first.kind()}`;
}
