import { misnamedHosts } from './misnamed-hosts';
import { Origination, originationsIn } from './originated';
import { Finding, Rule } from './rule';
import { homesOf, isLookedUp } from './rule-not-looked-up';
import { quote } from '../private/fail';
import { MeshView } from '../view/mesh-view';
import { MESH } from '../view/route';
import { isForGatewaysAlone } from '../view/traffic-rule';

export const tlsTwice: Rule = {
  id: 'MX0704',
  name: 'tls-twice',
  severity: 'ERROR',
  title: 'A proxy originates TLS on a port on which the client already speaks TLS.',
  why: 'A sidecar adds TLS to that of the application, or a gateway to the TLS that a server on PASSTHROUGH leaves as it is. The server gets TLS inside TLS and ends the connection: `WRONG_VERSION_NUMBER` at the client, 400, or a reset.',
  fix: 'Remove `tls`, and let the client speak TLS. Or let it speak plaintext, on a port that the ServiceEntry declares as HTTP or TCP, with `targetPort` for the real one.',
  related: [],
  check: view => originationsIn(view)
    .filter(origination => origination.port.class === 'TLS' && !misnamedHosts(view).has(origination.host)
      && (isBySidecars(origination) || isPassedOn(view, origination)))
    .map(({ rule, tls, entry, host, port }): Finding => ({
      object: rule.object,
      message: `'mode' ${tls.mode} adds TLS to port ${port.number} of ${quote(host)}, on which clients speak TLS already ('${entry.object.origin.path}'): the server gets TLS inside TLS`,
      fix: `${meantForGateway(view, host, port.number)}remove 'tls', or declare the port as HTTP or TCP with a 'targetPort', and let the clients speak plaintext`,
      field: tls.field,
    })),
};

/** Whether sidecars add TLS to that of their clients. What they leave out is another mistake (MX0702). */
function isBySidecars({ isForRequests, isBySidecars: areSenders, tls, rule }: Origination): boolean {
  return !isForRequests && areSenders && !isForGatewaysAlone(tls, rule);
}

/** Whether a gateway that follows the rule passes on the clients' own TLS: its `tls` rules are for servers on PASSTHROUGH alone. */
function isPassedOn(view: MeshView, { rule, tls, host, port }: Origination): boolean {
  const homes = homesOf(view, host);
  const isOfRule = (subset?: string) => rule.tlsOf(port.number, subset)?.field.join(' ') === tls.field.join(' ');
  return view.names.legsTo(host).some(({ rule: { kind, destinations }, match }) => (
    kind === 'tls' && destinations.some(to => to.host === host && (to.port ?? match.port ?? port.number) === port.number && isOfRule(to.subset))
    && match.gateways.map(name => view.names.gatewayOf(name)).some(gateway => (
      gateway !== undefined && [...view.gatewayPlaces.namespacesOf(gateway)].some(namespace => isLookedUp(view, rule, homes, namespace))))));
}

/** A gateway that sends to another port of the host was probably to send to this one: without 'tls' it would send plaintext out. */
function meantForGateway(view: MeshView, host: string, port: number): string {
  const ports = view.names.legsTo(host).filter(({ match }) => match.gateways.some(name => name !== MESH))
    .flatMap(({ rule: { destinations } }) => destinations.filter(to => to.host === host).flatMap(to => to.port ?? []));
  return ports.length === 0 || ports.includes(port) ? '' : `let the gateway send to port ${port} (it sends to ${[...new Set(ports)].join(', ')}, where nobody adds TLS); or `;
}
