import { ApiObject, App, Chart, JsonPatch } from 'cdk8s';
import { IConstruct } from 'constructs';
import * as fc from 'fast-check';
import {
  Credentials, CredentialsDelivery, EgressGateway, EgressViaGateway, ExternalMysql, ExternalRedis, ExternalService, ExternalTcp, GatewayLeg,
  HeaderMatch, IngressRoute, Membership, MeshClient, MeshService, PathMatch, Resolution, VirtualMachineService,
} from '../src';
import { Manifest } from './helpers';

// A fixed seed: a run that fails, fails again. A mutant is tried with fewer orders, because there are thousands of mutants.
const SEED = { seed: 20260101, numRuns: process.env.STRYKER_MUTATOR_WORKER ? 10 : 100 };

function workload(chart: Chart, name: string, account?: string): ApiObject {
  return new ApiObject(chart, name, {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: { template: { spec: { serviceAccountName: account, containers: [{ name, image: name }, { name: 'helper', image: 'helper' }] } } },
  });
}

/** An app with something of everything, whose verbs are still to be called. */
function appWithVerbs() {
  const app = new App();
  const platform = new Chart(app, 'platform', { namespace: 'platform' });
  const shop = new Chart(app, 'shop', { namespace: 'shop' });
  const egress = new EgressViaGateway(platform, 'Egress', { gateway: EgressGateway.istioEgressGateway() });
  const mysql = new ExternalMysql(platform, 'Mysql', {
    host: 'mysqldb.example.com',
    resolution: Resolution.ipAddresses('192.0.2.14', '192.0.2.15'),
    credentials: Credentials.fromSecret('mysql'),
  });
  const ldap = new ExternalTcp(platform, 'Ldap', { host: 'ldap.example.com', ports: [389, 3268], resolution: Resolution.ipAddresses('192.0.2.16') });
  const redis = new ExternalRedis(shop, 'Redis', { host: 'redis.example.com', resolution: Resolution.ipAddresses('192.0.2.17') });
  const machines = new VirtualMachineService(platform, 'Machines', { serviceName: 'legacy', ports: [{ number: 9000 }], membership: Membership.workloadGroup() });
  const cart = workload(shop, 'cart', 'cart');
  const admin = workload(platform, 'admin', 'admin');
  const reviews = new MeshService(shop, 'Reviews', { host: 'reviews', versions: ['v1', 'v2'] });
  const verbs: (() => void)[] = [
    () => egress.route(mysql),
    () => egress.route(ldap),
    () => egress.route(redis, { leg: GatewayLeg.plaintext(6379) }),
    () => mysql.allowFrom(MeshClient.serviceAccount('shop', 'catalogue')),
    () => mysql.allowFrom(MeshClient.allIn('audit'), MeshClient.workload(admin)),
    () => ldap.allowFrom(MeshClient.serviceAccount('platform', 'login')),
    () => ldap.allowFrom(MeshClient.serviceAccount('reports', 'reader')),
    // Shares its policy at the gateway with the other service that has this client.
    () => ldap.allowFrom(MeshClient.allIn('audit')),
    () => ldap.allowFrom(MeshClient.allIn('backup')),
    () => redis.allowFrom(MeshClient.allIn('audit')),
    () => mysql.connectFrom(cart),
    () => mysql.connectFrom(cart, { envPrefix: 'REPLICA' }),
    () => mysql.connectFrom(admin, { containerName: 'helper' }),
    () => ldap.connectFrom(cart, { portNumber: 3268 }),
    () => redis.connectFrom(cart),
    () => machines.allowFrom(MeshClient.serviceAccount('audit', 'reader')),
    () => machines.connectFrom(cart, { envPrefix: 'LEGACY', credentials: Credentials.fromSecret('mysql'), delivery: CredentialsDelivery.files('/etc/b') }),
    () => machines.connectFrom(cart, { envPrefix: 'ADMIN', credentials: Credentials.passwordFromSecret('mysql', 'admin'), delivery: CredentialsDelivery.files('/etc/b') }),
    () => redis.connectFrom(cart, { envPrefix: 'CACHE', credentials: Credentials.fromSecret('a'), delivery: CredentialsDelivery.files('/etc/a') }),
    () => machines.connectFrom(admin, { envPrefix: 'LEGACY' }),
    () => reviews.split({ v2: 30, v1: 70 }),
    () => reviews.mirrorTo('v2', { percentage: 10 }),
    () => reviews.routeMatching(HeaderMatch.exact('end-user', 'jason'), 'v2'),
  ];
  return { app, verbs };
}

function yamlIn(order: readonly number[]): string {
  const { app, verbs } = appWithVerbs();
  order.forEach(i => verbs[i]());
  return app.synthYaml();
}

/** What synth gives: the manifests, or what it says against the app. */
function outcomeOf(order: readonly number[]): { readonly yaml?: string; readonly message?: string } {
  try {
    return { yaml: yamlIn(order) };
  } catch (error) {
    return { message: (error as Error).message };
  }
}

const inOrder = appWithVerbs().verbs.map((_, i) => i);

test('the same app gives the same bytes', () => {
  expect(yamlIn(inOrder)).toBe(yamlIn(inOrder));
});

test('an app gives the same bytes again', () => {
  const { app, verbs } = appWithVerbs();
  verbs.forEach(verb => verb());

  expect(app.synthYaml()).toBe(app.synthYaml());
});

test('the order in which route, allowFrom, connectFrom, split and mirrorTo are called does not show', () => {
  const expected = yamlIn(inOrder);

  fc.assert(fc.property(fc.shuffledSubarray(inOrder, { minLength: inOrder.length }), order => {
    expect(yamlIn(order)).toBe(expected);
  }), SEED);
});

test('the order does not show when only some are called, neither in manifests nor in errors', () => {
  const outcomes: ReturnType<typeof outcomeOf>[] = [];
  fc.assert(fc.property(fc.shuffledSubarray(inOrder, { minLength: 5 }), order => {
    const outcome = outcomeOf(order);
    outcomes.push(outcome);
    expect(outcome).toEqual(outcomeOf([...order].sort((a, b) => a - b)));
  }), SEED);

  // A routed service for which nobody is named, and a direct one for which an account is, are the only mistakes that there are to make.
  const messages = outcomes.flatMap(({ message }) => (message === undefined ? [] : [message]));
  expect(outcomes.length - messages.length).toBeGreaterThan(SEED.numRuns / 5);
  expect(messages.filter(message => !message.includes('has no clients') && !message.includes('names an account'))).toEqual([]);
});

test('every verb shows', () => {
  const everything = yamlIn(inOrder);

  for (const left of inOrder) {
    // Without its route, a service for which an account is named is refused.
    expect(outcomeOf(inOrder.filter(i => i !== left)).yaml).not.toBe(everything);
  }
});

test('the clients of one call may be named in any order', () => {
  const clients = [
    MeshClient.serviceAccount('shop', 'cart'), MeshClient.serviceAccount('shop', 'api'), MeshClient.allIn('audit'), MeshClient.allIn('bookinfo'),
    MeshClient.serviceAccount('audit', 'reader'),
  ];
  const yamlOf = (order: MeshClient[]) => {
    const app = new App();
    const chart = new Chart(app, 'test', { namespace: 'bookinfo' });
    const mysql = new ExternalMysql(chart, 'Mysql', { host: 'mysqldb.example.com', resolution: Resolution.ipAddresses('192.0.2.14') });
    mysql.allowFrom(...order);
    new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() }).route(mysql);
    return app.synthYaml();
  };

  fc.assert(fc.property(fc.shuffledSubarray(clients, { minLength: clients.length }), order => {
    expect(yamlOf(order)).toBe(yamlOf(clients));
  }), SEED);
});

describe('a patch survives every order of calls', () => {
  type Verb = 'route' | 'account' | 'namespace' | 'other';

  /** Calls the verbs in an order, and patches the object as soon as it is there; gives what the object ends with. */
  function patched(order: readonly Verb[], find: (mysql: ExternalService) => IConstruct | undefined): unknown[] {
    const app = new App();
    const chart = new Chart(app, 'test', { namespace: 'bookinfo' });
    const egress = new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() });
    const mysql = new ExternalMysql(chart, 'Mysql', { host: 'mysqldb.example.com', resolution: Resolution.dns() });
    const verbs: { [verb in Verb]: () => void } = {
      route: () => egress.route(mysql),
      account: () => mysql.allowFrom(MeshClient.serviceAccount('shop', 'cart')),
      namespace: () => mysql.allowFrom(MeshClient.allIn('shop')),
      other: () => mysql.allowFrom(MeshClient.allIn('audit'), MeshClient.allIn('bookinfo')),
    };
    let waiting = true;
    const patch = () => {
      const object = waiting ? find(mysql) : undefined;
      if (object) {
        (object as ApiObject).addJsonPatch(JsonPatch.add('/spec/patched', true));
        waiting = false;
      }
    };
    patch();
    for (const verb of order) {
      verbs[verb]();
      patch();
    }
    return (chart.toJson() as Manifest[]).filter(({ spec }) => spec.patched)
      .map(({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name}`);
  }

  const descend = (...ids: string[]) => (mysql: ExternalService) =>
    ids.reduce<IConstruct | undefined>((node, id) => node?.node.tryFindChild(id), mysql);
  const ALL: Verb[] = ['route', 'account', 'namespace', 'other'];
  const orders = (verbs: Verb[]): Verb[][] => (verbs.length === 0
    ? [[]]
    : verbs.flatMap(first => orders(verbs.filter(verb => verb !== first)).map(rest => [first, ...rest])));

  test.each([
    ['a client\'s DestinationRule', ['ViaGateway', 'Clients', 'shop'], 'DestinationRule shop/mysql.bookinfo.to-gateway.shop'],
    ['the policy of a whole namespace', ['ViaGateway', 'Namespaces', 'shop'], 'AuthorizationPolicy istio-system/shop.bookinfo.istio-egressgateway.istio-system.test'],
    ['the Gateway', ['ViaGateway', 'Gateway'], 'Gateway bookinfo/mysql--bookinfo'],
    ['the upstream\'s DestinationRule', ['ViaGateway', 'UpstreamRule-3306'], 'DestinationRule bookinfo/mysql.bookinfo.upstream.3306'],
    ['the ServiceEntry', ['Resource'], 'ServiceEntry bookinfo/mysql.bookinfo'],
  ])('of %s', (_, ids, name) => {
    for (const order of orders(ALL)) {
      expect([order, patched(order, descend(...ids))]).toEqual([order, [name]]);
    }
  });

  test('of the Endpoints rule of a direct service', () => {
    for (const order of orders(['namespace', 'other'])) {
      expect([order, patched(order, descend('Endpoints', 'mysqldb.example.com'))]).toEqual([order, ['DestinationRule bookinfo/mysql.bookinfo.endpoints']]);
    }
  });

  test('of the Endpoints rule, which a route replaces, is refused in every order', () => {
    for (const order of orders(ALL)) {
      expect(() => patched(order, descend('Endpoints', 'mysqldb.example.com'))).toThrow('would be lost');
    }
  });
});

test('objects stand where their service was declared, each set in the order in which it can be applied', () => {
  const app = new App();
  const chart = new Chart(app, 'test', { namespace: 'bookinfo' });
  const egress = new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() });
  const make = (id: string, ip: string) => new ExternalRedis(chart, id, { host: `${id}.example.com`, resolution: Resolution.ipAddresses(ip) });
  const [b, a] = [make('b', '192.0.2.1'), make('a', '192.0.2.2')];
  new IngressRoute(chart, 'Page', { hosts: ['*'], service: 'page', servicePort: 80, paths: [PathMatch.exact('/')] });
  egress.route(a);
  egress.route(b);
  a.allowFrom(MeshClient.allIn('shop'), MeshClient.serviceAccount('audit', 'reader'));
  b.allowFrom(MeshClient.allIn('shop'));

  const names = (chart.toJson() as Manifest[]).map(({ kind, metadata }) => `${kind} ${metadata.name}`);

  // The policy that both services share is written with the one declared first, before either Gateway.
  expect(names).toEqual([
    'ServiceEntry b.bookinfo', 'ServiceEntry b.bookinfo.upstream.6379',
    'AuthorizationPolicy shop.bookinfo.istio-egressgateway.istio-system.test',
    'Gateway b--bookinfo', 'VirtualService b.bookinfo.from-gateway.6379',
    'DestinationRule b.bookinfo.to-gateway.shop', 'VirtualService b.bookinfo.outbound',
    'ServiceEntry a.bookinfo', 'ServiceEntry a.bookinfo.upstream.6379',
    'Gateway a--bookinfo', 'VirtualService a.bookinfo.from-gateway.6379',
    'DestinationRule a.bookinfo.to-gateway.audit', 'DestinationRule a.bookinfo.to-gateway.shop', 'VirtualService a.bookinfo.outbound',
    'Gateway page--bookinfo--ingress', 'VirtualService page.bookinfo',
  ]);
});
