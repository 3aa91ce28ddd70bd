import { originationsIn } from './originated';
import { Finding, Rule } from './rule';
import { quote } from '../private/fail';

export const tlsTwice: Rule = {
  id: 'MX0704',
  name: 'tls-twice',
  severity: 'ERROR',
  title: 'A proxy originates TLS on a port on which the client speaks TLS already.',
  why: 'The server gets TLS inside of TLS and ends the connection: `WRONG_VERSION_NUMBER` at the client, 400 or a reset.',
  fix: 'Leave `tls` out and let the client speak TLS; or let it speak plaintext, on a port that the ServiceEntry declares as HTTP or TCP, with `targetPort` for the real one.',
  related: [],
  check: view => originationsIn(view).filter(({ port, isForRequests, isBySidecars }) => port.class === 'TLS' && !isForRequests && isBySidecars)
    .map(({ rule, tls, entry, host, port }): Finding => ({
      object: rule.object,
      message: `'mode' ${tls.mode} adds TLS to port ${port.number} of ${quote(host)}, on which '${entry.object.origin.path}' says that clients speak TLS: the server gets it twice`,
      fix: 'leave \'tls\' out, or declare the port as HTTP or TCP with a \'targetPort\', and let the clients speak plaintext',
      field: tls.field,
    })),
};
