/** What the library says about an app, for Istio to be asked whether its manifests do it. */
import { App } from 'cdk8s';
import { ExternalService, ExternalServiceDescription, Mesh } from 'cdk8s-istio-egress';

/** The file beside the manifests of a set; read by internal/expect. */
export const EXPECTATIONS_FILE = 'expectations.json';

export interface ExpectedLeg {
  readonly host: string;
  readonly port: number;
  readonly gatewayPort: number;
  /** The server name that only this leg carries. */
  readonly name: string;
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
  };
  readonly legs: readonly ExpectedLeg[];
}

export interface ExpectedPort {
  readonly number: number;
  readonly targetPort: number;
  readonly name: string;
  readonly protocol: string;
}

export interface ExpectedService {
  readonly path: string;
  readonly name: string;
  readonly namespace: string;
  readonly hosts: readonly string[];
  readonly ports: readonly ExpectedPort[];
  readonly resolution: string;
  readonly addresses: readonly string[];
  readonly endpoints: readonly string[];
  readonly visibleTo: readonly string[];
  /** A client without an account is every account of its namespace. */
  readonly clients: readonly { readonly namespace: string; readonly serviceAccount?: string }[];
  readonly route?: ExpectedRoute;
}

export interface Expectations {
  readonly mesh: { readonly trustDomain: string; readonly clusterDomain: string; readonly dnsCapture: boolean };
  readonly services: readonly ExpectedService[];
}

/** What every construct of an app says about itself. */
export function expectationsOf(app: App): Expectations {
  const { trustDomain, clusterDomain, dnsCapture } = Mesh.of(app);
  return { mesh: { trustDomain, clusterDomain, dnsCapture }, services: ExternalService.allIn(app).map(service => expectedService(service.describe())) };
}

function expectedService(service: ExternalServiceDescription): ExpectedService {
  const { namespaceName = '', clients, resolution } = service;
  return {
    path: service.path,
    name: service.name,
    namespace: namespaceName,
    hosts: service.hosts,
    ports: service.ports,
    resolution,
    addresses: service.addresses,
    endpoints: [],
    visibleTo: service.visibleTo,
    clients: clients.map(client => ({ namespace: client.namespaceName, serviceAccount: client.serviceAccountName })),
    route: expectedRoute(service),
  };
}

const STOCK_PORTS = [80, 443];

function expectedRoute({ route }: ExternalServiceDescription): ExpectedRoute | undefined {
  if (!route) {
    return undefined;
  }
  const more = [...new Set(route.legs.map(leg => leg.gatewayPort))].filter(port => !STOCK_PORTS.includes(port));
  return {
    gateway: {
      namespace: route.gatewayNamespaceName,
      service: route.gatewayServiceName,
      selector: route.gatewaySelector,
      ports: more.map(port => ({ port, targetPort: port })),
    },
    legs: route.legs.map(({ host, port, gatewayPort, serverName, subset }) => ({ host, port, gatewayPort, name: serverName, mutual: route.mutualTls, subset })),
  };
}
