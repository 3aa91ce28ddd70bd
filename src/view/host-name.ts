import { strings } from './fields';

/** Host names as proxies compare them: DNS, requests and server names tell no capitals from small letters. */
export function hostsIn(value: unknown): readonly string[] {
  const hosts = strings(value);
  return hosts.every(host => host === host.toLowerCase()) ? hosts : hosts.map(host => host.toLowerCase());
}

/** Whether a host stands for others; `*` stands for all. */
function isPattern(host: string): boolean {
  return host.startsWith('*');
}

/** Whether some name is both hosts, each of which may be a wildcard (`Name.Matches` of istiod). */
export function overlaps(one: string, other: string): boolean {
  if (isPattern(one) && isPattern(other)) {
    return one.slice(1).endsWith(other.slice(1)) || other.slice(1).endsWith(one.slice(1));
  }
  return isPattern(one) ? other.endsWith(one.slice(1)) : isPattern(other) ? one.endsWith(other.slice(1)) : one === other;
}

/** The wildcards that cover a host, the narrowest first. */
export function wildcardsOver(host: string): string[] {
  const labels = host.replace(/^\*\./, '').split('.');
  return labels.map((_, i) => `*.${labels.slice(i + 1).join('.')}`).slice(0, -1);
}

/** The namespace of a Service, by its full name; undefined for a host outside the cluster. */
export function namespaceOfService(host: string, clusterDomain: string): string | undefined {
  const end = `.svc.${clusterDomain}`;
  const labels = host.endsWith(end) ? host.slice(0, -end.length).split('.') : [];
  return labels.length === 2 ? labels[1] : undefined;
}
