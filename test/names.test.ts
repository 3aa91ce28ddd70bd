import { ApiObject, App, Chart, JsonPatch } from 'cdk8s';
import { Construct } from 'constructs';
import { EgressGateway, EgressViaGateway, ExternalMysql, ExternalService, ExternalTcp, MeshClient, MeshService, Protocol, Resolution } from '../src';
import { all, Manifest, manifestsOf, messageOf, only, synth } from './helpers';

const namesOf = (manifests: Manifest[]) => manifests.map(({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name}`);

function mysqlIn(scope: Construct, id = 'Mysql', metadata?: { name?: string; namespace?: string }): ExternalMysql {
  return new ExternalMysql(scope, id, { host: `${id.slice(0, 20).toLowerCase()}.example.com`, resolution: Resolution.ipAddresses(`192.0.2.${id.length}`), metadata });
}

function routed(scope: Construct, service: ExternalService): ExternalService {
  new EgressViaGateway(scope, `${service.node.id}-egress`, { gateway: EgressGateway.istioEgressGateway() }).route(service);
  return service;
}

// Names and ids are API: changing one deletes and makes objects in somebody's cluster, or breaks somebody's patch.
test('every object of a routed service with two ports and clients in two namespaces has this name and this place in the tree', () => {
  const chart = new Chart(new App(), 'test', { namespace: 'platform' });
  const ldap = new ExternalTcp(chart, 'Ldap', { host: 'ldap.example.com', ports: [389, 3268], resolution: Resolution.ipAddresses('192.0.2.14') });
  routed(chart, ldap).allowFrom(MeshClient.serviceAccount('shop', 'cart'), MeshClient.allIn('platform'));

  const objects = (chart.node.findAll().filter(ApiObject.isApiObject) as ApiObject[]).map(object => [object.node.path, `${object.kind} ${object.metadata.namespace}/${object.name}`]);

  expect(objects).toEqual([
    ['test/Ldap/Resource', 'ServiceEntry platform/ldap'],
    ['test/Ldap/ViaGateway/ToGateway/platform', 'DestinationRule platform/ldap-to-gateway'],
    ['test/Ldap/ViaGateway/ToGateway/shop', 'DestinationRule shop/platform-ldap-to-gateway'],
    ['test/Ldap/ViaGateway/Gateway', 'Gateway platform/ldap-egress'],
    ['test/Ldap/ViaGateway/ToGatewayRoute-1', 'VirtualService platform/ldap-to-gateway'],
    ['test/Ldap/ViaGateway/FromGatewayRoute-1', 'VirtualService platform/ldap-from-gateway-1'],
    ['test/Ldap/ViaGateway/FromGatewayRoute-2', 'VirtualService platform/ldap-from-gateway-2'],
    ['test/Ldap/ViaGateway/Clients', 'AuthorizationPolicy istio-system/platform-ldap-clients'],
  ]);
  const manifests = chart.toJson() as Manifest[];
  expect(only(manifests, 'DestinationRule', 'ldap-to-gateway').spec.subsets.map((subset: { name: string }) => subset.name))
    .toEqual(['platform-ldap-389', 'platform-ldap-3268']);
  expect(only(manifests, 'Gateway').spec.servers.map((server: { port: { name: string } }) => server.port.name))
    .toEqual(['tls-platform-ldap-389', 'tls-platform-ldap-3268']);
});

describe('a name that nobody gives', () => {
  test('is the path inside the chart', () => {
    const manifests = synth(chart => mysqlIn(new Construct(chart, 'Data'), 'RatingsMySQLMain'));

    expect(only(manifests, 'ServiceEntry').metadata.name).toBe('data-ratings-my-sql-main');
  });

  test('does not change with the chart, nor with what is beside it', () => {
    const app = new App();
    const alone = new Chart(app, 'alone', { namespace: 'a' });
    const inner = new Chart(new Chart(app, 'outer'), 'inner', { namespace: 'b' });
    mysqlIn(alone);
    mysqlIn(inner, 'Another');
    mysqlIn(inner);

    expect(all(manifestsOf(app), 'ServiceEntry').map(({ metadata }) => metadata.name).filter(name => name === 'mysql')).toHaveLength(2);
  });

  test('is a DNS label when it would be too long, and another for another path', () => {
    const long = 'x'.repeat(70);
    const names = ['a', 'b'].map(end => only(synth(chart => mysqlIn(chart, `${long}${end}`)), 'ServiceEntry').metadata.name);

    expect(names[0]).toMatch(/^x{54}-[0-9a-f]{8}$/);
    expect(names[0]).not.toBe(names[1]);
  });

  test('that is too long makes labels of all names that are made of it', () => {
    const manifests = synth(chart => routed(chart, mysqlIn(chart, 'x'.repeat(60))));

    for (const { metadata } of manifests) {
      expect(metadata.name).toMatch(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/);
    }
    expect(only(manifests, 'DestinationRule').spec.subsets[0].name.length).toBeLessThanOrEqual(63);
    expect(only(manifests, 'Gateway').spec.servers[0].port.name.length).toBeLessThanOrEqual(63);
    expect(only(manifests, 'Gateway').metadata.name).toBe(all(manifests, 'VirtualService')[1].spec.gateways[0]);
  });
});

describe('a name that somebody gives', () => {
  test('may have dots, which the names made of it have not', () => {
    const manifests = synth(chart => routed(chart, mysqlIn(chart, 'Mysql', { name: 'mysqldb.example.com' })));

    expect(only(manifests, 'ServiceEntry').metadata.name).toBe('mysqldb.example.com');
    expect(only(manifests, 'Gateway').metadata.name).toBe('mysqldb-example-com-egress');
  });
});

describe('a name that is taken', () => {
  test('by another service is refused', () => {
    const message = messageOf(() => synth(chart => {
      mysqlIn(chart, 'Mysql');
      mysqlIn(chart, 'Other', { name: 'mysql' });
    }));

    expect(message).toMatch(/^\[test\/Other.*\] 'metadata\.name' would make this ServiceEntry "mysql" in bookinfo, which 'test\/Mysql\/Resource' is already: give one of them another/);
  });

  test('by another path that is written the same way is refused', () => {
    expect(messageOf(() => synth(chart => {
      mysqlIn(chart, 'ratings-mysql');
      mysqlIn(chart, 'RatingsMysql');
    }))).toContain('which \'test/ratings-mysql/Resource\' is already');
  });

  test('in another chart of the same namespace is refused', () => {
    const app = new App();
    mysqlIn(new Chart(app, 'one', { namespace: 'shop' }));

    expect(messageOf(() => mysqlIn(new Chart(app, 'two', { namespace: 'shop' })))).toContain('which \'one/Mysql/Resource\' is already');
  });

  test('in another namespace, or by another kind, is not', () => {
    expect(namesOf(synth(chart => {
      mysqlIn(chart);
      mysqlIn(chart, 'Other', { name: 'mysql', namespace: 'shop' });
      new MeshService(chart, 'mysql-rules', { host: 'mysql', versions: ['v1'], metadata: { name: 'mysql' } });
    }))).toEqual(['ServiceEntry bookinfo/mysql', 'ServiceEntry shop/mysql', 'DestinationRule bookinfo/mysql']);
  });

  test('by two parts that are joined to one is refused: one policy must not be another\'s', () => {
    const app = new App();
    const one = new Chart(app, 'one', { namespace: 'a-b' });
    const two = new Chart(app, 'two', { namespace: 'a' });
    routed(one, mysqlIn(one, 'c'));

    expect(messageOf(() => routed(two, mysqlIn(two, 'b-c')))).toMatch(/^\[two\/b-c.*'one\/c/);
  });

  test('is free again when the client that it was for has gone', () => {
    const manifests = synth(chart => {
      const mysql = routed(chart, mysqlIn(chart));
      mysql.allowFrom(MeshClient.allIn('shop'));
      mysql.allowFrom(MeshClient.allIn('bookinfo'));
    });

    expect(namesOf(all(manifests, 'DestinationRule'))).toEqual(['DestinationRule bookinfo/mysql-to-gateway', 'DestinationRule shop/bookinfo-mysql-to-gateway']);
  });
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
    ['ToGateway/bookinfo', 'DestinationRule'],
    ['Gateway', 'Gateway'],
    ['ToGatewayRoute-1', 'VirtualService'],
    ['FromGatewayRoute-1', 'VirtualService'],
    ['Clients', 'AuthorizationPolicy'],
  ])('reaches the route\'s object %s by its path', (path, kind) => {
    const manifests = synth(chart => {
      const mysql = routed(chart, mysqlIn(chart));
      const object = path.split('/').reduce((node, id) => node.node.findChild(id), mysql.node.findChild('ViaGateway'));
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

test('several TLS hosts have a route each, numbered in the order they were given', () => {
  const manifests = synth(chart => routed(chart, new ExternalService(chart, 'Api', {
    hosts: ['a.example.com', 'b.example.com'],
    ports: [{ number: 443, protocol: Protocol.TLS }],
    resolution: Resolution.dns(),
  })));

  expect(all(manifests, 'VirtualService').map(({ metadata, spec }) => [metadata.name, ...spec.hosts])).toEqual([
    ['api-to-gateway-1', 'a.example.com'],
    ['api-to-gateway-2', 'b.example.com'],
    ['api-from-gateway-1', 'p443.bookinfo.a.example.com'],
    ['api-from-gateway-2', 'p443.bookinfo.b.example.com'],
  ]);
  expect(only(manifests, 'DestinationRule', 'api-to-gateway').spec.subsets.map(({ name }: { name: string }) => name)).toEqual(['bookinfo-api-1-443', 'bookinfo-api-2-443']);
});
