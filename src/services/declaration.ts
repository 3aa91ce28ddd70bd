import { checkDistinct, checkDnsLabel, checkHost, checkNotEmpty, checkPort } from '../private/check';
import { Fail, quote } from '../private/fail';
import { PortModel } from '../private/model';
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
   * The port's name, a DNS label.
   *
   * @default - `tcp` or `tls`, with the number (`tcp-3306`) when the service has several ports
   */
  readonly name?: string;

  /**
   * The port on the endpoints, when it is another than the one that clients connect to, 1 to 65535.
   *
   * @default - the same
   */
  readonly targetPort?: number;
}

/** What is checked; the words are those of `ExternalServiceProps`. */
export interface Declared {
  readonly hosts: readonly string[];
  readonly ports: readonly ExternalPort[];
  readonly resolution: Resolution;
  readonly addresses?: readonly string[];
  readonly exportTo?: readonly string[];
}

/** What a service declares, checked. */
export interface Declaration {
  readonly hosts: readonly string[];
  readonly ports: readonly PortModel[];
  readonly protocolName: string;
  readonly resolution: Resolution;
  /** Virtual addresses of a service that is resolved by name. */
  readonly addresses: readonly string[];
  readonly exportTo?: readonly string[];
}

/**
 * Checks what a service declares.
 *
 * @throws for the first value that cannot be right
 */
export function declarationOf(props: Declared, clusterDomain: string, fail: Fail): Declaration {
  checkNotEmpty(fail, 'hosts', props.hosts, '"db.example.com"');
  checkNotEmpty(fail, 'ports', props.ports, '{ number: 3306 }');
  props.hosts.forEach(host => checkHost(fail, host, clusterDomain));
  checkDistinct(fail, 'hosts', props.hosts);
  const ports = checkedPorts(props.ports, fail);
  if (props.hosts.length > 1 && ports.some(port => port.protocol === 'TCP')) {
    fail(`'hosts' has ${props.hosts.length} names (${props.hosts.map(quote).join(', ')}) on a TCP port, where nothing tells them apart: `
      + 'declare a service for each, or use Protocol.TLS when the clients speak TLS');
  }
  if (!(props.resolution instanceof Resolution)) {
    fail(`'resolution' must be one of Resolution.ipAddresses(), dns(), dnsRoundRobin() or none(), got ${quote(props.resolution)}`);
  }
  const addresses = [...props.addresses ?? []];
  if (props.hosts.length > 1 && addresses.length > 0) {
    fail(`'addresses' ${addresses.map(quote).join(', ')} would belong to ${props.hosts.length} hosts, and every connection to one would end at `
      + `${quote(props.hosts[0])}: declare a service for each host`);
  }
  props.resolution._check(fail, { hosts: props.hosts, protocols: ports.map(port => port.protocol) }, addresses);
  for (const namespace of props.exportTo ?? []) {
    if (namespace !== '.' && namespace !== '*') {
      checkDnsLabel(fail, 'exportTo', namespace);
    }
  }
  if (props.exportTo) {
    checkNotEmpty(fail, 'exportTo', props.exportTo, '"."');
  }
  return {
    hosts: [...props.hosts],
    ports,
    protocolName: (props.ports[0].protocol ?? Protocol.TCP).name,
    resolution: props.resolution,
    addresses,
    exportTo: props.exportTo && [...props.exportTo],
  };
}

function checkedPorts(given: readonly ExternalPort[], fail: Fail): PortModel[] {
  const ports = given.map(port => portModel(port, given.length));
  for (const port of ports) {
    checkPort(fail, 'port', port.number);
    if (port.targetPort !== undefined) {
      checkPort(fail, 'targetPort', port.targetPort);
    }
    checkDnsLabel(fail, 'name', port.name);
  }
  checkDistinct(fail, 'port', ports.map(port => port.number));
  checkDistinct(fail, 'name', ports.map(port => port.name));
  return ports;
}

function portModel(port: ExternalPort, portCount: number): PortModel {
  const protocol = (port.protocol ?? Protocol.TCP)._wire;
  const usual = protocol.toLowerCase();
  return { number: port.number, name: port.name ?? (portCount > 1 ? `${usual}-${port.number}` : usual), protocol, targetPort: port.targetPort };
}
