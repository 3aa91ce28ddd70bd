import { Finding, Rule } from './rule';
import { quote } from '../private/fail';
import { EntryPort } from '../view/external-entry';
import { MeshView } from '../view/mesh-view';
import { Leg, routeKindOf } from '../view/name-index';
import { MESH, Route, RouteKind, RouteRule } from '../view/route';
import { reaches } from '../view/visibility';

export const routeOfAnotherProtocol: Rule = {
  id: 'MX0409',
  name: 'route-of-another-protocol',
  severity: 'ERROR',
  title: 'A rule of a VirtualService is for another protocol or port than its host has.',
  why: 'istiod uses `http` rules for HTTP ports, `tls` rules for TLS and HTTPS ports, and `tcp` rules for the others, on the port that a match names. It ignores any other rule, and nothing says so: timeouts have no effect, and connections go past the gateway.',
  fix: 'Write the rule under the protocol of the port; use `tls` with `sniHosts` for HTTPS.',
  related: [],
  check: view => view.routes.flatMap(route => {
    const judged = route.rules.flatMap(rule => rule.matches.map(match => new Map(match.gateways.map(gateway => (
      [gateway, gateway === MESH ? atSidecars(view, { route, rule, match }) : atGateway(view, gateway, { route, rule, match })])))));
    const served = new Set(judged.flatMap(at => [...at].filter(([, found]) => found.length === 0).map(([gateway]) => gateway)));
    // A match without 'gateways' is for all of the VirtualService. It need not fit those that another one serves.
    const isUsed = (at: ReadonlyMap<string, Finding[]>) => [...at.values()].some(found => found.length === 0);
    return judged.flatMap(at => [...at].filter(([gateway]) => !served.has(gateway) || !isUsed(at)).flatMap(([, found]) => found));
  }),
};

const WORDS: { readonly [kind in RouteKind]: string } = { http: 'HTTP', tls: 'TLS or HTTPS', tcp: 'TCP' };

function kindsOf(port: EntryPort): readonly RouteKind[] {
  // Without a protocol a sidecar finds out.
  return port.protocol === '' ? ['http', 'tcp'] : [port.class === 'HTTP' ? 'http' : port.class === 'TLS' ? 'tls' : 'tcp'];
}

/** Of hosts that the sidecars know as services outside. */
function atSidecars(view: MeshView, { route, rule, match }: Leg): Finding[] {
  const entries = route.hosts.map(host => view.serviceByHost.get(host) ? [] : view.names.entriesOf(host).filter(({ visibleTo }) => (
    route.visibleTo.some(namespace => reaches(visibleTo, namespace)))));
  // Of another host nothing is known.
  if (entries.length === 0 || entries.some(found => found.length === 0)) {
    return [];
  }
  const ports = entries.flat().flatMap(entry => entry.ports);
  const named = match.port === undefined ? ports : ports.filter(({ number }) => number === match.port);
  if (named.some(port => kindsOf(port).includes(rule.kind))) {
    return [];
  }
  const [port] = named;
  const host = quote(route.hosts[0]);
  return [finding(route, rule, match.field, port
    ? `'${rule.kind}' rules are for ${WORDS[rule.kind]}, and port ${port.number} of ${host} is ${port.protocol || port.class}: sidecars ignore this rule`
    : `'port' ${match.port} is no port of ${host}, which has ${[...new Set(ports.map(({ number }) => number))].join(', ')}: sidecars ignore this rule`,
  port ? `write it under '${kindsOf(port)[0]}'` : 'write a port of the ServiceEntry')];
}

function atGateway(view: MeshView, name: string, { route, rule, match }: Leg): Finding[] {
  const servers = route.hosts.flatMap(host => view.names.serversFor(name, host, route.object.namespace));
  const named = match.port === undefined ? servers : servers.filter(({ port }) => port === match.port);
  if (servers.length === 0 || named.some(server => routeKindOf(server) === rule.kind)) {
    return [];
  }
  const [server] = named;
  const kind = server && routeKindOf(server);
  return [finding(route, rule, match.field, server
    ? `'${rule.kind}' is not for the ${[server.protocol, server.tls?.mode].filter(Boolean).join(' ')} server on port ${server.port} of '${server.object.origin.path}': the gateway ignores this rule`
    : `'port' ${match.port} is no port of a server for ${quote(route.hosts[0])} in '${servers[0].object.origin.path}', which has ${[...new Set(servers.map(({ port }) => port))].join(', ')}: `
      + 'the gateway ignores this rule',
  server ? `write it under '${kind ?? 'tls'}'` : 'write a port of the Gateway')];
}

function finding({ object }: Route, rule: RouteRule, field: readonly (string | number)[], message: string, fix: string): Finding {
  return { object, field: field.length > 0 ? field : rule.field, message, fix };
}
