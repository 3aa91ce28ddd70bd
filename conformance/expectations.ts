/** What the library says about an app, for Istio to be asked whether its manifests do it. */
import { App } from 'cdk8s';
import { AppMesh } from '../src/app/app-mesh';
import { ClientModel, ServiceModel } from '../src/private/model';

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
  const state = AppMesh.of(app);
  const { trustDomain, clusterDomain, dnsCapture } = state.mesh;
  return {
    mesh: { trustDomain, clusterDomain, dnsCapture },
    services: state.services.map(service => expectedService(service._model(), service._clientModels())),
  };
}

function expectedService(model: ServiceModel, clients: readonly ClientModel[]): ExpectedService {
  const own = model.namespace ?? '';
  return {
    path: model.path,
    name: model.name,
    namespace: own,
    hosts: model.hosts,
    ports: model.ports.map(port => ({ ...port, targetPort: port.targetPort ?? port.number })),
    resolution: model.resolution,
    addresses: model.addresses,
    endpoints: model.endpoints,
    visibleTo: model.visibleTo,
    clients: clients.map(({ namespace, account }) => ({ namespace: namespace ?? '', serviceAccount: account })),
    route: expectedRoute(model),
  };
}

const STOCK_PORTS = [80, 443];

function expectedRoute({ route }: ServiceModel): ExpectedRoute | undefined {
  if (!route) {
    return undefined;
  }
  const { gateway, mutual, legs } = route;
  const more = [...new Set(legs.map(leg => leg.gatewayPort))].filter(port => !STOCK_PORTS.includes(port));
  return {
    gateway: {
      namespace: gateway.namespace,
      service: gateway.serviceName,
      selector: gateway.selector,
      ports: more.map(port => ({ port, targetPort: port })),
    },
    legs: legs.map(({ host, port, gatewayPort, name, subset }) => ({ host, port: port.number, gatewayPort, name, mutual, subset })),
  };
}
