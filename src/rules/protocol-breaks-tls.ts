import { Finding, Rule } from './rule';
import { quote } from '../private/fail';

/** What the protocol of a port does to connections. */
const FILTERS: { readonly [protocol: string]: string } = {
  MONGO: 'puts the MongoDB filter of Envoy into the connection, which breaks TLS',
  REDIS: 'ends the connection at the proxy where istiod has its Redis filter on: TLS, AUTH and cluster commands then fail',
  MYSQL: 'lets no other protocol share the port, and breaks TLS where istiod has its MySQL filter on',
};

export const protocolBreaksTls: Rule = {
  id: 'MX0212',
  name: 'protocol-breaks-tls',
  severity: 'WARNING',
  title: 'A port has the protocol MONGO, REDIS or MYSQL, for which Envoy has a filter.',
  why: 'The filter decodes the connection and breaks what it cannot read: TLS, AUTH, cluster commands. For MONGO it is on by default, for REDIS and MYSQL where istiod is told to.',
  fix: 'Write TCP, or TLS when the driver speaks TLS from the first byte.',
  related: [],
  check: view => view.entries.flatMap(entry => entry.ports.filter(({ protocol }) => protocol in FILTERS).map((port): Finding => ({
    object: entry.object,
    field: [...port.field, 'protocol'],
    message: `'protocol' ${quote(port.protocol)} of port ${port.number} of ${quote(entry.hosts[0])} ${FILTERS[port.protocol]}`,
    fix: 'write \'protocol: TCP\'',
  }))),
};
