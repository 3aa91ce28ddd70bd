import { database, run, Run, runWith } from './helpers';

/** The facts that a run looked with. */
const factsOf = ({ out }: Run) => (JSON.parse(out) as { mesh: { [fact: string]: unknown } }).mesh;

const lint = async (files: { readonly [file: string]: string }, ...args: string[]) => runWith({ 'db.yaml': database('db'), ...files }, ['lint', '.', '--format', 'json', ...args]);

function config(mesh: string, name = 'istio'): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n  namespace: istio-system\ndata:\n  mesh: |\n${mesh.replace(/^/gm, '    ')}\n`;
}

test('without a word about the mesh, it has the defaults of Istio', async () => {
  expect(factsOf(await lint({}))).toMatchObject({
    outboundTrafficPolicy: 'ALLOW_ANY', trustDomain: 'cluster.local', trustDomainAliases: [], rootNamespace: 'istio-system', dataPlane: 'sidecar', dnsCapture: false,
  });
});

test('every fact has an option', async () => {
  const args = ['--outbound-traffic-policy', 'REGISTRY_ONLY', '--trust-domain', 'corp.example', '--trust-domain-alias', 'a.example,b.example', '--root-namespace', 'root',
    '--cluster-domain', 'cluster.example', '--data-plane', 'ambient', '--istio-version', '1.24', '--dns-capture'];

  expect(factsOf(await lint({}, ...args))).toMatchObject({
    outboundTrafficPolicy: 'REGISTRY_ONLY',
    trustDomain: 'corp.example',
    trustDomainAliases: ['a.example', 'b.example'],
    rootNamespace: 'root',
    clusterDomain: 'cluster.example',
    dataPlane: 'ambient',
    istioVersion: '1.24',
    ipAutoAllocate: false,
    dnsCapture: true,
  });
});

test('a file says them in the words of Mesh.declare, or of Istio', async () => {
  expect(factsOf(await runWith({ 'db.yaml': database('db'), 'mesh.yaml': 'outboundTrafficPolicy: { mode: REGISTRY_ONLY }\nclusterDns: { port: 5353 }\n' },
    ['lint', 'db.yaml', '--mesh', 'mesh.yaml', '--format', 'json']))).toMatchObject({
    outboundTrafficPolicy: 'REGISTRY_ONLY', clusterDns: { port: 5353, serviceName: 'kube-dns' },
  });
});

test('Istio\'s ConfigMap in the input says them', async () => {
  const mesh = 'defaultConfig:\n  proxyMetadata:\n    ISTIO_META_DNS_CAPTURE: "true"\noutboundTrafficPolicy:\n  mode: REGISTRY_ONLY\ntrustDomain: corp.example\n'
    + 'trustDomainAliases: [old.example]\nrootNamespace: root\nenableTracing: true';

  expect(factsOf(await lint({ 'istio.yaml': config(mesh) }))).toMatchObject({
    outboundTrafficPolicy: 'REGISTRY_ONLY', trustDomain: 'corp.example', trustDomainAliases: ['old.example'], rootNamespace: 'root', dnsCapture: true,
  });
});

test('an option wins over the file, and the file over the ConfigMap', async () => {
  const files = {
    'db.yaml': database('db'),
    'istio.yaml': config('trustDomain: of-config\nrootNamespace: of-config\noutboundTrafficPolicy: { mode: REGISTRY_ONLY }'),
    'mesh.yaml': 'trustDomain: of-file\nrootNamespace: of-file\n',
  };

  expect(factsOf(await runWith(files, ['lint', 'db.yaml', 'istio.yaml', '--mesh', 'mesh.yaml', '--trust-domain', 'of-option', '--format', 'json'])))
    .toMatchObject({ trustDomain: 'of-option', rootNamespace: 'of-file', outboundTrafficPolicy: 'REGISTRY_ONLY' });
});

test('the facts decide what is found', async () => {
  const files = { 'a.yaml': database('a'), 'b.yaml': database('b') };

  expect((await runWith(files, ['lint', '.'])).out).toContain('MX0203');
  expect(await runWith(files, ['lint', '.', '--dns-capture'])).toMatchObject({ code: 0, out: '0 errors, 0 warnings in 2 objects\n' });
});

test.each(['lint', 'report', 'import'])('%s says of a newer Istio than it knows as which one it is judged, and goes on', async command => {
  const runOf = (version: string) => runWith({ 'db.yaml': database('db') }, [command, 'db.yaml', '--istio-version', version]);
  const [newer, known] = [await runOf('1.33'), await runOf('1.32')];

  expect(newer.code).toBe(0);
  expect(newer.err).toContain('Istio 1.33 is newer than what this version of the program knows, 1.22 to 1.32: it is judged as 1.32');
  expect(known.err).not.toContain('newer');
});

test('report says so once for both sides of a comparison', async () => {
  const { err } = await runWith({ 'old.yaml': database('db'), 'new.yaml': database('db') }, ['report', '--diff', 'old.yaml', 'new.yaml', '--istio-version', '1.33']);

  expect(err.split('Istio 1.33 is newer')).toHaveLength(2);
});

describe('wrong facts are refused:', () => {
  test.each([
    [['--trust-domain', 'Corp'], 'the facts of the mesh: \'trustDomain\' must be a DNS name'],
    [['--trust-domain-alias', 'cluster.local'], 'the facts of the mesh: \'trustDomainAliases\' has "cluster.local" twice'],
    [['--outbound-traffic-policy', 'REGISTRYONLY'], '--outbound-traffic-policy is one of ALLOW_ANY, REGISTRY_ONLY, got "REGISTRYONLY": did you mean REGISTRY_ONLY?'],
    [['--istio-version', 'v1.28'], 'got "v1.28": write "1.28"'],
    [['--istio-version', '1.240'], 'got "1.240": write "1.24"'],
    [['--mesh', 'nowhere.yaml'], '--mesh nowhere.yaml: there is no such file'],
    [['--namespace', 'My Shop'], '--namespace is the name of a namespace, got "My Shop"'],
  ])('%j', async (args, message) => {
    expect(await run(['lint', '-', ...args], { stdin: database('db') })).toMatchObject({ code: 2, out: '', err: expect.stringContaining(message) as string });
  });

  test('two that are right alone and not together', async () => {
    const { code, err } = await runWith({ 'mesh.yaml': 'virtualIpRange: 240.64.0.0/10\n', 'db.yaml': database('db') },
      ['lint', 'db.yaml', '--mesh', 'mesh.yaml', '--dns-capture']);

    expect([code, err]).toEqual([2, expect.stringContaining('the facts of the mesh: \'virtualIpRange\' "240.64.0.0/10" with \'dnsCapture\'')]);
  });

  test('in a file, each of several', async () => {
    const { code, err } = await runWith({ 'mesh.yaml': 'color: a\nrootNamespace: 1\ntrustDomain: corp\ntrustDomainAliases: [cluster.local]\n', 'db.yaml': database('db') },
      ['lint', 'db.yaml', '--mesh', 'mesh.yaml']);

    expect([code, err.split('\n').map(line => line.split(' ', 5).join(' '))]).toEqual([2, [
      'cdk8s-istio-egress: --mesh mesh.yaml: \'color\' is', '--mesh mesh.yaml: \'rootNamespace\' must be', '',
    ]]);
  });

  test.each([
    ['trustDomian: a\n', '\'trustDomian\' is not a property of the mesh: did you mean \'trustDomain\'?'],
    ['color: a\n', '\'color\' is not a property of the mesh: it has \'apiVersion\', \'istioVersion\', \'trustDomain\','],
    ['', 'there is nothing in it'],
    ['# trustDomain: a\n', 'there is nothing in it'],
    ['istioVersion: 1.30\n', '\'istioVersion\' must be a minor version of Istio as a text, such as "1.32", got 1.3'],
    ['dnsCapture: "true"\n', '\'dnsCapture\' must be true or false, got "true"'],
    ['trustDomain: a\ntrustDomain: b\n', '"trustDomain" is written twice'],
    ['- a\n', 'the mesh needs its properties'],
    ['a: b: c\n', 'this is no YAML'],
  ])('in a file: %j', async (mesh, message) => {
    const { code, err } = await runWith({ 'mesh.yaml': mesh, 'db.yaml': database('db') }, ['lint', 'db.yaml', '--mesh', 'mesh.yaml']);

    expect([code, err]).toEqual([2, expect.stringContaining(`cdk8s-istio-egress: --mesh mesh.yaml: ${message}`)]);
  });
});

test('a ConfigMap that cannot be used is named with its place, and the rules look without it', async () => {
  const { code, err, out } = await lint({ 'istio.yaml': config('trustDomain: Corp') });

  expect([code, err]).toEqual([2, expect.stringMatching(/^istio\.yaml:1 {2}'data.mesh' of the ConfigMap "istio" is not used: 'trustDomain' must be a DNS name/)]);
  expect((JSON.parse(out) as { objects: number }).objects).toBe(2);
});

test('of two ConfigMaps that say different things the first is used, and the other is named; those of revisions give way', async () => {
  const [one, two] = ['a', 'b'].map(domain => `trustDomain: ${domain}`);
  const different = await lint({ '1.yaml': config(one), '2.yaml': config(two).replace('namespace: istio-system', 'namespace: other') }, '--root-namespace', 'other');

  expect([different.code, different.err, factsOf(different).trustDomain])
    .toEqual([2, expect.stringContaining('2.yaml:1  this ConfigMap has settings of a mesh, and \'1.yaml:1\' has others, which are used: say the facts with --mesh'), 'a']);
  const revision = await lint({ '1.yaml': config(one, 'istio-canary'), '2.yaml': config(two) });
  expect([revision.code, factsOf(revision).trustDomain]).toEqual([0, 'b']);
});

test('a ConfigMap "istio" in the namespace of somebody else says nothing of the mesh, and that is told', async () => {
  const ofTenant = config('outboundTrafficPolicy: { mode: REGISTRY_ONLY }').replace('namespace: istio-system', 'namespace: tenant');
  const found = await lint({ 'istio.yaml': ofTenant });

  expect(factsOf(found).outboundTrafficPolicy).toBe('ALLOW_ANY');
  expect([found.code, found.err]).toEqual([0, 'ConfigMap istio (istio.yaml:1) is not in the namespace of istiod: its settings of the mesh are not used. If istiod runs in "tenant", give --root-namespace\n']);
  expect(factsOf(await lint({ 'istio.yaml': ofTenant }, '--root-namespace', 'tenant')).outboundTrafficPolicy).toBe('REGISTRY_ONLY');
});

test('settings that are not followed are told', async () => {
  const found = await lint({ 'istio.yaml': config('discoverySelectors: [{matchLabels: {mesh: "yes"}}]\n') });

  expect([found.code, found.err]).toEqual([0, expect.stringMatching(/^ConfigMap istio \(istio\.yaml:1\) has 'discoverySelectors': Istio leaves out the objects of every namespace that none of them selects, and this does not\n$/)]);
  expect((await lint({ 'istio.yaml': config('discoverySelectors: []\n') })).err).toBe('');
});

test('what objects without exportTo are exported to is read from the ConfigMap and from the file', async () => {
  const mesh = 'defaultServiceExportTo: ["."]\ndefaultVirtualServiceExportTo: ["~"]\ndefaultDestinationRuleExportTo: ["."]\n';
  const expected = { defaultServiceExportTo: ['.'], defaultVirtualServiceExportTo: ['~'], defaultDestinationRuleExportTo: ['.'] };

  expect(factsOf(await lint({ 'istio.yaml': config(mesh) }))).toMatchObject(expected);
  expect(factsOf(await runWith({ 'db.yaml': database('db'), 'mesh.yaml': mesh }, ['lint', 'db.yaml', '--mesh', 'mesh.yaml', '--format', 'json']))).toMatchObject(expected);
});

describe('settings of an operator are not read, and told', () => {
  const operator = 'apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nmetadata: { name: i, namespace: istio-system }\nspec: { meshConfig: { trustDomain: a } }\n';
  const sail = 'apiVersion: sailoperator.io/v1\nkind: Istio\nmetadata: { name: default }\nspec: { values: { meshConfig: { trustDomain: a } } }\n';
  const errOf = async (stdin: string, ...args: string[]) => (await run(['lint', '-', ...args], { stdin })).err;

  test.each([['IstioOperator i', operator], ['Istio default', sail]])('%s', async (who, text) => {
    expect(await errOf(text)).toBe(`${who} (stdin:1) has settings of the mesh, which are not read: give them with --mesh, or the ConfigMap "istio" of the cluster\n`);
  });

  test('but not when it has none, or somebody says them', async () => {
    expect(await errOf(operator.replace('meshConfig', 'components'))).toBe('');
    expect(await errOf(operator, '--trust-domain', 'a')).toBe('');
    expect(await errOf(`${operator}---\n${config('trustDomain: a')}`)).toBe('');
  });
});
