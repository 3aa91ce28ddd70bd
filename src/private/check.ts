import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';
import { Duration } from 'cdk8s';
import * as ipaddr from 'ipaddr.js';
import { Fail, quote } from './fail';
import { isWildcard } from './wire';

const LABEL = '[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?';
const DNS_LABEL = new RegExp(`^${LABEL}$`);
const DNS_NAME = new RegExp(`^${LABEL}(\\.${LABEL})*$`);

export function isDnsLabel(value: string): boolean {
  return DNS_LABEL.test(value);
}

export function isDnsName(value: string): boolean {
  return value.length <= 253 && DNS_NAME.test(value);
}

/** A DNS name that may be that of a server: the last label of one is not a number, and Istio refuses such a name, which is a misspelt address. */
export function isServerName(value: string): boolean {
  return isDnsName(value) && !/(^|\.)\d+$/.test(value);
}

export function isIp(value: string): boolean {
  // An address with a zone is one of a single machine.
  return isIP(value) !== 0 && !value.includes('%');
}

export function isCidr(value: string): boolean {
  const [address, ...lengths] = value.split('/');
  return lengths.length === 1 && /^(0|[1-9]\d{0,2})$/.test(lengths[0]) && isIp(address) && Number(lengths[0]) <= bits(address);
}

/** One spelling for each address or network, so that two spellings of one network are seen to be the same. */
export function canonicalAddress(value: string): string {
  const [address, length] = value.split('/');
  if (length === undefined || Number(length) === bits(address)) {
    // An IPv4 address has one spelling only.
    return address.includes(':') ? ipaddr.parse(address).toString() : address;
  }
  const network = address.includes(':') ? ipaddr.IPv6.networkAddressFromCIDR(value) : ipaddr.IPv4.networkAddressFromCIDR(value);
  return `${network.toString()}/${length}`;
}

function bits(address: string): number {
  return address.includes(':') ? 128 : 32;
}

/** The single address that an IP, a /32 or a /128 stands for; undefined for a wider network. */
export function singleAddress(value: string): string | undefined {
  const canonical = canonicalAddress(value);
  return canonical.includes('/') ? undefined : canonical;
}

/** An address or a range as a range, which is all that a NetworkPolicy takes. */
export function cidrOf(address: string): string {
  const canonical = canonicalAddress(address);
  return canonical.includes('/') ? canonical : `${canonical}/${bits(canonical)}`;
}

/**
 * Checks a host that clients connect to.
 *
 * @throws with what to write instead, for the ways in which people write hosts elsewhere
 */
export function checkHost(fail: Fail, property: string, host: unknown, clusterDomain: string): void {
  if (typeof host !== 'string') {
    fail(`'${property}' must be a DNS name like "db.example.com", got ${quote(host)}`);
  }
  if (isIp(host) || isCidr(host)) {
    fail(`'${property}' must be a DNS name, got the address ${quote(host)}: `
      + 'name the service as its clients do and give its addresses with Resolution.ipAddresses()');
  }
  const name = isWildcard(host) ? host.slice(2) : host;
  if (!isServerName(name)) {
    const wildcard = host.includes('*') ? ', or a wildcard like "*.example.com"' : '';
    fail(`'${property}' must be a DNS name in lower case like "db.example.com"${wildcard}, got ${quote(withoutPassword(host))}${cureOf(host)}`);
  }
  if (!name.includes('.')) {
    // A destination without a dot is completed with the rule's own namespace, so a route to it would end at a service of the cluster.
    const instead = isWildcard(host) ? 'a proxy would take every name of it: write the domain, like "*.example.com"' : `write it with its domain, like "${name}.example.com"`;
    fail(`'${property}' must be a fully qualified name, got ${quote(host)}: ${instead}`);
  }
  const services = ['svc', 'svc.cluster.local', `svc.${clusterDomain}`];
  if (services.some(domain => name === domain || name.endsWith(`.${domain}`) || (isWildcard(host) && domain.endsWith(`.${name}`)))) {
    fail(`'${property}' must be outside the mesh, got ${quote(host)}, which is a service of the cluster: its traffic would be taken away from it`);
  }
}

/** The same where the domain of the cluster is not known yet. */
export const checkHostName: Check = (fail, property, host) => checkHost(fail, property, host, 'cluster.local');

/** Checks the name of a Service of the cluster. Istio completes a name without a dot, and takes any other as it is. */
export function checkServiceName(fail: Fail, property: string, name: string, clusterDomain: string): void {
  const [service, namespace, ...domain] = name.split('.');
  if (namespace === undefined || (isDnsLabel(namespace) && domain.join('.') === `svc.${clusterDomain}`)) {
    return;
  }
  const rest = domain.join('.');
  const full = rest === '' || `svc.${clusterDomain}`.startsWith(rest) ? `, or "${service}.${namespace}.svc.${clusterDomain}"` : '';
  fail(`'${property}' must be the name of a Service, short or with its domain, got ${quote(name)}, which Istio takes for another host: write "${service}"${full}`);
}

/** A host as a message may show it: people paste connection strings. */
function withoutPassword(host: string): string {
  return host.replace(/[^/@]*@/, '***@');
}

/** What to write instead of a host that is written as people write it elsewhere; nothing if that is not known. */
function cureOf(host: string): string {
  const [, url] = /^[a-z][a-z0-9+.-]*:\/\/(?:[^@/]*@)?([^/:?#]+)/i.exec(host) ?? [];
  const [, beforePort] = /^([^:/]+):\d+$/.exec(host) ?? [];
  const write = (name: string, how: string) => {
    const ascii = domainToASCII(name.toLowerCase().replace(/\.$/, ''));
    return isDnsName(ascii) ? `: write ${quote(ascii)}, ${how}` : '';
  };
  if (url !== undefined) {
    return write(url, 'the name alone, and the port as \'port\'');
  }
  if (beforePort !== undefined && isIp(beforePort)) {
    return ': name the service as its clients do, give the address with Resolution.ipAddresses() and the port as \'port\'';
  }
  if (beforePort !== undefined) {
    return write(beforePort, 'and the port as \'port\'');
  }
  if (host.endsWith('.')) {
    return write(host, 'without the dot at the end');
  }
  if (/[^\x00-\x7f]/.test(host)) {
    return write(host, 'its form in ASCII');
  }
  return /[A-Z]/.test(host) ? write(host, 'in lower case') : '';
}

/** Checks one value of a property. */
export type Check = (fail: Fail, property: string, value: unknown) => void;

/** A whole number in a range, both ends included. */
export function checkWhole(least: number, most: number, noun = 'a whole number'): Check {
  return (fail, property, value) => {
    if (!Number.isInteger(value) || (value as number) < least || (value as number) > most) {
      fail(`'${property}' must be ${noun} from ${least} to ${most}, got ${quote(value)}`);
    }
  };
}

export const checkPort = checkWhole(1, 65535);

/** A number of things, of which there is at least one. */
export const checkCount = checkWhole(1, 2147483647);

export function checkDnsLabel(fail: Fail, property: string, value: unknown): void {
  if (typeof value !== 'string' || !isDnsLabel(value)) {
    fail(`'${property}' must be a DNS label (lower-case letters, digits and "-", at most 63, a letter or digit at both ends), got ${quote(value)}`);
  }
}

export function checkDnsName(fail: Fail, property: string, value: unknown): void {
  if (typeof value !== 'string' || !isDnsName(value)) {
    fail(`'${property}' must be a DNS name (lower-case labels of letters, digits and "-", joined by "."), got ${quote(value)}`);
  }
}

export function checkAddress(fail: Fail, property: string, address: unknown): void {
  if (typeof address !== 'string' || !(isIp(address) || isCidr(address))) {
    fail(`'${property}' must be an IP address or a CIDR range like "192.0.2.14" or "192.0.2.0/24", got ${quote(address)}${asArguments(address)}`);
  }
  const canonical = canonicalAddress(address);
  const [first, length] = canonical.split('/');
  if (length !== undefined && ipaddr.parse(first).toString() !== ipaddr.parse(address.split('/')[0]).toString()) {
    fail(`'${property}' has the range ${quote(address)}, which begins at "${first}": write "${canonical}" for the range, or "${address.split('/')[0]}" for the address`);
  }
  const range = length === '0' ? 'unspecified' : ipaddr.parse(first).range();
  if (range === 'ipv4Mapped') {
    fail(`'${property}' has ${quote(address)}, an IPv4 address in IPv6: write it as IPv4`);
  }
  if (['unspecified', 'loopback', 'multicast', 'broadcast'].includes(range)) {
    fail(`'${property}' has ${quote(address)}, which is not one service outside the mesh (${range}): give the addresses of the service`);
  }
}

/** Whether an address is that of a link, such as the metadata server of a cloud: behind a gateway it would be the gateway's own. */
export function isLinkLocal(address: string): boolean {
  return ipaddr.parse(address.split('/')[0]).range() === 'linkLocal';
}

/** A hint for a list in the place of several arguments. */
function asArguments(value: unknown): string {
  return Array.isArray(value) ? ': give several as separate arguments, not as a list' : '';
}

/** A time, of any copy of cdk8s. */
export function checkDuration(fail: Fail, property: string, value: unknown): void {
  const millis = millisIn(value);
  if (millis === undefined || millis < 1) {
    fail(`'${property}' must be a Duration of at least a millisecond, like Duration.seconds(5), got ${millis === undefined ? quote(value) : `${millis} ms`}`);
  }
}

/** A time as Istio writes it. */
export function secondsOf(duration: Duration): string;
export function secondsOf(duration: Duration | undefined): string | undefined;
export function secondsOf(duration: Duration | undefined): string | undefined {
  return duration && `${Math.round(millisOf(duration) * 1000) / 1e6}s`;
}

function millisIn(value: unknown): number | undefined {
  return typeof (value as Duration | undefined)?.toMilliseconds === 'function' ? millisOf(value as Duration) : undefined;
}

function millisOf(duration: Duration): number {
  // A part of a millisecond is no error: cdk8s would throw one that names nothing.
  return duration.toMilliseconds({ integral: false });
}

/** A time of which Istio takes whole seconds. */
export function checkSeconds(fail: Fail, property: string, value: unknown): void {
  const millis = millisIn(value);
  if (millis === undefined || millis < 1000 || !Number.isInteger(millis / 1000)) {
    fail(`'${property}' must be a Duration of whole seconds, like Duration.minutes(5), got ${millis === undefined ? quote(value) : `${millis} ms`}`);
  }
}

export function checkBoolean(fail: Fail, property: string, value: unknown): void {
  if (typeof value !== 'boolean') {
    fail(`'${property}' must be true or false, got ${quote(value)}`);
  }
}

export function checkString(fail: Fail, property: string, value: unknown): void {
  if (typeof value !== 'string' || value === '') {
    fail(`'${property}' must be a text that is not empty, got ${quote(value)}`);
  }
}

/** One of the values of an enum. */
export function checkOneOf(values: { readonly [name: string]: string }): Check {
  return (fail: Fail, property, value) => {
    if (!Object.values(values).includes(value as string)) {
      fail(`'${property}' must be one of ${Object.values(values).map(quote).join(', ')}, got ${quote(value)}`);
    }
  };
}

/** An instance of a class of this package, made by one of its factories. */
export function checkInstance(type: { [Symbol.hasInstance](value: unknown): boolean }, factories: string): Check {
  return (fail: Fail, property, value) => {
    if (!type[Symbol.hasInstance](value)) {
      fail(`'${property}' must be one of ${factories}, got ${quote(value)}${asArguments(value)}`);
    }
  };
}

/** A list of which each item is checked. */
export function checkList(check: Check, example: string): Check {
  return (fail: Fail, property, values) => {
    if (!Array.isArray(values)) {
      fail(`'${property}' must be a list like [${example}], got ${quote(values)}`);
    }
    values.forEach((value: unknown, i) => check(fail, `${property}[${i}]`, value));
  };
}

/** A list of which each item is checked, and that has one. */
export function checkFullList(check: Check, example: string): Check {
  return (fail, property, values) => {
    checkList(check, example)(fail, property, values);
    checkNotEmpty(fail, property, values, example);
  };
}

/** Text values by text keys, such as labels. */
export function checkLabels(fail: Fail, property: string, value: unknown): void {
  if (!isRecord(value) || Object.values(value).some(item => typeof item !== 'string')) {
    fail(`'${property}' must be labels like { app: "egress" }, got ${quote(value)}`);
  }
}

/** A property that Kubernetes or cdk8s checks. */
export const unchecked: Check = () => undefined;

function isRecord(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Options of calls that are looked for among the properties of constructs. */
const CALLS: { readonly [property: string]: string | undefined } = {
  delivery: 'connectFrom()', envPrefix: 'connectFrom()', containerName: 'connectFrom()', leg: 'route()',
};

/**
 * Checks the properties that a call was given: their types, and that each of them exists. Types do not help in plain JavaScript.
 *
 * @param what the construct or method, as messages name it
 * @param path what the names of the properties begin with, when these are those of another property
 */
export function checkProps(
  fail: Fail, what: string, props: unknown, checks: { readonly [property: string]: Check }, required: readonly string[] = [], path = '',
): void {
  const known = Object.keys(checks);
  if (!isRecord(props)) {
    fail(`${what} needs its properties as { ${known.slice(0, 3).join(', ')}${known.length > 3 ? ', ...' : ''} }, got ${quote(props)}`);
  }
  for (const property of Object.keys(props)) {
    if (!known.includes(property)) {
      // Its value may be a password.
      const call = CALLS[property];
      fail(`'${property}' is not a property of ${what}: it has ${known.map(name => `'${name}'`).join(', ')}${call ? `; '${property}' is an option of ${call}` : ''}`);
    }
  }
  for (const property of known) {
    if (props[property] !== undefined) {
      checks[property](fail, `${path}${property}`, props[property]);
    } else if (required.includes(property)) {
      fail(`'${property}' is missing, which ${what} needs`);
    }
  }
}

/** A property that has properties. */
export function propsOf(checks: { readonly [property: string]: Check }, required: readonly string[] = []): Check {
  return (fail, property, value) => checkProps(fail, `'${property}'`, value, checks, required, `${property}.`);
}

/**
 * Checks properties that take a constant, when they are given. A constant that its class does not have is undefined in plain JavaScript, and would silently be
 * the default.
 */
export function checkConstants(fail: Fail, props: object, checks: { readonly [property: string]: Check }, ...constants: string[]): void {
  for (const property of constants.filter(name => name in checks && name in props)) {
    checks[property](fail, property, (props as { readonly [property: string]: unknown })[property]);
  }
}

/** The most that Istio's CRDs take in one list. */
const MOST = 256;

export function checkNotEmpty(fail: Fail, property: string, values: unknown, example: string): void {
  if (values !== undefined && !Array.isArray(values)) {
    fail(`'${property}' must be a list like [${example}], got ${quote(values)}`);
  }
  if (values === undefined || values.length === 0) {
    fail(`'${property}' must not be empty: write at least one, like ${example}`);
  }
  if (values.length > MOST && property !== 'allowFrom()') {
    fail(`'${property}' has ${values.length}, and Istio takes ${MOST} at most: divide the service`);
  }
}

export function checkDistinct(fail: Fail, property: string, values: readonly (string | number)[]): void {
  const twice = values.find((value, i) => values.indexOf(value) !== i);
  if (twice !== undefined) {
    fail(`'${property}' has ${quote(twice)} twice: write it once`);
  }
}
