import {
  DestinationRuleSpecSubsetsTrafficPolicyPortLevelSettingsConnectionPoolHttpH2UpgradePolicy as H2Upgrade,
  DestinationRuleSpecSubsetsTrafficPolicyPortLevelSettingsTlsMode as ClientTls,
  toJson_DestinationRuleSpec,
  toJson_VirtualServiceSpec,
} from '../../../imports/istio/networking.istio.io';
import { AccessModel, HttpModel, LegModel, MeshModel, RouteModel, ServiceModel } from '../model';
import { namespaceServerName } from '../names';
import { isHttp, isHttp2 } from '../wire';
import { failoverOf } from './traffic-policy';
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
          ...settingsOf(leg),
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

function settingsOf({ port: { protocol } }: LegModel) {
  const failover = failoverOf(protocol);
  // The gateway's port says TLS or HTTPS, and to such a port a proxy would take HTTP/1.1.
  const http = isHttp2(protocol) ? { h2UpgradePolicy: H2Upgrade.UPGRADE } : undefined;
  return { ...failover, connectionPool: { ...failover.connectionPool, http } };
}

function sniOf(route: RouteModel, leg: LegModel, client: ClientNamespace): string {
  return client.whole ? namespaceServerName(client.name, leg.port.number, route.namespace, leg.host) : leg.serverName;
}

/**
 * From the clients' sidecars to the gateway: which connections to a host go there, and to which subset. One object a host: with several hosts in
 * one, istiod writes the rules of each server name once for each of them.
 */
export function renderMeshVirtualService(service: ServiceModel, route: RouteModel, host: string, { namespaces }: AccessModel): unknown {
  const legs = route.legs.filter(leg => leg.host === host);
  const tcp = legs.filter(leg => leg.port.protocol === 'TCP');
  const tls = legs.filter(leg => leg.port.protocol === 'TLS');
  const http = legs.filter(leg => isHttp(leg.port.protocol));
  return toJson_VirtualServiceSpec({
    hosts: [host],
    gateways: ['mesh'],
    http: http.length > 0 ? http.flatMap(leg => httpRules(route, leg, namespaces, service.http)) : undefined,
    tcp: tcp.length > 0 ? tcp.map(leg => ({ match: [{ port: leg.port.number }], ...rule(route, leg) })) : undefined,
    tls: tls.length > 0 ? tls.map(leg => ({ match: [{ port: leg.port.number, sniHosts: [leg.host] }], ...rule(route, leg) })) : undefined,
    exportTo: exportTo(service.visibleTo, service.namespace),
  });
}

function rule({ gateway }: RouteModel, leg: LegModel) {
  return { route: [{ destination: { host: gateway.host, subset: leg.subset, port: { number: leg.gatewayPort } } }] };
}

/**
 * The gateway finds the server by the server name and the route by the host of the request, so the host is the server name on the way there. A client
 * that is a whole namespace has another server name, and so a rule of its own.
 */
function httpRules(route: RouteModel, leg: LegModel, namespaces: readonly string[], http: HttpModel | undefined) {
  const whole = route.mutual ? namespaces : [];
  return [
    ...whole.map(client => ({
      match: [{ port: leg.port.number, sourceNamespace: client }],
      rewrite: { authority: namespaceServerName(client, leg.port.number, route.namespace, leg.host) },
      ...http,
      ...rule(route, leg),
    })),
    { match: [{ port: leg.port.number }], rewrite: { authority: leg.serverName }, ...http, ...rule(route, leg) },
  ];
}
