import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { ApiObject, App, Chart, YamlOutputType } from 'cdk8s';
import { AppSpec, build, repositories, ServiceSpec } from '../apps';
import { EXPECTATIONS_FILE, expectationsOf } from '../expectations';
import { attempt, disagreements, generate, Outcome, problemOfRefusal, reasons } from '../generated';
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

  test('that are accepted are written with what is expected of them', () => {
    const folder = path.join(work, 'accepted');

    expect(attempt(app(), folder)).toMatchObject({ kind: 'accepted', folder });

    const { services } = JSON.parse(fs.readFileSync(path.join(folder, EXPECTATIONS_FILE), 'utf8')) as ReturnType<typeof expectationsOf>;
    expect(fs.readdirSync(folder)).toHaveLength(2);
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
    const second = [{ namespace: 'data', services: [{ ...SERVICE, id: 'Other', hosts: ['other.example.com'] }], workloads: [] }];

    expect(attempt(app({}, { second }), folder)).toMatchObject({ kind: 'accepted', folder });

    expect(fs.readdirSync(folder)).toEqual(['chart', 'other']);
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
  ])('is caught when it is wrong about the %s', (what, change) => {
    expect(disagreements(only(app(change)), said(app())).join('\n')).toContain(`the library says ${what} `);
  });

  test('is caught when a service is missing', () => {
    expect(disagreements(only(app()), { ...said(app()), services: [] })).toEqual(['the app has 1 services, the library knows 0']);
  });
});
