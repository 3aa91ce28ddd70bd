/** A gateway as somebody else's objects name it. */
export interface ForgedGateway {
  readonly host: string;
  readonly selector: Readonly<Record<string, string>>;
  readonly namespace: string;
}

const STOCK: ForgedGateway = { host: 'istio-egressgateway.istio-system.svc.cluster.local', selector: { istio: 'egressgateway' }, namespace: 'istio-system' };

export interface ForgeryOptions {
  readonly namespace: string;
  readonly name: string;
  /** Where a pod of that namespace connects to; any port 3306 that is nowhere. */
  readonly address: string;
  /** The server name that its sidecar gives at the gateway. */
  readonly serverName: string;
  /** The stock egress gateway when left out. */
  readonly gateway?: ForgedGateway;
}

/** A client's route to a gateway with any server name: its format is public. */
export function forgery({ namespace, name, address, serverName, gateway = STOCK }: ForgeryOptions): string {
  return `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: ${name}, namespace: ${namespace} }
spec:
  hosts: [${name}.${namespace}.example]
  addresses: [${address}/32]
  ports: [{ number: 3306, name: tcp, protocol: TCP }]
  resolution: NONE
  location: MESH_EXTERNAL
  exportTo: ["."]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: ${name}, namespace: ${namespace} }
spec:
  host: ${gateway.host}
  subsets:
    - name: ${name}
      trafficPolicy: { portLevelSettings: [{ port: { number: 443 }, tls: { mode: ISTIO_MUTUAL, sni: ${serverName} } }] }
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: ${name}-mesh, namespace: ${namespace} }
spec:
  hosts: [${name}.${namespace}.example]
  gateways: [mesh]
  exportTo: ["."]
  tcp:
    - match: [{ port: 3306 }]
      route: [{ destination: { host: ${gateway.host}, subset: ${name}, port: { number: 443 } } }]
---`;
}

export interface OwnRouteOptions {
  readonly namespace: string;
  readonly name: string;
  /** What the gateway listens for. */
  readonly serverName: string;
  /** Where the gateway is to send it. */
  readonly to: string;
  readonly port: number;
  readonly gateway?: ForgedGateway;
}

/** A tenant's own server on the pods of a gateway, and a way from there to a host. */
export function ownRoute({ namespace, name, serverName, to, port, gateway = STOCK }: OwnRouteOptions): string {
  return `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: ${name}, namespace: ${namespace} }
spec:
  selector: ${JSON.stringify(gateway.selector)}
  servers: [{ port: { number: 443, name: tls-${name}, protocol: TLS }, hosts: ["${serverName}"], tls: { mode: ISTIO_MUTUAL } }]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: ${name}-gateway, namespace: ${namespace} }
spec:
  hosts: [${serverName}]
  gateways: [${name}]
  exportTo: [${gateway.namespace}]
  tcp: [{ match: [{ port: 443 }], route: [{ destination: { host: ${to}, port: { number: ${port} } } }] }]
---`;
}
