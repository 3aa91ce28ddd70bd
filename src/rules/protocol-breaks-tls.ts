import { Finding, Rule } from './rule';
import { quote } from '../private/fail';

/** What puts a filter into the way, and what the filter does with anything but its own protocol. */
const FILTERS: { readonly [protocol: string]: string } = {
  MONGO: 'puts a filter into the connection that reads what the client sends, and TLS is no MongoDB to it',
  REDIS: 'ends the connection at the proxy where the Redis filter of istiod is on, and TLS, AUTH and cluster commands fail',
  MYSQL: 'lets no other protocol onto the port, and reads a login that TLS hides where the MySQL filter of istiod is on',
};

export const protocolBreaksTls: Rule = {
  id: 'MX0212',
  name: 'protocol-breaks-tls',
  severity: 'WARNING',
  title: 'A port has a protocol of a database, which switches on a filter of Envoy.',
  why: 'Istio\'s protocols MONGO, REDIS and MYSQL are filters that decode the connection. They break TLS, AUTH and cluster commands, and depend on switches of istiod.',
  fix: 'Write TCP, or TLS when the driver speaks TLS from the first byte.',
  related: [],
  check: view => view.entries.flatMap(entry => entry.ports.filter(({ protocol }) => protocol in FILTERS).map((port): Finding => ({
    object: entry.object,
    field: [...port.field, 'protocol'],
    message: `'protocol' ${quote(port.protocol)} of port ${port.number} of ${quote(entry.hosts[0])} ${FILTERS[port.protocol]}`,
    fix: 'write \'protocol: TCP\'',
  }))),
};
