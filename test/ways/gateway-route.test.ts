import { ApiObject, App, Chart, JsonPatch } from 'cdk8s';
import { Construct } from 'constructs';
import {
  EgressGateway, EgressViaGateway, ExternalMysql, ExternalRedis, ExternalService, ExternalTcp, Mesh, MeshClient, MeshProps, Protocol, Resolution,
} from '../../src';
import { all, Manifest, manifestsOf, messageOf, only, synth } from '../helpers';

const NAME = 'p3306.bookinfo.mysqldb.example.com';
const CART = MeshClient.serviceAccount('shop', 'cart');
const RATINGS = MeshClient.serviceAccount('bookinfo', 'ratings');

function egressOf(scope: Construct, id = 'Egress'): EgressViaGateway {
  return new EgressViaGateway(scope, id, { gateway: EgressGateway.istioEgressGateway() });
}

function mysqlIn(scope: Construct, metadata?: { namespace: string }): ExternalMysql {
  return new ExternalMysql(scope, 'Mysql', { host: 'mysqldb.example.com', resolution: Resolution.ipAddresses('192.0.2.14'), metadata });
}

function redisIn(scope: Construct, metadata?: { namespace: string }): ExternalRedis {
  return new ExternalRedis(scope, 'Redis', { host: 'redis.example.com', resolution: Resolution.ipAddresses('192.0.2.15'), metadata });
}

/** A MySQL of namespace `bookinfo` behind the stock gateway, for these clients, in a mesh. */
function routedIn(facts: MeshProps, ...clients: MeshClient[]): Manifest[] {
  return synth(chart => {
    Mesh.declare(chart.node.root, facts);
    const mysql = mysqlIn(chart);
    egressOf(chart).route(mysql);
    mysql.allowFrom(...clients);
  });
}

const routed = (...clients: MeshClient[]) => routedIn({}, ...clients);

/** The identities that a server of the Gateway accepts; undefined when it checks none. */
const identities = (manifests: Manifest[], serverName = NAME): string[] | undefined => only(manifests, 'Gateway').spec.servers
  .find((server: { hosts: string[] }) => server.hosts.includes(`./${serverName}`)).tls.subjectAltNames;

const serverNames = (manifests: Manifest[]): string[] => only(manifests, 'Gateway').spec.servers.flatMap((server: { hosts: string[] }) => server.hosts);

const ruleIn = (manifests: Manifest[], namespace: string) => all(manifests, 'DestinationRule').filter(({ metadata }) => metadata.namespace === namespace)[0];

interface Subset {
  readonly name: string;
  readonly trafficPolicy: { readonly portLevelSettings: { readonly tls: { readonly sni: string } }[] };
}

const subsetsIn = (manifests: Manifest[], namespace: string) => (ruleIn(manifests, namespace).spec.subsets as Subset[])
  .map(({ name, trafficPolicy }) => ({ name, sni: trafficPolicy.portLevelSettings[0].tls.sni }));

describe('named accounts', () => {
  test('are checked in the handshake, and everybody else is refused there', () => {
    const [server] = only(routed(RATINGS), 'Gateway').spec.servers;

    expect(server.tls).toEqual({ mode: 'ISTIO_MUTUAL', subjectAltNames: ['spiffe://cluster.local/ns/bookinfo/sa/ratings'] });
  });

  test('are listed in one order, however they were named', () => {
    const expected = [
      'spiffe://cluster.local/ns/admin/sa/backup', 'spiffe://cluster.local/ns/bookinfo/sa/ratings',
      'spiffe://cluster.local/ns/shop/sa/cart', 'spiffe://cluster.local/ns/shop/sa/orders',
    ];
    const orders = MeshClient.serviceAccount('shop', 'orders');
    const backup = MeshClient.serviceAccount('admin', 'backup');

    expect(identities(routed(orders, CART, RATINGS, backup))).toEqual(expected);
    expect(identities(routed(backup, RATINGS, CART, orders))).toEqual(expected);
  });

  test('are listed once each, however often they were named', () => {
    expect(identities(routed(CART, MeshClient.serviceAccount('shop', 'cart'), CART))).toEqual(['spiffe://cluster.local/ns/shop/sa/cart']);
  });

  test('are listed under the trust domain of the mesh and each alias of it, because Istio compares names exactly', () => {
    const facts = { trustDomain: 'corp.example', trustDomainAliases: ['old.example', 'cluster.local'] };

    expect(identities(routedIn(facts, CART, RATINGS))).toEqual([
      'spiffe://cluster.local/ns/bookinfo/sa/ratings', 'spiffe://cluster.local/ns/shop/sa/cart',
      'spiffe://corp.example/ns/bookinfo/sa/ratings', 'spiffe://corp.example/ns/shop/sa/cart',
      'spiffe://old.example/ns/bookinfo/sa/ratings', 'spiffe://old.example/ns/shop/sa/cart',
    ]);
  });

  test('pass every port of the service', () => {
    const manifests = synth(chart => {
      const ldap = new ExternalTcp(chart, 'Ldap', { host: 'ldap.example.com', ports: [389, 3268], resolution: Resolution.ipAddresses('192.0.2.16') });
      egressOf(chart).route(ldap);
      ldap.allowFrom(CART);
    });

    for (const serverName of ['p389.bookinfo.ldap.example.com', 'p3268.bookinfo.ldap.example.com']) {
      expect(identities(manifests, serverName)).toEqual(['spiffe://cluster.local/ns/shop/sa/cart']);
    }
  });

  test('need no AuthorizationPolicy, and nothing outside the service\'s namespace but the clients\' DestinationRules', () => {
    const manifests = routed(CART, RATINGS, MeshClient.serviceAccount('admin', 'backup'));

    expect(all(manifests, 'AuthorizationPolicy')).toEqual([]);
    const outside = manifests.filter(({ metadata }) => metadata.namespace !== 'bookinfo');
    expect(outside.map(({ kind, metadata }) => `${kind} ${metadata.namespace}`)).toEqual(['DestinationRule admin', 'DestinationRule shop']);
  });
});

describe('a whole namespace as a client', () => {
  const SHOP = MeshClient.allIn('shop');
  const IN_SHOP = 'in.shop.bookinfo.p3306.mysqldb.example.com';

  test('has a server name of its own, whose server checks no identity', () => {
    const manifests = routed(SHOP);

    expect(serverNames(manifests)).toEqual([`./${IN_SHOP}`]);
    expect(only(manifests, 'Gateway').spec.servers[0].tls).toEqual({ mode: 'ISTIO_MUTUAL' });
    expect(only(manifests, 'Gateway').spec.servers[0].port).toMatchObject({ number: 443, protocol: 'TLS' });
  });

  test('is guarded by a policy in the gateway\'s namespace that denies every other identity', () => {
    const policy = only(routed(SHOP), 'AuthorizationPolicy');

    expect(policy.metadata).toEqual({ name: 'shop.bookinfo.istio-egressgateway.istio-system.test', namespace: 'istio-system' });
    expect(policy.spec).toEqual({
      selector: { matchLabels: { istio: 'egressgateway' } },
      action: 'DENY',
      rules: [{
        from: [{ source: { notPrincipals: ['cluster.local/ns/shop/sa/*'] } }],
        when: [{ key: 'connection.sni', values: ['in.shop.bookinfo.*'] }],
      }],
    });
  });

  test('is recognised under the trust domain of the mesh; istiod adds its aliases', () => {
    const { spec } = only(routedIn({ trustDomain: 'corp.example', trustDomainAliases: ['old.example'] }, SHOP), 'AuthorizationPolicy');

    expect(spec.rules[0].from[0].source.notPrincipals).toEqual(['corp.example/ns/shop/sa/*']);
  });

  test('has a policy that covers the server name of every port', () => {
    const manifests = synth(chart => {
      const ldap = new ExternalTcp(chart, 'Ldap', { host: 'ldap.example.com', ports: [389, 3268], resolution: Resolution.ipAddresses('192.0.2.16') });
      egressOf(chart).route(ldap);
      ldap.allowFrom(SHOP);
    });

    const [prefix] = only(manifests, 'AuthorizationPolicy').spec.rules[0].when[0].values;
    expect(serverNames(manifests)).toEqual(['./in.shop.bookinfo.p389.ldap.example.com', './in.shop.bookinfo.p3268.ldap.example.com']);
    for (const serverName of serverNames(manifests)) {
      expect(serverName.slice('./'.length).startsWith(prefix.replace('*', ''))).toBe(true);
    }
  });

  test('is guarded before the gateway listens for it', () => {
    const kinds = routed(SHOP).map(({ kind }) => kind);

    expect(kinds).toContain('AuthorizationPolicy');
    expect(kinds.indexOf('AuthorizationPolicy')).toBeLessThan(kinds.indexOf('Gateway'));
  });

  test('is guarded before the gateway listens for it, also when the service declared first stands last in the chart', () => {
    const manifests = synth(chart => {
      const [a, b] = ['A', 'B'].map(id => new Construct(chart, id));
      const services = [mysqlIn(b), redisIn(a)];
      services.forEach(service => egressOf(service.node.scope!).route(service));
      services.forEach(service => service.allowFrom(SHOP));
    });

    const kinds = manifests.map(({ kind }) => kind);
    expect(all(manifests, 'AuthorizationPolicy')).toHaveLength(1);
    expect(kinds.indexOf('AuthorizationPolicy')).toBeLessThan(kinds.indexOf('Gateway'));
  });

  test('reaches the upstream by the route that lists both server names', () => {
    const manifests = routed(SHOP, RATINGS, MeshClient.allIn('audit'));

    expect(serverNames(manifests)).toEqual([`./${NAME}`, './in.audit.bookinfo.p3306.mysqldb.example.com', `./${IN_SHOP}`]);
    const { spec } = only(manifests, 'VirtualService', 'mysql.bookinfo.from-gateway.3306');
    expect(spec.hosts).toEqual([NAME, 'in.audit.bookinfo.p3306.mysqldb.example.com', IN_SHOP]);
    expect(spec.tcp).toEqual([{ match: [{ port: 443 }], route: [{ destination: { host: NAME, port: { number: 443 } } }] }]);
  });

  test('alone has no server and no route under the name for accounts', () => {
    const manifests = routed(SHOP);

    expect(serverNames(manifests)).not.toContain(`./${NAME}`);
    expect(only(manifests, 'VirtualService', 'mysql.bookinfo.from-gateway.3306').spec.hosts).toEqual([IN_SHOP]);
  });

  test('has port names that differ from server to server', () => {
    const names = only(routed(SHOP, RATINGS, MeshClient.allIn('audit')), 'Gateway').spec.servers.map((server: { port: { name: string } }) => server.port.name);

    expect(new Set(names).size).toBe(3);
    names.forEach((name: string) => expect(name).toMatch(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/));
  });

  test('sends its own server name, by the subset that every client namespace has', () => {
    const manifests = routed(SHOP, RATINGS);
    const name = 'p3306--bookinfo--mysqldb--example--com';

    expect(subsetsIn(manifests, 'shop')).toEqual([{ name, sni: IN_SHOP }]);
    expect(subsetsIn(manifests, 'bookinfo')).toEqual([{ name, sni: NAME }]);
    expect(only(manifests, 'VirtualService', 'mysql.bookinfo.outbound').spec.tcp[0].route[0].destination.subset).toBe(name);
  });

  test('includes its accounts, which are left out of the handshake', () => {
    const manifests = routed(CART, SHOP, RATINGS);

    expect(identities(manifests)).toEqual(['spiffe://cluster.local/ns/bookinfo/sa/ratings']);
    expect(subsetsIn(manifests, 'shop').map(({ sni }) => sni)).toEqual([IN_SHOP]);
  });

  test('includes its accounts, so that no server for accounts is left without one', () => {
    expect(serverNames(routed(CART, SHOP))).toEqual([`./${IN_SHOP}`]);
  });

  test('can be the namespace that declares the service', () => {
    const manifests = routed(MeshClient.allIn('bookinfo'));

    expect(serverNames(manifests)).toEqual(['./in.bookinfo.bookinfo.p3306.mysqldb.example.com']);
    expect(only(manifests, 'AuthorizationPolicy').spec.rules[0].when[0].values).toEqual(['in.bookinfo.bookinfo.*']);
  });

  test('makes a server name that can be too long where the name for accounts is not', () => {
    const host = `${'a.'.repeat(105)}example.com`;

    expect(messageOf(() => synth(chart => {
      const mysql = new ExternalMysql(chart, 'Mysql', { host, resolution: Resolution.dns() });
      egressOf(chart).route(mysql);
      mysql.allowFrom(MeshClient.allIn('a-namespace-with-a-long-name'));
    }))).toMatch(/^\[test\/Mysql\] 'host' "a\.a\..*too long for a server name at the gateway \("in\.a-namespace-with-a-long-name\.bookinfo\.p3306\..*more than 253/);
  });
});

describe('the policy of a whole namespace', () => {
  const SHOP = MeshClient.allIn('shop');
  const policies = (manifests: Manifest[]) => all(manifests, 'AuthorizationPolicy').map(({ metadata, spec }) => [metadata.name, ...spec.rules[0].when[0].values]);
  /** The names of all objects before the first Gateway; the policy stands with the service that writes it. */
  const before = (manifests: Manifest[]) => manifests.slice(0, manifests.findIndex(({ kind }) => kind === 'Gateway')).map(({ kind }) => kind);

  type Verbs = (mysql: ExternalService, redis: ExternalService, egress: EgressViaGateway) => void;

  test.each<[string, Verbs]>([
    ['the first declared comes first', (mysql, redis, egress) => [mysql, redis].forEach(service => {
      egress.route(service);
      service.allowFrom(SHOP);
    })],
    ['the last declared comes first', (mysql, redis, egress) => [redis, mysql].forEach(service => {
      egress.route(service);
      service.allowFrom(SHOP);
    })],
    ['clients are named before the routes', (mysql, redis, egress) => {
      [redis, mysql].forEach(service => service.allowFrom(SHOP));
      [redis, mysql].forEach(service => egress.route(service));
    }],
  ])('is shared by the services of a chart, and written with the one declared first (%s)', (_, verbs) => {
    const manifests = synth(chart => verbs(mysqlIn(chart), redisIn(chart), egressOf(chart)));

    expect(policies(manifests)).toEqual([['shop.bookinfo.istio-egressgateway.istio-system.test', 'in.shop.bookinfo.*']]);
    expect(before(manifests)).toEqual(['ServiceEntry', 'ServiceEntry', 'AuthorizationPolicy']);
    expect(all(manifests, 'Gateway').map(({ metadata }) => metadata.name)).toEqual(['mysql--bookinfo', 'redis--bookinfo']);
  });

  test('is written with the second service when the first does not have the client', () => {
    const manifests = synth(chart => {
      const [mysql, redis, egress] = [mysqlIn(chart), redisIn(chart), egressOf(chart)];
      [mysql, redis].forEach(service => egress.route(service));
      mysql.allowFrom(CART);
      redis.allowFrom(SHOP);
    });

    expect(policies(manifests)).toEqual([['shop.bookinfo.istio-egressgateway.istio-system.test', 'in.shop.bookinfo.*']]);
    expect(before(manifests)).not.toContain('AuthorizationPolicy');
  });

  test('is not written for a service that is not routed', () => {
    const manifests = synth(chart => [mysqlIn(chart), redisIn(chart)].forEach(service => service.allowFrom(SHOP)));

    expect(policies(manifests)).toEqual([]);
  });

  test('is one for each client namespace', () => {
    expect(policies(routed(SHOP, MeshClient.allIn('audit')))).toEqual([
      ['audit.bookinfo.istio-egressgateway.istio-system.test', 'in.audit.bookinfo.*'], ['shop.bookinfo.istio-egressgateway.istio-system.test', 'in.shop.bookinfo.*'],
    ]);
  });

  test('is one for each declaring namespace', () => {
    const manifests = synth(chart => {
      const [mysql, redis, egress] = [mysqlIn(chart), redisIn(chart, { namespace: 'platform' }), egressOf(chart)];
      [mysql, redis].forEach(service => egress.route(service));
      [mysql, redis].forEach(service => service.allowFrom(SHOP));
    });

    expect(policies(manifests)).toEqual([['shop.bookinfo.istio-egressgateway.istio-system.test', 'in.shop.bookinfo.*'], ['shop.platform.istio-egressgateway.istio-system.test', 'in.shop.platform.*']]);
  });

  test('is one for each chart, so that a chart that is deleted takes its own along and no other', () => {
    const app = new App();
    const build = (id: string, make: (chart: Chart) => ExternalService) => {
      const chart = new Chart(app, id, { namespace: 'bookinfo' });
      const service = make(chart);
      egressOf(chart).route(service);
      service.allowFrom(SHOP);
    };
    build('one', chart => mysqlIn(chart));
    build('two', chart => redisIn(chart));

    expect(app.charts.map(chart => policies(chart.toJson() as Manifest[]))).toEqual([
      [['shop.bookinfo.istio-egressgateway.istio-system.one', 'in.shop.bookinfo.*']], [['shop.bookinfo.istio-egressgateway.istio-system.two', 'in.shop.bookinfo.*']],
    ]);
    expect(policies(manifestsOf(app))).toHaveLength(2);
  });
});

describe('the DestinationRule of a client namespace', () => {
  test('is in that namespace, where alone its sidecars look for it', () => {
    const manifests = routed(CART, MeshClient.allIn('audit'));

    expect(all(manifests, 'DestinationRule').map(({ metadata }) => `${metadata.namespace}/${metadata.name}`)).toEqual([
      'audit/mysql.bookinfo.to-gateway.audit', 'shop/mysql.bookinfo.to-gateway.shop',
    ]);
  });

  test('has no exportTo, so that Istio merges it with rules of published recipes', () => {
    const manifests = routed(CART, RATINGS);

    expect(ruleIn(manifests, 'shop').spec).not.toHaveProperty('exportTo');
    expect(ruleIn(manifests, 'bookinfo').spec).not.toHaveProperty('exportTo');
  });

  test('stays in its namespace when that is the gateway\'s, whose rules every sidecar looks up', () => {
    const gateway = EgressGateway.fromAttributes({ serviceName: 'out', namespaceName: 'edge', selector: { app: 'out' } });
    const manifests = synth(chart => {
      const mysql = mysqlIn(chart);
      new EgressViaGateway(chart, 'Egress', { gateway }).route(mysql);
      mysql.allowFrom(MeshClient.serviceAccount('edge', 'probe'), CART);
    });

    expect(ruleIn(manifests, 'edge').spec.exportTo).toEqual(['.']);
    expect(ruleIn(manifests, 'shop').spec.exportTo).toBeUndefined();
  });

  test('stays in its namespace when that is the root namespace of the mesh', () => {
    const gateway = EgressGateway.fromAttributes({ serviceName: 'out', namespaceName: 'edge', selector: { app: 'out' } });
    const exportTo = (facts: MeshProps, namespace: string) => {
      const manifests = synth(chart => {
        Mesh.declare(chart.node.root, facts);
        const mysql = mysqlIn(chart);
        new EgressViaGateway(chart, 'Egress', { gateway }).route(mysql);
        mysql.allowFrom(MeshClient.allIn(namespace));
      });
      return ruleIn(manifests, namespace).spec.exportTo;
    };

    expect(exportTo({}, 'istio-system')).toEqual(['.']);
    expect(exportTo({ rootNamespace: 'mesh-root' }, 'mesh-root')).toEqual(['.']);
    expect(exportTo({ rootNamespace: 'mesh-root' }, 'istio-system')).toBeUndefined();
  });

  test('ejects unhealthy pods of the gateway', () => {
    const { trafficPolicy } = ruleIn(routed(CART), 'shop').spec.subsets[0];

    expect(trafficPolicy.portLevelSettings[0].outlierDetection).toMatchObject({ consecutive5xxErrors: 1, maxEjectionPercent: 50 });
    expect(trafficPolicy.portLevelSettings[0].connectionPool.tcp.connectTimeout).toBe('2s');
  });

  test('survives with its patch when its namespace becomes a client as a whole', () => {
    const manifests = synth(chart => {
      const mysql = mysqlIn(chart);
      egressOf(chart).route(mysql);
      mysql.allowFrom(CART);
      const clients = mysql.node.findChild('ViaGateway').node.findChild('Clients');
      (clients.node.findChild('shop') as ApiObject).addJsonPatch(JsonPatch.add('/spec/workloadSelector', { matchLabels: { app: 'cart' } }));
      mysql.allowFrom(RATINGS);
      mysql.allowFrom(MeshClient.allIn('shop'), MeshClient.allIn('audit'));
    });

    expect(ruleIn(manifests, 'shop').spec.workloadSelector).toEqual({ matchLabels: { app: 'cart' } });
    expect(subsetsIn(manifests, 'shop')[0].sni).toBe('in.shop.bookinfo.p3306.mysqldb.example.com');
  });
});

describe('a patch of the Endpoints rule', () => {
  const patch = (mysql: ExternalService) => (mysql.node.findChild('Endpoints').node.findChild('db.example.com') as ApiObject)
    .addJsonPatch(JsonPatch.add('/spec/trafficPolicy/loadBalancer', { simple: 'RANDOM' }));
  const allow = (mysql: ExternalService) => mysql.allowFrom(MeshClient.allIn('bookinfo'));
  const patched = (verbs: ((mysql: ExternalService, chart: Chart) => void)[]) => {
    const chart = new Chart(new App(), 'test', { namespace: 'bookinfo' });
    const mysql = new ExternalMysql(chart, 'Mysql', { host: 'db.example.com', resolution: Resolution.dns() });
    verbs.forEach(verb => verb(mysql, chart));
    const rules = all(chart.toJson() as Manifest[], 'DestinationRule').filter(({ spec }) => spec.host === 'db.example.com');
    return rules.map(({ spec }) => spec.trafficPolicy.loadBalancer);
  };

  test('survives however often clients are named', () => {
    expect(patched([patch, allow])).toEqual([{ simple: 'RANDOM' }]);
    expect(patched([allow, patch, mysql => mysql.allowFrom(MeshClient.allIn('shop'))])).toEqual([{ simple: 'RANDOM' }]);
  });

  test.each<[string, ((mysql: ExternalService, chart: Chart) => void)[]]>([
    ['before the route', [patch, (mysql, chart) => egressOf(chart).route(mysql), allow]],
    ['after the route', [(mysql, chart) => egressOf(chart).route(mysql), patch, allow]],
  ])('is refused %s, which replaces the rule: it would be lost', (_, verbs) => {
    expect(messageOf(() => patched(verbs))).toContain('[test/Mysql/Endpoints] the patch of \'test/Mysql/Endpoints/db.example.com\' would be lost, '
      + 'because the object is not written for a service that is routed: remove it');
  });
});

test('the objects of a second host have it in their ids', () => {
  const chart = new Chart(new App(), 'test', { namespace: 'bookinfo' });
  const api = new ExternalService(chart, 'Api', {
    hosts: ['a.example.com', 'b.example.com'], ports: [{ number: 443, protocol: Protocol.TLS }], resolution: Resolution.dns(),
  });
  egressOf(chart).route(api);

  expect(api.node.findChild('ViaGateway').node.children.map(({ node }) => node.id)).toEqual([
    'Upstream-443', 'UpstreamRule-443', 'Upstream-443-b--example--com', 'UpstreamRule-443-b--example--com', 'Namespaces', 'Requests', 'Gateway',
    'FromGateway-443', 'FromGateway-443-b--example--com', 'Clients', 'ToGateway', 'ToGateway-b--example--com',
  ]);
});

test('a patch of a shared policy that another service writes in the end is refused, and not lost', () => {
  const chart = new Chart(new App(), 'test', { namespace: 'bookinfo' });
  const [first, second] = [redisIn(chart), mysqlIn(chart)];
  const egress = egressOf(chart);
  [first, second].forEach(service => egress.route(service));
  second.allowFrom(MeshClient.allIn('shop'));
  const policy = second.node.findChild('ViaGateway').node.findChild('Namespaces').node.children[0] as ApiObject;
  policy.addJsonPatch(JsonPatch.add('/metadata/annotations', { owner: 'mysql' }));
  first.allowFrom(CART);
  expect(() => chart.toJson()).not.toThrow();

  first.allowFrom(MeshClient.allIn('shop'));

  expect(messageOf(() => chart.toJson())).toContain('because the object is not written here: another service of the chart writes the policy for both');
});
