import { isWildcard } from '../private/wire';

/** Whether two hosts, each of them perhaps a wildcard, have a name in common. */
export function hostsMeet(one: string, other: string): boolean {
  return isWithin(one, other) || isWithin(other, one);
}

/** Whether every name of a host, or of a wildcard, is one of another. */
export function isWithin(host: string, wider: string): boolean {
  return host === wider || isWildcard(wider) && host.length >= wider.length && host.replace(/^\*/, '').endsWith(wider.slice(1));
}

/** The host itself, or the longest wildcard that it is within. */
export function mostSpecific(host: string, hosts: Iterable<string>): string | undefined {
  let best: string | undefined;
  for (const candidate of hosts) {
    if (candidate === host) {
      return candidate;
    }
    if (isWildcard(candidate) && isWithin(host, candidate) && (best === undefined || candidate.length > best.length)) {
      best = candidate;
    }
  }
  return best;
}
