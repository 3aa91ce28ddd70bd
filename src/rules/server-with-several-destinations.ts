import { Finding, Rule } from './rule';
import { quote } from '../private/fail';
import { GatewayServer } from '../view/gateway';
import { Leg, routeKindOf } from '../view/name-index';

export const serverWithSeveralDestinations: Rule = {
  id: 'MX0307',
  name: 'server-with-several-destinations',
  severity: 'ERROR',
  title: 'One server of a Gateway has TCP routes to several destinations.',
  why: 'A server that terminates TLS, or takes plain TCP, is one filter chain for all of its hosts: istiod uses the first rule that fits. Connections for the second database end at the first.',
  fix: 'Write a server for each host, with a port name of its own.',
  related: [],
  check: view => view.gatewayServers.filter(server => routeKindOf(server) === 'tcp').flatMap(server => lost(server, view.names.legsOf(server))),
};

function lost(server: GatewayServer, legs: readonly Leg[]): Finding[] {
  const [first, ...more] = legs;
  const targets = more.length === 0 ? '' : targetsOf(first);
  const other = more.find(leg => targetsOf(leg) !== targets);
  return other ? [{
    object: server.object,
    field: [...server.field, 'hosts'],
    message: `'hosts' ${server.hosts.map(quote).join(', ')} share one filter chain on port ${server.port}, and there are two routes: to ${quote(first.rule.destinations[0].host)} `
      + `('${first.route.object.origin.path}') and to ${quote(other.rule.destinations[0].host)} ('${other.route.object.origin.path}'): all connections end at one of them`,
    fix: {
      code: 'route each service with EgressViaGateway, which writes a server for each',
      yaml: server.tls === undefined ? 'give each host a port of its own, or TLS (`ISTIO_MUTUAL`) and a server of its own' : 'write a server for each host, with a port name of its own',
    },
  }] : [];
}

function targetsOf({ rule }: Leg): string {
  return JSON.stringify(rule.destinations.map(({ host, subset, port, weight }) => [host, subset, port, weight]));
}
