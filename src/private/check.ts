import { isIP } from 'node:net';
import * as ipaddr from 'ipaddr.js';
import { Fail, quote } from './fail';

const LABEL = '[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?';
const DNS_LABEL = new RegExp(`^${LABEL}$`);
const DNS_NAME = new RegExp(`^${LABEL}(\\.${LABEL})*$`);

export function isDnsLabel(value: string): boolean {
  return DNS_LABEL.test(value);
}

export function isDnsName(value: string): boolean {
  return value.length <= 253 && DNS_NAME.test(value);
}

export function isWildcard(host: string): boolean {
  return host.startsWith('*.');
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

export function checkHost(fail: Fail, host: string, clusterDomain: string): void {
  if (typeof host === 'string' && (isIp(host) || isCidr(host))) {
    fail(`'host' must be a DNS name, got the address ${quote(host)}: `
      + 'name the service as its clients do and give its addresses with Resolution.ipAddresses()');
  }
  const name = typeof host === 'string' && isWildcard(host) ? host.slice(2) : host;
  if (typeof name !== 'string' || !isDnsName(name)) {
    fail(`'host' must be a DNS name in lower case like "db.example.com", or a wildcard like "*.example.com", got ${quote(host)}`);
  }
  if (!name.includes('.')) {
    // A destination without a dot is completed with the rule's own namespace, so a route to it would end at a service of the cluster.
    fail(`'host' must be a fully qualified name, got ${quote(host)}: write it with its domain, like "${name}.example.com"`);
  }
  if (name.endsWith(`.svc.${clusterDomain}`) || name === `svc.${clusterDomain}`) {
    fail(`'host' must be outside the mesh, got ${quote(host)}, which is a service of the cluster: its traffic would be taken away from it`);
  }
}

export function checkPort(fail: Fail, property: string, port: number): void {
  if (!Number.isInteger(port) || port < 1 || port > 65535) {
    fail(`'${property}' must be a whole number from 1 to 65535, got ${quote(port)}`);
  }
}

export function checkDnsLabel(fail: Fail, property: string, value: string): void {
  if (typeof value !== 'string' || !isDnsLabel(value)) {
    fail(`'${property}' must be a DNS label (lower-case letters, digits and "-", at most 63, a letter or digit at both ends), got ${quote(value)}`);
  }
}

export function checkDnsName(fail: Fail, property: string, value: string): void {
  if (typeof value !== 'string' || !isDnsName(value)) {
    fail(`'${property}' must be a DNS name (lower-case labels of letters, digits and "-", joined by "."), got ${quote(value)}`);
  }
}

export function checkAddress(fail: Fail, property: string, address: string): void {
  if (typeof address !== 'string' || !(isIp(address) || isCidr(address))) {
    fail(`'${property}' must be an IP address or a CIDR range like "192.0.2.14" or "192.0.2.0/24", got ${quote(address)}`);
  }
}

export function checkNotEmpty(fail: Fail, property: string, values: readonly unknown[] | undefined, example: string): void {
  if (!Array.isArray(values) || values.length === 0) {
    fail(`'${property}' must not be empty: write at least one, like ${example}`);
  }
}

export function checkDistinct(fail: Fail, property: string, values: readonly (string | number)[]): void {
  const twice = values.find((value, i) => values.indexOf(value) !== i);
  if (twice !== undefined) {
    fail(`'${property}' has ${quote(twice)} twice: write it once`);
  }
}
