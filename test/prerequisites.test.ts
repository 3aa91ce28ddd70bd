import { ApiObject, App, Chart, Duration } from 'cdk8s';
import {
  ClientTls, DataPlane, EgressGateway, EgressViaGateway, ExternalHttp, ExternalMysql, ExternalRedis, HeaderMatch, LoadBalancer, Mesh, MeshClient,
  MeshService, MeshServiceProps, OutboundTrafficPolicy, Resolution,
} from '../src';
import { manifestsOf, messageOf } from './helpers';

function mysqlIn(chart: Chart): ExternalMysql {
  return new ExternalMysql(chart, 'Mysql', { host: 'mysqldb.example.com', resolution: Resolution.ipAddresses('192.0.2.14') });
}

function appOf(mesh: Parameters<typeof Mesh.declare>[1]): { app: App; chart: Chart } {
  const app = new App();
  Mesh.declare(app, mesh);
  return { app, chart: new Chart(app, 'shop', { namespace: 'shop' }) };
}

const egress = (chart: Chart) => new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() });

describe('in a mesh on ALLOW_ANY', () => {
  const allowAny = () => appOf({ outboundTrafficPolicy: OutboundTrafficPolicy.ALLOW_ANY });

  test('allowFrom on a direct service is refused: it would restrict nobody', () => {
    const { app, chart } = allowAny();
    mysqlIn(chart).allowFrom(MeshClient.allIn('shop'));

    expect(messageOf(() => manifestsOf(app))).toContain('[shop/Mysql] allowFrom() has no effect on direct connections in a mesh on ALLOW_ANY');
  });

  test('a routed service has clients, and a direct one is declared and connected', () => {
    const { app, chart } = allowAny();
    const mysql = mysqlIn(chart);
    egress(chart).route(mysql);
    mysql.allowFrom(MeshClient.serviceAccount('shop', 'cart'));
    new ExternalMysql(chart, 'Direct', { host: 'direct.example.com', resolution: Resolution.ipAddresses('192.0.2.15'), exportTo: ['.'] });

    expect(() => manifestsOf(app)).not.toThrow();
  });
});

describe('in an ambient mesh', () => {
  const ambient = () => appOf({ dataPlane: DataPlane.AMBIENT });

  test('a route through a gateway is refused: ztunnel ignores VirtualServices', () => {
    const { chart } = ambient();

    expect(messageOf(() => egress(chart).route(mysqlIn(chart)))).toMatch(/^\[shop\/Mysql\] route\(\) has no effect in an ambient mesh: ztunnel ignores VirtualServices/);
  });

  test('allowFrom is refused: ztunnel ignores exportTo', () => {
    const { chart } = ambient();

    expect(messageOf(() => mysqlIn(chart).allowFrom(MeshClient.allIn('shop')))).toMatch(/^\[shop\/Mysql\] allowFrom\(\) has no effect in an ambient mesh/);
  });

  test('TLS that a sidecar would originate is refused: ztunnel ignores DestinationRules, and nothing would encrypt', () => {
    const { chart } = ambient();
    const make = () => new ExternalRedis(chart, 'Redis', { host: 'redis.example.com', resolution: Resolution.dns(), tls: ClientTls.originate() });

    expect(messageOf(make)).toMatch(/^\[shop\/Redis\] 'tls' would originate nothing in an ambient mesh/);
  });

  test.each([
    ['connection', { connection: { maxConnections: 1 } }],
    ['http', { http: { timeout: Duration.seconds(1) } }],
  ])('settings are refused, because ztunnel ignores them: %s', (property, settings) => {
    const { chart } = ambient();
    const make = () => new ExternalHttp(chart, 'Api', { host: 'api.example.com', resolution: Resolution.dns(), tls: ClientTls.disable(), ...settings });

    expect(messageOf(make)).toMatch(`[shop/Api] '${property}' has no effect in an ambient mesh`);
  });

  test.each([
    ['routeTo', (service: MeshService) => service.routeTo('v1')],
    ['split', (service: MeshService) => service.split({ v1: 100 })],
  ])('%s is refused: ztunnel ignores VirtualServices', (_, verb) => {
    const { chart } = ambient();
    const reviews = new MeshService(chart, 'Reviews', { host: 'reviews', versions: ['v1'] });

    expect(messageOf(() => verb(reviews))).toMatch(/^\[shop\/Reviews\] routeTo\(\) and split\(\) have no effect in an ambient mesh/);
  });

  test.each<[string, Partial<MeshServiceProps>, (service: MeshService) => void]>([
    ['routeMatching()', {}, service => service.routeMatching(HeaderMatch.present('x-debug'), 'v1')],
    ['mirrorTo()', {}, service => service.mirrorTo('v1')],
    ['\'http\'', { http: { timeout: Duration.seconds(1) } }, () => undefined],
    ['\'loadBalancer\'', { loadBalancer: LoadBalancer.random() }, () => undefined],
    ['\'connection\'', { connection: { maxConnections: 1 } }, () => undefined],
  ])('%s of a service of the mesh is refused: ztunnel ignores VirtualServices and DestinationRules', (what, props, verb) => {
    const { chart } = ambient();

    expect(messageOf(() => verb(new MeshService(chart, 'Reviews', { host: 'reviews', versions: ['v1', 'v2'], ...props }))))
      .toBe(`[shop/Reviews] ${what} has no effect in an ambient mesh: ztunnel ignores VirtualServices and DestinationRules, and this library knows no waypoint yet`);
  });

  test('a direct service is declared by its addresses, without endpoints that ztunnel would take for a workload', () => {
    const { app, chart } = ambient();
    mysqlIn(chart);

    const [{ spec }] = manifestsOf(app);
    expect([spec.addresses, spec.endpoints]).toEqual([['192.0.2.14/32'], undefined]);
  });
});

describe('a client of a routed service that avoids its sidecar is refused:', () => {
  const problem = (pod: object, metadata: object = {}, routed = true) => {
    const { app, chart } = appOf({});
    const mysql = mysqlIn(chart);
    if (routed) {
      egress(chart).route(mysql);
    }
    mysql.connectFrom(new ApiObject(chart, 'Cart', {
      apiVersion: 'apps/v1', kind: 'Deployment', spec: { template: { metadata, spec: { serviceAccountName: 'cart', ...pod, containers: [{ name: 'cart' }] } } },
    }));
    try {
      manifestsOf(app);
    } catch (error) {
      return (error as Error).message.split('\n').slice(1).join('\n');
    }
    return undefined;
  };
  const said = (because: string) => `  [shop/Mysql] its client 'shop/Cart' would bypass the gateway, because it ${because}`;

  test('hostNetwork', () => {
    expect(problem({ hostNetwork: true })).toBe(said('runs with hostNetwork and has no sidecar: give it a pod network of its own'));
  });

  test.each(['labels', 'annotations'])('injection switched off in its %s', field => {
    expect(problem({}, { [field]: { 'sidecar.istio.io/inject': 'false' } })).toBe(said('has "sidecar.istio.io/inject" switched off: switch injection on'));
  });

  test.each(['no', 'False', 'off'])('injection annotated as %s', value => {
    expect(problem({}, { annotations: { 'sidecar.istio.io/inject': value } })).toContain('switched off');
  });

  test.each(['y', 'yes', 'true', 'on', 'On'])('not injection annotated as %s', value => {
    expect(problem({}, { annotations: { 'sidecar.istio.io/inject': value } })).toBeUndefined();
  });

  test('no outbound range included', () => {
    expect(problem({}, { annotations: { 'traffic.sidecar.istio.io/includeOutboundIPRanges': '' } })).toContain('sends nothing to its sidecar');
  });

  test.each(['3306', '80, 3306', '*', 3306])('outbound ports %s excluded', ports => {
    expect(problem({}, { annotations: { 'traffic.sidecar.istio.io/excludeOutboundPorts': ports } }))
      .toBe(said('keeps port 3306 from its sidecar with "traffic.sidecar.istio.io/excludeOutboundPorts": leave the port out there'));
  });

  test('not for other ports, injection switched on, or a direct service', () => {
    expect(problem({ hostNetwork: false }, {
      labels: { 'sidecar.istio.io/inject': 'true' }, annotations: { 'traffic.sidecar.istio.io/excludeOutboundPorts': '33060' },
    })).toBeUndefined();
    expect(problem({ hostNetwork: true }, {}, false)).toBeUndefined();
  });

  test('also when it was named with MeshClient.workload', () => {
    const { app, chart } = appOf({});
    const mysql = mysqlIn(chart);
    egress(chart).route(mysql);
    const pod = new ApiObject(chart, 'Cart', { apiVersion: 'v1', kind: 'Pod', spec: { hostNetwork: true, containers: [{ name: 'cart' }] } });
    mysql.allowFrom(MeshClient.workload(pod), MeshClient.workload(pod));

    expect(messageOf(() => manifestsOf(app)).split('would bypass the gateway')).toHaveLength(2);
  });
});
