import { Chart, Duration } from 'cdk8s';
import {
  ClientTls, Credentials, CredentialsDelivery, EgressGateway, EgressGuard, EgressLockdown, EgressTelemetry, EgressViaGateway, ExternalHttp,
  ExternalMysql, ExternalTcp, HeaderMatch, IngressRoute, LoadBalancer, Membership, MeshClient, MeshService, PathMatch, Protocol, ReadinessProbe,
  Resolution, ServerTls, TelemetryTarget, VirtualMachineService,
} from 'cdk8s-istio-egress';
import { k8s } from 'cdk8s-plus-27';
import { BREAKAGES } from '../lab/breakage';
import { Manifest } from '../lab/manifest';
import { scenarios } from '../scenarios';

/** Hosts that single mistakes are about, most of them members of clusters. */
const MEMBERS = ['redis-2', 'redis-3', 'mongo-3', 'kafka-2', 'sessions.staging'];

/** Services with every object that a route can have, and one inside the mesh with every rule. */
const synth = (): Manifest => Manifest.synth((app) => {
  const chart = new Chart(app, 'shop', { namespace: 'shop' });
  const mysql = new ExternalMysql(chart, 'Mysql', { host: 'mysqldb.example.com', resolution: Resolution.ipAddresses('192.0.2.14') });
  const api = new ExternalHttp(chart, 'Api', {
    host: 'api.example.com', protocol: Protocol.HTTP2, resolution: Resolution.dns(), tls: ClientTls.mutual({ credentialName: 'api' }),
  });
  // direct, by name, with an order of its endpoints
  new ExternalMysql(chart, 'Orders', {
    host: 'orders.example.com',
    addresses: ['240.0.0.7'],
    resolution: Resolution.endpoints({ address: 'orders.example.com' }, { address: 'replica.example.com', priority: 1 }),
  });
  const members = MEMBERS.map((name, index) => new ExternalTcp(chart, name, {
    host: `${name}.example.com`, ports: [7000], resolution: Resolution.ipAddresses(`192.0.2.${20 + index}`),
  }));
  const egress = new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() });
  for (const service of [mysql, api, ...members]) {
    egress.route(service);
    service.allowFrom(MeshClient.serviceAccount('shop', 'orders'), MeshClient.allIn('billing'));
  }
  api.allowFrom(MeshClient.serviceAccount('data', 'reader').limitedTo({ methods: ['GET'], paths: [PathMatch.prefix('/a')] }));
  mysql.connectFrom(new k8s.KubeDeployment(chart, 'orders-pods', {
    spec: {
      selector: {},
      template: { metadata: { labels: { app: 'orders' } }, spec: { serviceAccountName: 'orders', containers: [{ name: 'orders', image: 'orders' }] } },
    },
  }), { credentials: Credentials.fromSecret('orders'), delivery: CredentialsDelivery.files('/etc/credentials/orders') });
  const reviews = new MeshService(chart, 'Reviews', {
    host: 'reviews',
    versions: ['v1', 'v2', 'v3'],
    http: { timeout: Duration.seconds(1) },
    loadBalancer: LoadBalancer.consistentHashByHeader('x-user'),
    connection: { outlierDetection: {} },
  });
  reviews.routeMatching(HeaderMatch.present('x-teapot'), 'v3', { http: { fault: { abort: { percentage: 100, httpStatus: 418 } } } });
  reviews.split({ v1: 90, v2: 10 });
  reviews.mirrorTo('v3');
  new IngressRoute(chart, 'Shop', {
    hosts: ['shop.example.com'], service: 'reviews', servicePort: 80, tls: ServerTls.mutual({ credentialName: 'shop' }), httpsRedirectPort: 80,
  });
  [Membership.workloadEntries('192.0.2.30'), Membership.workloadGroup({ readinessProbe: ReadinessProbe.tcpSocket(9000) })].forEach((membership, i) => {
    const machines = new VirtualMachineService(chart, `Machines${i}`, { serviceName: `machines-${i}`, ports: [{ number: 9000 }], membership });
    machines.allowFrom(MeshClient.serviceAccount('shop', 'orders'));
  });
  const data = new Chart(app, 'data', { namespace: 'data' });
  const depot = new ExternalMysql(data, 'Depot', { host: 'depot.example.com', resolution: Resolution.ipAddresses('192.0.2.40') });
  const gateway = new EgressGateway(data, 'Gateway');
  new EgressViaGateway(data, 'Out', { gateway }).route(depot);
  new EgressTelemetry(data, 'Watch', { target: TelemetryTarget.gateway(gateway) });
  new EgressTelemetry(data, 'WatchShop', { target: TelemetryTarget.allIn('shop'), accessLogProvider: 'egress' });
  depot.allowFrom(MeshClient.serviceAccount('shop', 'orders'), MeshClient.allIn('billing'));
  new ExternalTcp(chart, 'Metrics', { host: 'metrics.example.com', ports: [9100], resolution: Resolution.ipAddresses('192.0.2.41') });
  new EgressLockdown(chart, 'Lockdown');
  new EgressGuard(chart, 'Guard', { gateway: EgressGateway.istioEgressGateway() });
});
const whole = synth();

describe.each(BREAKAGES.map((breakage) => [breakage.name, breakage] as const))('%s', (_, breakage) => {
  afterEach(() => { Manifest.breakage = undefined; });

  test('is made in what the library gives today: a mistake that changes nothing would prove nothing', () => {
    Manifest.breakage = breakage;
    expect(synth().objects).not.toEqual(whole.objects);
  });

  test('leaves the original as it is', () => {
    const before = JSON.stringify(whole.objects);
    for (const object of whole.objects) { breakage.breaks(object); }
    expect(JSON.stringify(whole.objects)).toBe(before);
  });

  test('has a scenario that has to notice', () => {
    expect(scenarios.map((scenario) => scenario.name)).toContain(breakage.noticedBy);
  });
});

test('no two mistakes have one name: a run counts them by it', () => {
  expect(new Set(BREAKAGES.map((breakage) => breakage.name)).size).toBe(BREAKAGES.length);
});
