import {
  DestinationRuleSpecSubsetsTrafficPolicyPortLevelSettingsTlsMode as ClientTls,
  toJson_DestinationRuleSpec,
  toJson_VirtualServiceSpec,
} from '../../../imports/istio/networking.istio.io';
import { LegModel, MeshModel, RouteModel, ServiceModel } from '../model';
import { namespaceServerName } from '../names';
import { FAILOVER } from './failover';
import { exportTo } from './visibility';

/** The clients of one namespace, as its DestinationRule has to know them. */
export interface ClientNamespace {
  readonly name: string;
  /** Whether the namespace is a client as a whole, and so has server names of its own. */
  readonly whole: boolean;
  /** Whether a rule that is exported everywhere would be used outside the namespace: it is the gateway's, or the root namespace. */
  readonly looksBeyond: boolean;
}

export function clientNamespace(route: RouteModel, mesh: MeshModel, name: string, whole: boolean): ClientNamespace {
  return { name, whole: route.mutual && whole, looksBeyond: name === route.gateway.namespace || name === mesh.rootNamespace };
}

/** From the sidecars of one namespace to the gateway: a subset of the gateway for each leg. */
export function renderClientDestinationRule(route: RouteModel, client: ClientNamespace): unknown {
  return toJson_DestinationRuleSpec({
    host: route.gateway.host,
    subsets: route.legs.map(leg => ({
      name: leg.subset,
      // Every pod of the gateway has these labels; analyzers report a subset without any.
      labels: { ...route.gateway.selector },
      trafficPolicy: {
        portLevelSettings: [{
          port: { number: leg.gatewayPort },
          // Settings of a port replace the destination's, so these are repeated here.
          ...FAILOVER,
          tls: route.mutual
            ? { mode: ClientTls.ISTIO_UNDERSCORE_MUTUAL, sni: sniOf(route, leg, client) }
            // Without it auto-mTLS may speak TLS to a plaintext port, and the bytes of the handshake reach the database.
            : { mode: ClientTls.DISABLE },
        }],
      },
    })),
    // Istio merges rules for one host only when their exportTo are equal, and published recipes have none.
    exportTo: client.looksBeyond ? ['.'] : undefined,
  });
}

function sniOf(route: RouteModel, leg: LegModel, client: ClientNamespace): string {
  return client.whole ? namespaceServerName(client.name, leg.port.number, route.namespace, leg.host) : leg.serverName;
}

/**
 * From the clients' sidecars to the gateway: which connections to a host go there, and to which subset. One object a host: with several hosts in
 * one, istiod writes the rules of each server name once for each of them.
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
