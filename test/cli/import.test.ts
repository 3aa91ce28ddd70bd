import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { database, run, runWith } from './helpers';

const recipe = (name: string) => fs.readFileSync(path.join(__dirname, '../../conformance/corpus/recipes', `${name}.yaml`), 'utf8');

test('writes the program to the standard output, and what became of the objects to that of errors', async () => {
  const { code, out, err } = await runWith({ 'in.yaml': recipe('e-gateway-passthrough') }, ['import', 'in.yaml', '--outbound-traffic-policy', 'REGISTRY_ONLY']);

  expect(code).toBe(0);
  expect(out).toMatch(/^\/\/ Written by "cdk8s-istio-egress import" from 1 file: read it, and go on from here\.\nimport \{ Chart \} from 'cdk8s';\n/);
  expect(out).toContain('const app = new FastApp();\n');
  expect(out).toContain('new ExternalTls(shop, \'Cnn\'');
  expect(err).toContain('4 objects as 1 construct, 0 kept as they are, 0 not for egress\n');
  expect(err).toContain(`to change over without an interruption:
  1. apply what it writes, without ServiceEntry shop/cnn
  2. kubectl -n shop delete virtualservices.networking.istio.io direct-cnn-through-egress-gateway
  3. apply all that it writes
  4. kubectl -n shop delete gateways.networking.istio.io istio-egressgateway
  5. kubectl -n shop delete destinationrules.networking.istio.io egressgateway-for-cnn
`);
});

test('says why an object is kept, with its line', async () => {
  const { out, err } = await runWith({ 'in.yaml': recipe('a-direct-tcp') }, ['import', 'in.yaml']);

  expect(err).toContain('  in.yaml:15  ServiceEntry shop/mongo is kept: \'host\' must be outside the mesh, got "my-mongo.tcp.svc"');
  expect(out).toContain('// Kept as it is: \'host\' must be outside the mesh');
});

test('says what lint finds in the files, what synth refuses and what the move changes', async () => {
  const fault = fs.readFileSync(path.join(__dirname, '../../conformance/corpus/MX0203-port-captured-twice/fault.yaml'), 'utf8');
  const { code, err } = await runWith({ 'in.yaml': fault }, ['import', 'in.yaml']);

  expect(code).toBe(1);
  expect(err).toMatch(/lint finds \d+ mistakes? in these files:\n/);
  expect(err).toContain('\n  MX0203  in.yaml:21  A TCP ServiceEntry without addresses takes its whole port, and another one needs that port.\n');
  expect(err).toMatch(/synth will refuse it: \[.*MX0203/);
  expect(err).toContain('the move changes');
});

test('says what the move opens, and exits with 1', async () => {
  const { code, out, err } = await runWith({ 'in.yaml': recipe('e-gateway-passthrough') }, ['import', 'in.yaml', '--outbound-traffic-policy', 'ALLOW_ANY']);

  expect(code).toBe(1);
  expect(out).toContain('new ExternalTls(shop, \'Cnn\'');
  expect(err).toContain('  the move opens: every other namespace to edition.cnn.com:443 (OPENED): the service is not exported to its namespace, and ALLOW_ANY lets it pass\n');
});

test('says who loses access to which port', async () => {
  const { code, err } = await runWith({ 'in.yaml': recipe('f-gateway-origination-client-certificate') }, ['import', 'in.yaml', '--outbound-traffic-policy', 'REGISTRY_ONLY']);

  expect(code).toBe(0);
  expect(err).toContain('the move changes access of 3 pairs of client and service, opens 0 of them or checks them less, and closes 2: --changes FILE says which\n');
  expect(err).toContain('  the move closes: edition.cnn.com:443 to istio-system: every other account, every other namespace: '
    + 'the service is not exported to its namespace, and the mesh has REGISTRY_ONLY\n');
});

test('and says of a port that goes, by which nobody got an answer, that nobody loses it', async () => {
  const { err } = await runWith({ 'in.yaml': recipe('f-gateway-origination') }, ['import', 'in.yaml', '--outbound-traffic-policy', 'REGISTRY_ONLY']);

  expect(err).toContain('ServiceEntry shop/cnn is written without port 443 of edition.cnn.com, by which no client got an answer: ');
  expect(err).not.toContain('the move closes');
});

describe('where nobody says what the mesh lets pass, and the move opens something,', () => {
  const assumed = '  ALLOW_ANY was assumed, as Istio does where nobody says otherwise: if the mesh has REGISTRY_ONLY, give --outbound-traffic-policy REGISTRY_ONLY\n';
  const settings = '---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: istio, namespace: istio-system}\ndata: {mesh: "trustDomain: cluster.local"}\n';

  test('the assumption is told', async () => {
    const { code, err } = await runWith({ 'in.yaml': recipe('e-gateway-passthrough') }, ['import', 'in.yaml']);

    expect(code).toBe(1);
    expect(err).toContain(assumed);
  });

  test.each([
    ['but not where an option says it', recipe('e-gateway-passthrough'), ['--outbound-traffic-policy', 'ALLOW_ANY']],
    ['but not where Istio itself does', `${recipe('e-gateway-passthrough')}${settings}`, []],
  ])('%s', async (_what, text, options) => {
    const { code, err } = await runWith({ 'in.yaml': text }, ['import', 'in.yaml', ...options]);

    expect(code).toBe(1);
    expect(err).not.toContain('was assumed');
  });
});

test('says where more is asked of a server than before', async () => {
  const tls = '---\napiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: a, namespace: shop}\nspec: {host: a.example.com, trafficPolicy: {tls: {mode: SIMPLE}}}\n';
  const { err } = await runWith({ 'in.yaml': `${database('a', 7000)}${tls}` }, ['import', 'in.yaml', '--outbound-traffic-policy', 'REGISTRY_ONLY']);

  expect(err).toContain('  more is asked of the server: a.example.com:7000: the proxy takes certificates of a.example.com, signed by an authority of the system; '
    + 'before, it takes certificates of every name, signed by an authority of the system\n');
});

describe('says of a route', () => {
  const err = async (more = '') => (await runWith({ 'in.yaml': `${recipe('e-gateway-passthrough')}${more}` }, ['import', 'in.yaml', '--outbound-traffic-policy', 'REGISTRY_ONLY'])).err;
  const pod = '---\napiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: shop}\nspec: {serviceAccountName: cart, containers: []}\n';

  test('that it is for a whole namespace, because the input shows no workload there', async () => {
    expect(await err()).toContain('  in.yaml:2  ServiceEntry shop/cnn is for every account of namespace shop, by MeshClient.allIn, because the input shows no workload there: ');
    expect(await err(pod)).not.toContain('is for every account');
  });

  test('what it writes into the namespace of the gateway', async () => {
    expect(await err()).toContain('  in.yaml:2  ServiceEntry shop/cnn comes with AuthorizationPolicy istio-system/shop.shop.istio-egressgateway.istio-system.shop: ');
  });
});

test.each(['explain', 'report', 'import'])('a template of Helm is rendered for %s itself', async command => {
  const args = command === 'explain' ? ['--from', 'shop/a', '--to', 'a.example.com:443'] : [];

  expect((await runWith({ 'in.yaml': 'kind: ServiceEntry\nmetadata: {name: {{ .Values.name }} }\n' }, [command, 'in.yaml', ...args])).err)
    .toContain(`render it first, such as with "helm template CHART | cdk8s-istio-egress ${command} -"`);
});

test.each([['--language', 'python'], ['--language=go']])('is not written in another language (%s)', async (...option) => {
  const { code, err } = await runWith({ 'in.yaml': database('a') }, ['import', 'in.yaml', ...option]);

  expect(code).toBe(2);
  expect(err).toMatch(/^cdk8s-istio-egress: import writes TypeScript: leave --language out\. In another language, start an app with "cdk8s-istio-egress init --language LANGUAGE"/);
});

describe('what may miss names after the move is told', () => {
  const lines = async (route: string, object: string) => {
    const { err } = await runWith({ 'in.yaml': recipe(route), 'other.yaml': object }, ['import', 'in.yaml', 'other.yaml', '--outbound-traffic-policy', 'REGISTRY_ONLY']);
    return err.split('\n').filter(line => line.includes('look at '));
  };
  const filter = (match: string) => `apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: a, namespace: istio-system}
spec: {configPatches: [{applyTo: CLUSTER, match: ${match}, patch: {operation: MERGE, value: {}}}]}
`;
  const telemetry = `apiVersion: telemetry.istio.io/v1
kind: Telemetry
metadata: {name: a, namespace: istio-system}
spec: {accessLogging: [{filter: {expression: connection.requested_server_name == 'a'}}]}
`;
  const plugin = `apiVersion: extensions.istio.io/v1alpha1
kind: WasmPlugin
metadata: {name: a, namespace: shop}
spec: {pluginConfig: {hosts: [edition.cnn.com]}}
`;

  test.each([
    ['the cluster of a host', filter('{cluster: {service: edition.cnn.com}}'), '  other.yaml:1  look at EnvoyFilter istio-system/a: it has edition.cnn.com, and routes'],
    ['that of the gateway', filter('{cluster: {name: "outbound|443|cnn|istio-egressgateway.istio-system.svc.cluster.local"}}'), 'it has istio-egressgateway.istio-system.svc.cluster.local, and'],
    ['a server name', filter('{listener: {filterChain: {sni: edition.cnn.com}}}'), 'look at EnvoyFilter istio-system/a: it has edition.cnn.com, and'],
    ['what Envoy calls it', telemetry, 'look at Telemetry istio-system/a: it has requested_server_name, and'],
    ['the settings of a plugin', plugin, 'look at WasmPlugin shop/a: it has edition.cnn.com, and'],
  ])('%s', async (_what, object, line) => {
    expect(await lines('e-gateway-passthrough', object)).toEqual([expect.stringContaining(line)]);
  });

  test('and nothing that has none of them, or where no route changes', async () => {
    expect(await lines('e-gateway-passthrough', filter('{cluster: {service: other.example.com}}'))).toEqual([]);
    expect(await lines('c-origination-at-sidecar', filter('{cluster: {service: edition.cnn.com}}'))).toEqual([]);
  });
});

describe('what the input has none of is told, because it would be looked at', () => {
  const pod = '---\napiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: shop}\nspec: {serviceAccountName: a, containers: []}\n';
  const policy = '---\napiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: {name: a, namespace: shop}\nspec: {action: DENY}\n';

  test.each([
    ['workloads and policies', '', ['workload', 'AuthorizationPolicy']],
    ['policies', pod, ['AuthorizationPolicy']],
    ['workloads', policy, ['workload']],
    ['nothing', `${pod}${policy}`, []],
  ])('%s', async (_what, more, kinds) => {
    const { err } = await runWith({ 'in.yaml': `${database('a')}${more}` }, ['import', 'in.yaml']);

    expect([...err.matchAll(/^WARNING: there is no (\w+) in the input/gm)].map(([, kind]) => kind)).toEqual(kinds);
  });

  test('and the usage collects all that decides', async () => {
    const { out } = await run(['import', '--help']);

    expect(['authorizationpolicies', 'sidecars', 'networkpolicies', 'envoyfilters', 'statefulsets', 'daemonsets', 'jobs', 'cronjobs'].filter(kind => !out.includes(kind))).toEqual([]);
  });
});

test('reads the standard input, and takes facts of the mesh', async () => {
  const { code, out } = await run(['import', '-', '--outbound-traffic-policy', 'REGISTRY_ONLY', '--trust-domain', 'corp.example'], { stdin: database('a') });

  expect(code).toBe(0);
  expect(out).toContain('Mesh.declare(app, { trustDomain: \'corp.example\' });');
});

describe('--output', () => {
  test('writes a file', async () => {
    const { code, out, err } = await runWith({ 'in.yaml': database('a') }, ['import', 'in.yaml', '--output', 'main.ts', '--changes', 'changes.md']);

    expect({ code, out }).toEqual({ code: 0, out: '' });
    expect(err).toContain('written: main.ts\nwritten: changes.md\n');
  });

  test.each(['--output', '--changes'])('leaves a file that is there (%s)', async option => {
    const { code, err } = await runWith({ 'in.yaml': database('a'), 'main.ts': 'mine' }, ['import', 'in.yaml', option, 'main.ts']);

    expect(code).toBe(2);
    expect(err).toBe(`cdk8s-istio-egress: ${option} "main.ts" is there already: give another file, or --force to write over it\n`);
  });

  test('writes nothing when one of its files cannot be written', async () => {
    const { code, err } = await runWith({ 'in.yaml': database('a') }, ['import', 'in.yaml', '--output', 'main.ts', '--changes', 'none/changes.md']);

    expect(code).toBe(2);
    expect(err).toContain('--changes none/changes.md cannot be written: its folder is not there');
    expect(err).not.toContain('written: main.ts');
  });

  test('writes two results into two files', async () => {
    expect((await runWith({ 'in.yaml': database('a') }, ['import', 'in.yaml', '--output', 'a.ts', '--changes', './a.ts'])).err).toContain('--output and --changes are one file, "a.ts": give two');
  });

  test('writes nothing through a link that leads nowhere', async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'import-'));
    const [link, victim] = ['main.ts', 'victim.ts'].map(file => path.join(folder, file));
    fs.symlinkSync(victim, link);

    expect((await runWith({ 'in.yaml': database('a') }, ['import', 'in.yaml', '--output', link])).err).toContain('is there already');
    expect((await runWith({ 'in.yaml': database('a') }, ['import', 'in.yaml', '--output', link, '--force'])).err).toContain('is a link to what is not there: give the file itself');
    expect(fs.existsSync(victim)).toBe(false);
    fs.rmSync(folder, { recursive: true });
  });

  test('writes over one with --force, and never over the input', async () => {
    expect((await runWith({ 'in.yaml': database('a'), 'main.ts': 'mine' }, ['import', 'in.yaml', '--output', 'main.ts', '--force'])).code).toBe(0);
    expect((await runWith({ 'in.yaml': database('a') }, ['import', 'in.yaml', '--output', 'in.yaml', '--force'])).err).toContain('is a part of the input');
    expect((await runWith({ 'in.yaml': database('a') }, ['import', 'in.yaml', '--changes', 'in.yaml', '--force'])).err).toContain('--changes in.yaml is a part of the input');
  });
});

test('--json has the program and what became of each object', async () => {
  const { code, out } = await runWith({ 'in.yaml': `${recipe('e-gateway-passthrough')}---\napiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n` },
    ['import', 'in.yaml', '--json', '--outbound-traffic-policy', 'REGISTRY_ONLY']);
  const found = JSON.parse(out) as { [name: string]: unknown };

  expect(code).toBe(0);
  expect(found.program).toContain('app.synth();');
  expect(found).toMatchObject({
    adopted: [{ kind: 'ServiceEntry', namespace: 'shop', name: 'cnn', file: 'in.yaml', line: 2, construct: 'ExternalTls', isRouted: true, added: expect.arrayContaining(['connectionPool.tcp.connectTimeout']) }],
    kept: [],
    left: [{ kind: 'Namespace', name: 'shop' }],
    delete: [{ kind: 'VirtualService' }, { kind: 'Gateway' }, { kind: 'DestinationRule' }],
    problems: [],
  });
});

test('reads what can be read of broken input, and exits with 2', async () => {
  const { code, out, err } = await runWith({ 'in.yaml': `${database('a')}---\nkind: ServiceEntry\n  broken: [\n` }, ['import', 'in.yaml']);

  expect(code).toBe(2);
  expect(err).toContain('in.yaml:');
  expect(out).toContain('new ExternalMysql(');
});

test.each([
  [['import'], 'give at least one file or folder'],
  [['import', 'in.yaml', '--ouput', 'x'], 'there is no option --ouput: did you mean --output?'],
  [['import', 'other.yaml'], 'there is no ServiceEntry in the input'],
  [['import', 'none.yaml'], 'none.yaml'],
  [['imports', 'in.yaml'], 'there is no command "imports": did you mean import?'],
])('%j is refused', async (args, message) => {
  const { code, out, err } = await runWith({ 'in.yaml': database('a'), 'other.yaml': 'apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n' }, args);

  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain(message);
});

test('--help', async () => {
  const { code, out } = await run(['import', '--help']);

  expect(code).toBe(0);
  expect(out).toContain('cdk8s-istio-egress import FILES... [options]');
});
