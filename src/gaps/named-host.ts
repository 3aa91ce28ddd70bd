import { GatewayApi } from '../trace/gateway-api';
import { MeshObject } from '../view/mesh-object';
import { MeshView } from '../view/mesh-view';

/** A host that an object names and nothing in the input declares. */
export interface NamedHost {
  readonly host: string;
  readonly object: MeshObject;
  readonly field: readonly (string | number)[];
  /** Gateways that the same VirtualService is for. */
  readonly gateways: readonly string[];
}

/** The hosts of VirtualServices for the sidecars, of what they send to, and of DestinationRules, as far as nothing declares them. */
export function undeclaredHosts(view: MeshView): NamedHost[] {
  const api = new GatewayApi(view);
  const isKnown = (host: string) => host.includes('*') || view.serviceByHost.has(host) || view.names.entriesOf(host).length > 0
    || view.names.wildcardEntriesOf(host).length > 0 || view.gatewayPlaces.workloadsAt(host).size > 0 || api.gatewayAt(host) !== undefined;
  const named = [
    ...view.routes.flatMap(({ object, rules, hosts, gateways, isForSidecars }): NamedHost[] => [
      // A host that a gateway serves, too, may be one for clients from outside; where it is not, the rule of the gateway sends there.
      ...isForSidecars && gateways.length === 1 ? hosts.map((host, i) => ({ host, object, field: ['spec', 'hosts', i], gateways })) : [],
      ...rules.flatMap(({ destinations, mirrors }) => [...destinations, ...mirrors])
        .map(to => ({ host: to.host, object, field: [...to.field, 'host'], gateways })),
    ]),
    ...view.trafficRules.map(({ object, host }) => ({ host, object, field: ['spec', 'host'], gateways: [] })),
  ];
  const known = new Map<string, boolean>();
  named.forEach(({ host }) => known.has(host) || known.set(host, isKnown(host)));
  return named.filter(({ host }) => !known.get(host));
}
