import { EgressGateway } from '../../src';

describe('an egress gateway', () => {
  test('is the one of Istio\'s own installation', () => {
    expect(EgressGateway.istioEgressGateway()).toEqual({
      serviceName: 'istio-egressgateway',
      namespaceName: 'istio-system',
      selector: { istio: 'egressgateway' },
      port: 443,
      targetPort: 8443,
      deniesByDefault: false,
    });
  });

  test('that somebody else installed needs a Service, a namespace and labels', () => {
    const gateway = EgressGateway.fromAttributes({ serviceName: 'out', namespaceName: 'edge', selector: { app: 'out' } });

    expect(gateway).toEqual({ serviceName: 'out', namespaceName: 'edge', selector: { app: 'out' }, port: 443, deniesByDefault: false });
  });

  test('may listen on another port', () => {
    expect(EgressGateway.fromAttributes({ serviceName: 'out', namespaceName: 'edge', selector: { app: 'out' }, port: 15443 }).port).toBe(15443);
  });

  test('is on port 443 as well when the port is undefined', () => {
    expect(EgressGateway.fromAttributes({ serviceName: 'out', namespaceName: 'edge', selector: { app: 'out' }, port: undefined }).port).toBe(443);
  });
});
