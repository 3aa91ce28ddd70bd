import { App, Chart } from 'cdk8s';
import {
  ClientRules, EgressGateway, EgressViaGateway, ExternalMysql, ExternalRedis, ExternalService, ExternalTcp, GatewayLeg, Mesh, MeshClient, Protocol,
  Resolution,
} from '../../src';
import { all, Manifest, manifestsOf, messageOf, only, synth } from '../helpers';

const GATEWAY_HOST = 'istio-egressgateway.istio-system.svc.cluster.local';
const RATINGS = MeshClient.serviceAccount('bookinfo', 'ratings');

function egressOf(chart: Chart): EgressViaGateway {
  return new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() });
}

function mysqlIn(chart: Chart, id = 'Mysql', host = 'mysqldb.example.com'): ExternalMysql {
  return new ExternalMysql(chart, id, { host, resolution: Resolution.ipAddresses('192.0.2.14') });
}

function redisIn(chart: Chart, id = 'Redis', ip = '192.0.2.15'): ExternalRedis {
  return new ExternalRedis(chart, id, { host: `${id.toLowerCase()}.example.com`, resolution: Resolution.ipAddresses(ip) });
}

/** A MySQL of namespace `bookinfo` behind the stock gateway, for these clients. */
function routed(...clients: MeshClient[]): Manifest[] {
  return synth(chart => {
    const mysql = mysqlIn(chart);
    egressOf(chart).route(mysql);
    mysql.allowFrom(...clients);
  });
}

const mesh = (manifests: Manifest[]) => only(manifests, 'VirtualService', 'mysql.bookinfo.outbound').spec;
const fromGateway = (manifests: Manifest[]) => only(manifests, 'VirtualService', 'mysql.bookinfo.from-gateway.3306').spec;

describe('the way out of the mesh', () => {
  test('needs a gateway, knows it, and is nothing by itself', () => {
    const gateway = EgressGateway.istioEgressGateway();

    const manifests = synth(chart => expect(new EgressViaGateway(chart, 'Egress', { gateway }).gateway).toEqual(gateway));

    expect(manifests).toEqual([]);
  });

  test('can use a gateway of another name, namespace, label and port', () => {
    const gateway = EgressGateway.fromAttributes({ serviceName: 'out', namespaceName: 'edge', selector: { app: 'out' }, port: 15443 });
    const manifests = synth(chart => {
      const mysql = mysqlIn(chart);
      new EgressViaGateway(chart, 'Egress', { gateway }).route(mysql);
      mysql.allowFrom(RATINGS, MeshClient.allIn('shop'));
    });

    const host = 'out.edge.svc.cluster.local';
    expect(only(manifests, 'Gateway').spec.selector).toEqual({ app: 'out' });
    expect(only(manifests, 'Gateway').spec.servers.map((server: { port: { number: number } }) => server.port.number)).toEqual([15443, 15443]);
    for (const { spec } of all(manifests, 'DestinationRule')) {
      expect(spec.host).toBe(host);
      expect(spec.subsets[0].trafficPolicy.portLevelSettings[0].port).toEqual({ number: 15443 });
    }
    expect(mesh(manifests).tcp[0].route[0].destination).toMatchObject({ host, port: { number: 15443 } });
    expect(fromGateway(manifests).tcp[0].match).toEqual([{ port: 15443 }]);
    expect(fromGateway(manifests).exportTo).toEqual(['edge']);
    expect(only(manifests, 'ServiceEntry', 'mysql.bookinfo.upstream.3306').spec.exportTo).toEqual(['edge']);
    expect(only(manifests, 'AuthorizationPolicy').metadata.namespace).toBe('edge');
    expect(only(manifests, 'AuthorizationPolicy').spec.selector).toEqual({ matchLabels: { app: 'out' } });
  });

  test('is written in an order that can be applied from top to bottom', () => {
    const manifests = routed(RATINGS, MeshClient.allIn('shop'));

    expect(manifests.map(({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name}`)).toEqual([
      'ServiceEntry bookinfo/mysql.bookinfo',
      'ServiceEntry bookinfo/mysql.bookinfo.upstream.3306',
      'AuthorizationPolicy istio-system/shop.bookinfo.istio-egressgateway.istio-system.test',
      'Gateway bookinfo/mysql--bookinfo',
      'VirtualService bookinfo/mysql.bookinfo.from-gateway.3306',
      'DestinationRule bookinfo/mysql.bookinfo.to-gateway.bookinfo',
      'DestinationRule shop/mysql.bookinfo.to-gateway.shop',
      'VirtualService bookinfo/mysql.bookinfo.outbound',
    ]);
  });

  test('follows the cluster domain of the mesh', () => {
    const manifests = synth(chart => {
      Mesh.declare(chart.node.root, { clusterDomain: 'k8s.corp.example' });
      const mysql = mysqlIn(chart);
      egressOf(chart).route(mysql);
      mysql.allowFrom(RATINGS);
    });

    const host = 'istio-egressgateway.istio-system.svc.k8s.corp.example';
    expect(only(manifests, 'DestinationRule').spec.host).toBe(host);
    expect(mesh(manifests).tcp[0].route[0].destination.host).toBe(host);
  });

  test('can be two gateways of one namespace for clients of one namespace', () => {
    const gateway = (serviceName: string) => EgressGateway.fromAttributes({ serviceName, namespaceName: 'edge', selector: { app: serviceName } });
    const manifests = synth(chart => {
      const [mysql, redis] = [mysqlIn(chart), redisIn(chart)];
      new EgressViaGateway(chart, 'One', { gateway: gateway('one') }).route(mysql);
      new EgressViaGateway(chart, 'Two', { gateway: gateway('two') }).route(redis);
      [mysql, redis].forEach(service => service.allowFrom(MeshClient.allIn('shop')));
    });

    expect(all(manifests, 'AuthorizationPolicy').map(({ spec }) => spec.selector.matchLabels)).toEqual([{ app: 'one' }, { app: 'two' }]);
  });
});

describe('the leg from the sidecar to the gateway', () => {
  test('is mutual TLS with a server name made of port, namespace and host', () => {
    const [subset] = only(routed(RATINGS), 'DestinationRule').spec.subsets;

    expect(subset.trafficPolicy.portLevelSettings).toEqual([
      expect.objectContaining({ port: { number: 443 }, tls: { mode: 'ISTIO_MUTUAL', sni: 'p3306.bookinfo.mysqldb.example.com' } }),
    ]);
  });

  test('ends at a subset that selects the gateway\'s pods and has the server name as a label', () => {
    const [subset] = only(routed(RATINGS), 'DestinationRule').spec.subsets;

    expect(subset.name).toBe('p3306--bookinfo--mysqldb--example--com');
    expect(subset.labels).toEqual({ istio: 'egressgateway' });
    expect(mesh(routed(RATINGS)).tcp[0].route).toEqual([{ destination: { host: GATEWAY_HOST, subset: subset.name, port: { number: 443 } } }]);
  });

  test('is taken by connections to the service\'s own port, in the sidecars only', () => {
    const spec = mesh(routed(RATINGS));

    expect(spec.hosts).toEqual(['mysqldb.example.com']);
    expect(spec.gateways).toEqual(['mesh']);
    expect(spec.tcp[0].match).toEqual([{ port: 3306 }]);
    expect(spec.tls).toBeUndefined();
  });

  test('is matched by server name when the application speaks TLS itself', () => {
    const manifests = synth(chart => {
      const mysql = new ExternalService(chart, 'Mysql', {
        hosts: ['a.example.com', 'b.example.com'],
        ports: [{ number: 443, protocol: Protocol.TLS }],
        resolution: Resolution.dns(),
      });
      egressOf(chart).route(mysql);
      mysql.allowFrom(RATINGS);
    });

    const specs = ['mysql.bookinfo.outbound', 'mysql.bookinfo.outbound.b--example--com'].map(name => only(manifests, 'VirtualService', name).spec);
    expect(specs.map(({ tcp }) => tcp)).toEqual([undefined, undefined]);
    expect(specs.map(({ tls }) => tls[0].match)).toEqual([
      [{ port: 443, sniHosts: ['a.example.com'] }],
      [{ port: 443, sniHosts: ['b.example.com'] }],
    ]);
  });
});

describe('at the gateway', () => {
  test('each host and port has a server of its own, to which only routes of this namespace attach', () => {
    const { servers } = only(routed(RATINGS), 'Gateway').spec;

    expect(servers).toHaveLength(1);
    expect(servers[0].hosts).toEqual(['./p3306.bookinfo.mysqldb.example.com']);
    expect(servers[0].port).toMatchObject({ number: 443, protocol: 'TLS' });
    expect(servers[0].tls.mode).toBe('ISTIO_MUTUAL');
  });

  test('the connection goes on to the private upstream', () => {
    const manifests = routed(RATINGS);

    expect(fromGateway(manifests).hosts).toEqual(['p3306.bookinfo.mysqldb.example.com']);
    expect(fromGateway(manifests).gateways).toEqual([only(manifests, 'Gateway').metadata.name]);
    expect(fromGateway(manifests).tcp).toEqual([
      { match: [{ port: 443 }], route: [{ destination: { host: 'p3306.bookinfo.mysqldb.example.com', port: { number: 443 } } }] },
    ]);
  });

  test('the route to the upstream is visible to the gateway only', () => {
    expect(fromGateway(routed(RATINGS, MeshClient.allIn('shop'))).exportTo).toEqual(['istio-system']);
  });

  test('several ports are told apart by their server names', () => {
    const manifests = synth(chart => {
      const ldap = new ExternalTcp(chart, 'Mysql', { host: 'ldap.example.com', ports: [389, 3268], resolution: Resolution.ipAddresses('192.0.2.14') });
      egressOf(chart).route(ldap);
      ldap.allowFrom(RATINGS);
    });

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
    expect(onward.map(spec => [spec.hosts, spec.tcp[0].route[0].destination])).toEqual(names.map(host => [[host], { host, port: { number: 443 } }]));
  });

  test('any number of services share one port', () => {
    const manifests = synth(chart => {
      const egress = egressOf(chart);
      for (const service of [mysqlIn(chart), redisIn(chart)]) {
        egress.route(service);
        service.allowFrom(RATINGS);
      }
    });

    const servers = all(manifests, 'Gateway').flatMap(({ spec }) => spec.servers);
    expect(servers.map(server => server.port.number)).toEqual([443, 443]);
    expect(servers.map(server => server.hosts[0])).toEqual(['./p3306.bookinfo.mysqldb.example.com', './p6379.bookinfo.redis.example.com']);
  });

  test('two namespaces that declare one host have a server and an upstream each', () => {
    const app = new App();
    for (const namespace of ['bookinfo', 'shop']) {
      const chart = new Chart(app, namespace, { namespace });
      const mysql = mysqlIn(chart);
      egressOf(chart).route(mysql);
      mysql.allowFrom(MeshClient.serviceAccount(namespace, 'app'));
    }

    const manifests = manifestsOf(app);
    const names = ['p3306.bookinfo.mysqldb.example.com', 'p3306.shop.mysqldb.example.com'];
    expect(all(manifests, 'Gateway').map(({ spec }) => spec.servers[0].hosts[0])).toEqual(names.map(name => `./${name}`));
    expect(names.map(name => all(manifests, 'ServiceEntry').filter(({ spec }) => spec.hosts.includes(name)).length)).toEqual([1, 1]);
  });
});

describe('clients in other namespaces', () => {
  const fromShopAndAdmin = () => routed(MeshClient.serviceAccount('shop', 'cart'), MeshClient.allIn('admin'));

  test('see the service and its route; the namespace that only declares it does not, nor does the gateway\'s', () => {
    const manifests = fromShopAndAdmin();

    expect(only(manifests, 'ServiceEntry', 'mysql.bookinfo').spec.exportTo).toEqual(['admin', 'shop']);
    expect(mesh(manifests).exportTo).toEqual(['admin', 'shop']);
  });

  test('can be joined by the namespace that declares the service', () => {
    const manifests = routed(MeshClient.allIn('shop'), MeshClient.allIn('bookinfo'));

    expect(all(manifests, 'DestinationRule').map(({ metadata }) => metadata.namespace)).toEqual(['bookinfo', 'shop']);
    expect(only(manifests, 'ServiceEntry', 'mysql.bookinfo').spec.exportTo).toEqual(['.', 'shop']);
    expect(mesh(manifests).exportTo).toEqual(['.', 'shop']);
  });

  test('can be in the gateway\'s own namespace, which sees the service only then', () => {
    expect(only(routed(MeshClient.allIn('istio-system')), 'ServiceEntry', 'mysql.bookinfo').spec.exportTo).toEqual(['istio-system']);
  });
});

describe('the ServiceEntry of the clients', () => {
  test.each([
    ['one address', Resolution.ipAddresses('192.0.2.14')],
    ['several addresses', Resolution.ipAddresses('192.0.2.14/32', '192.0.2.15')],
    ['dns', Resolution.dns()],
    ['dnsRoundRobin', Resolution.dnsRoundRobin()],
  ])('is the same with and without a route (%s)', (_, resolution) => {
    const entry = (viaGateway: boolean) => only(synth(chart => {
      const mysql = new ExternalMysql(chart, 'Mysql', { host: 'mysqldb.example.com', resolution });
      mysql.allowFrom(MeshClient.allIn('bookinfo'), MeshClient.allIn('shop'));
      if (viaGateway) {
        egressOf(chart).route(mysql);
      }
    }), 'ServiceEntry', 'mysql.bookinfo');

    expect(entry(true)).toEqual(entry(false));
  });

  test('captures the address that clients dial', () => {
    const { spec } = only(routed(RATINGS), 'ServiceEntry', 'mysql.bookinfo');

    expect(spec.resolution).toBe('NONE');
    expect(spec.addresses).toEqual(['192.0.2.14/32']);
    expect(spec.endpoints).toBeUndefined();
  });
});

describe('a routed service without clients', () => {
  test('is refused at synth', () => {
    expect(messageOf(() => synth(chart => egressOf(chart).route(mysqlIn(chart))))).toContain(
      '[test/Mysql] is routed through a gateway and has no clients: name them with allowFrom() or connectFrom()');
  });

  test('is refused on a plaintext leg as well', () => {
    expect(messageOf(() => synth(chart => egressOf(chart).route(mysqlIn(chart), { leg: GatewayLeg.plaintext(3306) }))))
      .toContain('[test/Mysql] is routed through a gateway and has no clients');
  });

  test('is reported together with all others', () => {
    const app = new App();
    for (const namespace of ['bookinfo', 'shop']) {
      const chart = new Chart(app, namespace, { namespace });
      const egress = egressOf(chart);
      egress.route(mysqlIn(chart));
      egress.route(redisIn(chart));
    }

    const message = messageOf(() => app.synthYaml());

    for (const path of ['bookinfo/Mysql', 'bookinfo/Redis', 'shop/Mysql', 'shop/Redis']) {
      expect(message.split(`[${path}] is routed through a gateway and has no clients`)).toHaveLength(2);
    }
  });
});

describe('the DestinationRules of client namespaces', () => {
  const written = (clientRules?: ClientRules) => {
    const manifests = synth(chart => {
      const mysql = mysqlIn(chart);
      new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway(), clientRules }).route(mysql);
      mysql.allowFrom(RATINGS, MeshClient.allIn('audit'), MeshClient.serviceAccount('shop', 'cart'));
    });
    return all(manifests, 'DestinationRule').map(({ metadata }) => metadata.namespace);
  };

  test('are written here, by default', () => {
    expect(written()).toEqual(['audit', 'bookinfo', 'shop']);
    expect(written(ClientRules.WRITTEN_HERE)).toEqual(['audit', 'bookinfo', 'shop']);
  });

  test('can be left to the clients, except in the service\'s own namespace', () => {
    expect(written(ClientRules.LEFT_TO_CLIENTS)).toEqual(['bookinfo']);
  });

  test('are all left to the clients when the service\'s own namespace is none', () => {
    const manifests = synth(chart => {
      const mysql = mysqlIn(chart);
      mysql.allowFrom(MeshClient.allIn('shop'));
      new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway(), clientRules: ClientRules.LEFT_TO_CLIENTS }).route(mysql);
    });

    expect(all(manifests, 'DestinationRule')).toEqual([]);
    expect(only(manifests, 'ServiceEntry', 'mysql.bookinfo').spec.exportTo).toEqual(['shop']);
  });
});

describe('a plaintext leg', () => {
  const plaintext = (...clients: MeshClient[]) => synth(chart => {
    const mysql = mysqlIn(chart);
    egressOf(chart).route(mysql, { leg: GatewayLeg.plaintext(3306) });
    mysql.allowFrom(...clients);
  });
  const forBookinfo = () => plaintext(MeshClient.allIn('bookinfo'));

  test('has one TCP server on a port of its own, without an identity', () => {
    const { servers } = only(plaintext(MeshClient.allIn('bookinfo'), MeshClient.allIn('shop')), 'Gateway').spec;

    expect(servers).toHaveLength(1);
    expect(servers[0].port).toMatchObject({ number: 3306, protocol: 'TCP' });
    expect(servers[0].hosts).toEqual(['./p3306.bookinfo.mysqldb.example.com']);
    expect(servers[0].tls).toBeUndefined();
  });

  test('turns mutual TLS off for that port, or the handshake would reach the database', () => {
    expect(only(forBookinfo(), 'DestinationRule').spec.subsets[0].trafficPolicy.portLevelSettings).toEqual([
      expect.objectContaining({ port: { number: 3306 }, tls: { mode: 'DISABLE' } }),
    ]);
  });

  test('goes on from that port to the same private upstream', () => {
    const manifests = forBookinfo();

    expect(mesh(manifests).tcp[0].route[0].destination.port).toEqual({ number: 3306 });
    expect(fromGateway(manifests).hosts).toEqual(['p3306.bookinfo.mysqldb.example.com']);
    expect(fromGateway(manifests).tcp).toEqual([
      { match: [{ port: 3306 }], route: [{ destination: { host: 'p3306.bookinfo.mysqldb.example.com', port: { number: 443 } } }] },
    ]);
    const upstream = (objects: Manifest[]) => only(objects, 'ServiceEntry', 'mysql.bookinfo.upstream.3306');
    expect(upstream(manifests)).toEqual(upstream(routed(RATINGS)));
  });

  test('has no policy, because no client has an identity there', () => {
    expect(all(forBookinfo(), 'AuthorizationPolicy')).toEqual([]);
  });

  test('accepts whole namespaces', () => {
    expect(all(plaintext(MeshClient.allIn('bookinfo'), MeshClient.allIn('shop')), 'DestinationRule').map(({ metadata }) => metadata.namespace))
      .toEqual(['bookinfo', 'shop']);
  });

  test.each<[string, MeshClient[]]>([['alone', [RATINGS]], ['with its whole namespace', [MeshClient.allIn('bookinfo'), RATINGS]]])('refuses an account %s', (_, clients) => {
    expect(messageOf(() => plaintext(...clients))).toContain('[test/Mysql] allowFrom() names an account, and a plaintext leg to the gateway carries no identity: '
      + 'use GatewayLeg.istioMutual(), or name whole namespaces with MeshClient.allIn()');
  });

  test('can be used by several services on ports of their own, and on one port of two gateways', () => {
    const manifests = synth(chart => {
      const egress = egressOf(chart);
      const gateway = EgressGateway.fromAttributes({ serviceName: 'out', namespaceName: 'edge', selector: { app: 'out' } });
      const [mysql, a, b] = [mysqlIn(chart), redisIn(chart, 'redis-a', '192.0.2.15'), redisIn(chart, 'redis-b', '192.0.2.16')];
      egress.route(mysql, { leg: GatewayLeg.plaintext(3306) });
      egress.route(a, { leg: GatewayLeg.plaintext(6379) });
      new EgressViaGateway(chart, 'Other', { gateway }).route(b, { leg: GatewayLeg.plaintext(6379) });
      [mysql, a, b].forEach(service => service.allowFrom(MeshClient.allIn('bookinfo')));
    });

    expect(all(manifests, 'Gateway').map(({ spec }) => spec.servers[0].port.number)).toEqual([3306, 6379, 6379]);
  });

  test('is a choice: an explicit istioMutual is the default', () => {
    const explicit = synth(chart => {
      const mysql = mysqlIn(chart);
      egressOf(chart).route(mysql, { leg: GatewayLeg.istioMutual() });
      mysql.allowFrom(RATINGS);
    });

    expect(explicit).toEqual(routed(RATINGS));
  });
});

test.each<[object, string]>([
  [{ legs: GatewayLeg.istioMutual() }, '[test/Egress] \'legs\' is not a property of route(): it has \'leg\''],
  [{ leg: 'mutual' }, '[test/Egress] \'leg\' must be one of GatewayLeg.istioMutual() or GatewayLeg.plaintext(), got "mutual"'],
])('route() refuses options that it does not have: %j', (options, message) => {
  const build = () => synth(chart => {
    const service = new ExternalMysql(chart, 'Mysql', { host: 'mysqldb.example.com', resolution: Resolution.ipAddresses('192.0.2.14') });
    new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() }).route(service, options);
  });

  expect(messageOf(build)).toBe(message);
});

test('connections that are not HTTP have no rules for requests', () => {
  const manifests = synth(chart => {
    const mysql = mysqlIn(chart);
    egressOf(chart).route(mysql);
    mysql.allowFrom(MeshClient.serviceAccount('shop', 'cart'));
  });

  all(manifests, 'VirtualService').forEach(({ spec }) => {
    expect(spec.http).toBeUndefined();
    expect(spec.tcp).toHaveLength(1);
  });
});

describe('route() with something else', () => {
  const said = (call: (egress: EgressViaGateway, chart: Chart) => void) => messageOf(() => synth(chart => call(egressOf(chart), chart)));

  test('of several services at once says to call it for each', () => {
    const message = '[test/Egress] route() takes one service and its options, got several services: call it once for each';

    expect(said((egress, chart) => egress.route([mysqlIn(chart)] as never))).toBe(message);
    expect(said((egress, chart) => egress.route(mysqlIn(chart), mysqlIn(new Chart(chart, 'other', { namespace: 'data' })) as never))).toBe(message);
  });
});
