import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { App } from 'cdk8s';
import { ExternalService } from 'cdk8s-istio-egress';
import { parse } from 'yaml';
import { filesBelow, inTempFolder, messageOf } from './helpers';
import { main as bookinfo } from '../examples/bookinfo-external-mysql/main';
import { platform } from '../examples/platform/app';
import { readEnvironment } from '../examples/platform/config';
import { KINDS } from '../examples/platform/kinds';
import { EXAMPLES } from '../examples/write';

interface Container {
  readonly env?: { readonly name: string; readonly value?: string }[];
}

interface Manifest {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly labels?: { readonly [name: string]: string };
    readonly annotations?: { readonly [name: string]: string };
  };
  readonly spec?: { readonly template?: { readonly spec: { readonly containers: Container[] } } };
}

const folder = path.join(__dirname, '../examples');

/** The variables that a Secret should hold. */
function secretsIn(objects: readonly Manifest[]) {
  return objects.flatMap(({ spec }) => spec?.template?.spec.containers ?? []).flatMap(({ env }) => env ?? []).filter(({ name }) => /PASSWORD|USER/.test(name));
}

function read(directory: string): { [file: string]: string } {
  return Object.fromEntries(fs.readdirSync(directory).sort().map(file => [file, fs.readFileSync(path.join(directory, file), 'utf8')]));
}

describe('examples', () => {
  test.each(EXAMPLES.map(example => [example.folder, example] as const))('%s is what the committed manifests say', (_, example) => {
    const outdir = fs.mkdtempSync(path.join(os.tmpdir(), 'example-'));
    const app = new App({ outdir });
    example.build(app);

    app.synth();

    expect(read(outdir)).toEqual(read(path.join(folder, example.folder)));
    fs.rmSync(outdir, { recursive: true });
  });

  test('every committed folder of manifests belongs to an example', () => {
    const committed = fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.yaml')).map(file => path.dirname(file));

    expect([...new Set(committed)].sort()).toEqual(EXAMPLES.map(example => example.folder).sort());
  });

  test.each(EXAMPLES.map(example => [example.folder, example] as const))('%s contains no Secret and no password', (_, example) => {
    const app = new App();
    const objects = example.build(app).toJson() as Manifest[];

    expect(objects.map(({ kind }) => kind)).not.toContain('Secret');
    expect(secretsIn(objects).filter(({ value }) => value !== undefined)).toEqual([]);
  });

  test('with a database refer to its user and password', () => {
    const withDatabase = EXAMPLES.filter(({ build }) => secretsIn(build(new App()).toJson() as Manifest[]).length > 0);

    expect(withDatabase.map(({ folder: name }) => name.split('/')[0])).toEqual([
      ...Array.from({ length: 4 }, () => 'bookinfo-external-mysql'), 'bookinfo-mysql-vm', 'bookinfo-mysql-vm', 'cart-external-redis', 'cart-external-redis',
    ]);
  });
});

describe('npm run bookinfo', () => {
  /** What the program prints, and the code that it ends with. */
  function run(args: string[], env: NodeJS.ProcessEnv = {}): { code: number; out: string; err: string } {
    const printed = { out: '', err: '' };
    const write = jest.spyOn(process.stdout, 'write').mockImplementation(text => { printed.out += String(text); return true; });
    const error = jest.spyOn(console, 'error').mockImplementation(text => { printed.err += `${String(text)}\n`; });
    try {
      return { code: bookinfo(args, env), ...printed };
    } finally {
      write.mockRestore();
      error.mockRestore();
    }
  }

  test('writes three sets where it is told', () => inTempFolder(out => {
    const { code } = run(['--out', out]);

    expect(code).toBe(0);
    expect(filesBelow(out)).toEqual([
      'bookinfo-closed/00-namespaces.k8s.yaml', 'bookinfo-closed/10-egress.k8s.yaml', 'bookinfo-closed/bookinfo-closed.k8s.yaml',
      'bookinfo-direct/bookinfo-direct.k8s.yaml', 'bookinfo-via-gateway/bookinfo-via-gateway.k8s.yaml',
    ]);
  }));

  test('writes a set in which a Job prepares the database on request, and says what it needs', () => inTempFolder(out => {
    const { out: text } = run(['--out', out, '--with-bootstrap']);

    expect(filesBelow(out)).toContain('bookinfo-via-gateway-with-bootstrap/bookinfo-via-gateway-with-bootstrap.k8s.yaml');
    expect(text).toContain('create secret generic mysql-admin');
    expect(text).toContain(`kubectl apply -f ${path.join(out, 'bookinfo-via-gateway-with-bootstrap')}`);
  }));

  test('writes the Namespace on request, to a file that is applied first', () => inTempFolder(out => {
    run(['--out', out, '--with-namespace']);

    const [first] = filesBelow(path.join(out, 'bookinfo-direct'));
    const namespace = parse(fs.readFileSync(path.join(out, 'bookinfo-direct', first), 'utf8')) as Manifest;
    expect([namespace.kind, namespace.metadata]).toEqual(['Namespace', { name: 'bookinfo', labels: { 'istio-injection': 'enabled' } }]);
  }));

  test('says what is needed, how to check that it works and that others are denied, with the log line to look for', () => inTempFolder(out => {
    const { out: text } = run(['--out', out], { MYSQL_DB_HOST: 'db.corp.example', MYSQL_DB_PORT: '3307', MYSQL_DB_IP: '203.0.113.7' });

    for (const part of [
      'REGISTRY_ONLY', 'NetworkPolicy', 'istioctl install', 'skip_name_resolve=ON', 'kubectl -n bookinfo wait', 'istioctl analyze',
      '203.0.113.7:3307 (db.corp.example)', 'grep p3307.bookinfo.db.corp.example', `kubectl apply -f ${path.join(out, 'bookinfo-via-gateway')}`,
    ]) {
      expect(text).toContain(part);
    }
  }));

  test.each([
    [{ MYSQL_DB_PORT: 'abc' }, 'MYSQL_DB_PORT: [bookinfo-direct/Mysql] \'port\' must be a whole number from 1 to 65535, got "abc"'],
    [{ MYSQL_DB_HOST: '10.0.0.1' }, 'MYSQL_DB_HOST: [bookinfo-direct/Mysql] \'host\' must be a DNS name, got the address "10.0.0.1"'],
    [{ MYSQL_DB_IP: 'db' }, 'MYSQL_DB_IP: [bookinfo-direct/Mysql] \'Resolution.ipAddresses()[0]\' must be an IP address'],
  ])('names the variable that is wrong: %j', (env, message) => inTempFolder(out => {
    const { code, err } = run(['--out', out], env);

    expect([code, err]).toEqual([1, expect.stringContaining(`bookinfo: ${message}`)]);
    expect(filesBelow(out)).toEqual([]);
  }));

  test.each([['--nope'], ['positional'], ['--out']])('refuses the argument %s', argument => {
    const { code, err } = run([argument]);

    expect([code, err]).toEqual([2, expect.stringMatching(/^bookinfo: .*see npm run bookinfo -- --help\n$/)]);
  });

  test('has a help', () => {
    expect(run(['--help'])).toMatchObject({ code: 0, out: expect.stringMatching(/^usage: npm run bookinfo/) });
  });
});

describe('the platform', () => {
  const labelled = { 'app.kubernetes.io/part-of': 'platform', 'example.com/environment': 'staging' };

  test.each(['staging', 'production'])('declares in %s what dependencies.json has, for its clients', environment => {
    const { dependencies } = readEnvironment(environment);
    const app = new App();
    const services = ExternalService.allIn(platform(app, { name: environment, dependencies })).map(service => service.describe());

    for (const { name, hosts, clients } of dependencies) {
      const declared = services.filter(({ path: at }) => `${at}/`.startsWith(`platform-${environment}/${name}/`));
      expect(declared.flatMap(service => service.hosts)).toEqual(Object.keys(hosts));
      for (const service of declared) {
        expect(service.clients.map(({ namespaceName, serviceAccountName }) => `${namespaceName}/${serviceAccountName}`).sort()).toEqual([...clients].sort());
      }
    }
    expect([...new Set(services.flatMap(({ route }) => route?.legs.map(({ gatewayPort }) => gatewayPort)))]).toEqual([443]);
  });

  test('has a dependency of each kind', () => {
    expect(readEnvironment('staging').dependencies.map(({ kind }) => kind)).toEqual(Object.keys(KINDS));
  });

  test('labels every object, and names its owner', () => {
    const objects = platform(new App(), readEnvironment('staging')).toJson() as Manifest[];

    const ofDependencies = objects.filter(({ kind }) => !['NetworkPolicy', 'Sidecar'].includes(kind));
    expect(ofDependencies.filter(({ metadata }) => metadata.annotations?.['cdk8s-istio-egress/owner'] === undefined)).toEqual([]);
    objects.forEach(({ metadata }) => expect(metadata.labels).toEqual(labelled));
    expect(objects.find(({ kind, metadata }) => kind === 'Gateway' && metadata.name === 'orders--platform')?.metadata.annotations).toEqual({
      'cdk8s-istio-egress/owner': 'team-shop', 'cdk8s-istio-egress/reason': 'orders of the shop',
    });
  });

  /** Synthesises one dependency with a mistake in it, or in the place that it has in staging. */
  function withMistake(dependency: object, location: object = {}, name = 'orders') {
    return inTempFolder(at => {
      const write = (file: string, value: object) => fs.writeFileSync(path.join(at, file), JSON.stringify(value));
      fs.mkdirSync(path.join(at, 'config'));
      write('dependencies.json', { orders: { kind: 'mysql', owner: 'team-shop', reason: 'orders', clients: ['shop/checkout'], ...dependency } });
      write('config/staging.json', { [name]: { hosts: { 'orders.example.com': ['192.0.2.14'] }, ...location } });
      return messageOf(() => platform(new App(), readEnvironment('staging', at)));
    });
  }

  test.each([
    [{ kind: 'mysqll' }, 'dependencies.json: orders/kind must be equal to one of the allowed values (mysql, postgres, mongo, redis, redis-cluster, kafka, https, tls, '
      + 'oracle, amqp), got "mysqll"'],
    [{ onwer: 'team-shop' }, 'dependencies.json: orders must NOT have additional properties, got "onwer"'],
    [{ owner: undefined }, 'dependencies.json: orders must have required property \'owner\''],
    [{ clients: [] }, 'dependencies.json: orders/clients must NOT have fewer than 1 items, got []'],
    [{ clients: ['shop'] }, 'dependencies.json: orders/clients/0 must match pattern "^[^/]+/[^/]+$", got "shop": write a service account, like "shop/cart"'],
    [{ clients: ['Shop/cart'] }, '[platform-staging/orders] \'allowFrom()[0].namespaceName\' must be a DNS label'],
  ])('says where dependencies.json is wrong: %j', (dependency, message) => {
    expect(withMistake(dependency)).toContain(message);
  });

  test.each([
    [{ hosts: { 'orders.example.com': '192.0.2.14' } }, 'config/staging.json: orders/hosts/orders.example.com must be array, got "192.0.2.14": write its addresses, like '
      + '["192.0.2.14"], or [] for DNS'],
    [{ hosts: { 'orders.example.com': ['192.0.2'] } }, '[platform-staging/orders] \'Resolution.ipAddresses()[0]\' must be an IP address'],
    [{ hosts: { 'a.example.com': [], 'b.example.com': [] } }, 'orders/hosts must have one host, got a.example.com, b.example.com: only a cluster has several'],
    [{ port: '3306' }, 'config/staging.json: orders/port must be integer, got "3306"'],
  ])('says where the environment is wrong: %j', (location, message) => {
    expect(withMistake({}, location)).toContain(message);
  });

  test('refuses a place of no dependency, a dependency without a place, and an environment that is none', () => {
    expect(withMistake({}, {}, 'order')).toBe('config/staging.json: order is no dependency: add it to dependencies.json, or correct its name');
    expect(messageOf(() => readEnvironment('prod'))).toBe('ENVIRONMENT must be one of production, staging, got "prod"');
    inTempFolder(at => {
      fs.mkdirSync(path.join(at, 'config'));
      fs.writeFileSync(path.join(at, 'dependencies.json'), JSON.stringify({ orders: { kind: 'mysql', owner: 'team-shop', reason: 'orders', clients: ['shop/checkout'] } }));
      fs.writeFileSync(path.join(at, 'config/staging.json'), '{}');
      expect(messageOf(() => readEnvironment('staging', at))).toBe('config/staging.json: orders is missing: say where the dependency is in staging');
    });
  });
});
