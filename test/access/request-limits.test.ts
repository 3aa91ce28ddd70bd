import { ApiObject, App, Chart } from 'cdk8s';
import {
  ClientTls, EgressGateway, EgressViaGateway, ExternalHttp, ExternalMysql, ExternalService, GatewayLeg, Membership, Mesh, MeshClient,
  PathMatch, Protocol, RequestLimits, Resolution, VirtualMachineService,
} from '../../src';
import { all, Manifest, manifestsOf, messageOf, only, synth } from '../helpers';

const CART = MeshClient.serviceAccount('shop', 'cart');
const READS: RequestLimits = { methods: ['GET', 'HEAD'], paths: [PathMatch.prefix('/prices/'), PathMatch.exact('/health')] };

function apiIn(chart: Chart): ExternalHttp {
  return new ExternalHttp(chart, 'Api', { host: 'api.example.com', resolution: Resolution.dns(), tls: ClientTls.originate() });
}

/** An HTTP API behind the stock gateway. */
function routed(...clients: MeshClient[]): Manifest[] {
  return synth(chart => {
    const api = apiIn(chart);
    new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() }).route(api);
    api.allowFrom(...clients);
  });
}

const policy = (...clients: MeshClient[]) => only(routed(...clients), 'AuthorizationPolicy', 'api.bookinfo.requests');
const rules = (...clients: MeshClient[]) => policy(...clients).spec.rules;
const problem = (...clients: MeshClient[]) => messageOf(() => routed(...clients));

describe('a client with limits', () => {
  test('is denied every request that does not fit, at the gateway, by its identity and the server names of the service', () => {
    expect(policy(CART.limitedTo(READS))).toMatchObject({
      metadata: { namespace: 'istio-system' },
      spec: {
        selector: { matchLabels: { istio: 'egressgateway' } },
        action: 'DENY',
        rules: [{
          from: [{ source: { principals: ['cluster.local/ns/shop/sa/cart'] } }],
          to: [{ operation: { notMethods: ['GET', 'HEAD'] } }, { operation: { notPaths: ['/health', '/prices/*'] } }],
          when: [{ key: 'connection.sni', values: ['p80.bookinfo.api.example.com'] }],
        }],
      },
    });
  });

  test('may be named before the service is routed', () => {
    const namedFirst = synth(chart => {
      const api = apiIn(chart);
      api.allowFrom(CART.limitedTo(READS));
      new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() }).route(api);
    });

    expect(namedFirst).toEqual(routed(CART.limitedTo(READS)));
  });

  test('may have limits of one kind', () => {
    expect(rules(CART.limitedTo({ methods: ['GET'] }))[0].to).toEqual([{ operation: { notMethods: ['GET'] } }]);
    expect(rules(CART.limitedTo({ paths: [PathMatch.exact('/a')] }))[0].to).toEqual([{ operation: { notPaths: ['/a'] } }]);
  });

  test('is admitted in the handshake like any other', () => {
    expect(only(routed(CART.limitedTo(READS)), 'Gateway').spec.servers[0].tls.subjectAltNames).toEqual(['spiffe://cluster.local/ns/shop/sa/cart']);
  });

  test('says nothing of others', () => {
    const other = MeshClient.serviceAccount('shop', 'orders');

    expect(rules(CART.limitedTo(READS), other).map((rule: { from: { source: object }[] }) => rule.from[0].source))
      .toEqual([{ principals: ['cluster.local/ns/shop/sa/cart'] }]);
    expect(all(routed(CART, other), 'AuthorizationPolicy')).toEqual([]);
  });

  test('shares a rule with those of the same limits, whatever the order of the calls', () => {
    const [a, b] = ['a', 'b'].map(account => MeshClient.serviceAccount('shop', account).limitedTo({ methods: ['GET'] }));
    const c = CART.limitedTo({ methods: ['POST'] });

    interface Rule { from: { source: { principals: string[] } }[]; to: object[] }
    expect(rules(b, c, a).map(({ from, to }: Rule) => [from[0].source.principals, to])).toEqual([
      [['cluster.local/ns/shop/sa/a', 'cluster.local/ns/shop/sa/b'], [{ operation: { notMethods: ['GET'] } }]],
      [['cluster.local/ns/shop/sa/cart'], [{ operation: { notMethods: ['POST'] } }]],
    ]);
    expect(routed(b, c, a)).toEqual(routed(a, b, c));
  });

  test('may be a whole namespace, by its own server names', () => {
    const [rule] = rules(MeshClient.allIn('shop').limitedTo({ methods: ['GET'] }));

    expect(rule.from[0].source.principals).toEqual(['cluster.local/ns/shop/sa/*']);
    expect(rule.when[0].values).toEqual(['in.shop.bookinfo.p80.api.example.com', 'p80.bookinfo.api.example.com']);
  });

  test('may be a workload, and keeps its limits when it is connected as well, in either order', () => {
    const build = (connectFirst: boolean) => synth(chart => {
      const api = apiIn(chart);
      new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() }).route(api);
      const cart = new ApiObject(chart, 'Cart', {
        apiVersion: 'apps/v1', kind: 'Deployment', spec: { template: { spec: { serviceAccountName: 'cart', containers: [{ name: 'cart' }] } } },
      });
      const calls = [() => api.connectFrom(cart), () => api.allowFrom(MeshClient.workload(cart).limitedTo({ methods: ['GET'] }))];
      (connectFirst ? calls : calls.reverse()).forEach(call => call());
      expect(api.describe().clients).toEqual([{ namespaceName: 'bookinfo', serviceAccountName: 'cart', methods: ['GET'], paths: undefined }]);
    });

    expect(build(true)).toEqual(build(false));
    expect(only(build(true), 'AuthorizationPolicy').spec.rules[0].from[0].source.principals).toEqual(['cluster.local/ns/bookinfo/sa/cart']);
  });

  test('is limited under every alias of the trust domain that the handshake admits', () => {
    const app = new App();
    Mesh.declare(app, { trustDomain: 'new.example', trustDomainAliases: ['old.example'] });
    const chart = new Chart(app, 'shop', { namespace: 'shop' });
    const api = apiIn(chart);
    new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() }).route(api);
    api.allowFrom(CART.limitedTo(READS));

    expect(only(manifestsOf(app), 'AuthorizationPolicy').spec.rules[0].from[0].source.principals).toEqual(['new.example/ns/shop/sa/cart', 'old.example/ns/shop/sa/cart']);
  });

  test('sends no header that overrides method or path', () => {
    const removed = (...clients: MeshClient[]) => only(routed(...clients), 'VirtualService', 'api.bookinfo.from-gateway.80').spec.http[0].headers.request.remove;

    expect(removed(CART.limitedTo(READS))).toEqual(expect.arrayContaining(['x-http-method-override', 'x-original-url', 'x-rewrite-url']));
    expect(removed(CART)).not.toContain('x-http-method-override');
  });

  test('is written before the Gateway lets it in', () => {
    const kinds = routed(CART.limitedTo(READS)).map(({ kind }) => kind);

    expect(kinds.indexOf('AuthorizationPolicy')).toBeLessThan(kinds.indexOf('Gateway'));
  });

  test('is described', () => {
    const app = new App();
    const api = apiIn(new Chart(app, 'shop', { namespace: 'shop' }));
    api.allowFrom(CART.limitedTo(READS));

    expect(api.clients).toEqual([{ namespaceName: 'shop', serviceAccountName: 'cart', methods: ['GET', 'HEAD'], paths: ['/health', '/prices/*'] }]);
  });
});

describe('limits are refused', () => {
  test.each<[string, RequestLimits, string]>([
    ['that limit nothing', {}, 'limitedTo() limits nothing: give \'methods\' or \'paths\''],
    ['with an empty list of methods', { methods: [] }, '\'allowFrom()[0].methods\' must not be empty'],
    ['with an empty list of paths', { paths: [] }, '\'allowFrom()[0].paths\' must not be empty'],
    ['with a method in lower case', { methods: ['get'] }, '\'allowFrom()[0].methods[0]\' must be methods of HTTP in capitals, like "GET", got "get"'],
    ['with a method twice', { methods: ['GET', 'GET'] }, '\'allowFrom()[0].methods\' has "GET" twice'],
    ['with a path as text', { paths: ['/a' as never] }, '\'allowFrom()[0].paths[0]\' must be one of PathMatch.exact("/path") or PathMatch.prefix("/path"), got "/a"'],
    ['with a path that begins otherwise', { paths: [PathMatch.exact('a')] }, '\'allowFrom()[0].paths[0]\' must begin with "/", got "a"'],
    ['with a wildcard in a path', { paths: [PathMatch.exact('/a/*')] }, '\'allowFrom()[0].paths[0]\' must not contain "*", which a policy takes for any text, got "/a/*": use PathMatch.prefix()'],
    ['with a query', { paths: [PathMatch.exact('/a?b=c')] }, '\'allowFrom()[0].paths[0]\' must be as the gateway compares paths, without query, dot segments and encoded letters, got "/a?b=c"'],
    ['with two slashes', { paths: [PathMatch.prefix('/a//b')] }, '\'allowFrom()[0].paths[0]\' must have one "/" between its parts, got "/a//b"'],
    ['with dot segments', { paths: [PathMatch.prefix('/a/../b')] }, 'got "/a/../b": no request would fit it'],
    ['with an encoded letter', { paths: [PathMatch.exact('/%7Euser')] }, 'got "/%7Euser"'],
    ['with an unknown property', { hosts: ['a'] } as never, '\'allowFrom()[0].hosts\' is not a property of limitedTo()'],
  ])('%s', (_, limits, message) => {
    expect(problem(CART.limitedTo(limits))).toMatch('[test/Api] ');
    expect(problem(CART.limitedTo(limits))).toContain(message);
  });

  test('twice on one client value', () => {
    expect(problem(CART.limitedTo({ methods: ['GET'] }).limitedTo({ methods: ['POST'] }))).toContain('limitedTo() was called on a client that has limits already');
  });

  test('of two kinds for one client', () => {
    expect(problem(CART.limitedTo({ methods: ['GET'] }), CART.limitedTo({ methods: ['POST'] })))
      .toContain('its client "shop/cart" has two limits: name it once, with all \'methods\' and \'paths\'');
    expect(() => routed(CART.limitedTo({ methods: ['GET'] }), CART.limitedTo({ methods: ['GET'] }))).not.toThrow();
  });

  test('of an account whose whole namespace is a client', () => {
    expect(problem(CART.limitedTo({ methods: ['GET'] }), MeshClient.allIn('shop')))
      .toContain('its client "shop/cart" has limits, and its whole namespace is a client as well: name the accounts of the namespace');
  });

  test('of a whole namespace beside one of its accounts, which would have them too', () => {
    expect(problem(MeshClient.allIn('shop').limitedTo({ methods: ['GET'] }), MeshClient.serviceAccount('shop', 'admin')))
      .toContain('its client "shop/admin" would have the limits of its whole namespace: name the accounts of the namespace');
  });

  test('on a direct connection, where nothing enforces them', () => {
    expect(messageOf(() => synth(chart => apiIn(chart).allowFrom(CART.limitedTo(READS)))))
      .toContain('[test/Api] a client has limits of requests, which nothing enforces on a direct connection: route the service through a gateway, or leave limitedTo() out');
  });

  test('for a port whose requests the gateway cannot read', () => {
    const of = (service: (chart: Chart) => ExternalService) => messageOf(() => synth(chart => {
      const routedService = service(chart);
      new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() }).route(routedService);
      routedService.allowFrom(CART.limitedTo(READS));
    }));

    expect(of(chart => new ExternalMysql(chart, 'Db', { host: 'db.example.com', resolution: Resolution.dns() })))
      .toContain('[test/Db] a client has limits of requests, and the gateway cannot read those of port 3306 (TCP)');
    expect(of(chart => new ExternalService(chart, 'Api', {
      hosts: ['api.example.com'], ports: [{ number: 80, protocol: Protocol.HTTP }, { number: 443, protocol: Protocol.TLS }], resolution: Resolution.dns(),
    }))).toContain('cannot read those of port 443 (TLS): declare Protocol.HTTP, with \'tls\' ClientTls.originate() when the service wants TLS (an ExternalHttp needs that alone)');
  });

  test('on a plaintext leg', () => {
    expect(messageOf(() => synth(chart => {
      const api = new ExternalHttp(chart, 'Api', { host: 'api.example.com', resolution: Resolution.dns(), tls: ClientTls.originate() });
      new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() }).route(api, { leg: GatewayLeg.plaintext(8080) });
      api.allowFrom(MeshClient.allIn('shop').limitedTo(READS));
    }))).toContain('a client has limits of requests, and a plaintext leg to the gateway carries no identity: use GatewayLeg.istioMutual()');
  });

  test('for virtual machines', () => {
    expect(messageOf(() => synth(chart => new VirtualMachineService(chart, 'Web', {
      serviceName: 'web', ports: [{ number: 80, protocol: Protocol.HTTP }], membership: Membership.workloadGroup(),
    }).allowFrom(CART.limitedTo(READS))))).toContain('[test/Web] \'allowFrom()[0]\': limitedTo() is for services outside the mesh');
  });
});
