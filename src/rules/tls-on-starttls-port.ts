import { originationsIn } from './originated';
import { Rule } from './rule';
import { found, guessOf, nameOf } from './tls-before-starttls';

export const tlsOnStarttlsPort: Rule = {
  id: 'MX0710',
  name: 'tls-on-starttls-port',
  severity: 'WARNING',
  title: 'A proxy originates TLS on the usual port of a protocol that starts TLS only after a first message.',
  why: 'If it is that protocol, no connection is made: client and server agree on TLS after a greeting or a request, which a proxy cannot do.',
  fix: 'Remove `tls`, and let the driver of the application speak TLS. If the server speaks TLS from the first byte, acknowledge the finding.',
  related: [],
  check: view => originationsIn(view).filter(origination => nameOf(origination) === undefined).flatMap(origination => found(origination, guessOf(origination), 'looks like')),
};
