import { Finding, Rule, where } from './rule';
import { Slots } from './slots';
import { quote } from '../private/fail';

export const hostDeclaredTwice: Rule = {
  id: 'MX0201',
  name: 'host-declared-twice',
  severity: 'ERROR',
  title: 'Two ServiceEntries declare one host, and a namespace sees both.',
  why: 'Istio merges ServiceEntries of one host in ways that depend on their age: a connection may end at the endpoints of either.',
  fix: 'Declare the host in one ServiceEntry, with all its ports, and list the namespaces of its clients in `exportTo`. In this library, `allowFrom()` does that.',
  related: ['IST0177', 'KIA1211', 'KIA1212'],
  check: view => {
    const hosts = new Slots();
    return view.entries.flatMap(entry => entry.hosts.flatMap((host, i): Finding[] => {
      const taken = hosts.take(host, entry);
      return taken ? [{
        object: entry.object,
        field: ['spec', 'hosts', i],
        message: `'hosts' ${quote(host)} is also declared by '${taken.other.object.origin.path}', and both are visible in ${where(taken.namespace)}: connections end at either`,
        fix: {
          code: 'declare it once, with all its ports, and name the clients with allowFrom()',
          yaml: 'declare it once, with all its ports, and export it to the namespaces of its clients',
        },
      }] : [];
    }));
  },
};
