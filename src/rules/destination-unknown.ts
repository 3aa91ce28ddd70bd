import { Finding, Rule } from './rule';
import { quote } from '../private/fail';
import { namespaceOfService } from '../view/host-name';
import { addTo } from '../view/lists';
import { MeshView } from '../view/mesh-view';

export const destinationUnknown: Rule = {
  id: 'MX0405',
  name: 'destination-unknown',
  severity: 'WARNING',
  title: 'A route or a DestinationRule is for a host that nothing declares.',
  why: 'A proxy has no cluster for a host without a Service or ServiceEntry: connections to it fail, requests with 503, and a DestinationRule for it has no effect.',
  fix: 'Declare the host, or correct its name. A name without dots is a Service of the rule\'s own namespace.',
  related: ['IST0101', 'IST0174', 'KIA0202', 'KIA1101'],
  check: view => {
    const isUnknown = unknownIn(view);
    return [
      ...view.routes.flatMap(({ object, rules }) => rules.flatMap(({ destinations, mirrors }) => (
        [...destinations, ...mirrors].filter(({ host }) => isUnknown(host, object.namespace)).map((destination): Finding => ({
          object,
          field: [...destination.field, 'host'],
          message: mirrors.includes(destination)
            ? `'host' ${quote(destination.host)} of the mirror is neither a Service nor a ServiceEntry: no copy arrives`
            : `'destination.host' ${quote(destination.host)} is neither a Service nor a ServiceEntry: connections to it fail`,
          fix: 'declare the host, or correct its name',
        }))))),
      ...view.trafficRules.filter(({ host, object }) => isUnknown(host, object.namespace)).map(({ host, object }): Finding => ({
        object,
        field: ['spec', 'host'],
        message: `'host' ${quote(host)} is neither a Service nor a ServiceEntry: the rule has no effect`,
        fix: 'declare the host, or correct its name',
      })),
    ];
  },
};

/** Whether the objects show that a host is not there. They may be a part of what is deployed only. */
function unknownIn(view: MeshView): (host: string, namespace: string) => boolean {
  const services = new Map<string, string[]>();
  view.services.forEach(({ object }) => addTo(services, object.namespace, object.name));
  const withEntries = new Set(view.entries.map(({ object }) => object.namespace));
  return (host, namespace) => {
    // A wildcard of a DestinationRule is for whatever there is.
    if (host.includes('*') || view.serviceByHost.get(host) || view.names.entriesOf(host).length > 0 || view.names.wildcardEntriesOf(host).length > 0) {
      return false;
    }
    const home = namespaceOfService(host, view.facts.clusterDomain);
    if (home === undefined && host.includes('.') && !host.endsWith(`.${view.facts.clusterDomain}`)) {
      return withEntries.has(namespace);
    }
    const [name] = host.split('.');
    // Some Services of a namespace may be among the objects and others not: what shows the mistake is one whose name is like it.
    return (services.get(home ?? namespace) ?? []).some(other => other.includes(name) || name.includes(other) || isLike(other, name));
  };
}

/** Whether two names differ by one letter: another one, one more, or two in the other order. */
function isLike(one: string, other: string): boolean {
  const [short, long] = one.length <= other.length ? [one, other] : [other, one];
  const at = [...long].findIndex((letter, i) => letter !== short[i]);
  return long.slice(at + 1) === short.slice(at) || long.slice(at + 1) === short.slice(at + 1)
    || long[at] === short[at + 1] && long[at + 1] === short[at] && long.slice(at + 2) === short.slice(at + 2);
}
