/**
 * What the constructs know, as plain data: constructs build models, renderers turn them into Istio's words, checks read them.
 */

/** The facts of the mesh. */
export interface MeshModel {
  readonly apiVersion: 'v1' | 'v1beta1' | 'v1alpha3';
  /** The minor version of Istio, like 1.24. */
  readonly istioVersion: string;
  readonly trustDomain: string;
  /** Whether somebody said so, and it is not merely Istio's default. */
  readonly isTrustDomainTold?: boolean;
  /** Further trust domains whose identities are the same workloads. */
  readonly trustDomainAliases: readonly string[];
  readonly clusterDomain: string;
  readonly rootNamespace: string;
  readonly outboundTrafficPolicy: 'REGISTRY_ONLY' | 'ALLOW_ANY';
  /** What ServiceEntries and Services that leave `exportTo` out are exported to; everybody without it. */
  readonly defaultServiceExportTo?: readonly string[];
  readonly defaultVirtualServiceExportTo?: readonly string[];
  readonly defaultDestinationRuleExportTo?: readonly string[];
  readonly dataPlane: 'sidecar' | 'ambient';
  /** Whether the sidecars answer DNS. */
  readonly dnsCapture: boolean;
  /** Whether an entry that is resolved by name gets an address of its own, given DNS capture. */
  readonly ipAutoAllocate: boolean;
  /** The range of the addresses that stand for services which are found by name. */
  readonly virtualIpRange?: string;
  readonly clusterDns: ComponentModel & { readonly serviceName: string };
  /** Without a namespace it is in the root namespace. */
  readonly controlPlane: Omit<ComponentModel, 'namespace'> & { readonly namespace?: string };
}

/** A part of the cluster that every pod of the mesh connects to. */
export interface ComponentModel {
  readonly namespace: string;
  readonly labels: { readonly [label: string]: string };
  /** The port of the pods. */
  readonly port: number;
  /** Where it runs outside of the pods, or beside them. */
  readonly addresses: readonly string[];
}

/** Where a NetworkPolicy lets pods connect to: pods of a namespace, all of them without labels, or addresses. */
export type PeerModel =
  | { readonly namespace: string; readonly labels?: { readonly [label: string]: string } }
  | { readonly cidr: string; readonly except?: readonly string[] };

/** What a NetworkPolicy opens. */
export interface OpeningModel {
  readonly peers: readonly PeerModel[];
  /** The ports of the pods or addresses; every port when left out. */
  readonly ports?: readonly { readonly number: number; readonly protocol: 'TCP' | 'UDP' }[];
}

/** How proxies find the endpoints of a service outside the mesh, in Istio's words. */
export type ResolutionMode = 'NONE' | 'STATIC' | 'DNS' | 'DNS_ROUND_ROBIN' | 'DYNAMIC_DNS';

/** How a proxy tells the connections of one port apart: by address only, by the server name of the client's own TLS, or by the host of each request. */
export type WireProtocol = 'TCP' | 'TLS' | HttpProtocol;

export type HttpProtocol = 'HTTP' | 'HTTP2' | 'GRPC';

/** TLS that the last proxy adds, in Istio's words; names that are left out are those of the host. */
export interface TlsModel {
  readonly mode: 'SIMPLE' | 'MUTUAL';
  readonly sni?: string;
  readonly subjectAltNames?: readonly string[];
  readonly caCertificates?: string;
  readonly credentialName?: string;
}

/** What URLs have around servers and path. */
export interface UrlModel {
  readonly scheme: string;
  readonly query: readonly string[];
}

export interface PortModel {
  readonly number: number;
  readonly name: string;
  readonly protocol: WireProtocol;
  readonly targetPort?: number;
  /** What the last proxy adds towards the endpoints. */
  readonly tls?: TlsModel;
  /** The URLs of what the application speaks; undefined when there are none. */
  readonly url?: UrlModel;
}

/** When an endpoint is ejected; times as Istio writes them. */
export interface OutlierModel {
  readonly consecutiveErrors?: number;
  readonly interval?: string;
  readonly baseEjectionTime?: string;
  readonly maxEjectionPercent?: number;
}

/** How the last proxy connects to the endpoints; what is left out is Istio's default. */
export interface ConnectionModel {
  readonly connectTimeout?: string;
  readonly maxConnections?: number;
  readonly tcpKeepalive?: { readonly probes?: number; readonly time?: string; readonly interval?: string };
  readonly idleTimeout?: string;
  readonly maxConnectionDuration?: string;
  readonly outlierDetection?: OutlierModel;
}

/** How the sidecars send requests, in the words of a VirtualService. */
export interface HttpModel {
  readonly timeout?: string;
  readonly retries?: { readonly attempts: number; readonly perTryTimeout?: string; readonly retryOn?: string };
  readonly fault?: {
    readonly delay?: { readonly percentage: { readonly value: number }; readonly fixedDelay: string };
    readonly abort?: { readonly percentage: { readonly value: number }; readonly httpStatus: number };
  };
}

/** Which requests a client may send, in the words of a policy: `*` at the end of a path is any text. */
export interface LimitModel {
  readonly methods?: readonly string[];
  readonly paths?: readonly string[];
}

/** A client of a service; without an account it is every account of the namespace. */
export interface ClientModel {
  readonly namespace?: string;
  readonly account?: string;
  readonly limits?: LimitModel;
}

/** The workload of a gateway that the library deploys. */
export interface GatewayWorkloadModel {
  readonly name: string;
  readonly account: string;
  readonly labels: { readonly [label: string]: string };
  readonly port: number;
  readonly targetPort: number;
  readonly minReplicas: number;
  readonly maxReplicas: number;
  readonly cpuRequest: string;
  readonly memoryRequest: string;
  readonly cpuLimit?: string;
  readonly memoryLimit: string;
  /** The revision of the control plane whose injector fills the pods in. */
  readonly revision?: string;
  /** What the proxies have besides what the mesh gives them, such as statistics to export. */
  readonly proxyConfig: unknown;
}

export interface GatewayModel {
  readonly namespace: string;
  readonly serviceName: string;
  readonly host: string;
  readonly selector: { readonly [label: string]: string };
}

/** One (host, port) of a service on its way through the gateway. */
export interface LegModel {
  readonly host: string;
  readonly port: PortModel;
  readonly gatewayPort: number;
  /** The server name for clients that are named by their account, and the host of the private upstream. */
  readonly serverName: string;
  readonly subset: string;
}

/** One of the endpoints that a proxy chooses from. */
export interface EndpointModel {
  readonly address: string;
  /** Region, zone and subzone, joined by `/`. */
  readonly locality?: string;
  readonly weight?: number;
  /** 0 for the first choice; the ranks of a service's endpoints have no gaps. */
  readonly rank?: number;
}

/** Where the gateway finds one leg's endpoints. */
export interface UpstreamModel {
  readonly mode: Exclude<ResolutionMode, 'NONE' | 'DYNAMIC_DNS'>;
  readonly endpoints: readonly EndpointModel[];
}

export interface RouteModel {
  /** The namespace that declares the service. */
  readonly namespace: string;
  readonly gateway: GatewayModel;
  readonly mutual: boolean;
  readonly legs: readonly LegModel[];
}

/** The clients of a routed service, by how the gateway recognises them. */
export interface AccessModel {
  /** SPIFFE ids, which the handshake compares. */
  readonly identities: readonly string[];
  /** Namespaces that are clients as a whole, which a handshake cannot express. */
  readonly namespaces: readonly string[];
  /** The clients that may send some requests only, by what they may send. */
  readonly limited: readonly LimitedModel[];
}

/** Clients with the same limits, as a policy names them: `<trust domain>/ns/<namespace>/sa/<account>`. */
export interface LimitedModel {
  readonly principals: readonly string[];
  readonly limits: LimitModel;
}

/** A route, and whom the gateway admits to it. */
export interface AdmittedModel {
  readonly route: RouteModel;
  readonly access: AccessModel;
}

export interface ServiceModel {
  readonly path: string;
  readonly name: string;
  readonly namespace?: string;
  readonly hosts: readonly string[];
  readonly ports: readonly PortModel[];
  readonly resolution: ResolutionMode;
  readonly addresses: readonly string[];
  /** What a sidecar chooses from; none where the client or the DNS of the host chooses. */
  readonly endpoints: readonly EndpointModel[];
  /** The ranges that proxies connect to; undefined when that may be anywhere. */
  readonly networks?: readonly string[];
  /** The namespaces whose sidecars see the service, sorted; `*` is all of them, an unknown own namespace is the empty string. */
  readonly visibleTo: readonly string[];
  readonly connection: ConnectionModel;
  /** Undefined when nothing is set: then no rule is needed. */
  readonly http?: HttpModel;
  readonly route?: RouteModel;
}

/** A part of the traffic of a service inside the mesh: the subset and how much of the traffic; all of it without a weight. */
export interface ShareModel {
  readonly subset: string;
  readonly weight?: number;
}

/** A header of a request, and what its value has to be; without that the header has to be there. */
export interface HeaderModel {
  readonly name: string;
  readonly value?: { readonly type: 'exact' | 'prefix' | 'regex'; readonly text: string };
}

/** Where copies of requests go. */
export interface MirrorModel {
  readonly subset: string;
  /** Percent of the requests; all of them without it. */
  readonly percentage?: number;
}

/** One rule for the requests to a service inside the mesh: which of them, where they go, and how. The first rule that fits holds. */
export interface RuleModel {
  /** Without it, every request. */
  readonly header?: HeaderModel;
  /** Without any, all versions. */
  readonly shares: readonly ShareModel[];
  readonly mirror?: MirrorModel;
  readonly http?: HttpModel;
}

/** How proxies choose an endpoint, in Istio's words. */
export interface LoadBalancerModel {
  readonly simple?: 'ROUND_ROBIN' | 'LEAST_REQUEST' | 'RANDOM';
  readonly consistentHash?: {
    readonly httpHeaderName?: string;
    readonly httpCookie?: { readonly name: string; readonly ttl?: string; readonly path?: string };
    readonly useSourceIp?: boolean;
    readonly httpQueryParameterName?: string;
  };
}

export interface MeshServiceModel {
  readonly host: string;
  readonly versions: readonly string[];
  readonly loadBalancer?: LoadBalancerModel;
  readonly connection: ConnectionModel;
}

export interface PathModel {
  readonly type: 'exact' | 'prefix';
  readonly path: string;
}

/** The TLS that a gateway terminates, in Istio's words. */
export interface ServerTlsModel {
  readonly mode: 'SIMPLE' | 'MUTUAL';
  readonly credentialName: string;
}

export interface IngressModel {
  readonly gatewayName: string;
  readonly selector: { readonly [label: string]: string };
  readonly port: number;
  readonly tls?: ServerTlsModel;
  /** A port whose requests are sent to HTTPS. */
  readonly redirectPort?: number;
  readonly hosts: readonly string[];
  readonly paths: readonly PathModel[];
  readonly service: string;
  readonly servicePort: number;
}

/** How an agent on a machine asks the application whether it is ready; times in seconds. */
export interface ProbeModel {
  readonly httpGet?: { readonly path: string; readonly port: number };
  readonly tcpSocket?: { readonly port: number };
  readonly exec?: { readonly command: readonly string[] };
  readonly initialDelaySeconds?: number;
  readonly timeoutSeconds?: number;
  readonly periodSeconds?: number;
  readonly successThreshold?: number;
  readonly failureThreshold?: number;
}

/** Which machines carry a service: those of fixed addresses, or those that their agents register. */
export interface MembershipModel {
  /** Undefined when the agents register the machines. */
  readonly addresses?: readonly string[];
  readonly readinessProbe?: ProbeModel;
}

/** A service of the mesh on virtual machines. */
export interface MachinesModel {
  readonly path: string;
  readonly serviceName: string;
  readonly namespace: string;
  readonly host: string;
  readonly ports: readonly PortModel[];
  readonly labels: { readonly [label: string]: string };
  readonly account: string;
  readonly membership: MembershipModel;
  /** The namespaces whose sidecars know the service, sorted, its own among them. */
  readonly visibleTo: readonly string[];
}

/** The directory in which a container finds the keys of a Secret as files. */
export interface FilesModel {
  readonly mountPath: string;
  readonly defaultMode: number;
}

/** One value of a store that the External Secrets Operator reads, and the key that it gets in the Secret. */
export interface RemoteValueModel {
  readonly secretKey: string;
  readonly remoteKey: string;
  readonly property?: string;
}

/** Whose proxies are watched. */
export type TelemetryTargetModel =
  | { readonly kind: 'gateway'; readonly namespace: string; readonly name: string; readonly workload: string; readonly selector: { readonly [label: string]: string } }
  | { readonly kind: 'namespace'; readonly namespace: string };

/** What alerts compare with. */
export interface ThresholdsModel {
  readonly refusedConnections: number;
  readonly undeclaredConnections: number;
  readonly failedConnections: number;
  /** In seconds. */
  readonly certificateExpiry: number;
  /** In seconds. */
  readonly workloadCertificateExpiry: number;
}

/** Something that an operator watches: a panel, an alert, or both. */
export interface SignalModel {
  readonly title: string;
  /** PromQL, without a comparison. */
  readonly query: string;
  /** Nothing that is drawn, when it is left out. */
  readonly panel?: { readonly unit: 'short' | 'reqps' | 's'; readonly legend: string };
  readonly alert?: AlertModel;
}

export interface AlertModel {
  readonly name: string;
  readonly severity: 'warning' | 'critical';
  /** What follows the query. */
  readonly condition: string;
  readonly for?: string;
  readonly summary: string;
  readonly runbook: string;
}

/** A Secret that the External Secrets Operator writes. */
export interface ExternalSecretModel {
  readonly secretName: string;
  readonly store: { readonly kind: 'SecretStore' | 'ClusterSecretStore'; readonly name: string };
  /** With its unit, as the operator wants it. */
  readonly refreshInterval: string;
  readonly values: readonly RemoteValueModel[];
}

/** A host, and the namespaces that may declare it. */
export interface OwnedHostModel {
  readonly host: string;
  readonly namespaces: readonly string[];
}

/** Who may write what for a gateway. Every list is sorted. */
export interface GuardModel {
  readonly gateway: GatewayModel;
  /** The labels of other gateways, whose pods are not these. */
  readonly others: readonly { readonly [label: string]: string }[];
  /** The namespaces that may write Gateways for its pods. */
  readonly namespaces: readonly string[];
  /** Those whose ServiceEntries may be seen in its namespace. */
  readonly exporters: readonly string[];
  /** Those that may show addresses to other namespaces. */
  readonly sharers: readonly string[];
  readonly owners: readonly OwnedHostModel[];
  /** What others declare in an owner's place, such as a wildcard over the host. */
  readonly exceptions: readonly OwnedHostModel[];
}

/** Privileges of a user in the database of a bootstrap; on PostgreSQL `database` is every table of the schema. */
export interface GrantModel {
  readonly on: 'table' | 'database' | 'sequences';
  readonly table?: string;
  readonly privileges: readonly string[] | 'ALL';
}

/** User and password in a Secret. */
export interface LoginModel {
  readonly secretName: string;
  readonly usernameKey: string;
  readonly passwordKey: string;
}

export interface DatabaseUserModel extends LoginModel {
  readonly grants: readonly GrantModel[];
  /** The authentication plugin of MySQL; undefined for the server's default. */
  readonly plugin?: string;
}

/** What a bootstrap does to the database. */
export interface BootstrapModel {
  readonly database: string;
  /** The schema of PostgreSQL. */
  readonly schema: string;
  readonly statements: readonly string[];
  readonly users: readonly DatabaseUserModel[];
}

/** The Job of a bootstrap. */
export interface BootstrapJobModel {
  readonly account: string;
  /** The ConfigMap with the script and its SQL. */
  readonly configMap: string;
  /** A label of the pods. */
  readonly label: string;
  readonly image: string;
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly admin: LoginModel;
  readonly users: readonly LoginModel[];
  readonly caSecretName?: string;
  readonly deadlineSeconds: number;
  readonly ttlSeconds?: number;
  /** Whether a sidecar is asked for. */
  readonly sidecar: boolean;
}
