/** What the sources need of `node:net`. */
import * as ipaddr from 'ipaddr.js';

/** 4, 6 or 0; like Node, only the usual way of writing an address. */
export function isIP(text: string): number {
  return ipaddr.IPv4.isValidFourPartDecimal(text) ? 4 : text.includes(':') && ipaddr.IPv6.isValid(text) ? 6 : 0;
}
