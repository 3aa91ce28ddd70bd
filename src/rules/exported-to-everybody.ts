import { Finding, Rule } from './rule';
import { quote } from '../private/fail';
import { ANY } from '../view/external-entry';
import { strings } from '../view/fields';

export const exportedToEverybody: Rule = {
  id: 'MX0209',
  name: 'exported-to-everybody',
  severity: 'WARNING',
  title: 'A TCP ServiceEntry without addresses is exported to every namespace.',
  why: 'Without `exportTo`, every sidecar of the mesh knows a ServiceEntry. One for TCP without addresses takes every connection to its port, in every namespace.',
  fix: 'List the namespaces of the clients in `exportTo`; write `["*"]` when every namespace is meant.',
  related: [],
  // Ambient ignores `exportTo`.
  check: view => (view.facts.dataPlane === 'ambient' ? [] : view.entries).flatMap((entry): Finding[] => {
    const port = entry.ports.find(candidate => candidate.class === 'TCP' && entry.listenersOf(candidate).includes(ANY));
    return port && strings(entry.object.spec.exportTo).length === 0 && entry.visibleTo.includes('*') ? [{
      object: entry.object,
      field: ['spec'],
      message: `'exportTo' is missing, and port ${port.number} of ${quote(entry.hosts[0])} has no address: each connection to port ${port.number} goes there, from every namespace`,
      fix: { code: 'name the clients with allowFrom()', yaml: 'write \'exportTo: ["."]\', or the namespaces of the clients' },
    }] : [];
  }),
};
