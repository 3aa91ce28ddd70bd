import {
  GatewaySpecServersTlsMode as ServerTls,
  toJson_GatewaySpec,
  toJson_VirtualServiceSpec,
} from '../../../imports/istio/networking.istio.io';
import { AuthorizationPolicySpecAction as Action, toJson_AuthorizationPolicySpec } from '../../../imports/istio/security.istio.io';
import { AccessModel, AdmittedModel, GatewayModel, LegModel, MeshModel, RouteModel } from '../model';
import { dnsLabel, labelOf, namespaceServerName, namespaceServerPrefix } from '../names';
import { isHttp } from '../wire';
import { upstreamPort } from './upstream';
import { exportTo } from './visibility';

/**
 * What the gateway listens for: a server for each server name, because one server of several hosts sends them all to one upstream.
 *
 * Identity is checked in the handshake. Istio compares `subjectAltNames` exactly, so a client that is a whole namespace has a server name of its own
 * without them, which a policy guards.
 */
export function renderGateway(route: RouteModel, access: AccessModel): unknown {
  return toJson_GatewaySpec({ selector: { ...route.gateway.selector }, servers: route.legs.flatMap(leg => serversOf(route, leg, access)) });
}

function serversOf(route: RouteModel, leg: LegModel, { identities, namespaces }: AccessModel) {
  const http = isHttp(leg.port.protocol);
  const plain = http ? leg.port.protocol : 'TCP';
  const secure = http ? 'HTTPS' : 'TLS';
  const server = (serverName: string, portName: string, tls: object | undefined) => ({
    port: { number: leg.gatewayPort, name: portName, protocol: tls ? secure : plain },
    // "./": only routes of this namespace attach, so no other namespace can send the service's connections elsewhere.
    hosts: [`./${serverName}`],
    tls,
  });
  if (!route.mutual) {
    return [server(leg.serverName, dnsLabel(plain.toLowerCase(), leg.port.number), undefined)];
  }
  // Istio wants port names that are unique in the Gateway. Hosts that differ in "." and "-" alone must not share one.
  const portName = (serverName: string, ...client: string[]) => (
    leg.host === route.legs[0].host ? dnsLabel(secure.toLowerCase(), leg.port.number, ...client) : labelOf(serverName));
  const mode = ServerTls.ISTIO_UNDERSCORE_MUTUAL;
  return [
    ...identities.length > 0
      ? [server(leg.serverName, portName(leg.serverName), { mode, subjectAltNames: [...identities] })] : [],
    ...namespaces.map(client => {
      const serverName = serverNameIn(route, leg, client);
      return server(serverName, portName(serverName, 'in', client), { mode });
    }),
  ];
}

function serverNameIn(route: RouteModel, leg: LegModel, client: string): string {
  return namespaceServerName(client, leg.port.number, route.namespace, leg.host);
}

/**
 * What proxies tell each other of a client: its identity, its pod's address, names of the mesh. A service outside the mesh is not told. `x-envoy-original-host`
 * cannot be removed here: Envoy adds it with the rewrite, after the removal.
 */
const INTERNAL_HEADERS = [
  'x-forwarded-client-cert', 'x-forwarded-for', 'x-envoy-external-address', 'x-envoy-peer-metadata', 'x-envoy-peer-metadata-id', 'x-envoy-decorator-operation',
  'x-envoy-attempt-count',
];

/** By which servers take another method or path than the one that the gateway has compared. */
const OVERRIDES = ['x-http-method', 'x-http-method-override', 'x-method-override', 'x-original-url', 'x-rewrite-url'];

/** The host of a request as the application wrote it: with the port, unless that is the one of the protocol. */
function authorityOf({ host, port }: LegModel): string {
  return port.number === 80 ? host : `${host}:${port.number}`;
}

/** From the gateway out of the mesh. One object a leg: behind terminated TLS the host of the object is what tells two legs on one port apart. */
export function renderGatewayVirtualService(
  route: RouteModel, leg: LegModel, gatewayName: string, { identities, namespaces, limited }: AccessModel,
): unknown {
  const named = identities.length > 0 || !route.mutual;
  const remove = [...INTERNAL_HEADERS, ...limited.length > 0 ? OVERRIDES : []];
  const rule = {
    match: [{ port: leg.gatewayPort }],
    route: [{ destination: { host: leg.serverName, port: { number: upstreamPort(leg.port).number } } }],
  };
  return toJson_VirtualServiceSpec({
    hosts: [...named ? [leg.serverName] : [], ...route.mutual ? namespaces.map(client => serverNameIn(route, leg, client)) : []],
    gateways: [gatewayName],
    ...isHttp(leg.port.protocol)
      // The sidecar tries again as its own rule says; twice as many proxies would make three tries nine.
      ? {
        http: [{
          ...rule, rewrite: { authority: authorityOf(leg) }, retries: { attempts: 0 }, headers: { request: { remove } },
        }],
      }
      : { tcp: [rule] },
    exportTo: exportTo([], route.namespace, route.gateway.namespace),
  });
}

/**
 * Keeps everybody else from the server names of a client that is a whole namespace. DENY for all but that namespace: an ALLOW policy would deny all other
 * traffic of a gateway that others use, a minute later. One policy serves every service of the declaring namespace: each policy is copied into each
 * filter chain of the gateway.
 */
export function renderNamespacePolicy(gateway: GatewayModel, namespace: string, client: string, mesh: MeshModel): unknown {
  return toJson_AuthorizationPolicySpec({
    selector: { matchLabels: { ...gateway.selector } },
    action: Action.DENY,
    rules: [{
      // istiod adds the aliases of the trust domain here, as it does not in a handshake.
      from: [{ source: { notPrincipals: [`${mesh.trustDomain}/ns/${client}/sa/*`] } }],
      when: [{ key: 'connection.sni', values: [`${namespaceServerPrefix(client, namespace)}*`] }],
    }],
  });
}

/** Denies what no other policy allows: an ALLOW policy without rules. */
export function renderDenyByDefault(selector: { readonly [label: string]: string }): unknown {
  return toJson_AuthorizationPolicySpec({ selector: { matchLabels: { ...selector } }, action: Action.ALLOW });
}

/**
 * Allows the server names that an app declares. The handshake has compared the identities of named accounts already, so their rule has none: every policy
 * is copied into every filter chain of the gateway. A whole namespace is compared here.
 */
export function renderAdmission(gateway: GatewayModel, admitted: readonly AdmittedModel[], mesh: MeshModel): unknown {
  const named = admitted.filter(({ access }) => access.identities.length > 0).flatMap(({ route }) => route.legs.map(({ serverName }) => serverName));
  const whole = new Map<string, string[]>();
  for (const { route, access } of admitted) {
    for (const client of access.namespaces) {
      whole.set(client, [...whole.get(client) ?? [], ...route.legs.map(leg => serverNameIn(route, leg, client))]);
    }
  }
  const when = (names: readonly string[]) => [{ key: 'connection.sni', values: [...names].sort() }];
  return toJson_AuthorizationPolicySpec({
    selector: { matchLabels: { ...gateway.selector } },
    action: Action.ALLOW,
    rules: [
      ...named.length > 0 ? [{ when: when(named) }] : [],
      ...[...whole].sort(([a], [b]) => (a < b ? -1 : 1)).map(([client, names]) => (
        { from: [{ source: { principals: [`${mesh.trustDomain}/ns/${client}/sa/*`] } }], when: when(names) })),
    ],
  });
}

/**
 * Denies the requests that a client of a service may not send. A DENY policy is asked before any ALLOW policy, and its server names are those of this service
 * alone, so it is right at every gateway. Where a chain is not one of HTTP, istiod leaves methods and paths out: no other chain has these names.
 */
export function renderRequestPolicy(route: RouteModel, { namespaces, limited }: AccessModel): unknown {
  const names = route.legs.flatMap(leg => [leg.serverName, ...namespaces.map(client => serverNameIn(route, leg, client))]).sort();
  return toJson_AuthorizationPolicySpec({
    selector: { matchLabels: { ...route.gateway.selector } },
    action: Action.DENY,
    rules: limited.map(({ principals, limits: { methods, paths } }) => ({
      from: [{ source: { principals: [...principals] } }],
      // Any of the two is enough to be denied.
      to: [...methods ? [{ operation: { notMethods: [...methods] } }] : [], ...paths ? [{ operation: { notPaths: [...paths] } }] : []],
      when: [{ key: 'connection.sni', values: names }],
    })),
  });
}
