import { Finding, Rule, where } from './rule';
import { quote } from '../private/fail';
import { isSlipOf } from '../private/slip-table';
import { text } from '../view/fields';
import { MeshObject, NETWORKING } from '../view/mesh-object';
import { MeshView } from '../view/mesh-view';
import { GATEWAY_API, isWaypoint, refusalOf, USE_WAYPOINT, WAYPOINT_CLASS, WAYPOINT_NAMESPACE, WaypointLabel, waypointOf } from '../view/waypoint';

export const waypointFailsOpen: Rule = {
  id: 'MX0503',
  name: 'waypoint-fails-open',
  severity: 'ERROR',
  title: 'A ServiceEntry or Service asks for a waypoint that does not exist or does not accept it.',
  why: 'Without its waypoint, traffic is not stopped: ztunnel connects clients straight to the destination, and no policy applies.',
  fix: 'Name a Gateway of class `istio-waypoint` in `istio.io/use-waypoint`, its namespace in `istio.io/use-waypoint-namespace`, and let its listener accept the namespace of the service (`allowedRoutes`).',
  related: ['KIA1312', 'KIA1313'],
  check: view => {
    const classes = new Set(view.of(GATEWAY_API, 'GatewayClass').map(({ name }) => name));
    const misspelt = new Set(view.of(GATEWAY_API, 'Gateway').filter(gateway => isMisspelt(gateway, classes)));
    return [
      ...[...misspelt].map(ofNoClass),
      ...[...view.of(NETWORKING, 'ServiceEntry'), ...view.of('', 'Service')].flatMap(object => open(view, object, misspelt)),
    ];
  },
};

/** Whether a Gateway was to be a waypoint: a name that is near to the class of waypoints, and that no GatewayClass has. */
function isMisspelt({ spec }: MeshObject, classes: ReadonlySet<string>): boolean {
  const name = text(spec.gatewayClassName) ?? '';
  return isSlipOf(name, WAYPOINT_CLASS) && !classes.has(name);
}

function ofNoClass(gateway: MeshObject): Finding {
  return {
    object: gateway,
    message: `'gatewayClassName' is ${quote(gateway.spec.gatewayClassName)}, which is no class of Istio: no waypoint is deployed, `
      + `and clients of what names ${quote(gateway.name)} are connected past it`,
    fix: `did you mean ${quote(WAYPOINT_CLASS)}?`,
    field: ['spec', 'gatewayClassName'],
  };
}

function open(view: MeshView, object: MeshObject, misspelt: ReadonlySet<MeshObject>): Finding[] {
  const asked = waypointOf(object, view.namespaces);
  if (!asked) {
    return [];
  }
  const gateways = view.inNamespace(GATEWAY_API, 'Gateway', asked.namespace);
  const waypoint = gateways.get(asked.name);
  // That is told of the Gateway, once.
  if (waypoint && misspelt.has(waypoint)) {
    return [];
  }
  const meant = waypoint ? undefined : waypointElsewhere(view, object, asked);
  // Waypoints are often made by a command: without any other in the namespace nothing is known.
  const problem = waypoint ? refusalOf(waypoint, object.namespace, view.namespaces)
    : meant ? `is not there but in ${where(meant.namespace)}` : [...gateways.values()].some(isWaypoint) ? 'is not there' : undefined;
  return problem === undefined ? [] : [{
    object,
    message: `'${USE_WAYPOINT}' names ${quote(asked.name)} in ${where(asked.namespace)}, which ${problem}: clients are connected past every waypoint`,
    fix: waypoint ? 'let the listener of the waypoint take routes from this namespace with \'allowedRoutes\', or use a waypoint of the namespace'
      : meant ? `write the label '${WAYPOINT_NAMESPACE}: ${meant.namespace}' beside it`
        : `name a waypoint that is there, with '${WAYPOINT_NAMESPACE}' when it is in another namespace`,
    field: asked.labelled === object ? ['metadata', 'labels', USE_WAYPOINT] : undefined,
  }];
}

/**
 * The waypoint of another namespace that was meant. Many namespaces have one of the same name for themselves: it is meant where it takes services of others, and where
 * no namespace is written, or this one with a slip.
 */
function waypointElsewhere(view: MeshView, { namespace }: MeshObject, asked: WaypointLabel): MeshObject | undefined {
  const written = asked.labelled.labels[WAYPOINT_NAMESPACE];
  return asked.namespace === '' ? undefined : view.named(GATEWAY_API, 'Gateway', asked.name).find(candidate => (
    isWaypoint(candidate) && candidate.namespace !== '' && (written === undefined || isSlipOf(written, candidate.namespace))
    && refusalOf(candidate, namespace, view.namespaces) === undefined));
}
