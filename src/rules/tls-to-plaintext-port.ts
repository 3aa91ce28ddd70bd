import { Origination, originationsIn } from './originated';
import { Finding, Rule } from './rule';
import { quote } from '../private/fail';
import { EntryPort, ExternalEntry } from '../view/external-entry';
import { record, records } from '../view/fields';
import { MeshView } from '../view/mesh-view';

/** The port on which servers expect requests in plaintext. */
const PLAINTEXT = 80;

export const tlsToPlaintextPort: Rule = {
  id: 'MX0712',
  name: 'tls-to-plaintext-port',
  severity: 'WARNING',
  title: 'TLS goes to port 80: a proxy originates it, or the port is declared for it.',
  why: 'The TLS of a DestinationRule changes what is spoken, and not the port: without a `targetPort`, proxies begin TLS on port 80, where servers expect plaintext. Each request '
    + 'fails, with 503 at the client. Where the port is declared as HTTPS or TLS and its `targetPort` is 80, the handshake of the application fails.',
  fix: 'Write the port for TLS as `targetPort` of the port in the ServiceEntry, or in `ports` of its endpoints.',
  related: [],
  check: view => [...originated(view), ...view.entries.flatMap(declared)],
};

/** TLS of proxies. */
function originated(view: MeshView): Finding[] {
  return originationsIn(view)
    .filter(origination => (origination.isBySidecars || origination.isByGateways) && arrivesInPlaintext(origination))
    .map(({ rule, tls, entry, host, port }) => ({
      object: entry.object,
      field: port.field,
      message: `port ${port.number} of ${quote(host)} leads to port ${PLAINTEXT} of the server, and '${rule.object.origin.path}' adds TLS (${tls.mode}): proxies speak TLS there, where servers expect plaintext`,
      fix: FIX,
    }));
}

/** TLS of applications. */
function declared(entry: ExternalEntry): Finding[] {
  const { object, hosts, ports } = entry;
  return ports.filter(port => port.class === 'TLS' && leadsToPlaintext(entry, port)).map(port => ({
    object,
    field: port.field,
    message: `port ${port.number} of ${quote(hosts[0])} is for ${port.protocol} and leads to port ${PLAINTEXT} of the server, where servers expect plaintext`,
    fix: FIX,
  }));
}

const FIX = 'write \'targetPort: 443\', or the port on which the server expects TLS';

/** Whether requests arrive on the port for plaintext. */
function arrivesInPlaintext({ entry, port }: Origination): boolean {
  return port.class === 'HTTP' && leadsToPlaintext(entry, port);
}

/** Whether a port leads to the one for plaintext, at some endpoint. Where each client chooses the address, the port is the client's as well. */
function leadsToPlaintext({ object: { spec }, resolution }: ExternalEntry, { target, field }: EntryPort): boolean {
  const { name } = record(records(spec.ports)[Number(field[2])]);
  const endpoints = records(spec.endpoints).map(({ ports }) => record(ports)[String(name)]);
  return resolution !== 'NONE' && spec.workloadSelector === undefined && [...endpoints, ...endpoints.length === 0 ? [target] : []].some(port => Number(port ?? target) === PLAINTEXT);
}
