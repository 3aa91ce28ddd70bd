import { Origination, originationsIn } from './originated';
import { Finding, Rule } from './rule';
import { quote } from '../private/fail';
import { upgradedAs, upgradedOn } from '../private/starttls';

export const tlsBeforeStarttls: Rule = {
  id: 'MX0705',
  name: 'tls-before-starttls',
  severity: 'ERROR',
  title: 'A proxy originates TLS for a protocol that starts TLS only after a first message.',
  why: 'In MySQL, PostgreSQL, SQL Server, SMTP, LDAP and NATS, client and server agree on TLS after a greeting or a request. A server that gets TLS first, or a client that gets no greeting, ends the connection.',
  fix: 'Remove `tls`, and let the driver of the application speak TLS.',
  related: [],
  check: view => originationsIn(view).flatMap(origination => found(origination, nameOf(origination), 'is')),
};

/** The protocol, when the port or the host is called by it. */
export function nameOf({ named, host, port }: Origination): string | undefined {
  const byHost = upgradedAs(host);
  return (upgradedAs(...named) ?? (byHost && [port.number, port.target].includes(byHost.port) ? byHost : undefined))?.name;
}

/** The protocol that the number of the port suggests. */
export function guessOf({ port }: Origination): string | undefined {
  return (upgradedOn(port.number) ?? upgradedOn(port.target))?.name;
}

/** A gateway has a port of its own for the service; the protocol goes by the one of the endpoints. */
const targetOf = ({ number, target }: Origination['port']) => (target === number ? '' : ` (${target} on the endpoints)`);

export function found({ rule, tls, host, port, isForRequests }: Origination, protocol: string | undefined, is: string): Finding[] {
  return protocol === undefined || isForRequests || port.class !== 'TCP' && !guessOf({ port } as Origination) ? [] : [{
    object: rule.object,
    message: `'mode' ${tls.mode} starts TLS at once on port ${port.number}${targetOf(port)} of ${quote(host)}, and it ${is} ${protocol}, which starts TLS only after a first message: no connection is made`,
    fix: 'remove \'tls\', and let the driver of the application speak TLS',
    field: tls.field,
  }];
}
