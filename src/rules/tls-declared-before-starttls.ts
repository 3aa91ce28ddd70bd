import { Finding, Rule } from './rule';
import { quote } from '../private/fail';
import { upgradedOn } from '../private/starttls';

export const tlsDeclaredBeforeStarttls: Rule = {
  id: 'MX0219',
  name: 'tls-declared-before-starttls',
  severity: 'WARNING',
  title: 'A port is declared as TLS, and clients of its protocol do not begin with TLS.',
  why: 'Sidecars tell connections of a TLS port apart by the server name of the first message. Clients of MySQL wait for a greeting of the server, those of PostgreSQL ask for TLS in plaintext: '
    + 'the connection hangs, or goes where unknown connections go.',
  fix: 'Write `protocol: TCP`: what the client encrypts after the first message passes. If clients speak TLS from the first byte, such as PostgreSQL with `sslnegotiation=direct`, acknowledge the finding.',
  related: [],
  check: view => view.entries.filter(entry => !view.isUpstream(entry)).flatMap(entry => entry.ports.flatMap((port): Finding[] => {
    // At its endpoints the port is what a gateway connects to, which has ended the TLS of the mesh.
    const usual = port.class === 'TLS' ? upgradedOn(port.number) : undefined;
    return usual === undefined ? [] : [{
      object: entry.object,
      field: [...port.field, 'protocol'],
      message: `'protocol' ${quote(port.protocol)} makes sidecars wait for TLS on port ${port.number} of ${quote(entry.hosts[0])}, and clients of ${usual.name}, whose port this is, begin without it: `
        + 'they do not get through',
      fix: 'write \'protocol: TCP\'',
    }];
  })),
};
