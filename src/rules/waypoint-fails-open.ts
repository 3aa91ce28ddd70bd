import { Finding, Rule, where } from './rule';
import { quote } from '../private/fail';
import { MeshObject, NETWORKING } from '../view/mesh-object';
import { MeshView } from '../view/mesh-view';
import { GATEWAY_API, isWaypoint, refusalOf, waypointOf } from '../view/waypoint';

export const waypointFailsOpen: Rule = {
  id: 'MX0503',
  name: 'waypoint-fails-open',
  severity: 'ERROR',
  title: 'A ServiceEntry or Service asks for a waypoint that does not exist or does not accept it.',
  why: 'Without its waypoint, traffic is not stopped: ztunnel connects clients straight to the destination, and no policy applies.',
  fix: 'Name a Gateway of class `istio-waypoint` in `istio.io/use-waypoint`, its namespace in `istio.io/use-waypoint-namespace`, and let its listener accept the namespace of the service (`allowedRoutes`).',
  related: ['KIA1312', 'KIA1313'],
  check: view => [...view.of(NETWORKING, 'ServiceEntry'), ...view.of('', 'Service')].flatMap(object => open(view, object)),
};

function open(view: MeshView, object: MeshObject): Finding[] {
  const asked = waypointOf(object, view.namespaces);
  if (!asked) {
    return [];
  }
  // Waypoints are often made by a command: without any other in the namespace nothing is known.
  const gateways = view.inNamespace(GATEWAY_API, 'Gateway', asked.namespace);
  const waypoint = gateways.get(asked.name);
  const problem = waypoint ? refusalOf(waypoint, object.namespace, view.namespaces) : [...gateways.values()].some(isWaypoint) ? 'is not there' : undefined;
  return problem === undefined ? [] : [{
    object,
    message: `'istio.io/use-waypoint' names ${quote(asked.name)} in ${where(asked.namespace)}, which ${problem}: clients are connected past every waypoint`,
    fix: waypoint ? 'let the listener of the waypoint take routes from this namespace with \'allowedRoutes\', or use a waypoint of the namespace'
      : 'name a waypoint that is there, with \'istio.io/use-waypoint-namespace\' when it is in another namespace',
    field: asked.labelled === object ? ['metadata', 'labels', 'istio.io/use-waypoint'] : undefined,
  }];
}
