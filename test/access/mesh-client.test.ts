import { ApiObject, App, Chart, JsonPatch } from 'cdk8s';
import { EgressGateway, EgressViaGateway, ExternalMysql, MeshClient, Resolution } from '../../src';
import { all, Manifest, manifestsOf, messageOf, only, synth } from '../helpers';

/** What a MySQL of namespace `bookinfo` behind a gateway is, when these clients are named. */
function routed(clients: (chart: Chart) => MeshClient[]): Manifest[] {
  return synth(chart => {
    const mysql = new ExternalMysql(chart, 'Mysql', { host: 'mysqldb.example.com', resolution: Resolution.ipAddresses('192.0.2.14') });
    new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() }).route(mysql);
    mysql.allowFrom(...clients(chart));
  });
}

/** The identities that the gateway accepts in the handshake. */
const passing = (clients: (chart: Chart) => MeshClient[]) => only(routed(clients), 'Gateway').spec.servers[0].tls.subjectAltNames;

function deployment(chart: Chart, name: string, podSpec: object, namespace?: string): ApiObject {
  return new ApiObject(chart, name, {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace },
    spec: { template: { spec: { containers: [{ name: 'app', image: 'app' }], ...podSpec } } },
  });
}

describe('a client', () => {
  test('is a service account', () => {
    expect(passing(() => [MeshClient.serviceAccount('shop', 'cart')])).toEqual(['spiffe://cluster.local/ns/shop/sa/cart']);
  });

  test('is a service account whose name has dots', () => {
    expect(passing(() => [MeshClient.serviceAccount('shop', 'cart.v1')])).toEqual(['spiffe://cluster.local/ns/shop/sa/cart.v1']);
  });

  test('is a whole namespace', () => {
    const manifests = routed(() => [MeshClient.allIn('shop')]);

    expect(only(manifests, 'AuthorizationPolicy').spec.rules[0].from[0].source.notPrincipals).toEqual(['cluster.local/ns/shop/sa/*']);
    expect(passing(() => [MeshClient.allIn('shop')])).toBeUndefined();
  });

  test('is the account that a workload runs as', () => {
    expect(passing(chart => [MeshClient.workload(deployment(chart, 'ratings', { serviceAccountName: 'ratings' }))]))
      .toEqual(['spiffe://cluster.local/ns/bookinfo/sa/ratings']);
  });

  test('is the account under its deprecated name, unless the other is given', () => {
    const of = (podSpec: object) => passing(chart => [MeshClient.workload(deployment(chart, 'ratings', podSpec))]);

    expect(of({ serviceAccount: 'old' })).toEqual(['spiffe://cluster.local/ns/bookinfo/sa/old']);
    expect(of({ serviceAccount: 'old', serviceAccountName: 'new' })).toEqual(['spiffe://cluster.local/ns/bookinfo/sa/new']);
  });

  test.each([['no account', {}], ['an empty one', { serviceAccountName: '' }], ['that one', { serviceAccountName: 'default' }]])(
    'is refused as a workload with %s, which every pod without an account of its own runs as', (_, podSpec) => {
      expect(messageOf(() => passing(chart => [MeshClient.workload(deployment(chart, 'ratings', podSpec))])))
        .toContain('[test/Mysql] its client \'test/ratings\' runs as the account "default", as every pod without an account of its own does: give the workload one, or '
          + 'name the whole namespace with MeshClient.allIn()');
    });

  test.each(['spiffe://other.example/ns/shop/sa/cart', 'other.example/ns/shop/sa/cart'])('is refused as the identity %s: another trust domain is declared as an alias', identity => {
    expect(messageOf(() => passing(() => [MeshClient.serviceAccount(identity, undefined as never)]))).toContain(`takes namespace and account, got the identity "${identity}": write `
      + 'MeshClient.serviceAccount("shop", "cart"), and if "other.example" is another trust domain, call Mesh.declare() with \'trustDomainAliases\'');
  });

  test('is refused as the account "default"', () => {
    expect(messageOf(() => passing(() => [MeshClient.serviceAccount('shop', 'default')]))).toContain('its client \'shop/default\' runs as the account "default"');
  });

  test('may run as "default" when its whole namespace is a client, or connected on a direct path, which tells no accounts apart', () => {
    const workload = (chart: Chart) => MeshClient.workload(deployment(chart, 'ratings', {}));

    expect(() => routed(chart => [workload(chart), MeshClient.allIn('bookinfo')])).not.toThrow();
    expect(() => synth(chart => new ExternalMysql(chart, 'Mysql', { host: 'mysqldb.example.com', resolution: Resolution.ipAddresses('192.0.2.14') })
      .connectFrom(deployment(chart, 'ratings', {})))).not.toThrow();
  });

  test('is a workload in the namespace that it is really in', () => {
    expect(passing(chart => [MeshClient.workload(deployment(chart, 'cart', { serviceAccountName: 'cart' }, 'shop'))]))
      .toEqual(['spiffe://cluster.local/ns/shop/sa/cart']);
  });

  test('is the account that the workload has in the end', () => {
    expect(passing(chart => {
      const ratings = deployment(chart, 'ratings', { serviceAccountName: 'early' });
      const client = MeshClient.workload(ratings);
      ratings.addJsonPatch(JsonPatch.replace('/spec/template/spec/serviceAccountName', 'late'));
      return [client];
    })).toEqual(['spiffe://cluster.local/ns/bookinfo/sa/late']);
  });

  test('may be used for several services', () => {
    const cart = MeshClient.serviceAccount('shop', 'cart');
    const manifests = synth(chart => ['A', 'B'].forEach(id => {
      const mysql = new ExternalMysql(chart, id, { host: `${id.toLowerCase()}.example.com`, resolution: Resolution.ipAddresses(id === 'A' ? '192.0.2.1' : '192.0.2.2') });
      new EgressViaGateway(chart, `Egress${id}`, { gateway: EgressGateway.istioEgressGateway() }).route(mysql);
      mysql.allowFrom(cart);
    }));

    expect(all(manifests, 'Gateway').map(({ spec }) => spec.servers[0].tls.subjectAltNames))
      .toEqual([['spiffe://cluster.local/ns/shop/sa/cart'], ['spiffe://cluster.local/ns/shop/sa/cart']]);
  });

  test('without a namespace cannot pass a gateway, and synth says so', () => {
    const app = new App();
    const chart = new Chart(app, 'bookinfo', { namespace: 'bookinfo' });
    const mysql = new ExternalMysql(chart, 'Mysql', { host: 'mysqldb.example.com', resolution: Resolution.ipAddresses('192.0.2.14') });
    new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() }).route(mysql);
    mysql.allowFrom(MeshClient.workload(deployment(new Chart(app, 'nowhere'), 'cart', {})));

    expect(messageOf(() => manifestsOf(app))).toContain('[bookinfo/Mysql] a client has no namespace');
  });
});

describe('a client that cannot be is refused', () => {
  test.each<[string, () => MeshClient, string]>([
    ['namespace and account in one text', () => MeshClient.serviceAccount('shop/cart', undefined as never),
      '\'allowFrom()[0]\': MeshClient.serviceAccount() takes namespace and account, got "shop/cart": write MeshClient.serviceAccount("shop", "cart")'],
    ['no account', () => MeshClient.serviceAccount('shop', undefined as never), '\'allowFrom()[0].accountName\' must be a DNS name'],
    ['a slash in the namespace', () => MeshClient.serviceAccount('shop/x', 'cart'), '\'allowFrom()[0].namespaceName\' must be a DNS label'],
    ['a namespace that is no text', () => MeshClient.serviceAccount(5 as never, undefined as never), '\'allowFrom()[0].namespaceName\' must be a DNS label'],
    ['a list as namespace', () => MeshClient.serviceAccount(['a/b'] as never, undefined as never), '\'allowFrom()[0].namespaceName\' must be a DNS label'],
    ['text as a workload', () => MeshClient.workload('cart' as never), '\'allowFrom()[0]\': MeshClient.workload() needs a workload, such as a Deployment, got "cart"'],
  ])('%s', (_, client, message) => {
    expect(messageOf(() => routed(() => [client()]))).toContain(`[test/Mysql] ${message}`);
  });

  test('a workload of a namespace that is none', () => {
    expect(messageOf(() => routed(chart => [MeshClient.workload(deployment(chart, 'app', {}, 'Not_A_Label'))])))
      .toContain('[test/Mysql] \'allowFrom()[0]\': \'namespace of \'test/app\'\' must be a DNS label');
  });
});
