import { BlockList } from 'node:net';
import { ApiObject, App, Chart } from 'cdk8s';
import {
  DataPlane, EgressGateway, EgressViaGateway, ExternalKafka, ExternalMysql, ExternalPostgres, ExternalRedis, ExternalService, ExternalTls,
  IExternalService, Mesh, MeshProps, Protocol, Resolution,
} from '../../src';
import { checkVirtualIpRange, virtualIpOf } from '../../src/private/virtual-ip';
import { all, Manifest, manifestsOf, messageOf, only } from '../helpers';

const RANGE = '240.64.0.0/10';

/** The objects of an app whose mesh has a range for virtual addresses. */
function manifestsIn(build: (chart: Chart) => void, mesh: MeshProps = { virtualIpRange: RANGE }): Manifest[] {
  const app = new App();
  Mesh.declare(app, mesh);
  build(new Chart(app, 'test', { namespace: 'bookinfo' }));
  return manifestsOf(app);
}

const pod = (chart: Chart, hostAliases?: object[]) => new ApiObject(chart, 'App', {
  apiVersion: 'v1', kind: 'Pod', metadata: { name: 'app' }, spec: { serviceAccountName: 'app', containers: [{ name: 'app' }], hostAliases },
});
const mysql = (chart: Chart, host = 'orders.example.com', resolution = Resolution.dns(), addresses?: string[]) => (
  new ExternalMysql(chart, host, { host, resolution, addresses }));
const aliasesOf = (manifests: Manifest[]) => only(manifests, 'Pod').spec.hostAliases;

describe('a host of the mesh\'s range', () => {
  test('has always the same address, in every app', () => {
    // sha256('orders.example.com') begins with 1d2fe8ec; the first ten bits are the network's.
    expect(virtualIpOf(RANGE, 'orders.example.com')).toBe('240.111.232.236');
    expect(virtualIpOf(RANGE, 'orders.example.com')).not.toBe(virtualIpOf(RANGE, 'users.example.com'));
  });

  test.each([RANGE, '10.0.0.0/8', '198.18.0.0/15', 'fd00:1::/64', '2001:db8::/32', '240.12.0.0/16'])('has an address of %s', range => {
    const hosts = Array.from({ length: 300 }, (_, i) => `db-${i}.example.com`);
    const addresses = hosts.map(host => virtualIpOf(range, host));
    const [network, length] = range.split('/');
    const family = range.includes(':') ? 'ipv6' : 'ipv4';
    const list = new BlockList();
    list.addSubnet(network, Number(length), family);

    expect(addresses.filter(address => !list.check(address, family))).toEqual([]);
    expect(new Set(addresses).size).toBeGreaterThan(297);
  });

  test('of a range has the bits of its network', () => {
    const second = Array.from({ length: 200 }, (_, i) => Number(virtualIpOf(RANGE, `db-${i}.example.com`).split('.')[1]));

    expect(Math.min(...second)).toBeGreaterThanOrEqual(64);
    expect(Math.max(...second)).toBeLessThanOrEqual(127);
    expect(new Set(second).size).toBeGreaterThan(30);
  });
});

describe('a service that is found by name', () => {
  const address = virtualIpOf(RANGE, 'orders.example.com');

  test.each([['dns', Resolution.dns()], ['dnsRoundRobin', Resolution.dnsRoundRobin()]])('%s has an address of the range, past which its sidecar asks DNS', (_, resolution) => {
    const { spec } = only(manifestsIn(chart => mysql(chart, 'orders.example.com', resolution)), 'ServiceEntry');

    expect(spec.addresses).toEqual([address]);
    expect(spec.endpoints).toEqual([{ address: 'orders.example.com.' }]);
  });

  test('has the addresses that are given instead, in the same way', () => {
    const { spec } = only(manifestsIn(chart => mysql(chart, 'orders.example.com', Resolution.dns(), ['240.0.0.7'])), 'ServiceEntry');

    expect(spec).toMatchObject({ addresses: ['240.0.0.7'], endpoints: [{ address: 'orders.example.com.' }] });
  });

  test('shares a port with another one', () => {
    const build = (chart: Chart) => ['orders.example.com', 'users.example.com'].forEach(host => mysql(chart, host));

    expect(all(manifestsIn(build), 'ServiceEntry')).toHaveLength(2);
    expect(messageOf(() => manifestsIn(build, {}))).toContain('[MX0203] port 3306');
  });

  test('has none where the proxies tell it apart in another way', () => {
    const manifests = manifestsIn(chart => {
      new ExternalTls(chart, 'Tls', { host: 'tls.example.com', resolution: Resolution.dns() });
      new ExternalService(chart, 'Http', { hosts: ['http.example.com'], ports: [{ number: 80, protocol: Protocol.HTTP }], resolution: Resolution.dns() });
      new ExternalRedis(chart, 'Redis', { host: 'redis.example.com', resolution: Resolution.endpoints({ address: '192.0.2.7' }) });
      new ExternalPostgres(chart, 'Postgres', { host: 'postgres.example.com', resolution: Resolution.ipAddresses('192.0.2.14') });
    });

    expect(all(manifests, 'ServiceEntry').map(({ spec }) => spec.addresses)).toEqual([undefined, undefined, ['192.0.2.7/32'], ['192.0.2.14/32']]);
  });

  test('has one when only its endpoints are names', () => {
    const resolution = Resolution.endpoints({ address: 'orders.example.com' }, { address: 'replica.example.com', priority: 1 });
    const { spec } = only(manifestsIn(chart => mysql(chart, 'orders.example.com', resolution)), 'ServiceEntry');

    expect(spec.addresses).toEqual([address]);
    expect(spec.endpoints.map((endpoint: { address: string }) => endpoint.address)).toEqual(['orders.example.com.', 'replica.example.com.']);
  });

  test('is resolved by the gateway without it', () => {
    const manifests = manifestsIn(chart => {
      const orders = mysql(chart);
      new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() }).route(orders);
      orders.connectFrom(pod(chart));
    });

    expect(all(manifests, 'ServiceEntry').map(({ spec }) => [spec.addresses, spec.endpoints])).toEqual([
      [[address], [{ address: 'orders.example.com.' }]], [undefined, [{ address: 'orders.example.com' }]],
    ]);
  });

  test('is refused when its address is another host\'s', () => {
    // Two names that a range of 16 bits gives one address.
    const [first, second] = twins('240.12.0.0/16');

    expect(messageOf(() => manifestsIn(chart => [first, second].forEach(host => mysql(chart, host)), { virtualIpRange: '240.12.0.0/16' }))).toBe(
      `[test/${second}] 'host' "${second}" gets the address ${virtualIpOf('240.12.0.0/16', first)} of the mesh's 'virtualIpRange', as "${first}" does: give one of them another `
      + 'address with \'addresses\'');
    expect(all(manifestsIn(chart => {
      mysql(chart, first);
      mysql(chart, second, Resolution.dns(), ['240.13.0.1']);
    }, { virtualIpRange: '240.12.0.0/16' }), 'ServiceEntry')).toHaveLength(2);
  });

  test('may be declared in two namespaces', () => {
    const app = new App();
    Mesh.declare(app, { virtualIpRange: RANGE });
    ['shop', 'data'].forEach(namespace => mysql(new Chart(app, namespace, { namespace })));

    expect(all(manifestsOf(app), 'ServiceEntry').map(({ spec }) => spec.addresses)).toEqual([[address], [address]]);
  });
});

function twins(range: string): [string, string] {
  const seen = new Map<string, string>();
  for (let i = 0; ; i++) {
    const host = `db-${i}.example.com`;
    const address = virtualIpOf(range, host);
    const other = seen.get(address);
    if (other !== undefined) {
      return [other, host];
    }
    seen.set(address, host);
  }
}

describe('a connected pod', () => {
  const [orders, users] = ['orders.example.com', 'users.example.com'].map(host => virtualIpOf(RANGE, host));

  test('resolves the hosts to their addresses, whatever the order of the calls', () => {
    const build = (...hosts: string[]) => aliasesOf(manifestsIn(chart => {
      const workload = pod(chart);
      hosts.forEach((host, i) => mysql(chart, host).connectFrom(workload, { envPrefix: `DB${i}` }));
    }));

    expect(build('orders.example.com', 'users.example.com')).toEqual([
      { ip: orders, hostnames: ['orders.example.com'] }, { ip: users, hostnames: ['users.example.com'] },
    ]);
    expect(build('users.example.com', 'orders.example.com')).toEqual(build('orders.example.com', 'users.example.com'));
  });

  test('keeps the names that it has', () => {
    const given = [{ ip: '192.0.2.1', hostnames: ['one.example.com'] }, { ip: orders, hostnames: ['alias.example.com'] }, { ip: '192.0.2.1', hostnames: ['two.example.com'] }];

    expect(aliasesOf(manifestsIn(chart => mysql(chart).connectFrom(pod(chart, given))))).toEqual([
      { ip: '192.0.2.1', hostnames: ['one.example.com', 'two.example.com'] }, { ip: orders, hostnames: ['alias.example.com', 'orders.example.com'] },
    ]);
  });

  test('that has the name already is written once', () => {
    expect(aliasesOf(manifestsIn(chart => mysql(chart).connectFrom(pod(chart, [{ ip: orders, hostnames: ['orders.example.com'] }]))))).toEqual([
      { ip: orders, hostnames: ['orders.example.com'] },
    ]);
  });

  test('that has another address for the name is refused', () => {
    expect(messageOf(() => manifestsIn(chart => mysql(chart).connectFrom(pod(chart, [{ ip: '192.0.2.1', hostnames: ['orders.example.com'] }]))))).toContain(
      `[test/orders.example.com] workload 'test/App' resolves "orders.example.com" to "192.0.2.1" with 'hostAliases', and its sidecar knows the service as "${orders}": `
      + 'remove the name there');
  });

  test('resolves to every address that is given', () => {
    expect(aliasesOf(manifestsIn(chart => mysql(chart, 'orders.example.com', Resolution.dns(), ['240.0.0.7', '2001:db8::7']).connectFrom(pod(chart)), {}))).toEqual([
      { ip: '2001:db8::7', hostnames: ['orders.example.com'] }, { ip: '240.0.0.7', hostnames: ['orders.example.com'] },
    ]);
  });

  test('has no names of its own where the sidecars answer DNS, or where the client\'s DNS is right', () => {
    expect(aliasesOf(manifestsIn(chart => mysql(chart, 'orders.example.com', Resolution.dns(), ['240.0.0.7']).connectFrom(pod(chart)), { dnsCapture: true }))).toBeUndefined();
    expect(aliasesOf(manifestsIn(chart => mysql(chart, 'orders.example.com', Resolution.ipAddresses('192.0.2.14')).connectFrom(pod(chart))))).toBeUndefined();
  });

  test('resolves every member of a cluster', () => {
    const hosts = ['kafka-1.example.com', 'kafka-2.example.com'];
    const manifests = manifestsIn(chart => new ExternalKafka(chart, 'Kafka', { brokers: hosts.map(host => ({ host, resolution: Resolution.dnsRoundRobin() })) })
      .connectFrom(pod(chart)));

    expect(aliasesOf(manifests)).toEqual(hosts.map(host => ({ ip: virtualIpOf(RANGE, host), hostnames: [host] })));
  });

  const imported = (...virtualIpHosts: string[]) => (chart: Chart): IExternalService => ExternalKafka.fromAttributes(chart, 'Events', {
    hosts: ['kafka-1.example.com', 'kafka-2.example.com'], namespaceName: 'platform', virtualIpHosts,
  });
  const first = virtualIpOf(RANGE, 'kafka-1.example.com');

  test('of another app resolves the hosts that this app finds by name, and no others', () => {
    expect(aliasesOf(manifestsIn(chart => imported('kafka-1.example.com')(chart).connectFrom(pod(chart))))).toEqual([{ ip: first, hostnames: ['kafka-1.example.com'] }]);
    expect(aliasesOf(manifestsIn(chart => imported()(chart).connectFrom(pod(chart))))).toBeUndefined();
  });

  test.each<[string, () => unknown, string]>([
    ['without a range', () => manifestsIn(imported('kafka-1.example.com'), {}),
      '\'virtualIpHosts\' "kafka-1.example.com" need the range that the declaring app has: call Mesh.declare(app, { virtualIpRange: ... }) first'],
    ['of another host', () => manifestsIn(imported('kafka-3.example.com')),
      '\'virtualIpHosts\' must be hosts of the service ("kafka-1.example.com", "kafka-2.example.com"), got "kafka-3.example.com"'],
    ['in a pod that has another address for it', () => manifestsIn(chart => imported('kafka-1.example.com')(chart)
      .connectFrom(pod(chart, [{ ip: '192.0.2.1', hostnames: ['kafka-1.example.com'] }]))), 'workload \'test/App\' resolves "kafka-1.example.com" to "192.0.2.1"'],
  ])('is refused %s', (_, make, message) => {
    expect(messageOf(make)).toContain(`[test/Events] ${message}`);
  });

  test('without a sidecar would dial an address that nobody has', () => {
    const bare = (chart: Chart) => new ApiObject(chart, 'Bare', {
      apiVersion: 'v1', kind: 'Pod', metadata: { name: 'bare' }, spec: { hostNetwork: true, containers: [{ name: 'bare' }] },
    });

    expect(messageOf(() => manifestsIn(chart => mysql(chart).connectFrom(bare(chart))))).toContain(
      `[test/orders.example.com] its client 'test/Bare' would dial ${orders}, which only a sidecar knows, because it runs with hostNetwork and has no sidecar`);
  });
});

describe('a range', () => {
  const check = (value: unknown) => checkVirtualIpRange(message => {
    throw new Error(message);
  }, 'virtualIpRange', value);

  test.each([RANGE, '240.0.0.0/16', '10.0.0.0/8', 'fd00::/112', '2001:db8::/32'])('may be %s', value => {
    expect(check(value)).toBeUndefined();
  });

  test.each<[unknown, string]>([
    ['240.64.0.1', '\'virtualIpRange\' must be a range that nobody uses, like "240.64.0.0/10", got "240.64.0.1"'],
    [10, '\'virtualIpRange\' must be a range that nobody uses, like "240.64.0.0/10", got 10'],
    ['240.64.0.1/10', '\'virtualIpRange\' has the range "240.64.0.1/10", which begins at "240.64.0.0"'],
    ['127.0.0.0/8', '\'virtualIpRange\' has "127.0.0.0/8", which is not one service outside the mesh (loopback)'],
    ['240.64.0.0/17', '\'virtualIpRange\' "240.64.0.0/17" is so small that hosts would soon share an address: give a range with a length of at most 16'],
    ['fd00::/113', '\'virtualIpRange\' "fd00::/113" is so small that hosts would soon share an address: give a range with a length of at most 112'],
    ['169.254.0.0/16', '\'virtualIpRange\' "169.254.0.0/16" has addresses of the link, such as the metadata server of a cloud'],
    ['240.240.0.0/16', '\'virtualIpRange\' "240.240.0.0/16" has addresses of "240.240.0.0/16", which istiod allocates itself'],
    ['240.0.0.0/4', '\'virtualIpRange\' "240.0.0.0/4" has addresses of "240.240.0.0/16", which istiod allocates itself'],
    ['2001:2::/64', '\'virtualIpRange\' "2001:2::/64" has addresses of "2001:2::/48", which istiod allocates itself'],
  ])('is not %j', (value, message) => {
    expect(messageOf(() => check(value))).toContain(message);
  });

  test('is not for a mesh whose sidecars or ztunnels answer DNS', () => {
    expect(messageOf(() => manifestsIn(() => undefined, { virtualIpRange: RANGE, dnsCapture: true }))).toBe(
      '[app] \'virtualIpRange\' "240.64.0.0/10" with \'dnsCapture\', where the sidecars answer with addresses of the mesh: leave one of them out');
    expect(messageOf(() => manifestsIn(() => undefined, { virtualIpRange: RANGE, dataPlane: DataPlane.AMBIENT }))).toBe(
      '[app] \'virtualIpRange\' "240.64.0.0/10" is for sidecars, and in an ambient mesh ztunnel answers DNS: leave it out');
  });

  test('is what the mesh says of itself', () => {
    const app = new App();

    expect(Mesh.declare(app, { virtualIpRange: RANGE }).virtualIpRange).toBe(RANGE);
    expect(Mesh.of(new App()).virtualIpRange).toBeUndefined();
  });
});
