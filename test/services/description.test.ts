import { ApiObject, App, Chart, Duration, JsonPatch } from 'cdk8s';
import { Construct } from 'constructs';
import {
  ConnectionPresets, EgressGateway, EgressViaGateway, ExternalMysql, ExternalRedis, ExternalService, ExternalTcp, GatewayLeg, MeshClient,
  Protocol, Resolution,
} from '../../src';
import { NAMESPACE } from '../helpers';

const chartOf = (props: { namespace?: string } = { namespace: NAMESPACE }) => new Chart(new App(), 'test', props);

function mysqlIn(scope: Construct): ExternalMysql {
  return new ExternalMysql(scope, 'Mysql', { host: 'mysqldb.example.com', resolution: Resolution.ipAddresses('192.0.2.14') });
}

function egressOf(chart: Chart): EgressViaGateway {
  return new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() });
}

describe('the description of a service', () => {
  test('says what a direct service declares', () => {
    expect(mysqlIn(chartOf()).describe()).toEqual({
      path: 'test/Mysql',
      name: 'mysql.bookinfo',
      namespaceName: 'bookinfo',
      hosts: ['mysqldb.example.com'],
      ports: [{ number: 3306, name: 'tcp', protocol: 'TCP', targetPort: 3306 }],
      resolution: 'NONE',
      addresses: ['192.0.2.14/32'],
      endpoints: [],
      networks: ['192.0.2.14/32'],
      visibleTo: ['bookinfo'],
      clients: [{ namespaceName: 'bookinfo' }],
    });
  });

  test.each([
    ['anywhere, when it is found by name', undefined, undefined],
    ['in the networks that are given', ['192.0.2.0/24', '2001:db8::7'], ['192.0.2.0/24', '2001:db8::7/128']],
  ])('says where the last proxy connects to: %s', (_, networks, expected) => {
    const mysql = new ExternalMysql(chartOf(), 'Mysql', { host: 'mysqldb.example.com', resolution: Resolution.dns(), networks });

    expect(mysql.describe().networks).toEqual(expected);
  });

  test('says which way a routed service goes', () => {
    const chart = chartOf();
    const mysql = mysqlIn(chart);
    egressOf(chart).route(mysql);
    mysql.allowFrom(MeshClient.serviceAccount('shop', 'cart'), MeshClient.allIn('audit'));

    const { route, clients, visibleTo, resolution, addresses } = mysql.describe();

    expect(route).toEqual({
      gatewayServiceName: 'istio-egressgateway',
      gatewayNamespaceName: 'istio-system',
      gatewaySelector: { istio: 'egressgateway' },
      mutualTls: true,
      legs: [{
        host: 'mysqldb.example.com',
        port: 3306,
        gatewayPort: 443,
        serverName: 'p3306.bookinfo.mysqldb.example.com',
        subset: 'p3306--bookinfo--mysqldb--example--com',
        resolution: 'STATIC',
        endpoints: ['192.0.2.14'],
      }],
    });
    expect(clients).toEqual([{ namespaceName: 'shop', serviceAccountName: 'cart' }, { namespaceName: 'audit' }]);
    expect(visibleTo).toEqual(['audit', 'shop']);
    // The clients' sidecars see the same with and without a route.
    expect([resolution, addresses]).toEqual(['NONE', ['192.0.2.14/32']]);
  });

  test('says the port of a plaintext leg, and that nothing is mutual TLS there', () => {
    const chart = chartOf();
    const mysql = mysqlIn(chart);
    egressOf(chart).route(mysql, { leg: GatewayLeg.plaintext(3306) });

    expect(mysql.describe().route).toMatchObject({ mutualTls: false, legs: [{ port: 3306, gatewayPort: 3306 }] });
  });

  test('has a leg for each host and port, each with its own upstream', () => {
    const chart = chartOf();
    const api = new ExternalService(chart, 'Api', {
      hosts: ['a.example.com', 'b.example.com'],
      ports: [{ number: 443, protocol: Protocol.TLS }, { number: 8443, protocol: Protocol.TLS, targetPort: 9443 }],
      resolution: Resolution.dns(),
    });
    egressOf(chart).route(api);

    const { route, ports, resolution } = api.describe();

    expect(route!.legs.map(({ serverName, endpoints, resolution: mode }) => [serverName, mode, ...endpoints])).toEqual([
      ['p443.bookinfo.a.example.com', 'DNS', 'a.example.com'],
      ['p8443.bookinfo.a.example.com', 'DNS', 'a.example.com'],
      ['p443.bookinfo.b.example.com', 'DNS', 'b.example.com'],
      ['p8443.bookinfo.b.example.com', 'DNS', 'b.example.com'],
    ]);
    expect(ports).toEqual([
      { number: 443, name: 'tls-443', protocol: 'TLS', targetPort: 443 }, { number: 8443, name: 'tls-8443', protocol: 'TLS', targetPort: 9443 },
    ]);
    expect(resolution).toBe('DNS');
  });

  test('has the virtual addresses of a service by name', () => {
    const redis = new ExternalRedis(chartOf(), 'Redis', {
      host: 'redis.example.com', resolution: Resolution.dnsRoundRobin(), addresses: ['198.51.100.7'],
    });

    expect(redis.describe()).toMatchObject({ resolution: 'DNS_ROUND_ROBIN', addresses: ['198.51.100.7'] });
  });

  test('has the account that a workload has in the end', () => {
    const chart = chartOf();
    const mysql = mysqlIn(chart);
    const ratings = new ApiObject(chart, 'Ratings', {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      spec: { template: { spec: { serviceAccountName: 'early', containers: [{ name: 'app' }] } } },
    });
    mysql.connectFrom(ratings);
    ratings.addJsonPatch(JsonPatch.replace('/spec/template/spec/serviceAccountName', 'late'));

    expect(mysql.describe().clients).toEqual([{ namespaceName: 'bookinfo', serviceAccountName: 'late' }]);
  });

  test('has no namespace when none is known', () => {
    expect(mysqlIn(chartOf({})).describe().namespaceName).toBeUndefined();
  });

  test.each([[['*'], ['*']], [['shop', '.'], ['bookinfo', 'shop']]])('says who sees a service that is exported to %j, sorted', (exportTo, visibleTo) => {
    const mysql = new ExternalMysql(chartOf(), 'Mysql', { host: 'mysqldb.example.com', resolution: Resolution.dns(), exportTo });

    expect(mysql.describe().visibleTo).toEqual(visibleTo);
  });

  test('is data: it survives JSON, and changing it changes nothing', () => {
    const chart = chartOf();
    const mysql = mysqlIn(chart);
    egressOf(chart).route(mysql);
    mysql.allowFrom(MeshClient.allIn('shop'));
    const before = mysql.describe();

    expect(JSON.parse(JSON.stringify(before))).toEqual(before);
    const changed = mysql.describe();
    [changed.hosts, changed.addresses, changed.visibleTo, changed.route!.legs[0].endpoints].forEach(list => list.push('changed'));
    changed.route!.gatewaySelector.changed = 'changed';
    expect(mysql.describe()).toEqual(before);
  });
});

describe('the services of an app', () => {
  test('are all found, in the order of their declaration, whatever their class', () => {
    const app = new App();
    const one = new Chart(app, 'one', { namespace: 'bookinfo' });
    const two = new Chart(new Chart(app, 'outer'), 'two', { namespace: 'shop' });
    const mysql = mysqlIn(new Construct(one, 'Data'));
    const redis = new ExternalRedis(one, 'Redis', { host: 'redis.example.com', resolution: Resolution.ipAddresses('192.0.2.15') });
    const ldap = new ExternalTcp(two, 'Ldap', { host: 'ldap.example.com', ports: [389], resolution: Resolution.ipAddresses('192.0.2.16') });
    egressOf(one).route(mysql);

    expect(ExternalService.allIn(app)).toEqual([mysql, redis, ldap]);
    expect(ExternalService.allIn(one)).toEqual([mysql, redis]);
    expect(ExternalService.allIn(two)).toEqual([ldap]);
    expect(ExternalService.allIn(mysql)).toEqual([mysql]);
    expect(ExternalService.allIn(new App())).toEqual([]);
  });
});

describe('tests of an app ask a service', () => {
  test('for its ports, clients and gateway', () => {
    const chart = chartOf();
    const mysql = mysqlIn(chart);

    expect(mysql.ports).toEqual([{ number: 3306, name: 'tcp', protocol: 'TCP', targetPort: 3306 }]);
    expect(mysql.clients).toEqual([{ namespaceName: 'bookinfo' }]);
    expect(mysql.gateway).toBeUndefined();

    egressOf(chart).route(mysql);
    mysql.allowFrom(MeshClient.serviceAccount('shop', 'cart'), MeshClient.serviceAccount('shop', 'cart'));

    expect(mysql.clients).toEqual([{ namespaceName: 'shop', serviceAccountName: 'cart' }]);
    expect(mysql.gateway).toEqual(EgressGateway.istioEgressGateway());
  });

  test('for its settings, as they were declared', () => {
    const connection = { ...ConnectionPresets.failoverByDns(), maxConnections: 100 };
    const http = { timeout: Duration.seconds(2) };
    const api = new ExternalService(chartOf(), 'Api', {
      hosts: ['api.example.com'], ports: [{ number: 80, protocol: Protocol.HTTP }], resolution: Resolution.dns(), connection, http,
    });

    expect(api.describe().connection).toEqual(connection);
    expect(api.describe().http).toEqual(http);
  });
});
