import {
  ServiceEntrySpecLocation as Location,
  ServiceEntrySpecResolution as Resolution,
  toJson_DestinationRuleSpec,
  toJson_ServiceEntrySpec,
} from '../../../imports/istio/networking.istio.io';
import { LegModel, RouteModel, UpstreamModel } from '../model';
import { FAILOVER } from './failover';
import { exportTo } from './visibility';

/**
 * The port of every upstream. As TLS on this port a sidecar of the gateway's namespace matches the entry by its server name; as TCP without an
 * address it would capture the whole port there.
 */
export const UPSTREAM_PORT = 443;

const RESOLUTION = {
  STATIC: Resolution.STATIC,
  DNS: Resolution.DNS,
  DNS_ROUND_ROBIN: Resolution.DNS_UNDERSCORE_ROUND_UNDERSCORE_ROBIN,
};

/** What the gateway connects to for one leg: an entry of its own under the leg's server name, so that the real host is not known in the gateway's namespace. */
export function renderUpstream(route: RouteModel, leg: LegModel, upstream: UpstreamModel): unknown {
  return toJson_ServiceEntrySpec({
    hosts: [leg.serverName],
    ports: [{ number: UPSTREAM_PORT, name: 'tls', protocol: 'TLS', targetPort: leg.port.targetPort ?? leg.port.number }],
    location: Location.MESH_UNDERSCORE_EXTERNAL,
    resolution: RESOLUTION[upstream.mode],
    endpoints: upstream.endpoints.map(address => ({ address })),
    exportTo: exportTo([], route.namespace, route.gateway.namespace),
  });
}

/** How the gateway uses the endpoints of one leg. */
export function renderUpstreamRule(route: RouteModel, leg: LegModel): unknown {
  return toJson_DestinationRuleSpec({
    host: leg.serverName,
    trafficPolicy: FAILOVER,
    exportTo: exportTo([], route.namespace, route.gateway.namespace),
  });
}
