import { Finding, giveAnAddress, Rule } from './rule';
import { quote } from '../private/fail';
import { ANY } from '../view/external-entry';

/** The ports on which almost every namespace has HTTP or HTTPS outside. */
const WEB_PORTS: ReadonlySet<number> = new Set([80, 443, 8080, 8443]);

/** Without a protocol, sidecars find out that requests are HTTP, and go by their host. TLS is TCP to them. */
const HTTP_PORTS: ReadonlySet<number> = new Set([80, 8080]);

export const tcpOnWebPort: Rule = {
  id: 'MX0205',
  name: 'tcp-on-web-port',
  severity: 'WARNING',
  title: 'A TCP ServiceEntry without addresses takes a port of HTTP or HTTPS.',
  why: 'For a TCP port without addresses, sidecars listen on 0.0.0.0: every connection to the port goes to this one host, those to other web sites included.',
  fix: 'Write the protocol that clients speak (TLS, HTTPS or HTTP), or `spec.addresses`.',
  related: ['IST0134'],
  check: view => view.entries.flatMap(entry => entry.ports
    .filter(port => port.class === 'TCP' && WEB_PORTS.has(port.number) && !(port.protocol === '' && HTTP_PORTS.has(port.number)) && entry.listenersOf(port).includes(ANY)).map((port): Finding => {
      const fix = giveAnAddress(view.facts);
      return {
        object: entry.object,
        field: [...port.field, port.protocol === '' ? 'number' : 'protocol'],
        message: `port ${port.number} of ${quote(entry.hosts[0])} is TCP without an address: every connection to port ${port.number} goes there, whatever its server name or host`,
        fix: typeof fix === 'string' ? fix : {
          code: `say what clients speak, like Protocol.TLS, or ${fix.code}`,
          yaml: `write the protocol that clients speak (TLS, HTTPS or HTTP), or ${fix.yaml}`,
        },
      };
    })),
};
