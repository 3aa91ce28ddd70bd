import { Check, checkConstants, checkDistinct, checkDnsLabel, checkHost, checkInstance, checkNotEmpty, checkPort, cidrOf, propsOf } from '../private/check';
import { Fail, quote, within } from '../private/fail';
import { MeshModel, PortModel } from '../private/model';
import { virtualIpOf } from '../private/virtual-ip';
import { checkTls, ClientTls } from '../values/client-tls';
import { Protocol } from '../values/protocol';
import { Resolution } from '../values/resolution';

/** A port of a service outside the mesh. */
export interface ExternalPort {
  /** The port that clients connect to, 1 to 65535. */
  readonly number: number;

  /**
   * What is spoken on it.
   *
   * @default Protocol.TCP
   */
  readonly protocol?: Protocol;

  /**
   * Who speaks TLS on it.
   *
   * @default - as the protocol says: the application, for a protocol that always begins with TLS; nobody that the proxies know of, for the others
   */
  readonly tls?: ClientTls;

  /**
   * The port's name, a DNS label.
   *
   * @default - `tcp`, `tls` or `http`, with the number (`tcp-3306`) when the service has several ports
   */
  readonly name?: string;

  /**
   * The port on the endpoints, when it is another than the one that clients connect to, 1 to 65535.
   *
   * @default - the same; where a proxy originates TLS for a client on the protocol's default port, the protocol's default port for TLS
   */
  readonly targetPort?: number;
}

/** What a service declares, checked. */
export interface Declaration extends HostsAndPorts {
  readonly resolution: Resolution;
  /** Virtual addresses of a service that is resolved by name. */
  readonly addresses: readonly string[];
  /** Where proxies connect to; undefined when that may be anywhere. */
  readonly networks?: readonly string[];
  readonly exportTo?: readonly string[];
}

/** What is checked; the words are those of `ExternalServiceProps`. */
export interface Declared {
  readonly hosts: readonly string[];
  readonly ports: readonly ExternalPort[];
  readonly resolution: Resolution;
  readonly addresses?: readonly string[];
  readonly networks?: readonly string[];
  readonly exportTo?: readonly string[];
}

/** The hosts and ports of a service, its own or one that another app declares, checked. */
export interface HostsAndPorts {
  readonly hosts: readonly string[];
  readonly ports: readonly PortModel[];
  readonly protocolName: string;
}

/**
 * Checks the hosts and ports of a service, its own or one that another app declares.
 *
 * @throws for the first value that cannot be right
 */
export function hostsAndPorts(fail: Fail, hosts: readonly string[], ports: readonly ExternalPort[], clusterDomain: string): HostsAndPorts {
  checkNotEmpty(fail, 'hosts', hosts, '"db.example.com"');
  checkNotEmpty(fail, 'ports', ports, '{ number: 3306 }');
  hosts.forEach(host => checkHost(fail, 'host', host, clusterDomain));
  checkDistinct(fail, 'hosts', hosts);
  return { hosts: [...hosts], ports: checkedPorts(ports, fail), protocolName: (ports[0].protocol ?? Protocol.TCP).name };
}

/**
 * Checks what a service declares.
 *
 * @throws for the first value that cannot be right
 */
export function declarationOf(props: Declared, mesh: MeshModel, fail: Fail): Declaration {
  const { hosts, ports, protocolName } = hostsAndPorts(fail, props.hosts, props.ports, mesh.clusterDomain);
  if (hosts.length > 1 && ports.some(port => port.protocol === 'TCP')) {
    fail(`'hosts' has ${hosts.length} names (${hosts.map(quote).join(', ')}) on a TCP port, where nothing tells them apart: `
      + 'declare a service for each, or use Protocol.TLS when the clients speak TLS');
  }
  const addresses = [...props.addresses ?? []];
  if (hosts.length > 1 && addresses.length > 0) {
    fail(`'addresses' ${addresses.map(quote).join(', ')} would belong to ${hosts.length} hosts, and every connection to one would end at `
      + `${quote(hosts[0])}: declare a service for each host`);
  }
  const use = { hosts, protocols: ports.map(port => port.protocol) };
  props.resolution._check(fail, use, addresses);
  const known = props.resolution._known();
  if (props.networks) {
    checkNotEmpty(fail, 'networks', props.networks, '"192.0.2.0/24"');
    if (known) {
      fail(`'networks' ${props.networks.map(quote).join(', ')} is for a service that is found by name, and the addresses of this one are known: leave it out`);
    }
  }
  if (props.exportTo) {
    checkNotEmpty(fail, 'exportTo', props.exportTo, '"."');
  }
  const { virtualIpRange: range } = mesh;
  const allocated = range !== undefined && addresses.length === 0 && props.resolution._isByName(use) ? [virtualIpOf(range, hosts[0])] : addresses;
  return {
    hosts,
    ports,
    protocolName,
    resolution: props.resolution,
    addresses: allocated,
    networks: (known ?? props.networks)?.map(cidrOf),
    exportTo: props.exportTo && [...props.exportTo],
  };
}

/** The Secret that TLS of a service is originated with, if any. */
export function secretOf(ports: readonly PortModel[]): string | undefined {
  return ports.find(port => port.tls?.credentialName !== undefined)?.tls?.credentialName;
}

/** A namespace to export to: `.`, `*` or a name. */
export const checkExportTo: Check = (fail, property, value) => {
  if (value !== '.' && value !== '*') {
    checkDnsLabel(fail, property, value);
  }
};

const PORT = {
  number: checkPort,
  protocol: checkInstance(Protocol, 'Protocol.TCP, Protocol.TLS, Protocol.HTTP, Protocol.MYSQL and the others, or Protocol.custom()'),
  tls: checkTls,
  name: checkDnsLabel,
  targetPort: checkPort,
};

/**
 * Checks the ports of a service, outside the mesh or on machines of it.
 *
 * @param checks the properties that a port may have
 * @throws for the first value that cannot be right, and for a number or a name that two ports have
 */
export function checkedPorts(given: readonly ExternalPort[], fail: Fail, checks: { readonly [property: string]: Check } = PORT): PortModel[] {
  const ports = given.map((port, i) => {
    const property = `ports[${i}]`;
    propsOf(checks, ['number'])(fail, property, port);
    checkConstants(within(fail, property), port, checks, 'protocol');
    // The only port may be that of a kind, which has 'tls' itself.
    port.tls?._check(given.length > 1 ? within(fail, property) : fail, port.protocol ?? Protocol.TCP);
    return portModel(port, given.length);
  });
  checkDistinct(fail, 'ports', ports.map(port => port.number));
  checkDistinct(fail, 'ports', ports.map(port => port.name));
  return ports;
}

function portModel({ number, name, targetPort, tls, protocol = Protocol.TCP }: ExternalPort, portCount: number): PortModel {
  const wire = tls?._wire(protocol) ?? protocol._wire;
  const usual = wire.toLowerCase();
  const originates = tls?._originates;
  return {
    number,
    name: name ?? (portCount > 1 ? `${usual}-${number}` : usual),
    protocol: wire,
    targetPort: targetPort ?? (originates && number === protocol.defaultPort ? protocol.defaultTlsPort : undefined),
    tls: originates,
    url: protocol._url(wire === 'TLS'),
  };
}
