import { ApiObject, Chart } from 'cdk8s';
import {
  ClientTls, EgressGateway, EgressViaGateway, ExternalHttp, ExternalMysql, ExternalRedisCluster, Membership, MeshClient, Resolution,
  VirtualMachineService,
} from '../../src';
import { Manifest, messageOf, synth } from '../helpers';

const PURPOSE = { owner: 'team-shop', reason: 'orders of the shop', expires: '2027-01-31', contact: '#team-shop' };
const ANNOTATIONS = {
  'cdk8s-istio-egress/owner': 'team-shop',
  'cdk8s-istio-egress/reason': 'orders of the shop',
  'cdk8s-istio-egress/expires': '2027-01-31',
  'cdk8s-istio-egress/contact': '#team-shop',
};

const resolution = Resolution.ipAddresses('192.0.2.1', '192.0.2.2');
const mysql = (chart: Chart, more: object = {}) => new ExternalMysql(chart, 'Orders', { host: 'orders.example.com', resolution, ...PURPOSE, ...more });

const isAnnotated = ({ metadata }: Manifest) => {
  const annotations = metadata.annotations as { [name: string]: string } | undefined;
  return Object.entries(ANNOTATIONS).every(([name, value]) => annotations?.[name] === value);
};

const without = (manifests: readonly Manifest[]) => manifests.filter(manifest => !isAnnotated(manifest)).map(({ kind, metadata }) => `${kind} ${metadata.name}`);

const route = (chart: Chart, ...services: ExternalMysql[]) => {
  const egress = new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() });
  services.forEach(service => egress.route(service));
};

describe('the purpose of a dependency', () => {
  test('is an annotation of each of its objects', () => {
    expect(without(synth(chart => void mysql(chart)))).toEqual([]);
    expect(without(synth(chart => {
      const orders = mysql(chart);
      route(chart, orders);
      orders.allowFrom(MeshClient.serviceAccount('shop', 'cart'), MeshClient.serviceAccount('reports', 'nightly'));
    }))).toEqual([]);
  });

  test('is one of the objects of a client certificate, too', () => {
    expect(without(synth(chart => {
      const api = new ExternalHttp(chart, 'Api', {
        host: 'api.example.com', resolution: Resolution.dns(), tls: ClientTls.mutual({ credentialName: 'api' }), ...PURPOSE,
      });
      api.connectFrom(new ApiObject(chart, 'Cart', {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { namespace: 'shop', annotations: ANNOTATIONS },
        spec: { template: { metadata: { labels: { app: 'cart' } }, spec: { serviceAccountName: 'cart', containers: [{ name: 'cart' }] } } },
      }));
    }))).toEqual([]);
  });

  test('is not one of what several services share', () => {
    expect(without(synth(chart => {
      const orders = mysql(chart);
      route(chart, orders);
      orders.allowFrom(MeshClient.allIn('shop'));
    }))).toEqual([expect.stringMatching(/^AuthorizationPolicy shop\./)]);
  });

  test('is that of each member of a cluster, and of machines', () => {
    expect(without(synth(chart => void new ExternalRedisCluster(chart, 'Carts', {
      nodes: ['a', 'b'].map((name, i) => ({ host: `${name}.example.com`, resolution: Resolution.ipAddresses(`192.0.2.${i + 1}`) })), ...PURPOSE,
    })))).toEqual([]);
    expect(without(synth(chart => new VirtualMachineService(chart, 'Mysql', {
      serviceName: 'mysqldb', ports: [{ number: 3306 }], membership: Membership.workloadEntries('192.0.2.30', '192.0.2.31'), ...PURPOSE,
    }).allowFrom(MeshClient.allIn('shop'))))).toEqual([]);
  });

  test('is described', () => {
    synth(chart => {
      expect(mysql(chart).describe()).toMatchObject(PURPOSE);
      const machines = new VirtualMachineService(chart, 'Vm', { serviceName: 'db', ports: [{ number: 1 }], membership: Membership.workloadGroup(), owner: 'team-data' });
      machines.allowFrom(MeshClient.allIn('shop'));
      expect(machines.describe()).toMatchObject({ owner: 'team-data', reason: undefined });
    });
  });

  test('stands beside other annotations, and writes none when nothing is said', () => {
    const [entry] = synth(chart => void mysql(chart, { metadata: { annotations: { other: 'stays' } } }));
    const [silent] = synth(chart => void mysql(chart, { owner: undefined, reason: undefined, expires: undefined, contact: undefined }));

    expect(entry.metadata.annotations).toEqual({ ...ANNOTATIONS, other: 'stays' });
    expect(silent.metadata).not.toHaveProperty('annotations');
  });

  test.each<[object, string]>([
    [{ owner: ' ' }, '[test/Orders] \'owner\' must be a text that is not empty, got " "'],
    [{ contact: 7 }, '[test/Orders] \'contact\' must be a text that is not empty, got 7'],
    [{ expires: '2027-02-30' }, '[test/Orders] \'expires\' must be a day of the calendar like "2027-01-31", got "2027-02-30"'],
    [{ expires: new Date(0) }, '[test/Orders] \'expires\' must be a day of the calendar like "2027-01-31", got a Date'],
    [{ metadata: { annotations: { 'cdk8s-istio-egress/owner': 'other' } } },
      '[test/Orders] \'metadata.annotations\' has "cdk8s-istio-egress/owner", which \'owner\' "team-shop" writes: give one of them'],
  ])('is refused: %j', (more, message) => {
    expect(messageOf(() => synth(chart => void mysql(chart, more)))).toBe(message);
  });
});
