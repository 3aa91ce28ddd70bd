import { Finding, Rule } from './rule';
import { quote } from '../private/fail';
import { EntryPort, ExternalEntry } from '../view/external-entry';
import { records, record } from '../view/fields';
import { wildcardsOver } from '../view/host-name';
import { MeshView } from '../view/mesh-view';
import { RouteDestination } from '../view/route';

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
      const host = entry.hosts.find(name => leaves(view, entry, name, port.number) && !isOriginated(view, name, port.number));
      return host === undefined ? [] : [findingOf(entry, port, host)];
    })),
    ...view.routes.flatMap(({ rules }) => rules.filter(({ kind }) => kind === 'http').flatMap(({ destinations }) => destinations.flatMap(to => sentByRule(view, to)))),
  ],
};

/** Requests that a rule sends to a port for TLS. */
function sentByRule(view: MeshView, { host, port: number, object, field }: RouteDestination): Finding[] {
  const port = view.names.entriesOf(host).flatMap(({ ports }) => ports).find(candidate => candidate.number === number && candidate.class === 'TLS');
  return port === undefined || isOriginated(view, host, port.number) ? [] : [{
    object,
    field: [...field, 'port', 'number'],
    message: `'number' ${port.number} is a port of ${quote(host)} for ${port.protocol}, an 'http' rule sends requests in plaintext there, and no DestinationRule adds TLS`,
    fix: {
      code: 'give \'tls\' a ClientTls that originates it',
      yaml: `write a DestinationRule for ${quote(host)} with 'tls.mode: SIMPLE' on port ${port.number}`,
    },
  }];
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

/** Whether any rule adds TLS on a port, whoever follows it: where it is not looked up, that is what another rule says. */
function isOriginated(view: MeshView, host: string, port: number): boolean {
  return [host, ...wildcardsOver(host)].flatMap(name => view.names.trafficRulesOf(name)).some(rule => (
    [undefined, ...rule.subsets.map(({ name }) => name)].some(subset => (rule.tlsOf(port, subset)?.mode ?? 'DISABLE') !== 'DISABLE')));
}

function findingOf({ object }: ExternalEntry, port: EntryPort, host: string): Finding {
  const { target, number, protocol, field } = port;
  return {
    object,
    field: target === number ? [...field, 'protocol'] : [...field, 'targetPort'],
    message: `'protocol' ${quote(protocol)} of port ${number} of ${quote(host)} sends requests in plaintext to port ${HTTPS}, and no DestinationRule adds TLS`,
    fix: {
      code: 'give \'tls\' a ClientTls that originates it',
      yaml: `write a DestinationRule for ${quote(host)} with 'tls.mode: SIMPLE' on port ${number}, or declare the port as TLS`,
    },
  };
}
