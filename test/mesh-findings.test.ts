import * as fs from 'node:fs';
import { ApiObject, App, Chart, Include, Testing } from 'cdk8s';
import {
  EgressGateway, EgressViaGateway, ExternalTcp, FindingSeverity, IMeshRule, MeshClient, MeshFindings, MeshInventory, Resolution,
} from '../src';
import { inTempFolder, Manifest, manifestsOf, messageOf, only } from './helpers';

const ACKNOWLEDGE = 'cdk8s-istio-egress/acknowledge';

const tcp = (chart: Chart, id: string) => new ExternalTcp(chart, id, { host: `${id.toLowerCase()}.example.com`, ports: [3306], resolution: Resolution.dns() });

/** Two services of one port, of which the second one gets no connections. */
function clashing(): { app: App; chart: Chart; first: ExternalTcp; second: ExternalTcp } {
  const app = new App();
  const chart = new Chart(app, 'shop', { namespace: 'shop' });
  return { app, chart, first: tcp(chart, 'Orders'), second: tcp(chart, 'Stock') };
}

const rule = (more: Partial<IMeshRule> = {}): IMeshRule => ({
  id: 'ACME-1',
  name: 'owner-required',
  severity: FindingSeverity.WARNING,
  title: 'A dependency has no owner.',
  why: 'Nobody can be asked.',
  fix: 'give \'owner\'',
  check: ({ dependencies }: MeshInventory) => dependencies.filter(({ owner }) => owner === undefined)
    .map(({ manifest, hosts }) => ({ manifest, message: `nobody answers for ${hosts.join(', ')}` })),
  ...more,
});

const ids = (app: App) => MeshFindings.of(app).list().map(({ id, path }) => `${id} ${path}`);

describe('the list of findings', () => {
  test('has all of them as plain data', () => {
    const { app } = clashing();

    const [{ message, ...rest }, ...more] = MeshFindings.of(app).list();
    expect(rest).toEqual({ id: 'MX0203', name: 'port-captured-twice', severity: 'ERROR', path: 'shop/Stock', field: 'spec.ports[0]', fix: expect.stringContaining('Resolution.ipAddresses()') });
    expect(message).toContain('port 3306 of "stock.example.com"');
    expect(more).toEqual([]);
  });

  test('is empty for an app without any', () => {
    const app = new App();
    tcp(new Chart(app, 'shop', { namespace: 'shop' }), 'Orders');

    expect(MeshFindings.of(app).list()).toEqual([]);
  });

  test('of a construct has its own and those below it', () => {
    const { chart, first, second } = clashing();

    expect([chart, first, second].map(scope => MeshFindings.of(scope).list().length)).toEqual([1, 0, 1]);
  });

  test('has an expired dependency when the day is given', () => {
    const app = new App();
    new ExternalTcp(new Chart(app, 'shop', { namespace: 'shop' }), 'Orders', {
      host: 'orders.example.com', ports: [1], resolution: Resolution.dns(), owner: 'team-shop', expires: '2027-01-31',
    });
    const on = (today?: string) => MeshFindings.of(app).list({ today }).map(({ id, path, message }) => `${id} ${path} ${message}`);

    expect([on(), on('2027-01-31')]).toEqual([[], []]);
    expect(on('2027-02-01')).toEqual(['MX0903 shop/Orders ServiceEntry "orders.shop" was to end on "2027-01-31", and it is 2027-02-01']);
  });

  test.each([[{ today: 'now' }, '\'today\' must be a day like "2027-01-31", got "now"'], [{ todya: '' }, '\'todya\' is not a property of list()']])('refuses %j', (options, message) => {
    expect(messageOf(() => MeshFindings.of(new App()).list(options as never))).toContain(message);
  });

  test('is of constructs', () => {
    expect(messageOf(() => MeshFindings.of({} as never))).toContain('MeshFindings.of() needs the app, a chart or a construct in it, got {}');
  });
});

describe('an acknowledged finding', () => {
  test('does not stop synth, and is listed with its reason when asked for', () => {
    const { app, second } = clashing();
    MeshFindings.of(second).acknowledge('MX0203', 'moves on Monday');

    expect(() => manifestsOf(app)).not.toThrow();
    expect(MeshFindings.of(app).list()).toEqual([]);
    expect(MeshFindings.of(app).list({ includeAcknowledged: true }).map(({ id, acknowledged }) => [id, acknowledged])).toEqual([['MX0203', 'moves on Monday']]);
  });

  test.each(['app', 'chart'] as const)('may be acknowledged for everything in the %s', scope => {
    const made = clashing();
    MeshFindings.of(made[scope]).acknowledge('MX0203', 'moves on Monday');

    expect(ids(made.app)).toEqual([]);
  });

  test('is not the one of a construct beside it', () => {
    const { app, first } = clashing();
    MeshFindings.of(first).acknowledge('MX0203', 'moves on Monday');

    expect(messageOf(() => manifestsOf(app))).toContain('[shop/Stock] [MX0203]');
    expect(MeshFindings.of(app).list().slice(1).map(({ id, path, message }) => [id, path, message])).toEqual([
      ['MX0902', 'shop/Orders', 'acknowledge("MX0203", "moves on Monday") matches no finding'],
    ]);
  });

  test('has its reason in the manifest, where lint finds it, and nothing else has', () => {
    const { app, chart, second } = clashing();
    MeshFindings.of(chart).acknowledge('MX0203', ' moves\n on Monday ');
    ApiObject.of(second).metadata.addAnnotation('example.com/other', 'stays');
    const manifests = manifestsOf(app);

    expect(only(manifests, 'ServiceEntry', 'stock.shop').metadata.annotations).toEqual({ 'example.com/other': 'stays', [ACKNOWLEDGE]: 'MX0203: moves on Monday' });
    expect(only(manifests, 'ServiceEntry', 'orders.shop').metadata.annotations).toBeUndefined();
    // Whoever reads these manifests finds nothing either, and adds nothing.
    expect(readAgain(manifests)).toEqual([[], manifests.map(({ metadata }) => metadata.annotations)]);
  });

  test('may be the one at a place alone', () => {
    const { app, second } = clashing();
    const stock = new ExternalTcp(second, 'Surplus', { host: 'surplus.example.com', ports: [3306, 3307], resolution: Resolution.dns() });
    MeshFindings.of(second).acknowledge('MX0203', 'moves on Monday', { field: 'spec.ports[0]' });
    new ExternalTcp(second, 'Zone', { host: 'zone.example.com', ports: [1, 3307], resolution: Resolution.dns() });

    expect(MeshFindings.of(app).list().map(({ id, path, field }) => [id, path, field])).toEqual([['MX0203', 'shop/Stock/Zone', 'spec.ports[1]']]);
    expect(ApiObject.of(stock).toJson()).toMatchObject({ metadata: { annotations: { [ACKNOWLEDGE]: 'MX0203 spec.ports[0]: moves on Monday' } } });
  });

  test('is not the one at another place', () => {
    const { app, second } = clashing();
    MeshFindings.of(second).acknowledge('MX0203', 'moves on Monday', { field: 'spec.ports[1]' });

    expect(MeshFindings.of(app).list().map(({ id, message }) => [id, message]).slice(1)).toEqual([
      ['MX0902', 'acknowledge("MX0203", "moves on Monday", { field: "spec.ports[1]" }) matches no finding'],
    ]);
  });

  test.each([' ', 'spec.ports[0]: x', 7, 'the ports'])('is refused with the place %j', field => {
    expect(messageOf(() => MeshFindings.of(clashing().second).acknowledge('MX0203', 'x', { field: field as string }))).toContain('\'field\' must be a place in an object like "spec.ports[0]"');
  });

  test('that is gone takes its annotation along', () => {
    const { app, first, second } = clashing();
    MeshFindings.of(second).acknowledge('MX0203', 'moves on Monday');
    manifestsOf(app);
    first.allowFrom(MeshClient.allIn('other'));

    expect(only(manifestsOf(app), 'ServiceEntry', 'stock.shop').metadata.annotations).toBeUndefined();
    expect(ids(app)).toEqual(['MX0902 shop/Stock']);
  });

  test('of an annotation that is there already keeps it', () => {
    const { app, second } = clashing();
    ApiObject.of(second).metadata.addAnnotation(ACKNOWLEDGE, 'ACME-1: has one');
    MeshFindings.of(app).addRule(rule());
    MeshFindings.of(second).acknowledge('MX0203', 'moves on Monday');

    expect(only(manifestsOf(app), 'ServiceEntry', 'stock.shop').metadata.annotations).toEqual({ [ACKNOWLEDGE]: 'ACME-1: has one\nMX0203: moves on Monday' });
    expect(ids(app)).toEqual(['ACME-1 shop/Orders']);
  });

  test('may be that of an object of another tool', () => {
    const app = new App();
    const chart = new Chart(app, 'shop', { namespace: 'shop' });
    tcp(chart, 'Orders');
    const entry = (id: string, annotations?: { [name: string]: string }) => new ApiObject(chart, id, {
      apiVersion: 'networking.istio.io/v1',
      kind: 'ServiceEntry',
      metadata: { annotations },
      spec: { hosts: [`${id.toLowerCase()}.example.com`], ports: [{ number: 3306, protocol: 'TCP', name: 'tcp' }], resolution: 'DNS', exportTo: ['.'] },
    });
    entry('Prices', { [ACKNOWLEDGE]: 'MX0203: by YAML' });
    MeshFindings.of(entry('Users')).acknowledge('MX0203', 'by code');

    expect(MeshFindings.of(app).list({ includeAcknowledged: true }).map(({ path, acknowledged }) => [path, acknowledged])).toEqual([
      ['shop/Prices', 'by YAML'], ['shop/Users', 'by code'],
    ]);
    expect(() => manifestsOf(app)).not.toThrow();
  });

  test.each<[string, [string, string], string]>([
    ['no reason', ['MX0203', ' '], '[shop/Stock] acknowledge() needs a reason, got " ": say why the finding is accepted'],
    ['an unknown id', ['MX0230', 'x'], '[shop/Stock] acknowledge() needs the id of a rule, got "MX0230": did you mean "MX0203"?'],
    ['a name', ['port-captured-twice', 'x'], '[shop/Stock] acknowledge() needs the id of a rule, got "port-captured-twice": docs/rules.md has them'],
    ['a rule that loses objects', ['MX0101', 'x'], '[shop/Stock] acknowledge() has no effect for MX0101 object-written-twice, whose findings cannot be acknowledged: mend what it reports'],
    ['two in one', ['MX0203', 'moves; MX0301: too'], '[shop/Stock] acknowledge() needs a reason for one rule, got "moves; MX0301: too", which reads as "moves" and another one for MX0301'],
  ])('is refused with %s', (_, [id, reason], message) => {
    expect(messageOf(() => MeshFindings.of(clashing().second).acknowledge(id, reason))).toContain(message);
  });
});

/** What is found in manifests that another app includes, and their annotations there. */
function readAgain(manifests: Manifest[]): [string[], unknown[]] {
  return inTempFolder(folder => {
    const file = `${folder}/all.json`;
    fs.writeFileSync(file, manifests.map(manifest => JSON.stringify(manifest)).join('\n---\n'));
    const app = new App();
    const chart = new Chart(app, 'again');
    new Include(chart, 'All', { url: file });
    const found = ids(app);
    return [found, (chart.toJson() as Manifest[]).map(({ metadata }) => metadata.annotations)];
  });
}

describe('a rule of an organisation', () => {
  test('finds what the library\'s rules find, beside them', () => {
    const { app, first } = clashing();
    MeshFindings.of(app).addRule(rule());
    MeshFindings.of(first).acknowledge('ACME-1', 'has a ticket');

    expect(ids(app)).toEqual(['MX0203 shop/Stock', 'ACME-1 shop/Stock']);
  });

  test('stops synth with an error', () => {
    const app = new App();
    tcp(new Chart(app, 'shop', { namespace: 'shop' }), 'Orders');
    MeshFindings.of(app).addRule(rule({ severity: FindingSeverity.ERROR }));

    expect(messageOf(() => manifestsOf(app))).toContain('[shop/Orders] [ACME-1] nobody answers for orders.example.com; give \'owner\'');
  });

  test('that throws is named', () => {
    const app = new App();
    tcp(new Chart(app, 'shop', { namespace: 'shop' }), 'Orders');
    MeshFindings.of(app).addRule(rule({ check: () => { throw new Error('oops'); } }));

    expect(messageOf(() => manifestsOf(app))).toBe('rule ACME-1 owner-required failed, which is a fault of the rule: oops');
  });

  test('is acknowledged by an id that is known when the app is synthesised', () => {
    const { app, chart } = clashing();
    MeshFindings.of(chart).acknowledge('ACME-7', 'no such rule');
    expect(ids(app)).toEqual(['MX0203 shop/Stock']);

    MeshFindings.of(app).addRule(rule());
    expect(ids(app)).toContain('MX0902 shop');
  });

  test('is added once, for the whole app', () => {
    const { app, chart } = clashing();
    MeshFindings.of(app).addRule(rule());

    expect(messageOf(() => MeshFindings.of(app).addRule(rule()))).toContain('\'id\' "ACME-1" is that of the rule \'owner-required\' already');
    expect(messageOf(() => MeshFindings.of(chart).addRule(rule({ id: 'ACME-2' })))).toBe(
      '[shop] addRule() is for the whole app, which the rule looks at: call MeshFindings.of(app).addRule()');
  });
});

describe('a warning', () => {
  let printed: string[];

  beforeEach(() => {
    printed = [];
    jest.spyOn(console, 'warn').mockImplementation(text => void printed.push(String(text)));
  });

  /** Two charts, each with a service that nobody owns. */
  function warned(run: (app: App) => void, services = 1): void {
    inTempFolder(outdir => {
      const app = new App({ outdir });
      for (const namespace of ['shop', 'data']) {
        const chart = new Chart(app, namespace, { namespace });
        Array.from({ length: services }, (_, i) => new ExternalTcp(chart, `Db${i}`, {
          host: `db${i}.${namespace}.example.com`, ports: [1], resolution: Resolution.ipAddresses(`192.0.2.${i}`),
        }));
      }
      MeshFindings.of(app).addRule(rule());
      run(app);
    });
  }

  test('is printed once when an app is synthesised, whatever its charts, and stops nothing', () => {
    warned(app => {
      app.synth();
      app.synth();
    });

    expect(printed).toEqual([[
      'cdk8s-istio-egress: 2 warnings',
      '  [shop/Db0] ACME-1 nobody answers for db0.shop.example.com; give \'owner\'',
      '  [data/Db0] ACME-1 nobody answers for db0.data.example.com; give \'owner\'',
    ].join('\n')]);
  });

  test('is printed with the text of an app, too', () => {
    warned(app => expect(app.synthYaml()).toContain('ServiceEntry'));

    expect(printed).toHaveLength(1);
  });

  test('is not printed when a test renders a chart', () => {
    warned(app => app.charts.forEach(chart => Testing.synth(chart)));

    expect(printed).toEqual([]);
  });

  test('is not printed when it is acknowledged', () => {
    warned(app => {
      MeshFindings.of(app).acknowledge('ACME-1', 'on the list');
      app.synth();
    });

    expect(printed).toEqual([]);
  });

  test('among many is one of the first twenty, or counted', () => {
    warned(app => app.synth(), 11);

    expect(printed[0].split('\n')).toHaveLength(22);
    expect(printed[0].split('\n').at(-1)).toBe('  and 2 more, which MeshFindings.of(app).list() gives');
  });
});

describe('the inventory', () => {
  function dependencyOf(build: (chart: Chart) => void) {
    const app = new App();
    build(new Chart(app, 'shop', { namespace: 'shop' }));
    let seen: MeshInventory | undefined;
    MeshFindings.of(app).addRule(rule({
      check: inventory => {
        seen = inventory;
        return [];
      },
    }));
    MeshFindings.of(app).list();
    return seen!;
  }

  const routed = (...clients: MeshClient[]) => dependencyOf(chart => {
    const orders = new ExternalTcp(chart, 'Orders', {
      host: 'orders.example.com', ports: [3306], resolution: Resolution.ipAddresses('192.0.2.1'), owner: 'team-shop', reason: 'orders', contact: '#shop', expires: '2027-01-31',
    });
    new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() }).route(orders);
    orders.allowFrom(...clients);
  });

  test('has a routed service once, with its gateway and the accounts that this admits', () => {
    const { dependencies } = routed(MeshClient.serviceAccount('shop', 'cart'), MeshClient.serviceAccount('reports', 'nightly'), MeshClient.allIn('batch'));

    expect(dependencies).toHaveLength(1);
    expect(dependencies[0]).toMatchObject({
      hosts: ['orders.example.com'],
      ports: [{ number: 3306, targetPort: 3306, protocol: 'TCP' }],
      location: 'MESH_EXTERNAL',
      visibleTo: ['batch', 'reports', 'shop'],
      addresses: ['192.0.2.1'],
      isRouted: true,
      routedTo: ['istio-egressgateway.istio-system.svc.cluster.local'],
      clients: [
        { namespaceName: 'batch' }, { namespaceName: 'reports', serviceAccountName: 'nightly' }, { namespaceName: 'shop', serviceAccountName: 'cart' },
      ],
      owner: 'team-shop',
      reason: 'orders',
      contact: '#shop',
      expires: '2027-01-31',
      manifest: { apiVersion: 'networking.istio.io/v1', kind: 'ServiceEntry', name: 'orders.shop', namespaceName: 'shop', path: 'shop/Orders' },
    });
  });

  test('has a direct service with the namespaces that see it', () => {
    const { dependencies: [orders] } = dependencyOf(chart => tcp(chart, 'Orders').allowFrom(MeshClient.serviceAccount('data', 'reader')));

    expect(orders).toMatchObject({ isRouted: false, routedTo: [], clients: [{ namespaceName: 'data' }], owner: undefined });
  });

  test('has the host of a published recipe, which sidecars and gateway both send to', () => {
    const { dependencies } = dependencyOf(chart => {
      const istio = (id: string, kind: string, spec: object) => new ApiObject(chart, id, { apiVersion: 'networking.istio.io/v1', kind, spec });
      istio('Entry', 'ServiceEntry', { hosts: ['cnn.example.com'], ports: [{ number: 80, name: 'http', protocol: 'HTTP' }], resolution: 'DNS', exportTo: ['.'] });
      istio('Route', 'VirtualService', {
        hosts: ['cnn.example.com'],
        gateways: ['egress', 'mesh'],
        http: [
          { match: [{ gateways: ['mesh'], port: 80 }], route: [{ destination: { host: 'istio-egressgateway.istio-system.svc.cluster.local', port: { number: 80 } } }] },
          { match: [{ gateways: ['egress'], port: 80 }], route: [{ destination: { host: 'cnn.example.com', port: { number: 80 } } }] },
        ],
      });
    });

    expect(dependencies.map(({ hosts, isRouted, routedTo, clients }) => ({ hosts, isRouted, routedTo, clients }))).toEqual([{
      hosts: ['cnn.example.com'],
      isRouted: true,
      routedTo: ['istio-egressgateway.istio-system.svc.cluster.local'],
      clients: [{ namespaceName: 'shop' }],
    }]);
  });

  test('has every object as it is written', () => {
    const { objects } = dependencyOf(chart => {
      tcp(chart, 'Orders');
      new ApiObject(chart, 'Config', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'plain', labels: { a: 'b' }, annotations: { c: 'd' } } });
    });

    const [entry, , config] = objects;
    expect(objects.map(({ kind, name }) => `${kind} ${name}`)).toEqual(['ServiceEntry orders.shop', 'DestinationRule orders.shop.endpoints', 'ConfigMap plain']);
    expect(entry.spec).toMatchObject({ hosts: ['orders.example.com'] });
    expect(config).toEqual({
      apiVersion: 'v1', kind: 'ConfigMap', name: 'plain', namespaceName: 'shop', labels: { a: 'b' }, annotations: { c: 'd' }, spec: {}, path: 'shop/Config',
    });
  });
});
