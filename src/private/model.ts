/**
 * What the constructs know, as plain data: constructs build models, renderers turn them into Istio's words, checks read them.
 */

/** The facts of the mesh. */
export interface MeshModel {
  readonly apiVersion: 'v1' | 'v1beta1' | 'v1alpha3';
  readonly trustDomain: string;
  readonly clusterDomain: string;
  readonly dnsCapture: boolean;
}

/** How the proxies find the endpoints of a service outside the mesh, in Istio's words. */
export type ResolutionMode = 'NONE' | 'STATIC' | 'DNS' | 'DNS_ROUND_ROBIN';

/** How a proxy tells the connections of one port apart: by address only, or by the server name of the client's own TLS. */
export type WireProtocol = 'TCP' | 'TLS';

export interface PortModel {
  readonly number: number;
  readonly name: string;
  readonly protocol: WireProtocol;
  readonly targetPort?: number;
}

/** Who may use a service; without an account everybody in the namespace. */
export interface ClientModel {
  readonly namespace?: string;
  readonly account?: string;
}

export interface GatewayModel {
  readonly namespace: string;
  readonly serviceName: string;
  readonly host: string;
  readonly selector: { readonly [label: string]: string };
}

/** The way of one (host, port) of a service through the gateway. */
export interface LegModel {
  readonly host: string;
  readonly port: PortModel;
  readonly gatewayPort: number;
  /** The made-up server name that the gateway tells this leg by: SNI of the mutual TLS, host of the gateway's server. */
  readonly name: string;
  readonly subset: string;
}

export interface RouteModel {
  readonly gateway: GatewayModel;
  readonly mutual: boolean;
  readonly legs: readonly LegModel[];
}

export interface ServiceModel {
  readonly path: string;
  readonly name: string;
  readonly namespace?: string;
  readonly hosts: readonly string[];
  readonly ports: readonly PortModel[];
  readonly resolution: ResolutionMode;
  readonly addresses: readonly string[];
  readonly endpoints: readonly string[];
  /** The namespaces whose sidecars see the service, sorted; `*` is all of them, an unknown own namespace is the empty string. */
  readonly visibleTo: readonly string[];
  readonly route?: RouteModel;
}

/** A part of the traffic of a service inside the mesh: the subset and how much of the traffic; all of it without a weight. */
export interface ShareModel {
  readonly subset: string;
  readonly weight?: number;
}

export interface MeshServiceModel {
  readonly host: string;
  readonly versions: readonly string[];
  readonly shares: readonly ShareModel[];
}

export interface PathModel {
  readonly type: 'exact' | 'prefix';
  readonly path: string;
}

export interface IngressModel {
  readonly gatewayName: string;
  readonly selector: { readonly [label: string]: string };
  readonly port: number;
  readonly hosts: readonly string[];
  readonly paths: readonly PathModel[];
  readonly service: string;
  readonly servicePort: number;
}
