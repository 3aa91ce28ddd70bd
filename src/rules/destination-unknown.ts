import { Finding, Rule } from './rule';
import { quote } from '../private/fail';
import { namespaceOfService } from '../view/host-name';
import { MeshView } from '../view/mesh-view';

export const destinationUnknown: Rule = {
  id: 'MX0405',
  name: 'destination-unknown',
  severity: 'WARNING',
  title: 'A route or a DestinationRule is for a host that nothing declares.',
  why: 'A proxy has no cluster for a host without a Service or ServiceEntry: a route there ends, requests with 503, and a DestinationRule does nothing.',
  fix: 'Declare the host, or correct its name. A name without dots is a Service of the rule\'s own namespace.',
  related: ['IST0101', 'IST0174', 'KIA0202', 'KIA1101'],
  check: view => {
    const isUnknown = unknownIn(view);
    return [
      ...view.routes.flatMap(({ object, rules }) => rules.flatMap(({ destinations }) => (
        destinations.filter(({ host }) => isUnknown(host, object.namespace)).map(({ host, field }): Finding => ({
          object,
          field: [...field, 'host'],
          message: `'destination.host' ${quote(host)} is no Service and no ServiceEntry: what is sent there ends`,
          fix: 'declare the host, or correct its name',
        }))))),
      ...view.trafficRules.filter(({ host, object }) => isUnknown(host, object.namespace)).map(({ host, object }): Finding => ({
        object,
        field: ['spec', 'host'],
        message: `'host' ${quote(host)} is no Service and no ServiceEntry: the rule does nothing`,
        fix: 'declare the host, or correct its name',
      })),
    ];
  },
};

/** Whether the objects show that a host is not there: they have others of its namespace. */
function unknownIn(view: MeshView): (host: string, namespace: string) => boolean {
  const withServices = new Set(view.services.map(({ object }) => object.namespace));
  const withEntries = new Set(view.entries.map(({ object }) => object.namespace));
  return (host, namespace) => {
    // A wildcard of a DestinationRule is for whatever there is.
    if (host.includes('*') || view.names.serviceOf(host) || view.names.entriesOf(host).length > 0 || view.names.wildcardEntriesOf(host).length > 0) {
      return false;
    }
    const home = namespaceOfService(host, view.facts.clusterDomain);
    const isService = home !== undefined || !host.includes('.') || host.endsWith(`.${view.facts.clusterDomain}`);
    return isService ? withServices.has(home ?? namespace) : withEntries.has(namespace);
  };
}
