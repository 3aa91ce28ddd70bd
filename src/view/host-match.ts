import { isWildcard } from '../private/wire';

/** Whether two hosts, each of them perhaps a wildcard, have a name in common. */
export function hostsMeet(one: string, other: string): boolean {
  return isWithin(one, other) || isWithin(other, one);
}

/** Whether every name of a host, or of a wildcard, is one of another. */
export function isWithin(host: string, wider: string): boolean {
  return host === wider || isWildcard(wider) && host.length >= wider.length && host.replace(/^\*/, '').endsWith(wider.slice(1));
}

/** The wildcards that every name of a host is within, the longest first; itself is not among them. */
export function wildcardsAround(host: string): string[] {
  const bare = host.replace(/^\*/, '');
  const found: string[] = [];
  for (let dot = bare.indexOf('.'); dot >= 0; dot = bare.indexOf('.', dot + 1)) {
    const wildcard = `*${bare.slice(dot)}`;
    if (wildcard !== host && host.length >= wildcard.length) {
      found.push(wildcard);
    }
  }
  return found;
}

/** Names that are looked up, as a set or a map has them. */
interface Names {
  has(name: string): boolean;
}

/** The host itself, or the longest wildcard that it is within. */
export function mostSpecific(host: string, hosts: Names): string | undefined {
  return hosts.has(host) ? host : wildcardsAround(host).find(wildcard => hosts.has(wildcard));
}
