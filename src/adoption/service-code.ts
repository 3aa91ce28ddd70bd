import { Call, Code, CodeFields } from './code';
import { given } from './connection-code';
import { plainAddress } from './entry-shape';
import { HTTP, PROTOCOLS, TCP, TLS } from './protocols';
import { isIp } from '../private/check';
import { Fields, number, record, records, strings, text } from '../view/fields';

/** A construct of the library that may stand for a ServiceEntry. */
export interface ServiceCode {
  /** The class. */
  readonly kind: string;
  readonly props: CodeFields;
}

/** A port of an entry, and what proxies do there. */
export interface AdoptedPort {
  readonly number: number;
  /** In Istio's words. */
  readonly protocol: string;
  readonly name?: string;
  readonly targetPort?: number;
  readonly tls?: Code;
}

/** The kinds that have a port of TCP for their own. */
const TCP_KINDS: { readonly [port: number]: string } = {
  3306: 'ExternalMysql', 5432: 'ExternalPostgres', 6379: 'ExternalRedis', 27017: 'ExternalMongo', 9092: 'ExternalKafka',
};

/** The ports of an entry; undefined where one speaks what the library has no words for. */
export function portsOf(spec: Fields): AdoptedPort[] | undefined {
  const ports = records(spec.ports).map(port => ({
    number: number(port.number) ?? NaN, protocol: String(port.protocol).toUpperCase(), name: text(port.name), targetPort: number(port.targetPort),
  }));
  return ports.every(({ protocol }) => PROTOCOLS.includes(protocol)) && ports.length > 0 ? ports : undefined;
}

/** Why `portsOf` has none. */
export function unwrittenPort(spec: Fields): string {
  const other = records(spec.ports).find(({ protocol }) => !PROTOCOLS.includes(String(protocol).toUpperCase()));
  return other === undefined ? 'it has no port' : `port ${number(other.number) ?? '(none)'} has protocol ${text(other.protocol) ?? '(none)'}, which the library does not write`;
}

/** Why there is no candidate. */
export function unwrittenEndpoints(spec: Fields): string {
  const resolution = text(spec.resolution) ?? 'NONE';
  const more = [...new Set(records(spec.endpoints).flatMap(({ address: _, locality: _l, weight: _w, ...others }) => Object.keys(others)))];
  return more.length > 0 ? `its 'endpoints' have ${more.map(key => `'${key}'`).join(', ')}, which the library does not write`
    : `its 'resolution' ${resolution} ${records(spec.endpoints).length === 0 ? 'without' : 'with'} 'endpoints' is none that the library writes`;
}

/** The constructs that may say the same as a ServiceEntry, the shortest first; which of them does shows what they write. */
export function candidates(spec: Fields, ports: readonly AdoptedPort[], more: CodeFields): ServiceCode[] {
  const hosts = strings(spec.hosts);
  return resolutionsOf(spec).flatMap(({ resolution, addresses }) => {
    const rest = { resolution, addresses, ...more };
    return [...thinKind(hosts, ports, rest), ...named(hosts, ports, rest), { kind: 'ExternalService', props: { hosts, ports: ports.map(portCode), ...rest } }];
  });
}

/** The kind that is made for one host and this port. */
function thinKind(hosts: readonly string[], ports: readonly AdoptedPort[], rest: CodeFields): ServiceCode[] {
  const [host] = hosts;
  const [{ number: port, protocol, targetPort, tls }] = ports;
  if (hosts.length > 1 || ports.length > 1 || targetPort !== undefined && tls === undefined) {
    return [];
  }
  const own = (usual: number) => (port === usual ? undefined : port);
  if (HTTP.includes(protocol)) {
    const spoken = protocol === 'HTTP' ? undefined : new Call(`Protocol.${protocol}`);
    // The kind's default is HTTPS of the application.
    return [{ kind: 'ExternalHttp', props: { host, port: own(80), protocol: spoken, tls: tls ?? new Call('ClientTls.disable', []), ...rest } }];
  }
  if (tls !== undefined) {
    return [];
  }
  return TLS.includes(protocol) ? [{ kind: 'ExternalTls', props: { host, port: own(443), ...rest } }] : [];
}

function named(hosts: readonly string[], ports: readonly AdoptedPort[], rest: CodeFields): ServiceCode[] {
  const [host] = hosts;
  const isPlain = hosts.length === 1 && ports.every(({ protocol, targetPort, tls }) => (
    TCP.includes(protocol) && targetPort === undefined && tls === undefined));
  if (!isPlain) {
    return [];
  }
  const kind = ports.length === 1 ? TCP_KINDS[ports[0].number] : undefined;
  return [...kind === undefined ? [] : [{ kind, props: { host, ...rest } }], { kind: 'ExternalTcp', props: { host, ports: ports.map(({ number: port }) => port), ...rest } }];
}

function portCode({ number: port, protocol, name, targetPort, tls }: AdoptedPort): Code {
  return { number: port, protocol: protocol === 'TCP' ? undefined : new Call(`Protocol.${protocol}`), name, targetPort, tls };
}

interface Found {
  readonly resolution: Code;
  /** Virtual addresses. */
  readonly addresses?: Code;
}

function resolutionsOf(spec: Fields): Found[] {
  const addresses = strings(spec.addresses).map(plainAddress);
  const endpoints = records(spec.endpoints);
  const virtual = addresses.length === 0 ? undefined : addresses;
  const byName = endpoints.map(({ address, locality, weight }) => (
    given({ address: String(address).replace(/\.$/, ''), locality: text(locality), weight: number(weight) })!));
  const known = endpoints.every(({ address: _, locality: _l, weight: _w, ports, ...more }) => (
    Object.keys(record(ports)).length === 0 && Object.values(more).every(value => value === undefined)));
  switch (text(spec.resolution) ?? 'NONE') {
    case 'NONE':
      return [
        ...virtual === undefined ? [] : [{ resolution: new Call('Resolution.ipAddresses', virtual) }],
        { resolution: new Call('Resolution.none', []), addresses: virtual },
      ];
    case 'STATIC':
      return !known || endpoints.length === 0 ? [] : [
        ...byName.length === addresses.length && byName.every(({ address }, i) => address === addresses[i]) && virtual !== undefined
          ? [{ resolution: new Call('Resolution.ipAddresses', virtual) }, { resolution: new Call('Resolution.endpoints', byName) }] : [],
        ...byName.every(({ address }) => isIp(String(address))) && virtual === undefined
          ? [{ resolution: new Call('Resolution.ipAddresses', byName.map(({ address }) => address as string)) }] : [],
        { resolution: new Call('Resolution.endpoints', byName), addresses: virtual },
      ];
    case 'DNS':
      return endpoints.length === 0 ? [{ resolution: new Call('Resolution.dns', []), addresses: virtual }]
        : known ? [{ resolution: new Call('Resolution.endpoints', byName), addresses: virtual }] : [];
    case 'DNS_ROUND_ROBIN':
      return endpoints.length === 0 ? [{ resolution: new Call('Resolution.dnsRoundRobin', []), addresses: virtual }] : [];
    case 'DYNAMIC_DNS':
      return [{ resolution: new Call('Resolution.dynamicDns', []) }];
    default:
      return [];
  }
}
