import { Finding, Rule } from './rule';
import { quote } from '../private/fail';
import { nearest } from '../private/nearest';
import { MeshView } from '../view/mesh-view';
import { portsOfHost } from '../view/ports-of-host';
import { MESH, Route, RouteDestination, RouteRule } from '../view/route';

export const destinationPort: Rule = {
  id: 'MX0407',
  name: 'destination-port',
  severity: 'ERROR',
  title: 'A route sends to a port that the destination does not have.',
  why: 'A proxy has a cluster for each port of a destination. For another port there is none: connections end, requests with 503. A rule without a port sends to the port of the listener, unless the destination has only one.',
  fix: 'Write a port of the Service or ServiceEntry.',
  related: ['IST0101', 'IST0112'],
  check: view => view.routes.flatMap(route => route.rules.flatMap(rule => (
    [...rule.destinations, ...rule.mirrors].flatMap(destination => findingOf(view, route, rule, destination))))),
};

function findingOf(view: MeshView, { object, hosts }: Route, rule: RouteRule, destination: RouteDestination): Finding[] {
  const ports = portsOfHost(view, destination.host);
  const udp = ports.length > 0 ? undefined : view.names.entriesOf(destination.host).flatMap(entry => entry.ports).find(({ protocol }) => protocol === 'UDP');
  if (udp !== undefined) {
    return [{
      object,
      field: destination.port === undefined ? [...destination.field, 'host'] : [...destination.field, 'port', 'number'],
      message: `'destination' ${quote(destination.host)} has ports of UDP alone, such as ${udp.number}, for which proxies have nothing to send to`,
      fix: 'declare the port as TCP, or send somewhere else',
    }];
  }
  const port = ports.length === 0 ? undefined : wrongPort(rule, destination, ports, hosts.map(host => portsOfHost(view, host)));
  return port === undefined || isGatewayPort(view, destination.host, port) ? [] : [{
    object,
    field: destination.port === undefined ? [...destination.field, 'host'] : [...destination.field, 'port', 'number'],
    message: destination.port === undefined
      ? `'destination' ${quote(destination.host)} has the ports ${ports.join(', ')} and the rule names none: it would send to port ${port}, which is none of them`
      : `'port.number' ${port} is no port of ${quote(destination.host)}, which has ${ports.join(', ')}`,
    fix: `write one of its ports as 'port.number', like ${nearest(String(port), ports.map(String)) ?? ports[0]}`,
  }];
}

/** A port that a Gateway serves and its Service lacks is a fault of the Service, for which there is another rule. */
function isGatewayPort(view: MeshView, host: string, port: number): boolean {
  const workloads = view.gatewayPlaces.workloadsAt(host);
  return workloads.size > 0 && view.gatewayServers.some(server => server.port === port && workloads.has(server.workload));
}

function wrongPort(
  { matches }: RouteRule, destination: RouteDestination, ports: readonly number[], listeners: readonly (readonly number[])[],
): number | undefined {
  if (destination.port !== undefined) {
    return ports.includes(destination.port) ? undefined : destination.port;
  }
  // The port of a sidecar's listener is that of the host, which may be another one than the destination.
  const atGateway = matches.filter(({ gateways, port }) => port !== undefined && !gateways.includes(MESH));
  const atSidecars = matches.some(({ gateways }) => gateways.includes(MESH));
  const own = [...new Set(matches.flatMap(({ port, gateways }) => (!gateways.includes(MESH) ? [] : port === undefined ? listeners.flat() : [port])))];
  // What nothing declares may have any port, and one that fits is enough.
  const isLost = atSidecars && listeners.every(of => of.length > 0) && own.length > 0 && !own.some(port => ports.includes(port));
  return ports.length === 1 ? undefined : atGateway.map(({ port }) => port).find(port => !ports.includes(port!)) ?? (isLost ? own[0] : undefined);
}
