/** The Services of the gateways that Istio's charts install, and what their pods are labelled with. Policies and Gateways name one or the other of the two labels. */
export const INSTALLED_GATEWAYS: ReadonlyMap<string, { readonly [label: string]: string }> = new Map([
  ['istio-egressgateway', { app: 'istio-egressgateway', istio: 'egressgateway' }],
  ['istio-ingressgateway', { app: 'istio-ingressgateway', istio: 'ingressgateway' }],
]);
