import {
  DestinationRuleSpecSubsetsTrafficPolicyPortLevelSettingsTlsMode as ClientTls,
  toJson_DestinationRuleSpec,
  toJson_VirtualServiceSpec,
} from '../../../imports/istio/networking.istio.io';
import { LegModel, RouteModel, ServiceModel } from '../model';
import { FAILOVER } from './failover';
import { exportTo } from './visibility';

/** From the clients' sidecars to the gateway: the subset of the gateway for each leg, for one namespace of clients. */
export function renderClientDestinationRule(route: RouteModel): unknown {
  return toJson_DestinationRuleSpec({
    host: route.gateway.host,
    subsets: route.legs.map(leg => ({
      name: leg.subset,
      // Every pod of the gateway has these labels; a subset without any is reported as one that selects nothing.
      labels: { ...route.gateway.selector },
      trafficPolicy: {
        portLevelSettings: [{
          port: { number: leg.gatewayPort },
          // Settings of a port replace those above them, so these have to stand here.
          ...FAILOVER,
          tls: route.mutual
            ? { mode: ClientTls.ISTIO_UNDERSCORE_MUTUAL, sni: leg.name }
            // Without it auto-mTLS may speak TLS to a plaintext port, and the bytes of the handshake reach the database.
            : { mode: ClientTls.DISABLE },
        }],
      },
    })),
    // A sidecar looks for rules in its own namespace, the gateway's and the root namespace only: each namespace of clients has a copy of its own.
    exportTo: ['.'],
  });
}

/**
 * From the clients' sidecars to the gateway: which connections to a host go there, and to which subset. One object a host: one with several makes the
 * rules for each server name as often as it has hosts.
 */
export function renderMeshVirtualService(service: ServiceModel, route: RouteModel, host: string): unknown {
  const rule = (leg: LegModel) => ({
    route: [{ destination: { host: route.gateway.host, subset: leg.subset, port: { number: leg.gatewayPort } } }],
  });
  const legs = route.legs.filter(leg => leg.host === host);
  const tcp = legs.filter(leg => leg.port.protocol === 'TCP');
  const tls = legs.filter(leg => leg.port.protocol === 'TLS');
  return toJson_VirtualServiceSpec({
    hosts: [host],
    gateways: ['mesh'],
    tcp: tcp.length > 0 ? tcp.map(leg => ({ match: [{ port: leg.port.number }], ...rule(leg) })) : undefined,
    tls: tls.length > 0 ? tls.map(leg => ({ match: [{ port: leg.port.number, sniHosts: [leg.host] }], ...rule(leg) })) : undefined,
    exportTo: exportTo(service.visibleTo, service.namespace),
  });
}
