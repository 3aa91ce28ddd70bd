import { ClientModel, PortModel, RouteModel, ServiceModel, UpstreamModel } from '../private/model';
import { ConnectionSettings } from '../values/connection-settings';
import { DependencyPurpose } from '../values/dependency-purpose';
import { HttpSettings } from '../values/http-settings';

/** A port of a described service. */
export interface PortDescription {
  /** The port that clients connect to. */
  readonly number: number;
  /** The port's name. */
  readonly name: string;
  /** What the proxies tell connections apart by: `TCP` (the address), `TLS` (the server name), `HTTP`, `HTTP2` or `GRPC` (the host of each request). */
  readonly protocol: string;
  /** The port on the endpoints. */
  readonly targetPort: number;
  /**
   * TLS that the last proxy adds.
   *
   * @default - none
   */
  readonly tls?: TlsDescription;
}

/** TLS that the last proxy before the service adds. */
export interface TlsDescription {
  /** `SIMPLE`, or `MUTUAL` with a client certificate. */
  readonly mode: string;
  /**
   * The server name.
   *
   * @default - the host
   */
  readonly sni?: string;
  /**
   * The names of which the server's certificate must have one.
   *
   * @default - the server name
   */
  readonly subjectAltNames?: string[];
  /**
   * The file of the certificate authorities, or `system`.
   *
   * @default - those of the Secret
   */
  readonly caCertificates?: string;
  /**
   * The Secret in the namespace of the gateway.
   *
   * @default - none
   */
  readonly credentialName?: string;
}

/** A client of a described service. */
export interface ClientDescription {
  /** The client's namespace. */
  readonly namespaceName: string;
  /**
   * The client's service account.
   *
   * @default - every account of the namespace
   */
  readonly serviceAccountName?: string;
  /**
   * The methods of the requests that it may send.
   *
   * @default - every method
   */
  readonly methods?: string[];
  /**
   * The paths of the requests that it may send; `*` at the end is any text.
   *
   * @default - every path
   */
  readonly paths?: string[];
}

/** One (host, port) of a described service on its way through a gateway. */
export interface LegDescription {
  /** The host that clients connect to. */
  readonly host: string;
  /** The port that clients connect to. */
  readonly port: number;
  /** The port of the gateway's Service. */
  readonly gatewayPort: number;
  /** The server name at the gateway for clients that are named by their account: what the gateway's access log shows. */
  readonly serverName: string;
  /** The subset of the gateway in the clients' DestinationRules. */
  readonly subset: string;
  /** How the gateway finds the endpoints: `STATIC`, `DNS` or `DNS_ROUND_ROBIN`. */
  readonly resolution: string;
  /** The addresses, or the host that the gateway resolves. */
  readonly endpoints: string[];
}

/** The way of a described service through a gateway. */
export interface RouteDescription {
  /** The name of the gateway's Service. */
  readonly gatewayServiceName: string;
  /** The namespace of the gateway. */
  readonly gatewayNamespaceName: string;
  /** The labels of the gateway's pods. */
  readonly gatewaySelector: { [label: string]: string };
  /** Whether the leg from the sidecars to the gateway is mutual TLS. */
  readonly mutualTls: boolean;
  /** One for each host and port. */
  readonly legs: LegDescription[];
}

/** What an app declares of one service outside the mesh, as plain data. */
export interface ExternalServiceDescription extends DependencyPurpose {
  /** The path of the construct. */
  readonly path: string;
  /** The name of the ServiceEntry. */
  readonly name: string;
  /**
   * The namespace that declares the service.
   *
   * @default - the one that the manifests are applied to
   */
  readonly namespaceName?: string;
  /** The DNS names. */
  readonly hosts: string[];
  /** The ports. */
  readonly ports: PortDescription[];
  /** How the clients' sidecars find it: `NONE` (the address that the client dialled), `STATIC` (`endpoints`), `DNS` or `DNS_ROUND_ROBIN`. */
  readonly resolution: string;
  /** The addresses that the clients' sidecars capture. */
  readonly addresses: string[];
  /** The addresses, or the names that are resolved, that the clients' sidecars choose from. Without one they resolve the hosts. */
  readonly endpoints: string[];
  /**
   * The ranges that the last proxy connects to: what a NetworkPolicy opens for it.
   *
   * @default - not known at synth: it may be any address
   */
  readonly networks?: string[];
  /** The namespaces whose sidecars see it, sorted; `*` is every namespace. */
  readonly visibleTo: string[];
  /** The clients. Without a named one, every account of the namespaces that see it. */
  readonly clients: ClientDescription[];
  /**
   * How the last proxy connects to it, as it was declared.
   *
   * @default - nothing was declared
   */
  readonly connection?: ConnectionSettings;
  /**
   * How the sidecars send requests to it, as it was declared.
   *
   * @default - nothing was declared
   */
  readonly http?: HttpSettings;
  /**
   * The way through a gateway.
   *
   * @default - the sidecars connect directly
   */
  readonly route?: RouteDescription;
}

/** Settings as they were declared. */
export interface DeclaredSettings {
  readonly connection?: ConnectionSettings;
  readonly http?: HttpSettings;
  readonly purpose: DependencyPurpose;
}

export function describeService(
  service: ServiceModel,
  clients: readonly ClientModel[],
  upstreamOf: (host: string) => UpstreamModel,
  settings: DeclaredSettings,
): ExternalServiceDescription {
  return {
    path: service.path,
    name: service.name,
    namespaceName: service.namespace,
    hosts: [...service.hosts],
    ports: describePorts(service.ports),
    resolution: service.resolution,
    addresses: [...service.addresses],
    endpoints: service.endpoints.map(({ address }) => address),
    networks: service.networks && [...service.networks],
    visibleTo: [...service.visibleTo],
    clients: describeClients(clients),
    connection: settings.connection,
    http: settings.http,
    route: service.route && describeRoute(service.route, upstreamOf),
    ...settings.purpose,
  };
}

export function describePorts(ports: readonly PortModel[]): PortDescription[] {
  return ports.map(describePort);
}

/** Each client once, however often it was named. */
export function describeClients(clients: readonly ClientModel[]): ClientDescription[] {
  return distinct(clients).map(({ namespace, account, limits }) => ({
    namespaceName: namespace ?? '', serviceAccountName: account, methods: limits?.methods && [...limits.methods], paths: limits?.paths && [...limits.paths],
  }));
}

function describePort({ number, name, protocol, targetPort, tls }: PortModel): PortDescription {
  const names = tls?.subjectAltNames;
  return { number, name, protocol, targetPort: targetPort ?? number, tls: tls && { ...tls, subjectAltNames: names && [...names] } };
}

function distinct(clients: readonly ClientModel[]): ClientModel[] {
  return [...new Map(clients.map(client => [JSON.stringify([client.namespace, client.account]), client])).values()];
}

function describeRoute({ gateway, mutual, legs }: RouteModel, upstreamOf: (host: string) => UpstreamModel): RouteDescription {
  return {
    gatewayServiceName: gateway.serviceName,
    gatewayNamespaceName: gateway.namespace,
    gatewaySelector: { ...gateway.selector },
    mutualTls: mutual,
    legs: legs.map(({ host, port, gatewayPort, serverName, subset }) => {
      const { mode, endpoints } = upstreamOf(host);
      return { host, port: port.number, gatewayPort, serverName, subset, resolution: mode, endpoints: endpoints.map(({ address }) => address) };
    }),
  };
}
