/** Whether two hosts, each of them perhaps a wildcard, have a name in common. */
export function hostsMeet(one: string, other: string): boolean {
  return isWithin(one, other) || isWithin(other, one);
}

/** Whether every name of a host, or of a wildcard, is one of another: istiod compares what is behind the `*`, be it a whole label or not. */
export function isWithin(host: string, wider: string): boolean {
  return host === wider || wider.startsWith('*') && bare(host).endsWith(wider.slice(1)) && (wider[1] !== '.' || host.length >= wider.length);
}

/** Names that are looked up, as a set or a map has them. */
interface Names {
  has(name: string): boolean;
  keys(): Iterable<string>;
}

/**
 * The wildcards that every name of a host is within, the longest first; itself is not among them.
 *
 * @param odd those of a table that stand for a part of a label or for everything: there are too many that could be asked for
 */
export function wildcardsAround(host: string, odd: readonly string[] = []): string[] {
  const name = bare(host);
  const found: string[] = [];
  for (let dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
    const wildcard = `*${name.slice(dot)}`;
    if (wildcard !== host && host.length >= wildcard.length) {
      found.push(wildcard);
    }
  }
  const more = odd.filter(wildcard => wildcard !== host && isWithin(host, wildcard));
  return more.length === 0 ? found : [...found, ...more].sort((a, b) => b.length - a.length);
}

/** The wildcards among some names that stand for a part of a label, such as `*example.com`, or for everything. */
export function oddWildcardsIn(names: Iterable<string>): string[] {
  return [...names].filter(name => name.startsWith('*') && !name.startsWith('*.'));
}

/** The same of tables that are complete, each looked through once. */
const ODD = new WeakMap<Names, readonly string[]>();

/** The host itself, or the longest wildcard that it is within; of a table that is complete. */
export function mostSpecific(host: string, hosts: Names): string | undefined {
  if (hosts.has(host)) {
    return host;
  }
  const odd = ODD.get(hosts) ?? oddWildcardsIn(hosts.keys());
  ODD.set(hosts, odd);
  return wildcardsAround(host, odd).find(wildcard => hosts.has(wildcard));
}

function bare(host: string): string {
  return host.startsWith('*') ? host.slice(1) : host;
}
