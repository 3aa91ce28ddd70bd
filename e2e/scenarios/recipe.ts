/** What a team has that follows the documented recipe for HTTP through the egress gateway: a plain server on port 80, no policy. */
export function recipe(namespace: string, host: string): string {
  return `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: httpbin, namespace: ${namespace} }
spec: { hosts: [${host}], ports: [{ number: 80, name: http, protocol: HTTP }], resolution: DNS, location: MESH_EXTERNAL }
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: istio-egressgateway, namespace: ${namespace} }
spec: { selector: { istio: egressgateway }, servers: [{ port: { number: 80, name: http, protocol: HTTP }, hosts: [${host}] }] }
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: egressgateway-for-httpbin, namespace: ${namespace} }
spec: { host: istio-egressgateway.istio-system.svc.cluster.local, subsets: [{ name: httpbin }] }
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: direct-httpbin-through-egress-gateway, namespace: ${namespace} }
spec:
  hosts: [${host}]
  gateways: [istio-egressgateway, mesh]
  http:
    - match: [{ gateways: [mesh], port: 80 }]
      route: [{ destination: { host: istio-egressgateway.istio-system.svc.cluster.local, subset: httpbin, port: { number: 80 } } }]
    - match: [{ gateways: [istio-egressgateway], port: 80 }]
      route: [{ destination: { host: ${host}, port: { number: 80 } } }]
`;
}
