import { App, Chart } from 'cdk8s';
import {
  EgressGateway, EgressViaGateway, ExternalMysql, ExternalRedis, ExternalService, ExternalTcp, GatewayLeg, Mesh, MeshClient, Protocol, Resolution,
} from '../../src';
import { all, Manifest, manifestsOf, only, synth } from '../helpers';

const GATEWAY_HOST = 'istio-egressgateway.istio-system.svc.cluster.local';

function egressOf(chart: Chart): EgressViaGateway {
  return new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() });
}

function mysqlIn(chart: Chart, id = 'Mysql', host = 'mysqldb.example.com'): ExternalMysql {
  return new ExternalMysql(chart, id, { host, resolution: Resolution.ipAddresses('192.0.2.14') });
}

/** A MySQL of namespace `bookinfo` behind the stock gateway, and whatever else is done with it. */
function routed(more: (mysql: ExternalMysql) => void = () => undefined): Manifest[] {
  return synth(chart => {
    const mysql = mysqlIn(chart);
    egressOf(chart).route(mysql);
    more(mysql);
  });
}

const mesh = (manifests: Manifest[]) => only(manifests, 'VirtualService', 'mysql-to-gateway').spec;
const fromGateway = (manifests: Manifest[]) => only(manifests, 'VirtualService', 'mysql-from-gateway').spec;

describe('the way out of the mesh', () => {
  test('needs a gateway, knows it, and is nothing by itself', () => {
    const gateway = EgressGateway.istioEgressGateway();

    const manifests = synth(chart => expect(new EgressViaGateway(chart, 'Egress', { gateway }).gateway).toEqual(gateway));

    expect(manifests).toEqual([]);
  });

  test('through a gateway of another name, namespace, label and port', () => {
    const gateway = EgressGateway.fromAttributes({ serviceName: 'out', namespaceName: 'edge', selector: { app: 'out' }, port: 15443 });
    const manifests = synth(chart => new EgressViaGateway(chart, 'Egress', { gateway }).route(mysqlIn(chart)));

    const host = 'out.edge.svc.cluster.local';
    expect(only(manifests, 'Gateway').spec.selector).toEqual({ app: 'out' });
    expect(only(manifests, 'Gateway').spec.servers[0].port.number).toBe(15443);
    expect(only(manifests, 'DestinationRule').spec.host).toBe(host);
    expect(only(manifests, 'DestinationRule').spec.subsets[0].trafficPolicy.portLevelSettings[0].port).toEqual({ number: 15443 });
    expect(mesh(manifests).tcp[0].route[0].destination).toMatchObject({ host, port: { number: 15443 } });
    expect(fromGateway(manifests).tcp[0].match).toEqual([{ port: 15443 }]);
    expect(only(manifests, 'ServiceEntry').spec.exportTo).toEqual(['.', 'edge']);
    expect(only(manifests, 'AuthorizationPolicy').metadata.namespace).toBe('edge');
    expect(only(manifests, 'AuthorizationPolicy').spec.selector).toEqual({ matchLabels: { app: 'out' } });
  });

  test('is written in an order that can be applied from top to bottom', () => {
    expect(routed().map(({ kind }) => kind)).toEqual([
      'ServiceEntry', 'DestinationRule', 'Gateway', 'VirtualService', 'VirtualService', 'AuthorizationPolicy',
    ]);
  });

  test('needs nothing outside the namespace of the service but the policy at the gateway', () => {
    expect(routed().filter(({ metadata }) => metadata.namespace !== 'bookinfo').map(({ kind }) => kind)).toEqual(['AuthorizationPolicy']);
  });

  test('follows the cluster domain of the mesh', () => {
    const manifests = synth(chart => {
      Mesh.declare(chart.node.root, { clusterDomain: 'k8s.corp.example' });
      egressOf(chart).route(mysqlIn(chart));
    });

    const host = 'istio-egressgateway.istio-system.svc.k8s.corp.example';
    expect(only(manifests, 'DestinationRule').spec.host).toBe(host);
    expect(mesh(manifests).tcp[0].route[0].destination.host).toBe(host);
  });
});

describe('the leg from the sidecar to the gateway', () => {
  test('is mutual TLS with a server name made of port, namespace and host', () => {
    const [subset] = only(routed(), 'DestinationRule').spec.subsets;

    expect(subset.trafficPolicy.portLevelSettings).toEqual([
      expect.objectContaining({ port: { number: 443 }, tls: { mode: 'ISTIO_MUTUAL', sni: 'p3306.bookinfo.mysqldb.example.com' } }),
    ]);
  });

  test('ends at a subset that selects the gateway\'s pods', () => {
    const [subset] = only(routed(), 'DestinationRule').spec.subsets;

    expect(subset.labels).toEqual({ istio: 'egressgateway' });
    expect(mesh(routed()).tcp[0].route).toEqual([{ destination: { host: GATEWAY_HOST, subset: subset.name, port: { number: 443 } } }]);
  });

  test('is taken by the connections to the service\'s own port, in the sidecars only', () => {
    const spec = mesh(routed());

    expect(spec.hosts).toEqual(['mysqldb.example.com']);
    expect(spec.gateways).toEqual(['mesh']);
    expect(spec.tcp[0].match).toEqual([{ port: 3306 }]);
    expect(spec.tls).toBeUndefined();
  });

  test('is told by the server name when the application speaks TLS itself', () => {
    const manifests = synth(chart => egressOf(chart).route(new ExternalService(chart, 'Mysql', {
      hosts: ['a.example.com', 'b.example.com'],
      ports: [{ number: 443, protocol: Protocol.TLS }],
      resolution: Resolution.dns(),
    })));

    const specs = ['mysql-to-gateway-1', 'mysql-to-gateway-2'].map(name => only(manifests, 'VirtualService', name).spec);
    expect(specs.map(({ tcp }) => tcp)).toEqual([undefined, undefined]);
    expect(specs.map(({ tls }) => tls[0].match)).toEqual([
      [{ port: 443, sniHosts: ['a.example.com'] }],
      [{ port: 443, sniHosts: ['b.example.com'] }],
    ]);
  });
});

describe('at the gateway', () => {
  test('each host and port has a server of its own, to which only this namespace may attach routes', () => {
    const { servers } = only(routed(), 'Gateway').spec;

    expect(servers).toHaveLength(1);
    expect(servers[0].hosts).toEqual(['./p3306.bookinfo.mysqldb.example.com']);
    expect(servers[0].port).toMatchObject({ number: 443, protocol: 'TLS' });
    expect(servers[0].tls).toEqual({ mode: 'ISTIO_MUTUAL' });
  });

  test('the connection goes on to the service', () => {
    const manifests = routed();

    expect(fromGateway(manifests).hosts).toEqual(['p3306.bookinfo.mysqldb.example.com']);
    expect(fromGateway(manifests).gateways).toEqual([only(manifests, 'Gateway').metadata.name]);
    expect(fromGateway(manifests).tcp).toEqual([
      { match: [{ port: 443 }], route: [{ destination: { host: 'mysqldb.example.com', port: { number: 3306 } } }] },
    ]);
  });

  test('a fixed address is an endpoint, because NONE would send the connection to the gateway itself', () => {
    const { spec } = only(routed(), 'ServiceEntry');

    expect(spec.resolution).toBe('STATIC');
    expect(spec.addresses).toEqual(['192.0.2.14']);
    expect(spec.endpoints).toEqual([{ address: '192.0.2.14' }]);
  });

  test('a /32 is as good as an address', () => {
    const manifests = synth(chart => egressOf(chart).route(new ExternalMysql(chart, 'Mysql', {
      host: 'mysqldb.example.com',
      resolution: Resolution.ipAddresses('192.0.2.14/32', '192.0.2.15'),
    })));

    expect(only(manifests, 'ServiceEntry').spec.endpoints).toEqual([{ address: '192.0.2.14' }, { address: '192.0.2.15' }]);
  });

  test.each([['DNS', Resolution.dns()], ['DNS_ROUND_ROBIN', Resolution.dnsRoundRobin()]])('a service by name stays %s', (mode, resolution) => {
    const manifests = synth(chart => egressOf(chart).route(new ExternalMysql(chart, 'Mysql', { host: 'mysqldb.example.com', resolution })));

    expect(only(manifests, 'ServiceEntry').spec.resolution).toBe(mode);
    expect(only(manifests, 'ServiceEntry').spec.endpoints).toBeUndefined();
  });

  test('several ports are told apart by their server names', () => {
    const manifests = synth(chart => egressOf(chart).route(new ExternalTcp(chart, 'Mysql', {
      host: 'ldap.example.com',
      ports: [389, 3268],
      resolution: Resolution.ipAddresses('192.0.2.14'),
    })));

    const names = ['p389.bookinfo.ldap.example.com', 'p3268.bookinfo.ldap.example.com'];
    const gateway = only(manifests, 'Gateway').spec;
    expect(gateway.servers.map((server: { hosts: string[] }) => server.hosts)).toEqual(names.map(name => [`./${name}`]));
    expect(new Set(gateway.servers.map((server: { port: { name: string } }) => server.port.name)).size).toBe(2);
    const { subsets } = only(manifests, 'DestinationRule').spec;
    const { tcp } = mesh(manifests);
    [389, 3268].forEach((port, i) => {
      expect(subsets[i].trafficPolicy.portLevelSettings[0].tls.sni).toBe(names[i]);
      expect(tcp[i].match).toEqual([{ port }]);
      expect(tcp[i].route[0].destination.subset).toBe(subsets[i].name);
    });
    expect([subsets.length, tcp.length]).toEqual([2, 2]);
    const onward = all(manifests, 'VirtualService').map(({ spec }) => spec).filter(spec => spec.gateways[0] !== 'mesh');
    expect(onward.map(spec => [spec.hosts, spec.tcp[0].route[0].destination.port.number])).toEqual([[[names[0]], 389], [[names[1]], 3268]]);
    expect(only(manifests, 'AuthorizationPolicy').spec.rules[0].when[0].values).toEqual(names);
  });

  test('any number of services share one port', () => {
    const manifests = synth(chart => {
      const egress = egressOf(chart);
      egress.route(mysqlIn(chart));
      egress.route(new ExternalRedis(chart, 'Redis', { host: 'redis.example.com', resolution: Resolution.ipAddresses('192.0.2.15') }));
    });

    const servers = all(manifests, 'Gateway').flatMap(({ spec }) => spec.servers);
    expect(servers.map(server => server.port.number)).toEqual([443, 443]);
    expect(servers.map(server => server.hosts[0])).toEqual(['./p3306.bookinfo.mysqldb.example.com', './p6379.bookinfo.redis.example.com']);
  });

  test('two namespaces that declare one host do not meet', () => {
    const app = new App();
    for (const namespace of ['bookinfo', 'shop']) {
      const chart = new Chart(app, namespace, { namespace });
      egressOf(chart).route(mysqlIn(chart));
    }

    const manifests = manifestsOf(app);
    expect(all(manifests, 'Gateway').map(({ spec }) => spec.servers[0].hosts[0])).toEqual([
      './p3306.bookinfo.mysqldb.example.com', './p3306.shop.mysqldb.example.com',
    ]);
    expect(all(manifests, 'AuthorizationPolicy').map(({ spec }) => spec.rules[0].when[0].values)).toEqual([
      ['p3306.bookinfo.mysqldb.example.com'], ['p3306.shop.mysqldb.example.com'],
    ]);
  });
});

describe('who may pass the gateway', () => {
  const policyOf = (manifests: Manifest[]) => only(manifests, 'AuthorizationPolicy').spec;
  const passing = (manifests: Manifest[]) => policyOf(manifests).rules[0].from[0].source.notPrincipals;

  test('everybody but the clients is denied, for this service only', () => {
    const policy = policyOf(routed(mysql => mysql.allowFrom(MeshClient.serviceAccount('bookinfo', 'ratings'))));

    expect(policy.action).toBe('DENY');
    expect(policy.selector).toEqual({ matchLabels: { istio: 'egressgateway' } });
    expect(policy.rules).toEqual([{
      from: [{ source: { notPrincipals: ['cluster.local/ns/bookinfo/sa/ratings'] } }],
      when: [{ key: 'connection.sni', values: ['p3306.bookinfo.mysqldb.example.com'] }],
    }]);
  });

  test('is every account of the service\'s own namespace, and nobody else, until a client is named', () => {
    expect(passing(routed())).toEqual(['cluster.local/ns/bookinfo/sa/*']);
  });

  test('is nobody but the named clients, once one is named', () => {
    expect(passing(routed(mysql => mysql.allowFrom(MeshClient.serviceAccount('shop', 'cart'), MeshClient.serviceAccount('admin', 'backup')))))
      .toEqual(['cluster.local/ns/admin/sa/backup', 'cluster.local/ns/shop/sa/cart']);
  });

  test('is every account of a namespace that was allowed as a whole', () => {
    expect(passing(routed(mysql => mysql.allowFrom(MeshClient.allIn('shop'))))).toEqual(['cluster.local/ns/shop/sa/*']);
  });

  test('is each client once, however often it was named', () => {
    expect(passing(routed(mysql => {
      mysql.allowFrom(MeshClient.serviceAccount('shop', 'cart'));
      mysql.allowFrom(MeshClient.serviceAccount('shop', 'cart'));
    }))).toEqual(['cluster.local/ns/shop/sa/cart']);
  });

  test('has the trust domain of the mesh in its identity', () => {
    const manifests = synth(chart => {
      Mesh.declare(chart.node.root, { trustDomain: 'corp.example' });
      egressOf(chart).route(mysqlIn(chart));
    });

    expect(passing(manifests)).toEqual(['corp.example/ns/bookinfo/sa/*']);
  });
});

describe('clients in other namespaces', () => {
  const fromShopAndAdmin = () => routed(mysql => mysql.allowFrom(MeshClient.serviceAccount('shop', 'cart'), MeshClient.allIn('admin')));

  test('each have the gateway\'s DestinationRule in their own namespace, where alone their sidecars look for it', () => {
    const rules = all(fromShopAndAdmin(), 'DestinationRule');

    expect(rules.map(({ metadata }) => metadata.namespace)).toEqual(['admin', 'shop']);
    expect(rules.map(({ spec }) => spec.exportTo)).toEqual([['.'], ['.']]);
    expect(rules[0].spec).toEqual(rules[1].spec);
  });

  test('see the service and its route; the namespace that only declares it does not', () => {
    const manifests = fromShopAndAdmin();

    expect(only(manifests, 'ServiceEntry').spec.exportTo).toEqual(['admin', 'istio-system', 'shop']);
    expect(mesh(manifests).exportTo).toEqual(['admin', 'shop']);
  });

  test('leave the route from the gateway where only the gateway sees it', () => {
    expect(fromGateway(fromShopAndAdmin()).exportTo).toEqual(['istio-system']);
  });

  test('may be joined by the namespace that declares the service', () => {
    const manifests = routed(mysql => mysql.allowFrom(MeshClient.allIn('shop'), MeshClient.allIn('bookinfo')));

    expect(all(manifests, 'DestinationRule').map(({ metadata }) => metadata.namespace)).toEqual(['bookinfo', 'shop']);
    expect(only(manifests, 'ServiceEntry').spec.exportTo).toEqual(['.', 'istio-system', 'shop']);
    expect(mesh(manifests).exportTo).toEqual(['.', 'shop']);
  });

  test('may be in the gateway\'s own namespace, which is named once', () => {
    const manifests = routed(mysql => mysql.allowFrom(MeshClient.allIn('istio-system')));

    expect(only(manifests, 'ServiceEntry').spec.exportTo).toEqual(['istio-system']);
  });
});

describe('without named clients', () => {
  test('only the service\'s own namespace and the gateway see it', () => {
    const manifests = routed();

    expect(only(manifests, 'ServiceEntry').spec.exportTo).toEqual(['.', 'istio-system']);
    expect(mesh(manifests).exportTo).toEqual(['.']);
    expect(fromGateway(manifests).exportTo).toEqual(['istio-system']);
    expect(all(manifests, 'DestinationRule').map(({ metadata }) => metadata.namespace)).toEqual(['bookinfo']);
  });
});

describe('a plaintext leg', () => {
  const plaintext = () => synth(chart => egressOf(chart).route(mysqlIn(chart), { leg: GatewayLeg.plaintext(3306) }));

  test('has a TCP server on a port of its own', () => {
    const [server] = only(plaintext(), 'Gateway').spec.servers;

    expect(server.port).toMatchObject({ number: 3306, protocol: 'TCP' });
    expect(server.tls).toBeUndefined();
  });

  test('turns mutual TLS off for that port, or the handshake would reach the database', () => {
    expect(only(plaintext(), 'DestinationRule').spec.subsets[0].trafficPolicy.portLevelSettings).toEqual([
      expect.objectContaining({ port: { number: 3306 }, tls: { mode: 'DISABLE' } }),
    ]);
  });

  test('goes on to the service from that port', () => {
    expect(mesh(plaintext()).tcp[0].route[0].destination.port).toEqual({ number: 3306 });
    expect(fromGateway(plaintext()).tcp[0].match).toEqual([{ port: 3306 }]);
  });

  test('has no policy, because nobody has an identity there', () => {
    expect(all(plaintext(), 'AuthorizationPolicy')).toEqual([]);
  });

  test('may be used by several services on ports of their own, and on one port of two gateways', () => {
    const manifests = synth(chart => {
      const egress = egressOf(chart);
      egress.route(mysqlIn(chart), { leg: GatewayLeg.plaintext(3306) });
      const redis = (id: string, ip: string) => new ExternalRedis(chart, id, { host: `${id}.example.com`, resolution: Resolution.ipAddresses(ip) });
      egress.route(redis('redis-a', '192.0.2.15'), { leg: GatewayLeg.plaintext(6379) });
      const gateway = EgressGateway.fromAttributes({ serviceName: 'out', namespaceName: 'edge', selector: { app: 'out' } });
      new EgressViaGateway(chart, 'Other', { gateway }).route(redis('redis-b', '192.0.2.16'), { leg: GatewayLeg.plaintext(6379) });
    });

    expect(all(manifests, 'Gateway').map(({ spec }) => spec.servers[0].port.number)).toEqual([3306, 6379, 6379]);
  });

  test('is a choice: mutual TLS is what an explicit istioMutual gives, and nothing does', () => {
    const explicit = synth(chart => egressOf(chart).route(mysqlIn(chart), { leg: GatewayLeg.istioMutual() }));

    expect(explicit).toEqual(routed());
  });
});
