import { Finding, Rule } from './rule';
import { quote } from '../private/fail';

export const partialWildcard: Rule = {
  id: 'MX0214',
  name: 'partial-wildcard',
  severity: 'ERROR',
  title: 'A ServiceEntry for TLS has a wildcard that is not a whole label, like `*example.com`.',
  why: 'Istio accepts the host with a warning and writes it as a server name. Envoy refuses the whole listener of the port for it, so the sidecars keep their old configuration of '
    + 'that port, and new ones have none.',
  fix: 'Begin the host with `*.`, and declare the domain itself, when it is used, as a host of its own.',
  related: ['IST0133'],
  check: view => view.entries.filter(({ resolution, ports }) => resolution !== 'DYNAMIC_DNS' && ports.some(port => port.class === 'TLS')).flatMap(({ object, hosts }) => (
    hosts.flatMap((host, i): Finding[] => (/^\*[^.]/.test(host) ? [{
      object,
      field: ['spec', 'hosts', i],
      message: `'hosts' ${quote(host)} has a "*" that is not followed by ".": Envoy refuses the listener of a port of TLS with such a server name, for every host on the port`,
      fix: `write ${quote(`*.${host.slice(1).replace(/^[^.]*\.(?=.*\.)/, '')}`)}`,
    }] : [])))),
};
