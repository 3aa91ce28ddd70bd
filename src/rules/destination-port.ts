import { Finding, Rule } from './rule';
import { quote } from '../private/fail';
import { MeshObject } from '../view/mesh-object';
import { MeshView } from '../view/mesh-view';
import { MESH, RouteDestination, RouteRule } from '../view/route';

export const destinationPort: Rule = {
  id: 'MX0407',
  name: 'destination-port',
  severity: 'ERROR',
  title: 'A route sends to a port that the destination does not have.',
  why: 'A proxy has a cluster for each port of a destination. For another port there is none: connections end, requests with 503. A rule without a port sends to the port of the listener, unless the destination has only one.',
  fix: 'Write a port of the Service or ServiceEntry.',
  related: ['IST0101', 'IST0112'],
  check: view => view.routes.flatMap(({ object, rules }) => rules.flatMap(rule => (
    [...rule.destinations, ...rule.mirrors].flatMap(destination => findingOf(view, object, rule, destination))))),
};

function findingOf(view: MeshView, object: MeshObject, rule: RouteRule, destination: RouteDestination): Finding[] {
  const ports = portsOf(view, destination.host);
  const port = ports.length === 0 ? undefined : wrongPort(rule, destination, ports);
  return port === undefined || isGatewayPort(view, destination.host, port) ? [] : [{
    object,
    field: destination.port === undefined ? [...destination.field, 'host'] : [...destination.field, 'port', 'number'],
    message: destination.port === undefined
      ? `'destination' ${quote(destination.host)} has the ports ${ports.join(', ')} and the rule names none: it would send to port ${port}, which is none of them`
      : `'port.number' ${port} is no port of ${quote(destination.host)}, which has ${ports.join(', ')}`,
    fix: `write one of its ports as 'port.number', like ${ports[0]}`,
  }];
}

/** A port that a Gateway serves and its Service lacks is a fault of the Service, for which there is another rule. */
function isGatewayPort(view: MeshView, host: string, port: number): boolean {
  const workloads = view.gatewayPlaces.workloadsAt(host);
  return workloads.size > 0 && view.gatewayServers.some(server => server.port === port && workloads.has(server.workload));
}

/** The ports that a host is declared with; none when it is not declared. */
function portsOf(view: MeshView, host: string): number[] {
  const service = view.serviceByHost.get(host)?.ports ?? [];
  return [...new Set([...service, ...view.names.entriesOf(host).flatMap(({ ports }) => ports)].map(({ number }) => number))].sort((a, b) => a - b);
}

function wrongPort({ matches }: RouteRule, destination: RouteDestination, ports: readonly number[]): number | undefined {
  if (destination.port !== undefined) {
    return ports.includes(destination.port) ? undefined : destination.port;
  }
  // The port of a sidecar's listener is that of the host, which may be another one than the destination.
  const atGateway = matches.filter(({ gateways, port }) => port !== undefined && !gateways.includes(MESH));
  return ports.length === 1 ? undefined : atGateway.map(({ port }) => port).find(port => !ports.includes(port!));
}
