/** What the library says about an app, for Istio to be asked whether its manifests do it. Only the public API is asked, as a user of it would. */
import { App } from 'cdk8s';
import {
  ClientDescription, EgressGateway, EgressLockdown, EgressViaGateway, ExternalService, ExternalServiceDescription, Mesh, PortDescription,
  VirtualMachineService, VirtualMachineServiceDescription,
} from 'cdk8s-istio-egress';

/** The file beside the manifests of an app; read by internal/expect. */
export const EXPECTATIONS_FILE = 'expectations.json';

export interface ExpectedLeg {
  readonly host: string;
  readonly port: number;
  readonly gatewayPort: number;
  /** The server name for clients that are named accounts. */
  readonly name: string;
  /** The server names for clients that are whole namespaces, by namespace. */
  readonly namespaceNames: { readonly [namespace: string]: string };
  /** The host under which only the gateway knows the one outside, on port 443, or 80 for HTTP. */
  readonly upstream: string;
  /** How the library says that the gateway finds it. */
  readonly resolution: string;
  readonly endpoints: readonly string[];
  readonly mutual: boolean;
  readonly subset: string;
}

export interface ExpectedRoute {
  readonly gateway: {
    readonly namespace: string;
    readonly service: string;
    readonly selector: { readonly [label: string]: string };
    /** What the gateway's Service has to offer beside the ports of the stock chart. */
    readonly ports: readonly { readonly port: number; readonly targetPort: number }[];
    /** Whether NetworkPolicies let its pods out to the services alone that are routed through it. */
    readonly locked: boolean;
  };
  readonly legs: readonly ExpectedLeg[];
}

export interface ExpectedPort {
  readonly number: number;
  readonly targetPort: number;
  readonly name: string;
  readonly protocol: string;
  readonly tls?: {
    readonly mode: string;
    readonly sni?: string;
    readonly subjectAltNames?: readonly string[];
    readonly caCertificates?: string;
    readonly credentialName?: string;
  };
}

/** One of several endpoints, as the description of an app has it. */
export interface DeclaredEndpoint {
  readonly address: string;
  readonly priority?: number;
  readonly locality?: string;
  readonly weight?: number;
}

/** How the last proxy connects, as the description of an app has it; times in seconds. */
export interface DeclaredConnection {
  readonly connectTimeout?: number;
  readonly maxConnections?: number;
  readonly keepaliveTime?: number;
  readonly idleTimeout?: number;
  readonly maxConnectionDuration?: number;
  /** The failures after which an endpoint is left out. */
  readonly consecutiveErrors?: number;
}

/** What the description of an app has of a service and the library does not say of it. */
export interface Declared {
  /** Order and shares of the endpoints. */
  readonly choice?: readonly DeclaredEndpoint[];
  /** Settings of the last proxy's connections. */
  readonly connection?: DeclaredConnection;
}

export interface ExpectedService extends Declared {
  readonly path: string;
  readonly name: string;
  readonly namespace: string;
  readonly hosts: readonly string[];
  readonly ports: readonly ExpectedPort[];
  readonly resolution: string;
  readonly addresses: readonly string[];
  readonly endpoints: readonly string[];
  readonly networks?: readonly string[];
  readonly visibleTo: readonly string[];
  /** A client without an account is every account of its namespace. */
  readonly clients: readonly { readonly namespace: string; readonly serviceAccount?: string }[];
  readonly route?: ExpectedRoute;
}

/** A service of the mesh on virtual machines. */
export interface ExpectedMachines {
  readonly path: string;
  readonly name: string;
  readonly namespace: string;
  readonly host: string;
  readonly ports: readonly ExpectedPort[];
  readonly serviceAccount: string;
  readonly labels: { readonly [label: string]: string };
  /** None when the machines register themselves. */
  readonly addresses: readonly string[];
  readonly visibleTo: readonly string[];
  readonly clients: readonly { readonly namespace: string; readonly serviceAccount?: string }[];
}

/** A namespace that NetworkPolicies keep from everything outside that is not declared for it. */
export interface ExpectedLockdown {
  readonly namespace: string;
  /** Ports that are open to every address, as `<host>:<port>`. */
  readonly byNameOnly: readonly string[];
}

/** What routes services through a gateway; one that denies by default is told once by each what it lets through. */
export interface ExpectedWay {
  readonly path: string;
  readonly gateway: { readonly namespace: string; readonly service: string };
}

export interface ExpectedMesh {
  readonly trustDomain: string;
  readonly trustDomainAliases: readonly string[];
  readonly clusterDomain: string;
  readonly rootNamespace: string;
  readonly outboundTrafficPolicy: string;
  readonly dataPlane: string;
  readonly dnsCapture: boolean;
  readonly ipAutoAllocate: boolean;
  readonly virtualIpRange?: string;
}

/** A request to a service inside the mesh, and what should become of it. */
export interface ExpectedRequest {
  readonly service: string;
  readonly namespace: string;
  readonly port: number;
  /** Where it comes in from outside; without it, it comes from sidecars. */
  readonly ingress?: { readonly host: string; readonly port: number; readonly certificate?: string; readonly mutual?: boolean };
  readonly path: string;
  readonly headers: { readonly [name: string]: string };
  /** Whether the client is sent to HTTPS, and nothing else happens. */
  readonly redirected?: boolean;
  /** Percent by version; the empty one is every pod. */
  readonly shares?: { readonly [version: string]: number };
  readonly mirror?: { readonly subset: string; readonly percentage: number };
  /** How long it may take; without it, as long as it wants. */
  readonly seconds?: number;
  /** The status of an injected fault. */
  readonly abort?: number;
  /** What keeps requests with one pod: "header NAME", "cookie NAME", "parameter NAME" or "address". */
  readonly hash?: string;
}

export interface Expectations {
  readonly mesh: ExpectedMesh;
  readonly services: readonly ExpectedService[];
  readonly ways: readonly ExpectedWay[];
  /** Not asked for, but worked out from the description of a generated app. */
  readonly requests?: readonly ExpectedRequest[];
  readonly machines: readonly ExpectedMachines[];
  readonly lockdowns: readonly ExpectedLockdown[];
}

/**
 * What every construct of an app says about itself.
 *
 * @param declared what the app's description has besides, of each service
 */
export function expectationsOf(app: App, declared: readonly Declared[] = []): Expectations {
  const mesh = Mesh.of(app);
  const deployed = deployedIn(app);
  return {
    mesh: {
      trustDomain: mesh.trustDomain,
      trustDomainAliases: mesh.trustDomainAliases,
      clusterDomain: mesh.clusterDomain,
      rootNamespace: mesh.rootNamespace,
      outboundTrafficPolicy: mesh.outboundTrafficPolicy,
      dataPlane: mesh.dataPlane,
      dnsCapture: mesh.dnsCapture,
      ipAutoAllocate: mesh.ipAutoAllocate,
      virtualIpRange: mesh.virtualIpRange,
    },
    services: ExternalService.allIn(app).map((service, i) => expectedService(service.describe(), deployed, declared[i])),
    ways: waysIn(app),
    machines: VirtualMachineService.allIn(app).map(machines => expectedMachines(machines.describe())),
    lockdowns: EgressLockdown.allIn(app).map(expectedLockdown),
  };
}

function expectedLockdown(lockdown: EgressLockdown): ExpectedLockdown {
  const { namespaceName, byNameOnly } = lockdown.describe();
  return { namespace: namespaceName, byNameOnly };
}

function waysIn(app: App): ExpectedWay[] {
  return app.node.findAll().flatMap(construct => (construct instanceof EgressViaGateway
    ? [{ path: construct.node.path, gateway: { namespace: construct.gateway.namespaceName, service: construct.gateway.serviceName } }] : []));
}

/** The gateways that an app deploys, as `<namespace>/<name>` of their Services. */
function deployedIn(app: App): string[] {
  return app.node.findAll().flatMap(construct => (construct instanceof EgressGateway ? [`${construct.namespaceName}/${construct.serviceName}`] : []));
}

function expectedService(service: ExternalServiceDescription, deployed: readonly string[], declared?: Declared): ExpectedService {
  return {
    path: service.path,
    name: service.name,
    namespace: service.namespaceName ?? '',
    hosts: service.hosts,
    ports: expectedPorts(service),
    resolution: service.resolution,
    addresses: service.addresses,
    endpoints: service.endpoints,
    networks: service.networks,
    ...declared,
    visibleTo: service.visibleTo,
    clients: expectedClients(service),
    route: expectedRoute(service, deployed),
  };
}

function expectedMachines(machines: VirtualMachineServiceDescription): ExpectedMachines {
  return {
    path: machines.path,
    name: machines.serviceName,
    namespace: machines.namespaceName,
    host: machines.host,
    ports: expectedPorts(machines),
    serviceAccount: machines.serviceAccountName,
    labels: machines.labels,
    addresses: machines.addresses ?? [],
    visibleTo: machines.visibleTo,
    clients: expectedClients(machines),
  };
}

function expectedPorts({ ports }: { readonly ports: readonly PortDescription[] }): ExpectedPort[] {
  return ports.map(({ number, targetPort, name, protocol, tls }) => ({ number, targetPort, name, protocol, tls }));
}

function expectedClients({ clients }: { readonly clients: readonly ClientDescription[] }): ExpectedService['clients'] {
  return clients.map(client => ({ namespace: client.namespaceName, serviceAccount: client.serviceAccountName }));
}

const STOCK_PORTS = [80, 443];

function expectedRoute({ namespaceName = '', clients, route }: ExternalServiceDescription, deployed: readonly string[]): ExpectedRoute | undefined {
  if (!route) {
    return undefined;
  }
  const more = [...new Set(route.legs.map(leg => leg.gatewayPort))].filter(port => !STOCK_PORTS.includes(port));
  const whole = route.mutualTls ? clients.filter(client => client.serviceAccountName === undefined) : [];
  return {
    gateway: {
      namespace: route.gatewayNamespaceName,
      service: route.gatewayServiceName,
      selector: route.gatewaySelector,
      ports: more.map(port => ({ port, targetPort: port })),
      locked: deployed.includes(`${route.gatewayNamespaceName}/${route.gatewayServiceName}`),
    },
    legs: route.legs.map(({ host, port, gatewayPort, serverName, subset, resolution, endpoints }) => ({
      host,
      port,
      gatewayPort,
      name: serverName,
      // Made here and not asked for, so that the manifests are compared with the rule for these names.
      namespaceNames: Object.fromEntries(whole.map(client => [
        client.namespaceName, `in.${client.namespaceName}.${namespaceName}.${portPart(host)}${port}.${domainOf(host)}`,
      ])),
      upstream: `${portPart(host)}${port}.${namespaceName}.${domainOf(host)}`,
      resolution,
      endpoints,
      mutual: route.mutualTls,
      subset,
    })),
  };
}

/** The name for every host of a domain is another than that for the domain itself. */
function portPart(host: string): string {
  return host.startsWith('*.') ? 'any' : 'p';
}

function domainOf(host: string): string {
  return host.startsWith('*.') ? host.slice(2) : host;
}
