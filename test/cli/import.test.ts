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
  expect(err).toMatch(/lint finds \d+ mistakes? in these files: .*MX0203/);
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
