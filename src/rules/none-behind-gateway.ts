import { Finding, Rule } from './rule';
import { quote } from '../private/fail';
import { ExternalEntry } from '../view/external-entry';
import { GatewayConfig } from '../view/gateway';
import { MeshView } from '../view/mesh-view';
import { Leg } from '../view/name-index';
import { RouteDestination } from '../view/route';
import { reaches } from '../view/visibility';

export const noneBehindGateway: Rule = {
  id: 'MX0308',
  name: 'none-behind-gateway',
  severity: 'ERROR',
  title: 'A gateway sends to a host that it cannot resolve, or to itself.',
  why: 'With `resolution: NONE` a proxy connects to the address that the client dialled. At a gateway that is the gateway itself, and connections end with UH (no healthy upstream). A host that only a wildcard declares has no cluster at a gateway, and DYNAMIC_DNS works in sidecars and waypoints only. A rule of the gateway that sends to the gateway\'s own Service goes round in a circle, or ends at a subset that only sidecars know.',
  fix: 'Write `resolution: DNS`, or STATIC with `endpoints`. Declare a host of a wildcard by its name. Let the rule of the gateway send to the host outside.',
  related: [],
  check: view => view.names.routedGateways.flatMap(gateway => view.names.legsAt(gateway).flatMap(leg => leg.rule.destinations.flatMap(destination => (
    findings(view, gateway, leg, destination))))),
};

function findings(view: MeshView, gateway: string, leg: Leg, destination: RouteDestination): Finding[] {
  const { route } = leg;
  const { host, field } = destination;
  const config = view.names.gatewayOf(gateway);
  if (config !== undefined && isItself(view, config, leg, destination)) {
    return [{
      object: route.object,
      field: [...field, 'host'],
      message: `'destination.host' ${quote(host)} of the rule for '${config.object.origin.path}' is the gateway itself: connections do not leave it`,
      fix: { code: 'route the service with EgressViaGateway', yaml: `send to ${route.hosts.map(quote).join(' or ')} in this rule, and to the gateway in the rule for "mesh" only` },
    }];
  }
  const namespaces = config ? [...view.gatewayPlaces.namespacesOf(config)] : [];
  const isSeen = ({ visibleTo }: ExternalEntry) => namespaces.length === 0 || namespaces.some(namespace => reaches(visibleTo, namespace));
  const exact = view.names.entriesOf(host).filter(isSeen);
  const [wildcard] = exact.length > 0 || view.serviceByHost.get(host) ? [] : view.names.wildcardEntriesOf(host).filter(isSeen);
  const [entry] = exact;
  const why = exact.length > 0 && exact.every(({ resolution }) => resolution === 'NONE') ? `has resolution NONE in '${entry.object.origin.path}': the gateway connects to itself`
    : exact.length > 0 && exact.every(({ resolution }) => resolution === 'DYNAMIC_DNS') ? `has resolution DYNAMIC_DNS in '${entry.object.origin.path}', which a gateway does not do`
      : wildcard ? `is declared by a wildcard only ('${wildcard.object.origin.path}'): the gateway has no cluster of that name` : undefined;
  return why === undefined ? [] : [{
    object: route.object,
    field: [...field, 'host'],
    message: `'destination.host' ${quote(host)} of a gateway ${why}`,
    fix: {
      code: 'give the service Resolution.dns() or Resolution.ipAddresses(), and route it with EgressViaGateway',
      yaml: wildcard ? 'declare that host in a ServiceEntry of its own, with \'resolution: DNS\'' : 'write \'resolution: DNS\', or STATIC with endpoints',
    },
  }];
}

/** Whether a rule for a Gateway sends to the Service of the same pods, on a port at which the rule itself takes what arrives. Another port may be another server's. */
function isItself(view: MeshView, config: GatewayConfig, { route, rule, match }: Leg, { host, port }: RouteDestination): boolean {
  // At a gateway, what asks for the client of HTTP is compared with the gateway's own pods, unless the match has gateways.
  const isForClients = rule.kind === 'http' && match.source !== undefined && match.gateways === route.gateways;
  return !isForClients && view.gatewayPlaces.hostsOf(config).has(host)
    && route.hosts.some(name => view.names.serversFor(config.name, name, route.object.namespace).some(server => (
      (match.port ?? server.port) === server.port && (port ?? server.port) === server.port)));
}
