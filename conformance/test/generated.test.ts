import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { ApiObject, App, Chart, YamlOutputType } from 'cdk8s';
import { Protocol } from 'cdk8s-istio-egress';
import { AppSpec, build, CLUSTER_KINDS, ClusterKind, PROTOCOLS, repositories, ServiceSpec } from '../apps';
import { describeVariables, openByName } from '../described';
import { EXPECTATIONS_FILE, expectationsOf } from '../expectations';
import { attempt, disagreements, generate, Outcome, problemOfRefusal, reasons, wrongVariables } from '../generated';
import { LostObjects, readSet, writeSet } from '../sets';

const SERVICE: ServiceSpec = {
  id: 'Db',
  kind: 'mysql',
  nested: false,
  hosts: ['db.example.com'],
  ports: [{ number: 3306, protocol: 'TCP' }],
  resolution: { how: 'ips', addresses: ['192.0.2.14'] },
  leg: 'mutual',
  gateway: 'stock',
  routeFirst: true,
  allow: [{ namespace: 'shop', account: 'cart' }],
  connect: [],
};

function app(service: Partial<ServiceSpec> = {}, more: Partial<AppSpec> = {}): AppSpec {
  return { charts: [{ namespace: 'shop', services: [{ ...SERVICE, ...service }], workloads: [] }], output: 'FILE_PER_CHART', tame: false, ...more };
}

let work: string;
beforeAll(() => {
  work = fs.mkdtempSync(path.join(os.tmpdir(), 'generated-'));
});
afterAll(() => fs.rmSync(work, { recursive: true, force: true }));

describe('generated apps', () => {
  test('are the same for the same seed, and others for another', () => {
    expect(generate(20, 3)).toEqual(generate(20, 3));
    expect(generate(20, 3)).not.toEqual(generate(20, 4));
  });

  test('have every kind of service, resolution, setting and protocol among them', () => {
    const services = generate(1500, 5).flatMap(({ charts }) => charts.flatMap(chart => chart.services));
    const seen = (of: (service: ServiceSpec) => unknown) => [...new Set(services.map(of))].filter(value => value !== undefined).sort();

    expect(seen(({ kind }) => kind)).toEqual(expect.arrayContaining(['generic', 'tcp', 'mysql', 'redis', 'postgres', 'mongo', 'http', 'tls', ...CLUSTER_KINDS]));
    expect(seen(({ resolution }) => resolution.how)).toEqual(['dns', 'dnsRoundRobin', 'dynamicDns', 'endpoints', 'ips', 'none']);
    expect(seen(({ settings }) => settings)).toEqual(['all', 'requests', 'some']);
    expect(seen(({ told }) => told)).toEqual(['members', 'path', 'url']);
    expect(seen(({ ports: [port] }) => port.protocol)).toEqual([...PROTOCOLS].sort());
    expect(services.some(({ hosts: [host], leg, resolution }) => host?.startsWith('*') && leg === 'mutual' && resolution.how === 'endpoints')).toBe(true);
  });

  test('have namespaces that are locked down, and a gateway that is deployed, among those that nothing speaks against', () => {
    const tame = generate(300, 5).filter(spec => spec.tame);

    expect(tame.some(({ locked, charts }) => locked && charts.some(chart => locked.includes(chart.namespace!)))).toBe(true);
    expect(tame.some(({ charts }) => charts.some(({ services }) => services.some(({ leg, gateway }) => leg === 'mutual' && gateway === 'deployed')))).toBe(true);
  });

  test('know every protocol of the library', () => {
    expect([...PROTOCOLS].sort()).toEqual(Object.keys(Protocol).filter(name => Protocol[name as keyof typeof Protocol] instanceof Protocol).sort());
  });

  test('that are accepted are written with what is expected of them', () => {
    const folder = path.join(work, 'accepted');

    expect(attempt(app(), folder)).toMatchObject({ kind: 'accepted', folder });

    const { services } = JSON.parse(fs.readFileSync(path.join(folder, EXPECTATIONS_FILE), 'utf8')) as ReturnType<typeof expectationsOf>;
    expect(fs.readdirSync(folder)).toHaveLength(3);
    expect(services).toMatchObject([{
      path: 'chart-0/Db',
      namespace: 'shop',
      resolution: 'NONE',
      addresses: ['192.0.2.14/32'],
      clients: [{ namespace: 'shop', serviceAccount: 'cart' }],
      route: {
        legs: [{
          host: 'db.example.com',
          port: 3306,
          gatewayPort: 443,
          name: 'p3306.shop.db.example.com',
          namespaceNames: {},
          upstream: 'p3306.shop.db.example.com',
          mutual: true,
        }],
      },
    }]);
  });

  test('are expected to serve a whole namespace under a name of its own', () => {
    const folder = path.join(work, 'whole');

    attempt(app({ allow: [{ namespace: 'shop', account: 'cart' }, { namespace: 'data' }] }), folder);

    const { services } = JSON.parse(fs.readFileSync(path.join(folder, EXPECTATIONS_FILE), 'utf8')) as ReturnType<typeof expectationsOf>;
    expect(services[0].route?.legs[0].namespaceNames).toEqual({ data: 'in.data.shop.p3306.db.example.com' });
  });

  test('say in which order endpoints are asked, which the library does not', () => {
    const folder = path.join(work, 'order');
    const endpoints = [{ address: '192.0.2.14' }, { address: '@', priority: 1, weight: 3 }];

    expect(attempt(app({ resolution: { how: 'endpoints', endpoints } }), folder)).toMatchObject({ kind: 'accepted' });

    const { services } = JSON.parse(fs.readFileSync(path.join(folder, EXPECTATIONS_FILE), 'utf8')) as ReturnType<typeof expectationsOf>;
    expect(services[0].choice).toEqual([{ address: '192.0.2.14' }, { address: 'db.example.com', priority: 1, weight: 3 }]);
  });

  test('have another server name for a wildcard than for its domain', () => {
    const folder = path.join(work, 'wildcard');
    const resolution = { how: 'endpoints' as const, endpoints: [{ address: '192.0.2.14' }] };
    const wildcard: Partial<ServiceSpec> = { kind: 'tls', hosts: ['*.example.com'], resolution, allow: [{ namespace: 'shop', account: 'cart' }, { namespace: 'data' }] };

    expect(attempt(app(wildcard), folder)).toMatchObject({ kind: 'accepted' });

    const { services } = JSON.parse(fs.readFileSync(path.join(folder, EXPECTATIONS_FILE), 'utf8')) as ReturnType<typeof expectationsOf>;
    expect(services[0].route?.legs[0]).toMatchObject({
      upstream: 'any3306.shop.example.com', namespaceNames: { data: 'in.data.shop.any3306.example.com' },
    });
  });

  test.each<[ClusterKind, string]>([
    ['cluster', 'DB_MEMBERS'], ['redisCluster', 'DB_NODES'], ['redisSentinel', 'DB_SENTINELS'], ['mongoReplicaSet', 'DB_URL'], ['kafka', 'DB_BOOTSTRAP_SERVERS'],
  ])('of the kind %s are written, and the clients\' repository with them', (kind, variable) => {
    const folder = path.join(work, kind);
    const cluster: Partial<ServiceSpec> = {
      kind,
      hosts: ['a.example.com', 'b.example.com'],
      resolution: { how: 'ips', addresses: ['192.0.2.14', '192.0.2.15'] },
      leavesRules: true,
      allow: [{ namespace: 'data' }],
      connect: [0],
    };
    const spec = app(cluster);

    const outcome = attempt({ ...spec, charts: [{ ...spec.charts[0], workloads: [{ kind: 'Deployment', account: 'orders' }] }] }, folder);

    expect(outcome).toMatchObject({ kind: 'accepted', folder });
    expect(readSet(path.join(folder, 'chart'))).toContain(`name: C0_${variable}`);
    expect(readSet(path.join(folder, 'other'))).toContain(`name: IMPORTED_${variable.slice(3)}`);
    expect(readSet(path.join(folder, 'other'))).toContain('sni: in.data.shop.p3306.b.example.com');
  });

  test('of a mesh with a range of addresses give the clients\' repository the same ones', () => {
    const folder = path.join(work, 'range');
    const byName: Partial<ServiceSpec> = { leg: undefined, resolution: { how: 'dnsRoundRobin' }, leavesRules: true, allow: [{ namespace: 'data' }] };

    expect(attempt(app(byName, { mesh: { virtualIpRange: '240.64.0.0/10' } }), folder)).toMatchObject({ kind: 'accepted', folder });

    const [, address] = /- (240\.[\d.]+)/.exec(readSet(path.join(folder, 'chart'))) ?? [];
    expect(address).toBeDefined();
    expect(readSet(path.join(folder, 'other'))).toContain(`ip: ${address}`);
  });

  test.each(['FILE_PER_APP', 'FILE_PER_RESOURCE', 'FOLDER_PER_CHART_FILE_PER_RESOURCE'] as const)('are written as %s without losing an object', output => {
    const folder = path.join(work, output);

    expect(attempt(app({}, { output }), folder)).toMatchObject({ kind: 'accepted' });
    expect(readSet(folder)).toContain('kind: Gateway');
  });

  test('whose objects are lost in files of one name are wrong', () => {
    const write = () => writeSet(path.join(work, 'lost'), written => ['shop', 'data'].forEach(namespace => {
      new ApiObject(new Chart(written, namespace, { namespace }), 'Object', { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'same' } });
    }), YamlOutputType.FILE_PER_RESOURCE);

    expect(write).toThrow(new LostObjects('the app has 2 objects, and 1 were written: two have one kind and name'));
  });

  test('that leave rules to their clients come with the clients\' repository', () => {
    const folder = path.join(work, 'left');
    const allow = [{ namespace: 'shop', account: 'cart' }, { namespace: 'data' }, { namespace: 'data', account: 'orders' }];

    expect(attempt(app({ allow, leavesRules: true }), folder)).toMatchObject({ kind: 'accepted', folder });

    const [first, second] = ['chart', 'other'].map(name => readSet(path.join(folder, name)));
    expect(first).toContain('db.shop.to-gateway.shop');
    expect(first).not.toContain('namespace: data');
    expect(second).toContain('sni: in.data.shop.p3306.db.example.com');
  });

  test('of two repositories are written beside each other', () => {
    const folder = path.join(work, 'two');
    const second = [{ namespace: 'data', services: [{ ...SERVICE, id: 'Other', hosts: ['other.example.com'], resolution: { how: 'ips' as const, addresses: ['192.0.2.15'] } }], workloads: [] }];

    expect(attempt(app({}, { second }), folder)).toMatchObject({ kind: 'accepted', folder });

    expect(fs.readdirSync(folder)).toEqual(['chart', 'other', 'traces.json']);
    expect(fs.readdirSync(path.join(folder, 'other'))).toEqual([EXPECTATIONS_FILE, 'other-0.k8s.yaml']);
  });

  test('that are refused by name are no failure', () => {
    const outcome = attempt(app({ hosts: ['192.0.2.1'] }), path.join(work, 'refused'));

    expect(outcome).toMatchObject({ kind: 'refused', message: expect.stringContaining('[chart-0/Db]') as string });
    expect(fs.existsSync(path.join(work, 'refused'))).toBe(false);
  });

  test('that are tame must not be refused', () => {
    expect(attempt(app({ hosts: ['192.0.2.1'] }, { tame: true }), path.join(work, 'tame'))).toMatchObject({
      kind: 'wrong',
      problem: expect.stringContaining('an app with nothing wrong in it is refused') as string,
    });
  });
});

describe('a refusal', () => {
  test.each([
    ['[chart-0/Db] \'host\' must be a DNS name', true],
    ['[app] the mesh is declared already', true],
    ['[chart-0/Db] [MX0101] host "db.example.com" is declared twice', true],
    ['[other-0/Db] \'host\' must be a DNS name', true],
    ['[MX0101] host "db.example.com" is declared twice', false],
    ['Validation failed with the following errors:\n  [chart-0/Db] port 1 is taken\n  [chart-1/Db] port 1 is taken', true],
    ['Validation failed with the following errors:\n  [chart-0/Db] port 1 is taken\n  something else', false],
    ['Cannot read properties of undefined (reading \'number\')', false],
    ['There is already a Construct with name \'Db\' in Chart [chart-0]', false],
    ['', false],
  ])('%j names the construct: %s', (message, named) => {
    expect(problemOfRefusal(app(), message) === undefined).toBe(named);
  });

  test('is counted by its reason', () => {
    const refused = (message: string): Outcome => ({ kind: 'refused', app: app(), message });

    expect(reasons([
      refused('[chart-0/Db] \'host\' "a" is declared by \'chart-1/Db\' as well, visible in namespace "shop": declare it once'),
      refused('[chart-0/Db] \'host\' "b" is declared by \'chart-2/Db\' as well, visible in namespace "data": declare it once'),
      refused('[chart-0/Db] \'port\' must be a whole number from 1 to 65535, got 0'),
      { kind: 'accepted', app: app(), folder: '' },
    ])).toEqual([
      ['\'host\' … is declared by … as well, visible in namespace …', 2],
      ['\'port\' must be a whole number from N to N', 1],
    ]);
  });
});

describe('what the library says about an app', () => {
  const only = (spec: AppSpec) => repositories(spec)[0];

  function said(spec: AppSpec): ReturnType<typeof expectationsOf> {
    const built = new App();
    build(built, only(spec));
    return expectationsOf(built);
  }

  test('agrees with its description', () => {
    expect(disagreements(only(app()), said(app()))).toEqual([]);
  });

  test.each<[string, Partial<ServiceSpec>]>([
    ['clients', { allow: [{ namespace: 'shop', account: 'orders' }] }],
    ['clients', { allow: [{ namespace: 'shop' }] }],
    ['visibleTo', { allow: [{ namespace: 'data', account: 'cart' }] }],
    ['hosts', { hosts: ['other.example.com'] }],
    ['ports', { ports: [{ number: 3307, protocol: 'TCP' }] }],
    ['gateway', { leg: undefined }],
    ['gateway', { gateway: 'own' }],
    ['serverNames', { hosts: ['other.example.com'] }],
    ['resolution', { resolution: { how: 'dns' } }],
    ['addresses', { resolution: { how: 'ips', addresses: ['192.0.2.15'] } }],
    ['endpoints', { resolution: { how: 'endpoints', endpoints: [{ address: '192.0.2.14' }] } }],
  ])('is caught when it is wrong about the %s', (what, change) => {
    expect(disagreements(only(app(change)), said(app())).join('\n')).toContain(`the library says ${what} `);
  });

  test.each<[string, Partial<ServiceSpec>, readonly string[]]>([
    ['nothing, for a service behind a gateway', { resolution: { how: 'dns' } }, []],
    ['nothing, for a service with addresses', { leg: undefined }, []],
    ['the port of a service that is found by name', { leg: undefined, resolution: { how: 'dns' } }, ['shop db.example.com:3306']],
    ['nothing, for a service that the namespace does not see', { leg: undefined, resolution: { how: 'dns' }, exportTo: ['data'], allow: [] }, []],
  ])('has what a locked-down namespace opens to every address: %s', (_, service, open) => {
    const spec = app(service, { locked: ['shop'] });

    expect(openByName(only(spec))).toEqual(open);
    expect(disagreements(only(spec), said(spec))).toEqual([]);
  });

  test('is caught when it is wrong about what a locked-down namespace opens', () => {
    const spec = app({ leg: undefined, resolution: { how: 'dns' } }, { locked: ['shop'] });

    expect(disagreements(only(spec), { ...said(spec), lockdowns: [{ namespace: 'shop', byNameOnly: [] }] }))
      .toEqual(['the library says that lock-downs open [] to every address, the app says ["shop db.example.com:3306"]']);
  });

  test('is caught when a workload has another variable than it should', () => {
    const spec = app({ connect: [0] });
    const [repository] = repositories({ ...spec, charts: [{ ...spec.charts[0], workloads: [{ kind: 'Deployment' }] }] });
    const right = { C0_DB_HOST: 'db.example.com', C0_DB_PORT: '3306' };

    expect(describeVariables(repository)).toEqual({ 'chart-0-workload-0': right });
    expect(wrongVariables(repository, { 'chart-0-workload-0': right })).toEqual([]);
    expect(wrongVariables(repository, { 'chart-0-workload-0': { ...right, C0_DB_PORT: '3307', MORE: 'x' } })).toEqual([
      'chart-0-workload-0: the variable C0_DB_PORT is "3307", the app says "3306"', 'chart-0-workload-0: the variable MORE is "x", the app says undefined',
    ]);
  });

  test.each<[string, Partial<ServiceSpec>, string]>([
    ['a URL', { told: 'url' }, 'mysql://db.example.com:3306'],
    ['a URL with a path', { told: 'path' }, 'mysql://db.example.com:3306/stock/items'],
    ['a URL of TLS', { told: 'url', kind: 'redis', ports: [{ number: 6379, protocol: 'TCP', tls: 'passthrough' }] }, 'rediss://db.example.com:6379'],
  ])('has %s for a workload', (_, service, url) => {
    const spec = app({ ...service, connect: [0] });
    const [repository] = repositories({ ...spec, charts: [{ ...spec.charts[0], workloads: [{ kind: 'Deployment' }] }] });

    expect(describeVariables(repository)['chart-0-workload-0'].C0_DB_LINK).toBe(url);
  });

  test('is caught when a service is missing', () => {
    expect(disagreements(only(app()), { ...said(app()), services: [] })).toEqual(['the app has 1 services, the library knows 0']);
  });
});
