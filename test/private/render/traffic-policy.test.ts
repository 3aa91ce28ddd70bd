import { Chart } from 'cdk8s';
import { EgressGateway, EgressViaGateway, ExternalService, GatewayLeg, MeshClient, Protocol, Resolution } from '../../../src';
import { all, only, synth } from '../../helpers';

function serviceIn(chart: Chart, resolution: Resolution): ExternalService {
  return new ExternalService(chart, 'Db', { hosts: ['db.example.com'], ports: [{ number: 3306 }], resolution });
}

function routed(chart: Chart, service: ExternalService): void {
  new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() }).route(service);
  service.allowFrom(MeshClient.serviceAccount('shop', 'cart'));
}

const OUTLIERS = { consecutive5xxErrors: 1, interval: '1s', baseEjectionTime: '10s', maxEjectionPercent: 50 };

describe('an unhealthy endpoint is ejected', () => {
  test('of a name with several addresses, by the sidecars of the namespaces that see the service', () => {
    const { spec } = only(synth(chart => {
      serviceIn(chart, Resolution.dns()).allowFrom(MeshClient.allIn('bookinfo'), MeshClient.allIn('shop'));
    }), 'DestinationRule', 'db.bookinfo.endpoints');

    expect(spec.host).toBe('db.example.com');
    expect(spec.trafficPolicy.outlierDetection).toEqual(OUTLIERS);
    expect(spec.trafficPolicy.connectionPool.tcp.connectTimeout).toBe('2s');
    expect(spec.exportTo).toEqual(['.', 'shop']);
  });

  test('of each host of a service', () => {
    const manifests = synth(chart => {
      new ExternalService(chart, 'Api', {
        hosts: ['a.example.com', 'b.example.com'], ports: [{ number: 443, protocol: Protocol.TLS }], resolution: Resolution.dns(),
      });
    });

    expect(all(manifests, 'DestinationRule').map(({ metadata, spec }) => [metadata.name, spec.host])).toEqual([
      ['api.bookinfo.endpoints', 'a.example.com'],
      ['api.bookinfo.endpoints.b--example--com', 'b.example.com'],
    ]);
  });

  test('of the gateway, for a plaintext port', () => {
    const { spec } = only(synth(chart => {
      const service = serviceIn(chart, Resolution.ipAddresses('192.0.2.14'));
      new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() }).route(service, { leg: GatewayLeg.plaintext(3306) });
      service.allowFrom(MeshClient.allIn('bookinfo'));
    }), 'DestinationRule');

    expect(spec.subsets[0].trafficPolicy.portLevelSettings[0]).toMatchObject({ outlierDetection: OUTLIERS, connectionPool: { tcp: { connectTimeout: '2s' } } });
  });

  test('of the gateway, for its own port', () => {
    const { spec } = only(synth(chart => routed(chart, serviceIn(chart, Resolution.ipAddresses('192.0.2.14')))), 'DestinationRule', 'db.bookinfo.to-gateway.shop');

    expect(spec.subsets[0].trafficPolicy.portLevelSettings[0].outlierDetection).toEqual(OUTLIERS);
  });

  test('by the gateway instead of the sidecars, once the service is routed', () => {
    const manifests = synth(chart => routed(chart, serviceIn(chart, Resolution.dns())));

    expect(all(manifests, 'DestinationRule').map(({ spec }) => [spec.host, spec.exportTo])).toEqual([
      ['p3306.bookinfo.db.example.com', ['istio-system']],
      ['istio-egressgateway.istio-system.svc.cluster.local', undefined],
    ]);
  });

  test('before the route, so that the file can be applied from top to bottom', () => {
    const kinds = synth(chart => routed(chart, serviceIn(chart, Resolution.ipAddresses('192.0.2.14', '192.0.2.15')))).map(({ kind }) => kind);

    expect(kinds.slice(0, 4)).toEqual(['ServiceEntry', 'ServiceEntry', 'DestinationRule', 'Gateway']);
  });
});

describe('no DestinationRule of the endpoints is written where there is one endpoint at a time', () => {
  test.each([
    ['one address behind a gateway', Resolution.ipAddresses('192.0.2.14'), true],
    ['several addresses that clients dial themselves', Resolution.ipAddresses('192.0.2.14', '192.0.2.15'), false],
    ['a name of which one address is used', Resolution.dnsRoundRobin(), false],
    ['a name of which one address is used, behind a gateway', Resolution.dnsRoundRobin(), true],
  ])('%s', (_, resolution, viaGateway) => {
    const manifests = synth(chart => {
      const service = serviceIn(chart, resolution);
      if (viaGateway) {
        routed(chart, service);
      }
    });

    expect(all(manifests, 'DestinationRule').map(({ metadata }) => metadata.name)).toEqual(viaGateway ? ['db.bookinfo.to-gateway.shop'] : []);
  });
});
