import * as fs from 'node:fs';
import * as path from 'node:path';
import { ApiObject, App, Chart, Duration, JsonPatch, YamlOutputType } from 'cdk8s';
import { Construct } from 'constructs';
import { parseAllDocuments } from 'yaml';
import {
  Credentials, EgressGateway, EgressGuard, EgressLockdown, EgressTelemetry, EgressViaGateway, ExternalMysql, ExternalService, ExternalTcp,
  IngressRoute, MeshClient, MeshService, MysqlBootstrap, MysqlGrant, Protocol, Resolution, SecretFromStore, SecretStoreRef,
  TelemetryTarget,
} from '../src';
import { all, filesBelow, inTempFolder, Manifest, manifestsOf, messageOf, only, synth } from './helpers';

const namesOf = (manifests: Manifest[]) => manifests.map(({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name}`);

function mysqlIn(scope: Construct, id = 'Mysql', metadata?: { name?: string; namespace?: string }): ExternalMysql {
  return new ExternalMysql(scope, id, { host: `${id.slice(0, 20).toLowerCase()}.example.com`, resolution: Resolution.ipAddresses(`192.0.2.${id.length}`), metadata });
}

function routed(scope: Construct, service: ExternalService, ...clients: MeshClient[]): ExternalService {
  new EgressViaGateway(scope, `${service.node.id}-egress`, { gateway: EgressGateway.istioEgressGateway() }).route(service);
  service.allowFrom(...clients.length > 0 ? clients : [MeshClient.serviceAccount('shop', 'cart')]);
  return service;
}

const objectsOf = (chart: Chart) => (chart.node.findAll().filter(ApiObject.isApiObject) as ApiObject[])
  .map(object => [object.node.path, `${object.kind} ${object.metadata.namespace}/${object.name}`]);

// Names and ids are API: changing one deletes and makes objects in somebody's cluster, or breaks somebody's patch.
test('every object of a routed service with two ports and clients in two namespaces has this name and this place in the tree', () => {
  const chart = new Chart(new App(), 'test', { namespace: 'platform' });
  const ldap = new ExternalTcp(chart, 'Ldap', { host: 'ldap.example.com', ports: [389, 3268], resolution: Resolution.dns() });
  routed(chart, ldap, MeshClient.serviceAccount('shop', 'cart'), MeshClient.allIn('platform'));

  expect(objectsOf(chart)).toEqual([
    ['test/Ldap/Resource', 'ServiceEntry platform/ldap.platform'],
    ['test/Ldap/ViaGateway/Upstream-389', 'ServiceEntry platform/ldap.platform.upstream.389'],
    ['test/Ldap/ViaGateway/UpstreamRule-389', 'DestinationRule platform/ldap.platform.upstream.389'],
    ['test/Ldap/ViaGateway/Upstream-3268', 'ServiceEntry platform/ldap.platform.upstream.3268'],
    ['test/Ldap/ViaGateway/UpstreamRule-3268', 'DestinationRule platform/ldap.platform.upstream.3268'],
    ['test/Ldap/ViaGateway/Namespaces/platform', 'AuthorizationPolicy istio-system/platform.platform.istio-egressgateway.istio-system.test'],
    ['test/Ldap/ViaGateway/Gateway', 'Gateway platform/ldap--platform'],
    ['test/Ldap/ViaGateway/FromGateway-389', 'VirtualService platform/ldap.platform.from-gateway.389'],
    ['test/Ldap/ViaGateway/FromGateway-3268', 'VirtualService platform/ldap.platform.from-gateway.3268'],
    ['test/Ldap/ViaGateway/Clients/platform', 'DestinationRule platform/ldap.platform.to-gateway.platform'],
    ['test/Ldap/ViaGateway/Clients/shop', 'DestinationRule shop/ldap.platform.to-gateway.shop'],
    ['test/Ldap/ViaGateway/ToGateway', 'VirtualService platform/ldap.platform.outbound'],
  ]);
  const manifests = chart.toJson() as Manifest[];
  for (const client of ['platform', 'shop']) {
    expect(only(manifests, 'DestinationRule', `ldap.platform.to-gateway.${client}`).spec.subsets.map((subset: { name: string }) => subset.name))
      .toEqual(['p389--platform--ldap--example--com', 'p3268--platform--ldap--example--com']);
  }
  expect(only(manifests, 'Gateway').spec.servers.map((server: { port: { name: string } }) => server.port.name))
    .toEqual(['tls-389', 'tls-389-in-platform', 'tls-3268', 'tls-3268-in-platform']);
});

test('every object of a direct service with two hosts has this name and this place in the tree', () => {
  const chart = new Chart(new App(), 'test', { namespace: 'platform' });
  new ExternalService(chart, 'Api', {
    hosts: ['a.example.com', 'b.example.com'],
    ports: [{ number: 80, protocol: Protocol.HTTP }],
    resolution: Resolution.dns(),
    http: { timeout: Duration.seconds(1) },
  });

  expect(objectsOf(chart)).toEqual([
    ['test/Api/Resource', 'ServiceEntry platform/api.platform'],
    ['test/Api/Endpoints/a.example.com', 'DestinationRule platform/api.platform.endpoints'],
    ['test/Api/Endpoints/b.example.com', 'DestinationRule platform/api.platform.endpoints.b--example--com'],
    ['test/Api/HttpRules/a.example.com', 'VirtualService platform/api.platform.outbound'],
    ['test/Api/HttpRules/b.example.com', 'VirtualService platform/api.platform.outbound.b--example--com'],
  ]);
});

test('every object of a deployed gateway, of what is routed through it, of a lock-down and of a guard has this name and this place in the tree', () => {
  const chart = new Chart(new App(), 'test', { namespace: 'shop' });
  const gateway = new EgressGateway(chart, 'Out', { metadata: { namespace: 'edge' } });
  const mysql = mysqlIn(chart);
  new EgressViaGateway(chart, 'Egress', { gateway }).route(mysql);
  mysql.allowFrom(MeshClient.serviceAccount('shop', 'cart'));
  new EgressLockdown(chart, 'Lockdown');
  new EgressGuard(chart, 'Guard', { gateway });

  expect(objectsOf(chart).filter(([place]) => !place.startsWith('test/Mysql'))).toEqual([
    ['test/Out/Account', 'ServiceAccount edge/out'],
    ['test/Out/Policy', 'AuthorizationPolicy edge/out.edge'],
    ['test/Out/Network', 'NetworkPolicy edge/out.edge'],
    ['test/Out/Resource', 'Deployment edge/out'],
    ['test/Out/Autoscaler', 'HorizontalPodAutoscaler edge/out'],
    ['test/Out/DisruptionBudget', 'PodDisruptionBudget edge/out'],
    ['test/Out/Service', 'Service edge/out'],
    ['test/Egress/Admission/Network', 'NetworkPolicy edge/egress.shop.out.test.admission'],
    ['test/Egress/Admission/Policy', 'AuthorizationPolicy edge/egress.shop.out.test.admission'],
    ['test/Lockdown/Network', 'NetworkPolicy shop/lockdown.shop.lockdown'],
    ['test/Lockdown/Resource', 'Sidecar shop/lockdown.shop.lockdown'],
    ['test/Guard/Gateways', 'ValidatingAdmissionPolicy undefined/out.edge.guard.gateways'],
    ['test/Guard/GatewaysBinding', 'ValidatingAdmissionPolicyBinding undefined/out.edge.guard.gateways'],
    ['test/Guard/VirtualServices', 'ValidatingAdmissionPolicy undefined/out.edge.guard.virtualservices'],
    ['test/Guard/VirtualServicesBinding', 'ValidatingAdmissionPolicyBinding undefined/out.edge.guard.virtualservices'],
    ['test/Guard/ServiceEntries', 'ValidatingAdmissionPolicy undefined/out.edge.guard.serviceentries'],
    ['test/Guard/ServiceEntriesBinding', 'ValidatingAdmissionPolicyBinding undefined/out.edge.guard.serviceentries'],
  ]);
});

test('a Secret from a store has this name and this place in the tree', () => {
  const chart = new Chart(new App(), 'test', { namespace: 'platform' });
  new SecretFromStore(chart, 'OrdersAccount', { secretStoreRef: SecretStoreRef.secretStore('vault'), password: { key: 'orders' } });

  expect(objectsOf(chart)).toEqual([['test/OrdersAccount/Resource', 'ExternalSecret platform/orders-account.platform']]);
});

test('every object of a bootstrap has this name and this place in the tree', () => {
  const chart = new Chart(new App(), 'test', { namespace: 'shop' });
  new MysqlBootstrap(chart, 'OrdersDatabase', {
    service: mysqlIn(chart),
    adminCredentials: Credentials.fromSecret('mysql-admin'),
    database: 'orders',
    users: [{ credentials: Credentials.fromSecret('orders-mysql'), grants: [MysqlGrant.allOnDatabase()] }],
  });

  expect(objectsOf(chart).slice(1).map(([place, name]) => [place, name.replace(/-[0-9a-f]{8}$/, '-<hash>')])).toEqual([
    ['test/OrdersDatabase/Account', 'ServiceAccount shop/orders-database.shop.bootstrap'],
    ['test/OrdersDatabase/Files', 'ConfigMap shop/orders-database-bootstrap-<hash>'],
    ['test/OrdersDatabase/Resource', 'Job shop/orders-database-bootstrap-<hash>'],
  ]);
});

test('every object of telemetry has this name and this place in the tree', () => {
  const chart = new Chart(new App(), 'test', { namespace: 'platform' });
  new EgressTelemetry(chart, 'Gateway', { target: TelemetryTarget.gateway(EgressGateway.istioEgressGateway()) });
  new EgressTelemetry(chart, 'Shop', { target: TelemetryTarget.allIn('shop') });

  expect(objectsOf(chart)).toEqual([
    ['test/Gateway/Resource', 'Telemetry istio-system/gateway.istio-egressgateway.istio-system.telemetry'],
    ['test/Gateway/Alerts', 'PrometheusRule istio-system/gateway.istio-egressgateway.istio-system.telemetry'],
    ['test/Gateway/Dashboard', 'ConfigMap istio-system/gateway.istio-egressgateway.istio-system.telemetry'],
    ['test/Shop/Resource', 'Telemetry shop/shop.shop.telemetry'],
    ['test/Shop/Alerts', 'PrometheusRule shop/shop.shop.telemetry'],
    ['test/Shop/Dashboard', 'ConfigMap shop/shop.shop.telemetry'],
  ]);
});

describe('a name that nobody gives', () => {
  test('is the path inside the chart, and the namespace', () => {
    const manifests = synth(chart => mysqlIn(new Construct(chart, 'Data'), 'RatingsMySQLMain'));

    expect(only(manifests, 'ServiceEntry').metadata.name).toBe('data-ratings-my-sql-main.bookinfo');
  });

  test('does not change with the chart, nor with what is beside it', () => {
    const app = new App();
    const alone = new Chart(app, 'alone', { namespace: 'a' });
    const inner = new Chart(new Chart(app, 'outer'), 'inner', { namespace: 'b' });
    const nowhere = new Chart(app, 'nowhere');
    mysqlIn(alone);
    mysqlIn(inner, 'Another');
    mysqlIn(inner);
    mysqlIn(nowhere);

    expect(all(manifestsOf(app), 'ServiceEntry').map(({ metadata }) => metadata.name)).toEqual(['mysql.a', 'another.b', 'mysql.b', 'mysql']);
  });

  test('is a DNS label and the namespace when the path is too long, and another for another path', () => {
    const long = 'x'.repeat(70);
    const names = ['a', 'b'].map(end => only(synth(chart => mysqlIn(chart, `${long}${end}`)), 'ServiceEntry').metadata.name);

    expect(names[0]).toMatch(/^x{54}-[0-9a-f]{8}\.bookinfo$/);
    expect(names[0]).not.toBe(names[1]);
  });

  test('that is too long makes a DNS name of every name that is made of it, and labels where Istio needs one', () => {
    const manifests = synth(chart => routed(chart, mysqlIn(chart, 'x'.repeat(80)), MeshClient.allIn('y'.repeat(63))));

    for (const { metadata } of manifests) {
      expect(metadata.name).toMatch(/^(?=.{1,253}$)[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*$/);
    }
    expect(only(manifests, 'DestinationRule').spec.subsets[0].name.length).toBeLessThanOrEqual(63);
    expect(only(manifests, 'Gateway').spec.servers[0].port.name.length).toBeLessThanOrEqual(63);
    expect(only(manifests, 'Gateway').metadata.name).toMatch(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/);
    expect(only(manifests, 'Gateway').metadata.name).toBe(all(manifests, 'VirtualService')[0].spec.gateways[0]);
  });
});

describe('a name that somebody gives', () => {
  test('is the name of the ServiceEntry as it is, and the names of the others begin with it', () => {
    const manifests = synth(chart => routed(chart, mysqlIn(chart, 'Mysql', { name: 'mysqldb.example.com' })));

    expect(namesOf(manifests)).toContain('ServiceEntry bookinfo/mysqldb.example.com');
    expect(namesOf(manifests)).toContain('ServiceEntry bookinfo/mysqldb.example.com.bookinfo.upstream.3306');
    // Istio's webhook refuses a reference to a Gateway whose name has dots.
    expect(only(manifests, 'Gateway').metadata.name).toBe('mysqldb--example--com--bookinfo');
  });
});

describe('a name that somebody gives in the form of the library\'s own', () => {
  test('keeps the names of all objects when the construct moves', () => {
    const names = (id: string, metadata?: { name: string }) => namesOf(synth(chart => routed(chart, mysqlIn(chart, id, metadata))));

    expect(names('Mysql', undefined)).toEqual(names('Other', { name: 'mysql.bookinfo' }));
  });
});

describe('a name that is taken', () => {
  test('by another service is refused', () => {
    const message = messageOf(() => synth(chart => {
      mysqlIn(chart, 'Mysql');
      mysqlIn(chart, 'Other', { name: 'mysql.bookinfo' });
    }));

    expect(message).toContain('[test/Other] [MX0101] has the kind, namespace and name of \'test/Mysql\': the ServiceEntry "mysql.bookinfo"');
  });

  test('by another path that is written the same way is refused', () => {
    expect(messageOf(() => synth(chart => {
      mysqlIn(chart, 'ratings-mysql');
      mysqlIn(chart, 'RatingsMysql');
    }))).toContain('[test/RatingsMysql] [MX0101]');
  });

  test('in another chart of the same namespace is refused', () => {
    const app = new App();
    ['one', 'two'].forEach(chart => mysqlIn(new Chart(app, chart, { namespace: 'shop' })));

    expect(messageOf(() => manifestsOf(app))).toContain('[two/Mysql] [MX0101]');
  });

  test('in another namespace, or by another kind, is not', () => {
    expect(namesOf(synth(chart => {
      mysqlIn(chart);
      mysqlIn(chart, 'Other', { name: 'mysql.bookinfo', namespace: 'shop' });
      new MeshService(chart, 'mysql-rules', { host: 'mysql', versions: ['v1'], metadata: { name: 'mysql.bookinfo' } });
    }))).toEqual(['ServiceEntry bookinfo/mysql.bookinfo', 'ServiceEntry shop/mysql.bookinfo', 'DestinationRule bookinfo/mysql.bookinfo']);
  });

  test('is another for another namespace, where joined by dashes they would be one', () => {
    const objects = (namespace: string, id: string, client: MeshClient) =>
      namesOf(synth(chart => routed(chart, mysqlIn(chart, id), client), { namespace }));
    const [one, two] = ['cart', 'eu-cart'].map(client => objects('shop', 'eu-mysql', MeshClient.allIn(client)));
    const other = objects('shop-eu', 'mysql', MeshClient.allIn('cart'));

    // Two apps, whose objects the cluster would merge if they had one name.
    expect(one.filter(name => other.includes(name))).toEqual([]);
    expect(two.filter(name => other.includes(name))).toEqual([]);
  });
});

describe('an app whose objects are written to files of their own', () => {
  /** Two namespaces that declare the same constructs, each with a client in the other and one in a third namespace. */
  function sameTwice(props: { outdir: string; yamlOutputType: YamlOutputType }): App {
    const app = new App(props);
    const namespaces = ['bookinfo', 'shop'];
    namespaces.forEach((namespace, i) => {
      const chart = new Chart(app, namespace, { namespace });
      mysqlIn(chart, 'Direct');
      new ExternalTcp(chart, 'ByName', { host: 'ldap.example.com', ports: [389], resolution: Resolution.dns() });
      const mysql = new ExternalTcp(chart, 'Mysql', {
        host: `mysql.${namespace}.example.com`, ports: [3306, 33060], resolution: Resolution.ipAddresses(`198.51.100.${i}`, `203.0.113.${i}`),
      });
      routed(chart, mysql, ...namespaces.map(client => MeshClient.serviceAccount(client, 'app')), MeshClient.allIn('audit'));
      new MeshService(chart, 'Reviews', { host: 'reviews', versions: ['v1'] }).routeTo('v1');
      new IngressRoute(chart, 'Page', { hosts: [`${namespace}.example.com`], service: 'page', servicePort: 80 });
    });
    return app;
  }

  test.each([
    ['one folder', YamlOutputType.FILE_PER_RESOURCE],
    ['a folder for each chart', YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE],
  ])('loses none in %s, when two namespaces declare the same constructs', (_, yamlOutputType) => inTempFolder(outdir => {
    const app = sameTwice({ outdir, yamlOutputType });
    app.synth();

    const written = filesBelow(outdir).flatMap(file => parseAllDocuments(fs.readFileSync(path.join(outdir, file), 'utf8'))
      .map(document => document.toJS() as Manifest));
    expect(written.length).toBeGreaterThan(20);
    expect(namesOf(written).sort()).toEqual(namesOf(manifestsOf(app)).sort());
  }));
});

describe('the published recipe', () => {
  const published = {
    apiVersion: 'networking.istio.io/v1',
    kind: 'ServiceEntry',
    metadata: { name: 'mysql-external' },
    spec: {
      hosts: ['mysqldb.example.com'],
      addresses: ['192.0.2.14/32'],
      ports: [{ name: 'tcp', number: 3306, protocol: 'tcp' }],
      location: 'MESH_EXTERNAL',
    },
  };
  const same = (chart: Chart) => new ExternalMysql(chart, 'Mysql', {
    host: 'mysqldb.example.com',
    resolution: Resolution.ipAddresses('192.0.2.14'),
    exportTo: ['*'],
    metadata: { name: 'mysql-external' },
  });

  test('is what metadata and exportTo give, with Istio\'s defaults written out', () => {
    const manifests = synth(same, {});

    expect(manifests).toEqual([{
      ...published,
      spec: { ...published.spec, ports: [{ name: 'tcp', number: 3306, protocol: 'TCP' }], resolution: 'NONE', exportTo: ['*'] },
    }]);
  });

  test('is what the escape hatch gives, to the letter', () => {
    const manifests = synth(chart => ApiObject.of(same(chart)).addJsonPatch(
      JsonPatch.remove('/spec/exportTo'),
      JsonPatch.remove('/spec/resolution'),
      JsonPatch.replace('/spec/ports/0/protocol', 'tcp'),
    ), {});

    expect(manifests).toEqual([published]);
  });
});

describe('the escape hatch', () => {
  test('adds a field that the library does not know', () => {
    const app = new App();
    const chart = new Chart(app, 'test', { namespace: 'bookinfo' });
    ApiObject.of(mysqlIn(chart)).addJsonPatch(
      JsonPatch.add('/spec/notYetInvented', { deep: [1, 'two'] }),
      JsonPatch.add('/spec/ports/0/neither', true),
      JsonPatch.add('/status', {}),
    );

    const { spec } = only(manifestsOf(app), 'ServiceEntry');
    expect(spec.notYetInvented).toEqual({ deep: [1, 'two'] });
    expect(spec.ports[0].neither).toBe(true);
    expect(app.synthYaml()).toContain('  notYetInvented:\n    deep:\n      - 1\n      - two\n');
  });

  test.each([
    ['Upstream-3306', 'ServiceEntry'],
    ['Namespaces/audit', 'AuthorizationPolicy'],
    ['Gateway', 'Gateway'],
    ['FromGateway-3306', 'VirtualService'],
    ['Clients/audit', 'DestinationRule'],
    ['ToGateway', 'VirtualService'],
  ])('reaches the route\'s object %s by its path', (id, kind) => {
    const manifests = synth(chart => {
      const mysql = routed(chart, mysqlIn(chart), MeshClient.allIn('audit'));
      const object = id.split('/').reduce((node, child) => node.node.findChild(child), mysql.node.findChild('ViaGateway'));
      (object as ApiObject).addJsonPatch(JsonPatch.add('/spec/notYetInvented', 1));
    });

    expect(all(manifests, kind).filter(({ spec }) => spec.notYetInvented === 1)).toHaveLength(1);
    expect(manifests.filter(({ spec }) => 'notYetInvented' in spec)).toHaveLength(1);
  });

  test('reaches what others have as their main object', () => {
    const manifests = synth(chart => ApiObject.of(new MeshService(chart, 'Reviews', { host: 'reviews', versions: ['v1'] }))
      .addJsonPatch(JsonPatch.add('/spec/trafficPolicy', { loadBalancer: { simple: 'RANDOM' } })));

    expect(only(manifests, 'DestinationRule').spec.trafficPolicy).toEqual({ loadBalancer: { simple: 'RANDOM' } });
  });

  test('may annotate any object', () => {
    const manifests = synth(chart => ApiObject.of(mysqlIn(chart)).metadata.addAnnotation('owner', 'ratings'));

    expect(only(manifests, 'ServiceEntry').metadata.annotations).toEqual({ owner: 'ratings' });
  });
});

test('several TLS hosts have a route each, and the objects of all but the first have the host in their names', () => {
  const manifests = synth(chart => routed(chart, new ExternalService(chart, 'Api', {
    hosts: ['a.example.com', 'b.example.com'],
    ports: [{ number: 443, protocol: Protocol.TLS }],
    resolution: Resolution.dns(),
  })));

  expect(all(manifests, 'VirtualService').map(({ metadata, spec }) => [metadata.name, ...spec.hosts])).toEqual([
    ['api.bookinfo.from-gateway.443', 'p443.bookinfo.a.example.com'],
    ['api.bookinfo.from-gateway.443.b--example--com', 'p443.bookinfo.b.example.com'],
    ['api.bookinfo.outbound', 'a.example.com'],
    ['api.bookinfo.outbound.b--example--com', 'b.example.com'],
  ]);
  expect(only(manifests, 'DestinationRule', 'api.bookinfo.to-gateway.shop').spec.subsets.map(({ name }: { name: string }) => name))
    .toEqual(['p443--bookinfo--a--example--com', 'p443--bookinfo--b--example--com']);
});
