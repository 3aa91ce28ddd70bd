import { Origination, originationsIn } from './originated';
import { Finding, Rule } from './rule';
import { quote } from '../private/fail';
import { record, records } from '../view/fields';

/** The port on which servers expect requests in plaintext. */
const PLAINTEXT = 80;

export const tlsToPlaintextPort: Rule = {
  id: 'MX0712',
  name: 'tls-to-plaintext-port',
  severity: 'WARNING',
  title: 'A proxy originates TLS and connects to port 80.',
  why: 'The TLS of a DestinationRule changes what is spoken, and not the port: without a `targetPort`, proxies begin TLS on port 80, where servers expect plaintext. Each request '
    + 'fails, with 503 at the client.',
  fix: 'Write the port for TLS as `targetPort` of the port in the ServiceEntry, or in `ports` of its endpoints.',
  related: [],
  check: view => originationsIn(view)
    .filter(origination => (origination.isBySidecars || origination.isByGateways) && arrivesInPlaintext(origination))
    .map(({ rule, tls, entry, host, port }): Finding => ({
      object: entry.object,
      field: port.field,
      message: `port ${port.number} of ${quote(host)} leads to port ${PLAINTEXT} of the server, and '${rule.object.origin.path}' adds TLS (${tls.mode}): proxies speak TLS there, where servers expect plaintext`,
      fix: 'write \'targetPort: 443\', or the port on which the server expects TLS',
    })),
};

/** Whether requests arrive on the port for plaintext. Where each client chooses the address, the port is the client's as well. */
function arrivesInPlaintext({ entry: { object: { spec }, resolution }, port, named: [name] }: Origination): boolean {
  const endpoints = records(spec.endpoints).map(({ ports }) => record(ports)[name]);
  const isPlaintext = (target: unknown) => Number(target ?? port.target) === PLAINTEXT;
  return port.class === 'HTTP' && resolution !== 'NONE' && spec.workloadSelector === undefined
    && (endpoints.length > 0 ? endpoints.some(isPlaintext) : isPlaintext(undefined));
}
