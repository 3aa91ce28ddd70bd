import {
  GatewaySpecServersTlsMode as ServerTls,
  toJson_GatewaySpec,
  toJson_VirtualServiceSpec,
} from '../../../imports/istio/networking.istio.io';
import { AuthorizationPolicySpecAction as Action, toJson_AuthorizationPolicySpec } from '../../../imports/istio/security.istio.io';
import { ClientModel, LegModel, RouteModel, ServiceModel } from '../model';
import { dnsLabel } from '../names';
import { exportTo } from './visibility';

/** What the gateway listens for: a server for each leg, because one server of several hosts sends them all to one upstream. */
export function renderGateway(route: RouteModel): unknown {
  const protocol = route.mutual ? 'TLS' : 'TCP';
  return toJson_GatewaySpec({
    selector: { ...route.gateway.selector },
    servers: route.legs.map(leg => ({
      port: { number: leg.gatewayPort, name: dnsLabel(protocol.toLowerCase(), leg.subset), protocol },
      // "./": only routes of this namespace may attach, so nobody else can send the service's connections elsewhere.
      hosts: [`./${leg.name}`],
      tls: route.mutual ? { mode: ServerTls.ISTIO_UNDERSCORE_MUTUAL } : undefined,
    })),
  });
}

/** From the gateway out of the mesh. One object a leg: behind ended TLS the host is all that tells two legs on one port apart. */
export function renderGatewayVirtualService(service: ServiceModel, route: RouteModel, leg: LegModel, gatewayName: string): unknown {
  return toJson_VirtualServiceSpec({
    hosts: [leg.name],
    gateways: [gatewayName],
    tcp: [{
      match: [{ port: leg.gatewayPort }],
      route: [{ destination: { host: leg.host, port: { number: leg.port.number } } }],
    }],
    exportTo: exportTo([], service.namespace, route.gateway.namespace),
  });
}

/**
 * Who may pass. DENY for everybody but the clients: an ALLOW policy would make all other traffic of a gateway that others use denied, a minute later.
 */
export function renderGatewayPolicy(route: RouteModel, clients: readonly ClientModel[], trustDomain: string): unknown {
  const principals = clients.map(client => `${trustDomain}/ns/${client.namespace}/sa/${client.account ?? '*'}`);
  return toJson_AuthorizationPolicySpec({
    selector: { matchLabels: { ...route.gateway.selector } },
    action: Action.DENY,
    rules: [{
      from: [{ source: { notPrincipals: [...new Set(principals)].sort() } }],
      when: [{ key: 'connection.sni', values: route.legs.map(leg => leg.name) }],
    }],
  });
}
