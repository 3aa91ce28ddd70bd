import { createHash } from 'node:crypto';
import * as ipaddr from 'ipaddr.js';
import { checkAddress, isCidr, isLinkLocal } from './check';
import { Fail, quote } from './fail';

/** What istiod allocates addresses of, for sidecars that answer DNS. */
const ALLOCATED_BY_ISTIOD = ['240.240.0.0/16', '2001:2::/48'];

/** With fewer addresses hosts would soon share one. */
const LEAST_BITS = 16;

/** A range for addresses that stand for hosts. */
export function checkVirtualIpRange(fail: Fail, property: string, range: unknown): void {
  if (typeof range !== 'string' || !isCidr(range)) {
    fail(`'${property}' must be a range that nobody uses, like "240.64.0.0/10", got ${quote(range)}`);
  }
  checkAddress(fail, property, range);
  if (isLinkLocal(range)) {
    fail(`'${property}' ${quote(range)} has addresses of the link, such as the metadata server of a cloud: give another range, like "240.64.0.0/10"`);
  }
  const [network, length] = ipaddr.parseCIDR(range);
  const most = network.toByteArray().length * 8 - LEAST_BITS;
  if (length > most) {
    fail(`'${property}' ${quote(range)} is so small that hosts would soon share an address: give a range with a length of at most ${most}, like "240.64.0.0/10"`);
  }
  const taken = ALLOCATED_BY_ISTIOD.find(other => overlap(range, other));
  if (taken !== undefined) {
    fail(`'${property}' ${quote(range)} has addresses of ${quote(taken)}, which istiod allocates itself: give another range, like "240.64.0.0/10"`);
  }
}

function overlap(range: string, other: string): boolean {
  const [[a, aLength], [b, bLength]] = [ipaddr.parseCIDR(range), ipaddr.parseCIDR(other)];
  return a.kind() === b.kind() && a.match(b, Math.min(aLength, bLength));
}

/** The address of a range that stands for a host: always the same one, in every app. */
export function virtualIpOf(range: string, host: string): string {
  const [network, length] = ipaddr.parseCIDR(range);
  const size = network.toByteArray().length;
  const number = (bytes: readonly number[]) => BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
  const hash = [...createHash('sha256').update(host).digest()].slice(0, size);
  const address = number(network.toByteArray()) + number(hash) % 2n ** BigInt(size * 8 - length);
  return ipaddr.fromByteArray([...Buffer.from(address.toString(16).padStart(size * 2, '0'), 'hex')]).toString();
}
