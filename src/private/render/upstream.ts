import {
  DestinationRuleSpecTrafficPolicyTlsMode as Mode,
  ServiceEntrySpecLocation as Location,
  toJson_DestinationRuleSpec,
  toJson_ServiceEntrySpec,
} from '../../../imports/istio/networking.istio.io';
import { ConnectionModel, LegModel, PortModel, RouteModel, UpstreamModel } from '../model';
import { isHttp } from '../wire';
import { RESOLUTION, renderServers } from './service-entry';
import { originationOf, settingsOf } from './traffic-policy';
import { exportTo } from './visibility';

/**
 * The port of an upstream. As TLS on 443, or HTTP on 80, a sidecar of the gateway's namespace matches the entry by its made-up host; as TCP without an
 * address it would capture the whole port there.
 */
export function upstreamPort({ protocol }: PortModel) {
  return isHttp(protocol) ? { number: 80, name: protocol.toLowerCase(), protocol } : { number: 443, name: 'tls', protocol: 'TLS' };
}

/** What the gateway connects to for one leg: an entry of its own under the leg's server name, so that the real host is not known in the gateway's namespace. */
export function renderUpstream(route: RouteModel, leg: LegModel, upstream: UpstreamModel): unknown {
  return toJson_ServiceEntrySpec({
    hosts: [leg.serverName],
    ports: [{ ...upstreamPort(leg.port), targetPort: leg.port.targetPort ?? leg.port.number }],
    location: Location.MESH_UNDERSCORE_EXTERNAL,
    resolution: RESOLUTION[upstream.mode],
    endpoints: renderServers(upstream.endpoints),
    exportTo: exportTo([], route.namespace, route.gateway.namespace),
  });
}

/** Whether a gateway has several endpoints of a leg to choose from. */
export function balances({ mode, endpoints }: UpstreamModel): boolean {
  return mode === 'DNS' || endpoints.length > 1;
}

/** How the gateway uses the endpoints of one leg. */
export function renderUpstreamRule(
  route: RouteModel, { host, port, serverName }: LegModel, upstream: UpstreamModel, connection: ConnectionModel,
): unknown {
  return toJson_DestinationRuleSpec({
    host: serverName,
    trafficPolicy: {
      ...settingsOf(port.protocol, connection, { balances: balances(upstream), endpoints: upstream.endpoints }),
      tls: originationOf(port.tls, host, Mode),
    },
    exportTo: exportTo([], route.namespace, route.gateway.namespace),
  });
}
