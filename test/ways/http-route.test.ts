import { Chart } from 'cdk8s';
import {
  ClientTls, EgressGateway, EgressViaGateway, ExternalHttp, ExternalHttpProps, ExternalService, GatewayLeg, MeshClient, Protocol,
  Resolution, RouteOptions,
} from '../../src';
import { all, Manifest, messageOf, only, synth } from '../helpers';

const PLAIN = { host: 'api.example.com', resolution: Resolution.dnsRoundRobin(), tls: ClientTls.disable() };
const CART = MeshClient.serviceAccount('shop', 'cart');

const api = (chart: Chart, more: Partial<ExternalHttpProps> = {}) => new ExternalHttp(chart, 'Api', { ...PLAIN, ...more });

function routed(more: Partial<ExternalHttpProps> = {}, clients = [CART], options: RouteOptions = {}): Manifest[] {
  return synth(chart => {
    const service = api(chart, more);
    new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() }).route(service, options);
    service.allowFrom(...clients);
  });
}

describe('HTTP through a gateway', () => {
  test('has an HTTPS server whose handshake admits the named accounts', () => {
    expect(only(routed(), 'Gateway').spec.servers).toEqual([{
      port: { number: 443, name: 'https-80', protocol: 'HTTPS' },
      hosts: ['./p80.bookinfo.api.example.com'],
      tls: { mode: 'ISTIO_MUTUAL', subjectAltNames: ['spiffe://cluster.local/ns/shop/sa/cart'] },
    }]);
  });

  test('leaves the sidecar with the server name as host, which the gateway finds the route by', () => {
    expect(only(routed(), 'VirtualService', 'api.bookinfo.outbound').spec.http).toEqual([{
      match: [{ port: 80 }],
      rewrite: { authority: 'p80.bookinfo.api.example.com' },
      route: [{
        destination: { host: 'istio-egressgateway.istio-system.svc.cluster.local', subset: 'p80--bookinfo--api--example--com', port: { number: 443 } },
      }],
    }]);
  });

  test('leaves the gateway with the real host, without what proxies tell of the client, and is tried again by the sidecar alone', () => {
    const { spec } = only(routed(), 'VirtualService', 'api.bookinfo.from-gateway.80');

    expect(spec.hosts).toEqual(['p80.bookinfo.api.example.com']);
    expect(spec.http).toEqual([{
      match: [{ port: 443 }],
      rewrite: { authority: 'api.example.com' },
      retries: { attempts: 0 },
      headers: {
        request: {
          remove: [
            'x-forwarded-client-cert', 'x-forwarded-for', 'x-envoy-external-address', 'x-envoy-peer-metadata', 'x-envoy-peer-metadata-id',
            'x-envoy-decorator-operation', 'x-envoy-attempt-count',
          ],
        },
      },
      route: [{ destination: { host: 'p80.bookinfo.api.example.com', port: { number: 80 } } }],
    }]);
    expect(spec.tcp).toBeUndefined();
  });

  test('keeps the port in the host when it is not 80, as the application sends it', () => {
    const { spec } = only(routed({ port: 8080 }), 'VirtualService', 'api.bookinfo.from-gateway.8080');

    expect(spec.http[0].rewrite.authority).toBe('api.example.com:8080');
  });

  test('has a private upstream of HTTP', () => {
    expect(only(routed(), 'ServiceEntry', 'api.bookinfo.upstream.80').spec.ports).toEqual([{ number: 80, name: 'http', protocol: 'HTTP', targetPort: 80 }]);
  });

  test('becomes TLS at the gateway when that originates it', () => {
    const manifests = routed({ tls: ClientTls.originate() });

    expect(only(manifests, 'ServiceEntry', 'api.bookinfo.upstream.80').spec.ports[0]).toEqual({ number: 80, name: 'http', protocol: 'HTTP', targetPort: 443 });
    expect(only(manifests, 'DestinationRule', 'api.bookinfo.upstream.80').spec.trafficPolicy.tls)
      .toEqual({ mode: 'SIMPLE', sni: 'api.example.com', subjectAltNames: ['api.example.com'], caCertificates: 'system' });
  });

  test('of a client that is a whole namespace has a host of its own on the way, because its server name is another', () => {
    const manifests = routed({}, [CART, MeshClient.allIn('data'), MeshClient.allIn('web')]);

    expect(only(manifests, 'VirtualService', 'api.bookinfo.outbound').spec.http.map(({ match, rewrite }: { match: object; rewrite: object }) => ({ match, rewrite }))).toEqual([
      { match: [{ port: 80, sourceNamespace: 'data' }], rewrite: { authority: 'in.data.bookinfo.p80.api.example.com' } },
      { match: [{ port: 80, sourceNamespace: 'web' }], rewrite: { authority: 'in.web.bookinfo.p80.api.example.com' } },
      { match: [{ port: 80 }], rewrite: { authority: 'p80.bookinfo.api.example.com' } },
    ]);
    expect(only(manifests, 'Gateway').spec.servers.map(({ port }: { port: { name: string } }) => port.name)).toEqual(['https-80', 'https-80-in-data', 'https-80-in-web']);
  });

  test('on a plaintext leg has one rule for all clients, because no server name tells them apart', () => {
    const manifests = routed({}, [MeshClient.allIn('data'), MeshClient.allIn('web')], { leg: GatewayLeg.plaintext(8080) });

    expect(only(manifests, 'VirtualService', 'api.bookinfo.outbound').spec.http.map(({ match }: { match: object }) => match)).toEqual([[{ port: 80 }]]);
  });

  test.each([['HTTP2', Protocol.HTTP2, 'UPGRADE'], ['GRPC', Protocol.GRPC, 'UPGRADE'], ['HTTP', Protocol.HTTP, undefined]])(
    'is HTTP/2 on the leg to the gateway when the application speaks it: %s', (name, protocol, policy) => {
      const manifests = routed({ protocol });
      const { connectionPool } = only(manifests, 'DestinationRule', 'api.bookinfo.to-gateway.shop').spec.subsets[0].trafficPolicy.portLevelSettings[0];

      expect(connectionPool.http?.h2UpgradePolicy).toBe(policy);
      expect(only(manifests, 'ServiceEntry', 'api.bookinfo.upstream.80').spec.ports[0].protocol).toBe(name);
    });

  test('does not eject an endpoint for its answers, only for connections that fail', () => {
    const outliers = {
      splitExternalLocalOriginErrors: true, consecutiveLocalOriginFailures: 1, consecutive5xxErrors: 0, interval: '1s', baseEjectionTime: '10s', maxEjectionPercent: 50,
    };
    const manifests = routed({ resolution: Resolution.dns() });

    expect(only(manifests, 'DestinationRule', 'api.bookinfo.to-gateway.shop').spec.subsets[0].trafficPolicy.portLevelSettings[0].outlierDetection).toEqual(outliers);
    expect(only(manifests, 'DestinationRule', 'api.bookinfo.upstream.80').spec.trafficPolicy.outlierDetection).toEqual(outliers);
  });

  test('in plaintext has an HTTP server on the port that was given', () => {
    const [server] = only(routed({}, [MeshClient.allIn('shop')], { leg: GatewayLeg.plaintext(8080) }), 'Gateway').spec.servers;

    expect(server).toEqual({ port: { number: 8080, name: 'http-80', protocol: 'HTTP' }, hosts: ['./p80.bookinfo.api.example.com'] });
  });

  test('shares a service with TLS and TCP ports', () => {
    const manifests = synth(chart => {
      const service = new ExternalService(chart, 'Api', {
        hosts: ['api.example.com'],
        ports: [{ number: 80, protocol: Protocol.HTTP }, { number: 443, protocol: Protocol.HTTPS }, { number: 22, protocol: Protocol.SSH }],
        resolution: Resolution.dnsRoundRobin(),
        addresses: ['240.0.0.10'],
      });
      new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() }).route(service);
      service.allowFrom(CART);
    });
    const { spec } = only(manifests, 'VirtualService', 'api.bookinfo.outbound');

    expect([spec.http[0].match, spec.tls[0].match, spec.tcp[0].match]).toEqual([[{ port: 80 }], [{ port: 443, sniHosts: ['api.example.com'] }], [{ port: 22 }]]);
  });
});

describe('servers of a Gateway have names of their own', () => {
  const names = (hosts: string[], clients: MeshClient[], protocol = Protocol.TLS): string[] => only(synth(chart => {
    const service = new ExternalService(chart, 'Api', { hosts, ports: [{ number: 443, protocol }], resolution: Resolution.dnsRoundRobin() });
    new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() }).route(service);
    service.allowFrom(...clients);
  }), 'Gateway').spec.servers.map(({ port }: { port: { name: string } }) => port.name);

  test('for hosts that differ in "." and "-" alone', () => {
    expect(names(['x.example.com', 's3-eu.example.com', 's3.eu.example.com'], [CART])).toEqual([
      'tls-443', 'p443--bookinfo--s3-eu--example--com', 'p443--bookinfo--s3--eu--example--com',
    ]);
  });

  test('for a host that looks like the client of another server', () => {
    const found = names(['x.example.com', 'in.shop'], [CART, MeshClient.allIn('data')]);

    expect(found).toEqual(['tls-443', 'tls-443-in-data', 'p443--bookinfo--in--shop', 'in--data--bookinfo--p443--in--shop']);
    expect(new Set(names(['x.example.com', 'in.shop'], [MeshClient.serviceAccount('data', 'a'), MeshClient.allIn('shop')])).size).toBe(4);
  });
});

describe('HTTP without a gateway', () => {
  const direct = (more: Partial<ExternalHttpProps> = {}) => synth(chart => api(chart, more));

  test('goes to fixed addresses by the host of each request, and not to what the client dialled', () => {
    const { spec } = only(direct({ resolution: Resolution.ipAddresses('192.0.2.14', '192.0.2.15/32') }), 'ServiceEntry');

    expect(spec).toMatchObject({ resolution: 'STATIC', endpoints: [{ address: '192.0.2.14' }, { address: '192.0.2.15' }] });
    expect(spec.addresses).toBeUndefined();
  });

  test('leaves out an unhealthy one of several addresses', () => {
    const rulesOf = (...addresses: string[]) => all(direct({ resolution: Resolution.ipAddresses(...addresses) }), 'DestinationRule');

    expect(rulesOf('192.0.2.14')).toEqual([]);
    expect(rulesOf('192.0.2.14', '192.0.2.15')[0].spec.trafficPolicy.outlierDetection.consecutiveLocalOriginFailures).toBe(1);
  });

  test('keeps the addresses for the other ports of the service', () => {
    const { spec } = only(synth(chart => new ExternalService(chart, 'Api', {
      hosts: ['api.example.com'],
      ports: [{ number: 80, protocol: Protocol.HTTP }, { number: 22, protocol: Protocol.SSH }],
      resolution: Resolution.ipAddresses('192.0.2.14'),
    })), 'ServiceEntry');

    expect(spec).toMatchObject({ resolution: 'STATIC', addresses: ['192.0.2.14/32'], endpoints: [{ address: '192.0.2.14' }] });
  });

  test.each([
    ['a range of addresses', { resolution: Resolution.ipAddresses('192.0.2.0/24') }, '\'Resolution.ipAddresses()\' has the range "192.0.2.0/24", and a sidecar sends HTTP by the host'],
    ['no resolution', { resolution: Resolution.none() }, '\'resolution\' Resolution.none() on a port that is not TLS would open that port of every address'],
    ['a wildcard', { host: '*.example.com', resolution: Resolution.dns() }, '\'host\' is the wildcard "*.example.com"'],
    ['a protocol that is not HTTP', { protocol: Protocol.MYSQL }, '\'protocol\' must be one of Protocol.HTTP, Protocol.HTTP2 or Protocol.GRPC'],
    ['something else as protocol', { protocol: 'HTTP' as never }, '\'protocol\' must be one of Protocol.HTTP, Protocol.HTTP2 or Protocol.GRPC, got "HTTP"'],
  ])('is refused with %s', (_, more, message) => {
    expect(messageOf(() => direct(more))).toContain(`[test/Api] ${message}`);
  });
});
