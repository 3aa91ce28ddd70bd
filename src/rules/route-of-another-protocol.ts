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
    const served = new Set<string>();
    const lost: { readonly gateway: string; readonly isUsed: boolean; readonly finding: Finding }[] = [];
    for (const rule of route.rules) {
      for (const match of rule.matches) {
        const judged = match.gateways.map(gateway => ({ gateway, finding: judge(view, gateway, { route, rule, match }) }));
        const isUsed = judged.some(at => at.finding === undefined);
        judged.forEach(({ gateway, finding }) => (finding === undefined ? served.add(gateway) : lost.push({ gateway, isUsed, finding })));
      }
    }
    // A match without 'gateways' is for all of the VirtualService. It need not fit those that another one serves.
    return lost.filter(({ gateway, isUsed }) => !served.has(gateway) || !isUsed).map(({ finding }) => finding);
  }),
};

function judge(view: MeshView, gateway: string, leg: Leg): Finding | undefined {
  return gateway === MESH ? atSidecars(view, leg) : atGateway(view, gateway, leg);
}

const WORDS: { readonly [kind in RouteKind]: string } = { http: 'HTTP', tls: 'TLS or HTTPS', tcp: 'TCP' };

function kindsOf(port: EntryPort): readonly RouteKind[] {
  // Without a protocol a sidecar finds out.
  return port.protocol === '' ? ['http', 'tcp'] : [port.class === 'HTTP' ? 'http' : port.class === 'TLS' ? 'tls' : 'tcp'];
}

/** Of hosts that the sidecars know as services outside. */
function atSidecars(view: MeshView, { route, rule, match }: Leg): Finding | undefined {
  const entries = route.hosts.map(host => view.serviceByHost.get(host) ? [] : view.names.entriesOf(host).filter(({ visibleTo }) => (
    route.visibleTo.some(namespace => reaches(visibleTo, namespace)))));
  // Of another host nothing is known.
  if (entries.length === 0 || entries.some(found => found.length === 0)) {
    return undefined;
  }
  const ports = entries.flat().flatMap(entry => entry.ports);
  const named = match.port === undefined ? ports : ports.filter(({ number }) => number === match.port);
  if (named.some(port => kindsOf(port).includes(rule.kind))) {
    return undefined;
  }
  const [port] = named;
  const host = quote(route.hosts[0]);
  return findingAt(route, rule, match.field, port
    ? `'${rule.kind}' rules are for ${WORDS[rule.kind]}, and port ${port.number} of ${host} is ${port.protocol || port.class}: sidecars ignore this rule`
    : `'port' ${match.port} is no port of ${host}, which has ${[...new Set(ports.map(({ number }) => number))].join(', ')}: sidecars ignore this rule`,
  port ? `write it under '${kindsOf(port)[0]}'` : 'write a port of the ServiceEntry');
}

function atGateway(view: MeshView, name: string, { route, rule, match }: Leg): Finding | undefined {
  const servers = route.hosts.flatMap(host => view.names.serversFor(name, host, route.object.namespace));
  const named = match.port === undefined ? servers : servers.filter(({ port }) => port === match.port);
  if (servers.length === 0 || named.some(server => routeKindOf(server) === rule.kind)) {
    return undefined;
  }
  const [server] = named;
  const kind = server && routeKindOf(server);
  return findingAt(route, rule, match.field, server
    ? `'${rule.kind}' is not for the ${[server.protocol, server.tls?.mode].filter(Boolean).join(' ')} server on port ${server.port} of '${server.object.origin.path}': the gateway ignores this rule`
    : `'port' ${match.port} is no port of a server for ${quote(route.hosts[0])} in '${servers[0].object.origin.path}', which has ${[...new Set(servers.map(({ port }) => port))].join(', ')}: `
      + 'the gateway ignores this rule',
  server ? `write it under '${kind ?? 'tls'}'` : 'write a port of the Gateway');
}

function findingAt({ object }: Route, rule: RouteRule, field: readonly (string | number)[], message: string, fix: string): Finding {
  return { object, field: field.length > 0 ? field : rule.field, message, fix };
}
