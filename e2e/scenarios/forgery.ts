export interface ForgeryOptions {
  readonly namespace: string;
  readonly name: string;
  /** Where a pod of that namespace connects to; any port 3306 that is nowhere. */
  readonly address: string;
  /** The server name that its sidecar gives at the stock egress gateway. */
  readonly serverName: string;
}

/** A client's route to the stock egress gateway with any server name: its format is public. */
export function forgery({ namespace, name, address, serverName }: ForgeryOptions): string {
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
  host: istio-egressgateway.istio-system.svc.cluster.local
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
      route: [{ destination: { host: istio-egressgateway.istio-system.svc.cluster.local, subset: ${name}, port: { number: 443 } } }]
---`;
}
