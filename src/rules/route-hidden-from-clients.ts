import { Finding, Rule, where } from './rule';
import { quote } from '../private/fail';
import { namespaceOfService } from '../view/host-name';
import { reaches } from '../view/visibility';

export const routeHiddenFromClients: Rule = {
  id: 'MX0316',
  name: 'route-hidden-from-clients',
  severity: 'ERROR',
  title: 'A namespace sees a ServiceEntry and not the VirtualService that routes it.',
  why: 'Its sidecars let connections to the host out, and do not know the VirtualService that sends them to the gateway: they connect directly, past every policy of the gateway.',
  fix: 'Write the same namespaces in `exportTo` of the ServiceEntry and of the VirtualService.',
  related: [],
  check: view => view.entries.flatMap((entry): Finding[] => {
    for (const host of entry.hosts) {
      const all = view.names.detoursOf(host);
      if (all.length === 0) {
        continue;
      }
      const isOfPort = (port?: number) => port === undefined || entry.ports.some(({ number }) => number === port);
      const legs = all.filter(({ match }) => isOfPort(match.port));
      const routes = legs.map(({ route }) => route);
      // A gateway connects to the service itself; where its pods are not known, they are beside the Service that the route leads to.
      const beside = legs.flatMap(({ rule }) => rule.destinations.map(to => namespaceOfService(to.host, view.facts.clusterDomain)));
      const clients = entry.visibleTo.filter(namespace => !view.gatewayPlaces.namespaces.has(namespace) && !beside.includes(namespace));
      const open = routes.length === 0 ? undefined : clients.find(namespace => !routes.some(({ visibleTo }) => (
        namespace === '*' ? visibleTo.includes('*') : reaches(visibleTo, namespace))));
      const isFollowed = routes.some(({ visibleTo }) => clients.some(namespace => reaches(visibleTo, namespace)));
      // A route that no client sees may be for another declaration of the host.
      const isOwn = view.names.entriesOf(host).length === 1 || routes.some(({ object }) => object.namespace === entry.object.namespace);
      if (open !== undefined && (isFollowed || isOwn)) {
        return [{
          object: entry.object,
          field: entry.object.spec.exportTo === undefined ? ['spec', 'hosts', entry.hosts.indexOf(host)] : ['spec', 'exportTo'],
          message: `${quote(host)} is visible in ${where(open)}, and its VirtualService '${routes[0].object.origin.path}' is not: connections from there go past the gateway`,
          fix: { code: 'name the clients with allowFrom(), which exports both', yaml: 'write the same namespaces in \'exportTo\' of both' },
        }];
      }
    }
    return [];
  }),
};
