import { Fields, number, record, records, text } from './fields';
import { MeshObject } from './mesh-object';
import { Namespaces } from './namespaces';
import { selectorOf } from './pod-selector';

export const GATEWAY_API = 'gateway.networking.k8s.io';

/** What an object says of the waypoint that its traffic goes through. */
export interface WaypointLabel {
  readonly name: string;
  readonly namespace: string;
  /** The object with the label: itself, or its namespace. */
  readonly labelled: MeshObject;
}

export const USE_WAYPOINT = 'istio.io/use-waypoint';
export const WAYPOINT_NAMESPACE = 'istio.io/use-waypoint-namespace';

/** The waypoint that an object, or its namespace, asks for; its own label counts first, and `none` says that there is none. */
export function waypointOf(object: MeshObject, namespaces: Namespaces): WaypointLabel | undefined {
  const labelled = [object, namespaces.of(object.namespace)].find(candidate => candidate?.labels[USE_WAYPOINT] !== undefined);
  const name = labelled?.labels[USE_WAYPOINT];
  return labelled && name !== undefined && name !== '' && name !== 'none'
    ? { name, namespace: labelled.labels[WAYPOINT_NAMESPACE] ?? object.namespace, labelled } : undefined;
}

/** Whether an object goes through no waypoint. Without its Namespace, which may have the label, its own label alone says so. */
export function usesNoWaypoint(object: MeshObject, namespaces: Namespaces): boolean {
  const isKnown = object.labels[USE_WAYPOINT] !== undefined || namespaces.of(object.namespace) !== undefined;
  return isKnown && waypointOf(object, namespaces) === undefined;
}

/** The class of Gateways that Istio deploys waypoints for. */
export const WAYPOINT_CLASS = 'istio-waypoint';

/** Whether a Gateway is a waypoint, by its class. */
export function isWaypoint({ spec }: MeshObject): boolean {
  return text(spec.gatewayClassName) === WAYPOINT_CLASS;
}

/** Why a Gateway is no waypoint for the services of a namespace; undefined when it is one, or when what decides it is not there. */
export function refusalOf(waypoint: MeshObject, namespace: string, namespaces: Namespaces): string | undefined {
  const { spec, labels } = waypoint;
  const kind = labels['istio.io/waypoint-for'] ?? 'service';
  if (kind !== 'service' && kind !== 'all') {
    return `is a waypoint for "${kind}" and not for services`;
  }
  const listeners = records(spec.listeners);
  const listener = listeners.find(({ port, protocol }) => number(port) === 15008 && text(protocol) === 'HBONE') ?? listeners[0];
  return listener && !admits(listener, waypoint.namespace, namespace, namespaces) ? `takes no services of the namespace "${namespace}"` : undefined;
}

function admits(listener: Fields, own: string, namespace: string, namespaces: Namespaces): boolean {
  const allowed = record(record(listener.allowedRoutes).namespaces);
  const from = text(allowed.from) ?? 'Same';
  if (from === 'All') {
    return true;
  }
  if (from === 'Selector') {
    const labels = { ...namespaces.of(namespace)?.labels, 'kubernetes.io/metadata.name': namespace };
    const selector = selectorOf(allowed.selector);
    return namespaces.of(namespace) === undefined && !selector.asksOnly('kubernetes.io/metadata.name') || selector.selects(labels);
  }
  return own === namespace;
}
