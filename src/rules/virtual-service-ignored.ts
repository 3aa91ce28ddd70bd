import { Finding, Rule, where } from './rule';
import { quote } from '../private/fail';
import { MeshObject } from '../view/mesh-object';

export const virtualServiceIgnored: Rule = {
  id: 'MX0402',
  name: 'virtual-service-ignored',
  severity: 'ERROR',
  title: 'Two VirtualServices for the sidecars have one host, and a namespace sees both.',
  why: 'Sidecars use the oldest VirtualService of a host and ignore the others: they may not take the route to a gateway, and nothing says so.',
  fix: 'Write the routes of a host in one VirtualService.',
  related: ['IST0109', 'KIA1106'],
  check: view => {
    const seen = new Map<string, Map<string, MeshObject>>();
    const routes = view.routes.filter(route => route.isForSidecars);
    return routes.flatMap(({ object, hosts, visibleTo: namespaces }) => hosts.flatMap((name, i): Finding[] => {
      const holders = seen.get(name) ?? new Map<string, MeshObject>();
      seen.set(name, holders);
      const namespace = namespaces.find(candidate => holders.has(candidate) || holders.has('*') || (candidate === '*' && holders.size > 0));
      const other = namespace === undefined ? undefined : holders.get(namespace) ?? holders.get('*') ?? [...holders.values()][0];
      namespaces.filter(candidate => !holders.has(candidate)).forEach(candidate => holders.set(candidate, object));
      return other && other !== object ? [{
        object,
        field: ['spec', 'hosts', i],
        message: `'hosts' ${quote(name)} also has the VirtualService '${other.origin.path}', and both are visible in ${where(namespace!)}: sidecars use the older one only`,
        fix: 'write the routes of the host in one VirtualService',
      }] : [];
    }));
  },
};
