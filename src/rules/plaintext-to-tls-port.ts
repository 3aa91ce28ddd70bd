import { misnamedHosts } from './misnamed-hosts';
import { Finding, Rule } from './rule';
import { gatewaysTo, homesOf, isExportedInVain } from './rule-not-looked-up';
import { quote } from '../private/fail';
import { EntryPort, ExternalEntry } from '../view/external-entry';
import { records, record } from '../view/fields';
import { wildcardsAround } from '../view/host-match';
import { MeshView } from '../view/mesh-view';
import { MESH, Route, RouteDestination, RouteMatch } from '../view/route';
import { TrafficRule } from '../view/traffic-rule';
import { reaches } from '../view/visibility';

/** The port on which servers expect TLS. */
const HTTPS = 443;

export const plaintextToTlsPort: Rule = {
  id: 'MX0218',
  name: 'plaintext-to-tls-port',
  severity: 'WARNING',
  title: 'Requests in plaintext go to port 443, or to a port that is declared for TLS, and no DestinationRule adds TLS.',
  why: 'The port is declared as HTTP, or an `http` rule sends there, so clients speak plaintext, and proxies pass it on: a server that expects TLS answers 400 or ends the connection. What is in the requests is '
    + 'readable on the way.',
  fix: 'Write a DestinationRule that originates TLS for the port. Or declare the port as TLS, and let the clients speak it.',
  related: [],
  check: view => [
    ...view.entries.flatMap(entry => entry.ports.filter(port => port.class === 'HTTP' && isForTls(entry, port)).flatMap(port => {
      const host = entry.hosts.find(name => (
        leaves(view, entry, name, port.number) && !isOriginated(view, name, port.number) && !misnamedHosts(view).has(name)));
      return host === undefined ? [] : [findingOf(view, entry, port, host)];
    })),
    ...view.routes.flatMap(route => route.rules.filter(({ kind, matches }) => kind === 'http' && !isIgnored(view, route, matches))
      .flatMap(({ matches, destinations }) => destinations.flatMap(to => sentByRule(view, to, matches)))),
  ],
};

/** Whether sidecars alone have a rule, and no port of its hosts has requests: they ignore it, which is another mistake (MX0409). */
function isIgnored(view: MeshView, { hosts }: Route, matches: readonly RouteMatch[]): boolean {
  const entries = hosts.flatMap(host => view.names.entriesOf(host));
  return entries.length > 0 && matches.every(({ gateways }) => gateways.every(gateway => gateway === MESH)) && !entries.some(({ ports }) => ports.some(port => port.class === 'HTTP'));
}

/** Requests that a rule sends to a port for TLS. */
function sentByRule(view: MeshView, { host, port: number, object, field }: RouteDestination, matches: readonly RouteMatch[]): Finding[] {
  const port = view.names.entriesOf(host).flatMap(({ ports }) => ports.filter(candidate => (
    candidate.class === 'TLS' && (number === undefined ? isMeant(candidate, ports, matches) : candidate.number === number))))[0];
  return port === undefined || isOriginated(view, host, port.number) || misnamedHosts(view).has(host) ? [] : [{
    object,
    field: number === undefined ? [...field, 'host'] : [...field, 'port', 'number'],
    message: `${number === undefined ? `'host' ${quote(host)} has port ${port.number}` : `'number' ${port.number} is a port of ${quote(host)}`} for ${port.protocol}, `
      + `an 'http' rule sends requests in plaintext there, and ${lackOf(view, host, port.number)}`,
    fix: {
      code: 'give \'tls\' a ClientTls that originates it',
      yaml: `write a DestinationRule for ${quote(host)} with 'tls.mode: SIMPLE' on port ${port.number}`,
    },
  }];
}

/** Whether a gateway's rule without a port sends to this one: to the only port, or to that of the gateway. Requests of sidecars are on no port for TLS. */
function isMeant({ number }: EntryPort, ports: readonly EntryPort[], matches: readonly RouteMatch[]): boolean {
  return matches.some(({ gateways, port }) => gateways.some(gateway => gateway !== MESH) && (ports.length === 1 || port === number));
}

/** Whether its connections arrive on the port for TLS. */
function isForTls({ object: { spec } }: ExternalEntry, { target, field }: EntryPort): boolean {
  const { name } = record(records(spec.ports)[Number(field[2])]);
  const endpoints = records(spec.endpoints).map(({ ports }) => record(ports)[String(name)]);
  return endpoints.length > 0 ? endpoints.some(port => Number(port ?? target) === HTTPS) : target === HTTPS;
}

/** Whether proxies connect to a port of the service itself: sidecars that are not sent elsewhere, or a gateway. */
function leaves(view: MeshView, entry: ExternalEntry, host: string, number: number): boolean {
  return !view.isRouted(entry, host, number) || view.isSentByGateways(host, number);
}

/** Whether proxies that connect to a port add TLS, as far as it is known which of the rules they look up. */
function isOriginated(view: MeshView, host: string, port: number): boolean {
  const known = view.once('originated ports', () => new Map<string, boolean>());
  const key = `${host} ${port}`;
  const found = known.get(key) ?? readOriginated(view, host, port);
  known.set(key, found);
  return found;
}

function readOriginated(view: MeshView, host: string, port: number): boolean {
  const names = [host, ...wildcardsAround(host)];
  const adding = rulesWithTls(view, host, port);
  const gateways = gatewaysTo(view, host).flatMap(({ namespaces }) => namespaces);
  const clients = gateways.length > 0 ? gateways : namespacesThatMayConnect(view, host, adding);
  const found = [...new Set(clients)].map(namespace => lookedUp(view, names, namespace));
  // One of the host that nobody looks up is what another rule tells (MX0403).
  const isHiddenFromGateways = gateways.length > 0 && found.every(({ length }) => length === 0);
  const isToldElsewhere = adding.some(rule => rule.host === host && (isHiddenFromGateways || isExportedInVain(view, rule)));
  return adding.length > 0 && (clients.length === 0 || isToldElsewhere || found.some(rules => rules.some(rule => addsTls(rule, port))));
}

/** Rules that add TLS on a port, whoever looks them up. */
function rulesWithTls(view: MeshView, host: string, port: number): TrafficRule[] {
  return [host, ...wildcardsAround(host)].flatMap(name => view.names.trafficRulesOf(name)).filter(rule => addsTls(rule, port));
}

/** Why nothing adds TLS, at the end of a message. */
function lackOf(view: MeshView, host: string, port: number): string {
  const [rule] = rulesWithTls(view, host, port);
  return rule === undefined ? 'no DestinationRule adds TLS' : `the DestinationRule '${rule.object.origin.path}', which adds TLS, is not the one that proxies look up`;
}

function addsTls(rule: TrafficRule, port: number): boolean {
  return [undefined, ...rule.subsets.map(({ name }) => name)].some(subset => (rule.tlsOf(port, subset)?.mode ?? 'DISABLE') !== 'DISABLE');
}

/** Where sidecars may be that connect themselves: they see the service, and may have or be given one of some rules. */
function namespacesThatMayConnect(view: MeshView, host: string, rules: readonly TrafficRule[]): string[] {
  const entries = [host, ...wildcardsAround(host)].flatMap(name => view.names.entriesOf(name));
  const named = [...entries, ...rules].flatMap(({ object, visibleTo }) => [object.namespace, ...visibleTo]);
  return [...new Set(named)].filter(namespace => namespace !== '*' && entries.some(({ visibleTo }) => reaches(visibleTo, namespace)));
}

/** The rules that the proxies of a namespace look up for a host, by its names from the host itself to the widest wildcard. */
function lookedUp(view: MeshView, names: readonly string[], namespace: string): readonly TrafficRule[] {
  const seen = names.map(name => view.names.trafficRulesOf(name).filter(({ visibleTo }) => reaches(visibleTo, namespace)));
  const places = [namespace, ...homesOf(view, names[0]), view.facts.rootNamespace];
  return places.flatMap(place => seen.map(rules => rules.filter(({ object }) => object.namespace === place))).find(rules => rules.length > 0) ?? [];
}

function findingOf(view: MeshView, { object }: ExternalEntry, port: EntryPort, host: string): Finding {
  const { target, number, protocol, field } = port;
  return {
    object,
    field: target === number ? [...field, 'protocol'] : [...field, 'targetPort'],
    message: `'protocol' ${quote(protocol)} of port ${number} of ${quote(host)} sends requests in plaintext to port ${HTTPS}, and ${lackOf(view, host, number)}`,
    fix: {
      code: 'give \'tls\' a ClientTls that originates it',
      yaml: `write a DestinationRule for ${quote(host)} with 'tls.mode: SIMPLE' on port ${number}, or declare the port as TLS`,
    },
  };
}
