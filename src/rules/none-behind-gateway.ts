import { Finding, Rule } from './rule';
import { quote } from '../private/fail';
import { ExternalEntry } from '../view/external-entry';
import { MeshView } from '../view/mesh-view';
import { Leg } from '../view/name-index';
import { RouteDestination } from '../view/route';
import { reaches } from '../view/visibility';

export const noneBehindGateway: Rule = {
  id: 'MX0308',
  name: 'none-behind-gateway',
  severity: 'ERROR',
  title: 'A gateway sends to a host that it cannot resolve.',
  why: 'With `resolution: NONE` a proxy connects to the address that the client dialled. At a gateway that is the gateway itself, and connections end with UH (no healthy upstream). A host that only a wildcard declares has no cluster at a gateway, and DYNAMIC_DNS works in sidecars and waypoints only.',
  fix: 'Write `resolution: DNS`, or STATIC with `endpoints`. Declare a host of a wildcard by its name.',
  related: [],
  check: view => view.names.routedGateways.flatMap(gateway => view.names.legsAt(gateway).flatMap(leg => leg.rule.destinations.flatMap(destination => (
    findings(view, gateway, leg, destination))))),
};

function findings(view: MeshView, gateway: string, { route }: Leg, destination: RouteDestination): Finding[] {
  const { host, field } = destination;
  const config = view.names.gatewayOf(gateway);
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
