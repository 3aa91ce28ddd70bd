import { number, record, records, strings, text } from '../view/fields';
import { HostIndex } from '../view/host-index';
import { KnownService } from '../view/known-service';
import { addTo } from '../view/lists';
import { MeshObject, NETWORKING } from '../view/mesh-object';
import { MeshView } from '../view/mesh-view';
import { GATEWAY_API, isWaypoint } from '../view/waypoint';

/** A route for the sidecars, by one of its parents. */
interface MeshRoute {
  readonly object: MeshObject;
  /** Undefined for every port. */
  readonly port?: number;
}

const KINDS = ['HTTPRoute', 'GRPCRoute', 'TLSRoute', 'TCPRoute'];

/** The objects of the Gateway API that decide about connections: they are not followed, and have to be told. */
export class GatewayApi {
  private readonly byParent = new Map<string, MeshRoute[]>();
  private readonly byHost = new HostIndex<MeshRoute>();
  private readonly gateways = new Map<string, MeshObject>();

  public constructor(view: MeshView) {
    for (const object of KINDS.flatMap(kind => view.of(GATEWAY_API, kind))) {
      for (const { group, kind, namespace, name, port } of records(object.spec.parentRefs)) {
        // A parent of another kind is a gateway, which sidecars know nothing of.
        if (kind === 'Service' || kind === 'ServiceEntry' && group === NETWORKING) {
          const route = { object, port: number(port) };
          addTo(this.byParent, keyOf(kind, text(namespace) ?? object.namespace, text(name) ?? ''), route);
          strings(object.spec.hostnames).forEach(host => this.byHost.add(host, route));
        }
      }
    }
    for (const object of view.of(GATEWAY_API, 'Gateway').filter(gateway => !isWaypoint(gateway))) {
      hostsOf(object, view.facts.clusterDomain).forEach(host => this.gateways.set(host, object));
    }
  }

  /** The route that sidecars have for a service, or for a name that is asked for. */
  public routeOf(services: readonly KnownService[], host: string, port: number): MeshObject | undefined {
    const ofParents = this.byParent.size === 0 ? []
      : services.flatMap(({ object: { kind, namespace, name } }) => this.byParent.get(keyOf(kind, namespace, name)) ?? []);
    const found = [...ofParents, ...this.byHost.find([host])];
    return found.find(({ port: of }) => of === undefined || of === port)?.object;
  }

  /** The Gateway whose pods are behind a Service. */
  public gatewayAt(host: string): MeshObject | undefined {
    return this.gateways.get(host);
  }
}

function keyOf(kind: string, namespace: string, name: string): string {
  return `${kind} ${namespace}/${name}`;
}

/** The Service that istiod makes for a Gateway, or those that it names. */
function hostsOf({ name, namespace, annotations, spec }: MeshObject, clusterDomain: string): string[] {
  const named = records(spec.addresses).flatMap(address => text(record(address).value) ?? []);
  const own = annotations['gateway.istio.io/name-override'] ?? `${name}-${text(spec.gatewayClassName) ?? ''}`;
  return (named.length > 0 ? named : [own]).map(host => (host.includes('.') ? host : `${host}.${namespace}.svc.${clusterDomain}`));
}
