import { createHash } from 'node:crypto';
import * as ipaddr from 'ipaddr.js';
import { isWildcard } from './wire';

const LABEL_LENGTH = 63;
/** Kubernetes takes 253, and a file that is named after kind and name at most 255 with its ending. */
const NAME_LENGTH = 200;
const HASH_LENGTH = 8;

/** The last parts of names that the library makes; a name that a user gives does not end in one of them. */
export const ROLES = [
  'endpoints', 'outbound', 'certificate', 'upstream', 'to-gateway', 'from-gateway', 'ingress', 'machine-endpoints', 'admission',
  'lockdown', 'guard', 'requests', 'bootstrap', 'telemetry',
] as const;
export type Role = typeof ROLES[number];

/**
 * An object name that no other namespace, app or repository makes: base, namespace, role, joined by `.`, which neither a namespace nor a role has.
 * Joined by `-`, `eu-mysql` in `shop` and `mysql` in `shop-eu` would be one object.
 */
export function objectName(base: string, namespace: string | undefined, ...rest: (Role | number | string)[]): string {
  return bounded([base, ...namespace === undefined ? [] : [namespace], ...rest].join('.'));
}

/** The name of the policy that a client namespace has at a gateway, for one chart. */
export function policyName(
  client: string, namespace: string, gateway: { readonly serviceName: string; readonly namespace: string }, chart: string,
): string {
  return bounded([client, namespace, gateway.serviceName, gateway.namespace, chart].join('.'));
}

/** The name of what one app adds to a gateway that denies by default. */
export function admissionName(base: string, namespace: string, gateway: string, chart: string): string {
  return bounded([base, namespace, gateway, chart.replaceAll('.', '--'), 'admission'].join('.'));
}

/**
 * The name of a Job that runs once: another content is another Job, because nobody can change one. It is a label of its pods as well, and the end of it a hash of
 * base and content.
 */
export function jobName(base: string, content: string): string {
  const hash = hashOf(JSON.stringify([base, content]));
  return `${dnsLabel(base).slice(0, LABEL_LENGTH - HASH_LENGTH - 1).replace(/-+$/, '')}-${hash}`;
}

function bounded(name: string): string {
  return name.length <= NAME_LENGTH ? name : `${name.slice(0, NAME_LENGTH - HASH_LENGTH - 1).replace(/[-.]+$/, '')}-${hashOf(name)}`;
}

/**
 * What tells the objects of one host from those of another: nothing for the first host, whose objects keep their names when the host changes; the
 * host for the others, so that one more or less renames nothing.
 */
export function hostPart(host: string, hosts: readonly string[]): string[] {
  return host === hosts[0] ? [] : [labelOf(host)];
}

/** The full name of a host: Istio completes a short one with the namespace of the rule. */
export function fullServiceName(host: string, namespace: string, clusterDomain: string): string {
  // istiod takes the wildcard of everything and addresses as they are.
  return host.includes('.') || host.includes(':') || host === '*' ? host : `${host}.${namespace}.svc.${clusterDomain}`;
}

/** The server name of one (host, port) at a gateway, for clients that are named by their account. */
export function serverNameOf(port: number, namespace: string, host: string): string {
  return `${portPart(port, host)}.${namespace}.${withoutWildcard(host)}`;
}

/** A server name has no `*`, and that of a wildcard is not the one of the domain itself. */
function portPart(port: number, host: string): string {
  return `${isWildcard(host) ? 'any' : 'p'}${port}`;
}

function withoutWildcard(host: string): string {
  return isWildcard(host) ? host.slice(2) : host;
}

/** What the server names of one declaring namespace begin with for a client that is a whole namespace: one policy covers them all. */
export function namespaceServerPrefix(client: string, namespace: string): string {
  return `in.${client}.${namespace}.`;
}

/** The server name of one (host, port) at a gateway, for a client that is a whole namespace. */
export function namespaceServerName(client: string, port: number, namespace: string, host: string): string {
  return `${namespaceServerPrefix(client, namespace)}${portPart(port, host)}.${withoutWildcard(host)}`;
}

/**
 * A DNS name as one DNS label, different for different names: `--` for each `.`. Names that are too long or have `--` themselves are cut and end
 * in `---` and a hash, which the others never contain.
 */
export function labelOf(name: string): string {
  const label = name.replaceAll('.', '--');
  if (label.length <= LABEL_LENGTH && !name.includes('--')) {
    return label;
  }
  return `${label.slice(0, LABEL_LENGTH - HASH_LENGTH - 3).replace(/-+$/, '')}---${hashOf(name)}`;
}

/** An IP address as one DNS label, different for different addresses: an IPv4 address has four numbers, an IPv6 address is written with all eight. */
export function addressLabel(address: string): string {
  return ipaddr.parse(address).toNormalizedString().replace(/[.:]/g, '-');
}

/** The name of a volume with keys of a Secret, different for other keys or another mode: two containers may have parts of one Secret. */
export function volumeName(secretName: string, defaultMode: number, keys: readonly string[]): string {
  return dnsLabel(secretName.replaceAll('.', '-'), hashOf([secretName, defaultMode, ...keys].join('/')));
}

/** The id of a dashboard in Grafana, which takes 40 characters. */
export function dashboardId(name: string): string {
  return `egress-${hashOf(name)}`;
}

/** Parts joined by `-` to a DNS label; a longer one is cut and ends in a hash of the whole. */
export function dnsLabel(...parts: (string | number)[]): string {
  const whole = parts.join('-').replace(/[^a-z0-9-]+/g, '-').replace(/^-+|-+$/g, '');
  return whole.length <= LABEL_LENGTH ? whole : `${whole.slice(0, LABEL_LENGTH - HASH_LENGTH - 1).replace(/-+$/, '')}-${hashOf(whole)}`;
}

export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, HASH_LENGTH);
}

export function kebab(id: string): string {
  return id.replace(/([a-z0-9])([A-Z])/g, '$1-$2').replace(/([A-Z])([A-Z][a-z])/g, '$1-$2').toLowerCase();
}
