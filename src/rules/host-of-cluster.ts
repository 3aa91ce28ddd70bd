import { Finding, Rule } from './rule';
import { quote } from '../private/fail';

export const hostOfCluster: Rule = {
  id: 'MX0208',
  name: 'host-of-cluster',
  severity: 'ERROR',
  title: 'A ServiceEntry has the name of a Service of the cluster.',
  why: 'Two registries declare one name. Sidecars that see the Service ignore the ServiceEntry, others send what is meant for the Service outside, and in the namespace of the Service the endpoints of both are mixed.',
  fix: 'Give the ServiceEntry a host outside the cluster\'s domain.',
  related: [],
  check: view => view.entries.flatMap(entry => entry.hosts.flatMap((host, i): Finding[] => {
    const service = view.serviceByHost.get(host);
    return service ? [{
      object: entry.object,
      field: ['spec', 'hosts', i],
      message: `'hosts' ${quote(host)} is the name of the Service '${service.object.origin.path}': which of the two a connection reaches depends on what its sidecar sees`,
      fix: 'give it a host outside the cluster\'s domain',
    }] : [];
  })),
};
