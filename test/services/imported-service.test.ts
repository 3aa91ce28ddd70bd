import { ApiObject, App, Chart } from 'cdk8s';
import {
  ClientRules, Credentials, EgressGateway, EgressViaGateway, ExternalMysql, ExternalRedis, ExternalService, ExternalTcp, GatewayLeg, IExternalService,
  Mesh, MeshClient, Protocol, Resolution,
} from '../../src';
import { all, Manifest, manifestsOf, messageOf, only } from '../helpers';

const GATEWAY = EgressGateway.istioEgressGateway();
const PLATFORM = { host: 'orders.example.com', namespaceName: 'platform' };

function workload(chart: Chart, name = 'cart'): ApiObject {
  return new ApiObject(chart, name, {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: { template: { spec: { serviceAccountName: name, containers: [{ name }] } } },
  });
}

/** What the app of a client writes, and what it does with the service. */
function clientApp(use: (chart: Chart) => void, namespace: string | undefined = 'shop'): Manifest[] {
  const app = new App();
  use(new Chart(app, 'client', { namespace }));
  return manifestsOf(app);
}

describe('a service that another app declares', () => {
  test('is not declared again: a connected workload gets its variables, and nothing else is written', () => {
    const manifests = clientApp(chart => {
      const credentials = Credentials.fromSecret('orders');
      ExternalMysql.fromAttributes(chart, 'Orders', { ...PLATFORM, credentials }).connectFrom(workload(chart), { envPrefix: 'DB' });
    });

    expect(manifests.map(({ kind }) => kind)).toEqual(['Deployment']);
    const variables = manifests[0].spec.template.spec.containers[0].env as { name: string; value?: string }[];
    expect(variables.map(({ name, value }) => [name, value])).toEqual([
      ['DB_HOST', 'orders.example.com'], ['DB_PORT', '3306'], ['DB_USER', undefined], ['DB_PASSWORD', undefined],
    ]);
  });

  test('knows its hosts and the namespace that declares it', () => {
    clientApp(chart => {
      const orders = ExternalMysql.fromAttributes(chart, 'Orders', PLATFORM);

      expect([orders.hosts, orders.namespaceName]).toEqual([['orders.example.com'], 'platform']);
    });
  });

  test.each<[string, (chart: Chart) => IExternalService, string[]]>([
    ['a MySQL', chart => ExternalMysql.fromAttributes(chart, 'Db', { ...PLATFORM, port: 3307 }), ['MYSQL_PORT', '3307']],
    ['a Redis', chart => ExternalRedis.fromAttributes(chart, 'Db', PLATFORM), ['REDIS_PORT', '6379']],
    ['a TCP service', chart => ExternalTcp.fromAttributes(chart, 'Db', { ...PLATFORM, ports: [389] }), ['TCP_PORT', '389']],
    ['any service', chart => ExternalService.fromServiceAttributes(chart, 'Db', {
      hosts: ['api.example.com'], ports: [{ number: 443, protocol: Protocol.TLS }], namespaceName: 'platform',
    }), ['TLS_PORT', '443']],
  ])('may be %s', (_, use, [name, value]) => {
    const [deployment] = clientApp(chart => use(chart).connectFrom(workload(chart)));

    expect(deployment.spec.template.spec.containers[0].env).toContainEqual({ name, value });
  });
});

describe('a routed service that another app declares', () => {
  const clientRules = (more = {}) => clientApp(chart => {
    ExternalMysql.fromAttributes(chart, 'Orders', { ...PLATFORM, gateway: GATEWAY, ...more }).connectFrom(workload(chart));
  });

  /** The app that declares it and names the account of the client's app. */
  function platformApp(rules: ClientRules, client = MeshClient.serviceAccount('shop', 'cart'), leg = GatewayLeg.istioMutual()): Manifest[] {
    const app = new App();
    const chart = new Chart(app, 'platform', { namespace: 'platform' });
    const orders = new ExternalMysql(chart, 'Orders', { host: 'orders.example.com', resolution: Resolution.ipAddresses('192.0.2.1') });
    new EgressViaGateway(chart, 'Egress', { gateway: GATEWAY, clientRules: rules }).route(orders, { leg });
    orders.allowFrom(client);
    return manifestsOf(app);
  }

  test('gets the rule of the client\'s namespace, the one that the declaring app would write there', () => {
    const rule = only(clientRules(), 'DestinationRule');

    expect(rule.metadata).toEqual({ name: 'orders.orders--example--com.platform.to-gateway.shop.client', namespace: 'shop' });
    expect(rule.spec).toEqual(only(platformApp(ClientRules.WRITTEN_HERE), 'DestinationRule').spec);
  });

  test('leaves the declaring app without a rule in another namespace', () => {
    const manifests = platformApp(ClientRules.LEFT_TO_CLIENTS);

    expect(all(manifests, 'DestinationRule')).toEqual([]);
    expect(manifests.map(({ metadata }) => metadata.namespace)).toEqual(manifests.map(() => 'platform'));
    expect(only(manifests, 'ServiceEntry', 'orders.platform').spec.exportTo).toEqual(['shop']);
  });

  test('has the server names of a whole namespace when the namespace is the client', () => {
    expect(only(clientRules({ wholeNamespace: true }), 'DestinationRule').spec)
      .toEqual(only(platformApp(ClientRules.WRITTEN_HERE, MeshClient.allIn('shop')), 'DestinationRule').spec);
  });

  test('may have a plaintext leg', () => {
    const leg = GatewayLeg.plaintext(3306);

    expect(only(clientRules({ leg }), 'DestinationRule').spec)
      .toEqual(only(platformApp(ClientRules.WRITTEN_HERE, MeshClient.allIn('shop'), leg), 'DestinationRule').spec);
  });

  test('has one rule for several workloads of a namespace, and one for each namespace', () => {
    const app = new App();
    const [shop, web] = ['shop', 'web'].map(namespace => new Chart(app, namespace, { namespace }));
    const orders = ExternalMysql.fromAttributes(shop, 'Orders', { ...PLATFORM, gateway: GATEWAY });
    [workload(web, 'page'), workload(shop), workload(shop, 'api')].forEach(each => orders.connectFrom(each));

    expect(all(manifestsOf(app), 'DestinationRule').map(({ metadata }) => [metadata.namespace, metadata.name])).toEqual([
      ['shop', 'orders.orders--example--com.platform.to-gateway.shop.shop'], ['web', 'orders.orders--example--com.platform.to-gateway.web.shop'],
    ]);
  });

  test('follows the facts of the mesh', () => {
    const app = new App();
    Mesh.declare(app, { clusterDomain: 'k8s.corp.example', rootNamespace: 'mesh' });
    const chart = new Chart(app, 'mesh', { namespace: 'mesh' });
    ExternalMysql.fromAttributes(chart, 'Orders', { ...PLATFORM, gateway: GATEWAY }).connectFrom(workload(chart));

    const { spec } = only(manifestsOf(app), 'DestinationRule');
    expect([spec.host, spec.exportTo]).toEqual(['istio-egressgateway.istio-system.svc.k8s.corp.example', ['.']]);
  });
});

describe('is refused:', () => {
  const refused = (use: (chart: Chart) => void, namespace?: string) => messageOf(() => clientApp(use, namespace));

  test('attributes without the declaring namespace', () => {
    expect(refused(chart => ExternalMysql.fromAttributes(chart, 'Orders', { host: 'orders.example.com' } as never)))
      .toBe('[client/Orders] \'namespaceName\' is missing, which ExternalMysql.fromAttributes() needs');
  });

  test('a property that only a declaration has', () => {
    expect(refused(chart => ExternalRedis.fromAttributes(chart, 'Orders', { ...PLATFORM, resolution: Resolution.dns() } as never)))
      .toMatch(/^\[client\/Orders\] 'resolution' is not a property of ExternalRedis\.fromAttributes\(\): it has /);
  });

  test('a gateway that is none', () => {
    expect(refused(chart => ExternalMysql.fromAttributes(chart, 'Orders', { ...PLATFORM, gateway: 'istio-egressgateway' as never })))
      .toBe('[client/Orders] \'gateway\' must be EgressGateway.istioEgressGateway(), EgressGateway.fromAttributes() or a new EgressGateway(), got "istio-egressgateway"');
  });

  test('a workload without a namespace, which its rule is written to', () => {
    const app = new App();
    const orders = ExternalMysql.fromAttributes(new Chart(app, 'client'), 'Orders', { ...PLATFORM, gateway: GATEWAY });
    orders.connectFrom(workload(new Chart(app, 'nowhere')));

    expect(messageOf(() => manifestsOf(app))).toContain('[client/Orders] a connected workload has no namespace');
  });

  test('a workload that avoids its sidecar', () => {
    expect(refused(chart => {
      const pod = new ApiObject(chart, 'Pod', { apiVersion: 'v1', kind: 'Pod', spec: { hostNetwork: true, containers: [{ name: 'main' }] } });
      ExternalMysql.fromAttributes(chart, 'Orders', { ...PLATFORM, gateway: GATEWAY }).connectFrom(pod);
    })).toContain('[client/Orders] its client \'client/Pod\' would bypass the gateway, because it runs with hostNetwork');
  });

  test('allowFrom, which belongs to the declaring app', () => {
    expect(refused(chart => (ExternalMysql.fromAttributes(chart, 'Orders', PLATFORM) as ExternalMysql).allowFrom(MeshClient.allIn('shop'))))
      .toBe('[client/Orders] allowFrom() belongs to the app that declares the service: call it there, or connect a workload with connectFrom() here');
  });

  test('something that is no workload', () => {
    expect(refused(chart => ExternalMysql.fromAttributes(chart, 'Orders', PLATFORM).connectFrom('cart' as never)))
      .toBe('[client/Orders] connectFrom() needs a workload, such as a Deployment, got "cart"');
  });
});
