import { Origination, originationsIn } from './originated';
import { Finding, Rule } from './rule';
import { quote } from '../private/fail';

export const tlsTwice: Rule = {
  id: 'MX0704',
  name: 'tls-twice',
  severity: 'ERROR',
  title: 'A proxy originates TLS on a port on which the client already speaks TLS.',
  why: 'The server gets TLS inside TLS and ends the connection: `WRONG_VERSION_NUMBER` at the client, 400, or a reset.',
  fix: 'Remove `tls`, and let the client speak TLS. Or let it speak plaintext, on a port that the ServiceEntry declares as HTTP or TCP, with `targetPort` for the real one.',
  related: [],
  check: view => originationsIn(view)
    .filter(origination => origination.port.class === 'TLS' && !origination.isForRequests && origination.isBySidecars && !isLeftOut(origination))
    .map(({ rule, tls, entry, host, port }): Finding => ({
      object: rule.object,
      message: `'mode' ${tls.mode} adds TLS to port ${port.number} of ${quote(host)}, on which clients speak TLS already ('${entry.object.origin.path}'): the server gets TLS inside TLS`,
      fix: 'remove \'tls\', or declare the port as HTTP or TCP with a \'targetPort\', and let the clients speak plaintext',
      field: tls.field,
    })),
};

/** Sidecars do not read the Secret of a rule without a selector, and istiod leaves the TLS out (MX0702). */
function isLeftOut({ tls, rule }: Origination): boolean {
  return tls.credentialName !== undefined && rule.workloadSelector === undefined;
}
