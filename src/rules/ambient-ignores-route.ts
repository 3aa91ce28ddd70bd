import { Finding, Rule, where } from './rule';
import { quote } from '../private/fail';
import { ExternalEntry } from '../view/external-entry';
import { addTo } from '../view/lists';
import { MeshView } from '../view/mesh-view';
import { Route } from '../view/route';
import { reaches } from '../view/visibility';
import { waypointOf } from '../view/waypoint';

export const ambientIgnoresRoute: Rule = {
  id: 'MX0502',
  name: 'ambient-ignores-route',
  severity: 'ERROR',
  title: 'A VirtualService sends connections of ambient pods to a gateway.',
  why: 'ztunnel reads no VirtualService: it connects the pods straight to the host, past the gateway and everything that the gateway checks.',
  fix: 'Give the pods sidecars. Or let the ServiceEntry use a waypoint, with an AuthorizationPolicy for the ServiceEntry and a NetworkPolicy that closes the other ways.',
  related: [],
  check: view => {
    if (!view.namespaces.areSomeAmbient) {
      return [];
    }
    const declared = new Map<string, ExternalEntry[]>();
    // A waypoint does read them.
    const direct = view.entries.filter(({ object }) => !waypointOf(object, view.namespaces));
    direct.forEach(entry => entry.hosts.forEach(host => addTo(declared, host, entry)));
    return view.routes.filter(({ isForSidecars }) => isForSidecars).flatMap(route => ignored(view, route, declared));
  },
};

function ignored(view: MeshView, route: Route, declared: ReadonlyMap<string, ExternalEntry[]>): Finding[] {
  const host = route.hosts.find(name => declared.has(name));
  const away = route.rules.find(({ destinations }) => (
    destinations.length > 0 && !destinations.some(destination => route.hosts.includes(destination.host))));
  if (host === undefined || !away) {
    return [];
  }
  const entries = declared.get(host)!;
  const seen = [route.object.namespace, ...route.visibleTo, ...entries.flatMap(({ object, visibleTo }) => [object.namespace, ...visibleTo])];
  const ambient = seen.find(namespace => namespace !== '*' && view.namespaces.isAmbient(namespace) && reaches(route.visibleTo, namespace));
  return ambient === undefined ? [] : [{
    object: route.object,
    message: `sends ${quote(host)} to ${quote(away.destinations[0].host)}, and the pods of ${where(ambient)} are ambient: ztunnel connects them straight to ${quote(host)}`,
    fix: 'give the pods sidecars, or let the ServiceEntry use a waypoint',
    field: away.field,
  }];
}
