import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { database, run, runWith } from './helpers';

const TWO = { 'b/stock.yaml': database('stock'), 'a.yaml': database('orders') };

/** A rule of an organisation that finds something in every object. */
function rule(id: string, severity: string, more = ''): string {
  return `module.exports = [{
  id: '${id}', name: 'of-ours', severity: '${severity}', title: 'Ours.', why: 'Why.', fix: 'Fix.',
  check: ({ objects }) => objects.map(manifest => ({ manifest, message: 'is of ' + manifest.namespaceName, field: ['spec', 'ports', '0'] ${more} })),
}];`;
}

/** The findings of a run in JSON. */
const idsIn = (out: string) => (JSON.parse(out) as { findings: { id: string; file: string; line: number }[] }).findings.map(({ id, file, line }) => `${file}:${line} ${id}`);

describe('text', () => {
  test('has place, severity, rule, object, what happens and what to write instead', async () => {
    expect(await runWith(TWO, ['lint', '.'])).toEqual({
      code: 1,
      err: '',
      out: 'b/stock.yaml:10  ERROR  MX0203 port-captured-twice  ServiceEntry shop/stock\n'
        + '  port 3306 of "stock.example.com" has no address, and in namespace "shop" every connection to port 3306 already goes to "orders.example.com" (\'a.yaml:1\'): '
        + 'clients of "stock.example.com" end there, and nothing says so\n'
        + '  fix: write \'spec.addresses\', or run the sidecars with DNS capture (lint --dns-capture)\n'
        + '  accept: MX0203 spec.ports[0]: <reason>\n'
        + '\n'
        + 'To accept one, write its line "accept:", with your reason, at its object: annotation cdk8s-istio-egress/acknowledge: "<the line>"\n'
        + '(in code: MeshFindings.of(construct).acknowledge()). More about an id: lint --explain ID\n'
        + '\n'
        + '1 error, 0 warnings in 2 objects\n',
      progress: [''],
    });
  });

  test('has colours for a person, and the same words', async () => {
    const plain = await runWith(TWO, ['lint', '.']);
    const coloured = await runWith(TWO, ['lint', '.'], { hasColours: true });

    expect(coloured.out).toContain('\u001b[31mERROR\u001b[39m');
    // eslint-disable-next-line no-control-regex
    expect(coloured.out.replace(/\u001b\[\d+m/g, '')).toBe(plain.out);
  });

  test('has the file of several findings apart from the next', async () => {
    const { out } = await runWith({ 'a.yaml': database('a'), 'b.yaml': `${database('b')}---\n${database('c')}`, 'c.yaml': database('d') }, ['lint', '.']);

    expect(out.split('\n\n').map(block => block.split('\n').map(line => line.split(' ')[0]).filter(word => word !== '')))
      .toEqual([['b.yaml:10', 'b.yaml:25'], ['c.yaml:10'], ['To', '(in'], ['3']]);
  });
});

test('what lint prints accepts a finding, and no other one of its object', async () => {
  const twoPorts = database('stock').replace('ports:', 'ports:\n    - number: 3307\n      name: tcp-3307\n      protocol: TCP');
  const files = (stock: string) => ({ 'db.yaml': [database('orders'), database('more', 3307), stock].join('---\n') });
  const [accept] = /MX0203 spec.ports\[\d\]: <reason>/.exec((await runWith(files(twoPorts), ['lint', 'db.yaml'])).out)!;
  const accepted = twoPorts.replace('spec:', `  annotations:\n    cdk8s-istio-egress/acknowledge: "${accept.replace('<reason>', 'moves on Monday')}"\nspec:`);

  const { findings } = JSON.parse((await runWith(files(accepted), ['lint', 'db.yaml', '--format', 'json'])).out) as { findings: object[] };
  expect(findings).toMatchObject([
    { id: 'MX0203', field: 'spec.ports[0]', acknowledged: 'moves on Monday' }, { id: 'MX0203', field: 'spec.ports[1]', acknowledge: 'MX0203 spec.ports[1]: <reason>' },
  ]);
  expect((findings[1] as { acknowledged?: string }).acknowledged).toBeUndefined();
});

test('nothing is printed to accept what nobody can', async () => {
  const { out } = await runWith({ 'db.yaml': `${database('orders')}---\n${database('orders')}` }, ['lint', 'db.yaml', '--only', 'MX0101']);

  expect(out).toContain('MX0101');
  expect(out).not.toContain('accept');
});

test('the line is that of the field', async () => {
  expect(idsIn((await runWith({ ...TWO, 'rules.js': rule('ORG1', 'ERROR') }, ['lint', 'a.yaml', '--rules', 'rules.js', '--format', 'json'])).out)).toEqual(['a.yaml:10 ORG1']);
});

test('findings are in the order of files, lines and rules, whatever the order of the arguments', async () => {
  const files = { ...TWO, 'x.js': rule('ZZY', 'ERROR', ', field: undefined'), 'z.js': rule('AAA', 'ERROR'), 'y.js': rule('ZZZ', 'ERROR') };
  const expected = [
    'a.yaml:1 ZZY', 'a.yaml:10 AAA', 'a.yaml:10 ZZZ', 'b/stock.yaml:1 ZZY', 'b/stock.yaml:10 AAA', 'b/stock.yaml:10 MX0203', 'b/stock.yaml:10 ZZZ',
  ];

  expect(idsIn((await runWith(files, ['lint', 'a.yaml', 'b', '--rules', 'y.js,x.js,z.js', '--format', 'json'])).out)).toEqual(expected);
  const other = await runWith(files, ['lint', 'b', 'a.yaml', '--rules', 'z.js', '--rules', 'x.js,y.js', '--format', 'json']);
  // The younger of two is at fault, and the order of the files is all there is to tell the age.
  expect(idsIn(other.out).filter(id => !id.includes('MX'))).toEqual(expected.filter(id => !id.includes('MX')));
});

describe('the exit code', () => {
  const lint = async (files: { readonly [file: string]: string }, ...args: string[]) => (await runWith(files, ['lint', ...args])).code;
  const warned = { 'a.yaml': database('a'), 'rules.js': rule('ORG1', 'WARNING') };

  test.each([
    ['nothing is found', { 'a.yaml': database('a') }, ['a.yaml'], 0],
    ['an error is found', TWO, ['.'], 1],
    ['a warning is found', warned, ['a.yaml', '--rules', 'rules.js'], 0],
    ['a warning is found and is to count', warned, ['a.yaml', '--rules', 'rules.js', '--strict'], 1],
    ['a warning is found and is to count, in other words', warned, ['a.yaml', '--rules', 'rules.js', '--severity', 'WARNING'], 1],
    ['a file is not there', TWO, ['a.yaml', 'nowhere.yaml'], 2],
    ['a document is broken', { 'a.yaml': `${database('a')}---\na: b: c\n` }, ['a.yaml'], 2],
    ['the input is empty', {}, ['-'], 2],
    ['an option is wrong', TWO, ['.', '--frmt', 'x'], 2],
  ] as const)('when %s', async (_, files, args, code) => {
    expect(await lint(files, ...args)).toBe(code);
  });
});

test('what cannot be read is said, and what is found in the rest as well', async () => {
  const { code, out, err } = await runWith({ 'a.yaml': `${database('a')}---\na: b: c\n---\n${database('b')}` }, ['lint', 'a.yaml', 'nowhere.yaml']);

  expect([code, err.split('\n')]).toEqual([2, [
    expect.stringMatching(/^a\.yaml:16 {2}this is no YAML/), 'nowhere.yaml  there is no such file or folder', '',
  ]]);
  expect(out).toMatch(/^a\.yaml:27 {2}ERROR {2}MX0203[^]*1 error, 0 warnings in 2 objects; 2 parts of the input could not be read\n$/);
});

test('the standard input is read, and its objects get a namespace', async () => {
  const entries = ['a', 'b'].map(name => database(name).replace('  namespace: shop\n', '')).join('---\n');

  expect(await run(['lint', '-', '--namespace', 'data'], { stdin: entries })).toMatchObject({
    code: 1, out: expect.stringMatching(/^stdin:23 {2}ERROR {2}MX0203 port-captured-twice {2}ServiceEntry data\/b\n/) as string,
  });
});

describe('objects that name no namespace', () => {
  const homeless = ['a', 'b'].map(name => database(name).replace('  namespace: shop\n', '')).join('---\n');
  const note = '2 objects name no namespace, such as ServiceEntry a (stdin:1): give --namespace, as kubectl apply -n does';

  test('are told, and change no exit code', async () => {
    expect(await run(['lint', '-', '--only', 'MX0101'], { stdin: homeless })).toMatchObject({ code: 0, err: `${note}\n` });
  });

  test('are told in JSON and SARIF', async () => {
    expect(JSON.parse((await run(['lint', '-', '--format', 'json'], { stdin: homeless })).out)).toMatchObject({ notes: [note] });
    expect((await run(['lint', '-', '--format', 'sarif'], { stdin: homeless })).out).toContain(note);
  });

  test('are fine when it is given, and when no namespace decides anything', async () => {
    expect((await run(['lint', '-', '--namespace', 'shop'], { stdin: homeless })).err).toBe('');
    expect((await run(['lint', '-'], { stdin: 'apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n' })).err).toBe('');
  });
});

test('the help says of the exit codes what holds: warnings count when they are asked for', async () => {
  expect((await run(['lint', '--help'])).out).toContain('Exit code: 0 no errors (with --strict no warnings either), 1 errors (with --strict errors or warnings), 2 wrong use');
});

test('rules are chosen by id or name', async () => {
  const codes = async (...args: string[]) => (await runWith(TWO, ['lint', '.', ...args])).code;

  expect(await codes('--skip', 'MX0203')).toBe(0);
  expect(await codes('--skip', 'port-captured-twice')).toBe(0);
  expect(await codes('--only', 'mx0203')).toBe(1);
  expect(await codes('--only', 'MX0201,MX0202')).toBe(0);
  expect(await runWith(TWO, ['lint', '.', '--skip', 'MX02O3']))
    .toMatchObject({ code: 2, err: 'cdk8s-istio-egress: --skip: there is no rule "MX02O3": did you mean MX0203? (see lint --list)\n' });
});

test('what was not judged is explained by its id, with where to accept it', async () => {
  const { code, out } = await run(['lint', '--explain', 'nj-gateway']);

  expect(code).toBe(0);
  expect(out).toContain('NJ-GATEWAY  not judged\n');
  expect(out).toContain('annotation cdk8s-istio-egress/acknowledge: "NJ-GATEWAY: <reason>"');
  expect(await run(['lint', '--explain', 'NJ-GATEWY'])).toMatchObject({ code: 2, err: expect.stringContaining('did you mean NJ-GATEWAY?') as string });
});

test('a rule is explained, and all are listed, without any file', async () => {
  expect(await run(['lint', '--explain', 'MX0203'])).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^MX0203 port-captured-twice {2}ERROR\n\nA TCP ServiceEntry[^]*What happens: [^]*What to write instead: [^]*Related: IST0134, pilot_conflict/) as string,
  });
  const { code, out } = await run(['lint', '--list']);
  expect([code, out.split('\n').filter(line => line.startsWith('MX0203'))])
    .toEqual([0, ['MX0203  ERROR    port-captured-twice: A TCP ServiceEntry without addresses takes its whole port, and another one needs that port.']]);
  expect((await run(['lint', '--explain', 'MX0902'])).out).toContain('No other tool reports it.');
  expect(await run(['lint', '--explain', 'port-captured'])).toMatchObject({ code: 2, err: expect.stringContaining('did you mean port-captured-twice?') as string });
});

test('a file takes the findings, without colours, and the terminal one line', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'istio-egress-test-'));
  const file = path.join(folder, 'found');
  const written = await runWith(TWO, ['lint', '.', '--output', file], { hasColours: true });

  expect(written).toMatchObject({ code: 1, out: '', err: `1 error, 0 warnings in 2 objects: see ${file}\n` });
  expect(fs.readFileSync(file, 'utf8')).toMatch(/^b\/stock\.yaml:10 {2}ERROR {2}MX0203 /);
  fs.rmSync(folder, { recursive: true });
});

test('a file that cannot be written is wrong use', async () => {
  expect(await runWith(TWO, ['lint', '.', '--output', 'no/where.txt'])).toMatchObject({
    code: 2, err: expect.stringMatching(/^cdk8s-istio-egress: --output no\/where\.txt cannot be written: /) as string,
  });
});

test('JSON has everything that is known of a finding', async () => {
  const { out } = await runWith(TWO, ['lint', '.', '--format', 'json']);

  expect(JSON.parse(out)).toMatchObject({
    version: 1,
    errors: 1,
    warnings: 0,
    objects: 2,
    files: ['a.yaml', 'b/stock.yaml'],
    problems: [],
    faults: [],
    mesh: { outboundTrafficPolicy: 'ALLOW_ANY' },
    findings: [{
      id: 'MX0203',
      name: 'port-captured-twice',
      severity: 'ERROR',
      file: 'b/stock.yaml',
      line: 10,
      field: 'spec.ports[0]',
      object: { group: 'networking.istio.io', kind: 'ServiceEntry', namespace: 'shop', name: 'stock' },
      fix: 'write \'spec.addresses\', or run the sidecars with DNS capture (lint --dns-capture)',
    }],
  });
});

describe('a rule that fails', () => {
  test.each([
    ['throws', 'check: () => { throw new TypeError("x is undefined"); }', 'rule ORG1 of-ours failed, which is a fault of the rule: x is undefined\n'],
    ['gives nothing', 'check: () => undefined', /^rule ORG1 of-ours failed, which is a fault of the rule: /],
    ['names no object', 'check: () => [{ message: "x", fix: "y" }]', /^rule ORG1 of-ours failed, which is a fault of the rule: /],
  ])('and %s is named, and hides no finding', async (_, check, message) => {
    const rules = `module.exports = [{ id: 'ORG1', name: 'of-ours', severity: 'ERROR', title: 'Ours.', why: 'Why.', fix: 'Fix.', ${check} }];`;
    const { code, out, err } = await runWith({ ...TWO, 'rules.js': rules }, ['lint', '.', '--rules', 'rules.js']);

    expect([code, err]).toEqual([2, typeof message === 'string' ? message : expect.stringMatching(message)]);
    expect(err).not.toContain('    at ');
    expect(out).toMatch(/MX0203[^]*1 error, 0 warnings in 2 objects; 1 rule failed\n$/);
  });
});

test.each([
  ['module.exports = 5;', '--rules rules.js exports no list of rules: write module.exports = [rule, ...]'],
  ['module.exports = [{ id: "X" }];', '--rules rules.js: [rule X] \'name\' must be a text that is not empty, got undefined'],
  ['module.exports = [null];', '--rules rules.js: [rule] must be an object with \'id\', '],
  ['module.exports = [{ id: "X", name: "x", severity: "ERROR", title: "t", why: "w", fix: "f" }];', '--rules rules.js: [rule X] \'check\' must be a function'],
  ['syntax error', '--rules rules.js cannot be loaded: '],
])('rules that are none are refused: %s', async (rules, message) => {
  const { code, err } = await runWith({ ...TWO, 'rules.js': rules }, ['lint', '.', '--rules', 'rules.js']);

  expect([code, err]).toEqual([2, expect.stringContaining(`cdk8s-istio-egress: ${message}`)]);
  expect(err.trimEnd().split('\n')).toHaveLength(1);
});

describe('an acknowledged finding', () => {
  const files = {
    'a.yaml': database('orders'),
    'b.yaml': database('stock').replace('  name: stock\n', '  name: stock\n  annotations:\n    cdk8s-istio-egress/acknowledge: "MX0203: moves on Monday"\n'),
  };
  const as = async (format: string) => (await runWith(files, ['lint', '.', '--strict', '--format', format])).out;

  test('is shown with its reason, and does not count', async () => {
    const { code, out } = await runWith(files, ['lint', '.', '--strict']);

    expect(code).toBe(0);
    expect(out).toMatch(/^b\.yaml:12 {2}acknowledged {2}MX0203 port-captured-twice {2}ServiceEntry shop\/stock\n.*\n {2}reason: moves on Monday\n\n/);
    expect(out).toMatch(/\n0 errors, 0 warnings in 2 objects; 1 finding acknowledged\n$/);
  });

  test('has its reason in the formats for programs', async () => {
    expect(JSON.parse(await as('json'))).toMatchObject({ errors: 0, findings: [{ id: 'MX0203', acknowledged: 'moves on Monday' }] });
    expect(JSON.parse(await as('sarif'))).toMatchObject({ runs: [{ results: [{ suppressions: [{ kind: 'inSource', justification: 'moves on Monday' }] }] }] });
    expect(await as('junit')).toMatch(/failures="0"[^]*acknowledged: moves on Monday/);
  });

  test('that is gone leaves a warning, at the line of the annotation', async () => {
    const { out } = await runWith({ 'b.yaml': files['b.yaml'] }, ['lint', '.', '--format', 'json']);

    expect(idsIn(out)).toEqual(['b.yaml:6 MX0902']);
  });
});

describe('--today', () => {
  const files = { 'a.yaml': database('orders').replace('  name: orders\n', '  name: orders\n  annotations: { cdk8s-istio-egress/expires: "2027-01-31" }\n') };

  test('finds what is past its day', async () => {
    expect(await runWith(files, ['lint', '.', '--strict'])).toMatchObject({ code: 0 });
    expect(await runWith(files, ['lint', '.', '--strict', '--today', '2027-02-01'])).toMatchObject({ code: 1, out: expect.stringMatching(/^a\.yaml:5 .*MX0903/) as string });
  });

  test('is a day', async () => {
    expect(await runWith(files, ['lint', '.', '--today', 'now'])).toMatchObject({ code: 2, err: 'cdk8s-istio-egress: --today is a day like 2027-01-31, got "now"\n' });
  });
});

test('many objects that are written twice are said to be several environments', async () => {
  const entries = ['a', 'b', 'c', 'd', 'e'].map((name, i) => database(name, i + 1)).join('---\n');

  expect((await runWith({ 'prod.yaml': entries, 'test.yaml': entries }, ['lint', '.'])).err)
    .toMatch(/^5 objects are in the input more than once: look at what is applied together, one environment at a time/);
});

test('objects that the cluster names are not the same', async () => {
  const job = 'apiVersion: batch/v1\nkind: Job\nmetadata: { generateName: a-, namespace: shop }\n';

  expect((await run(['lint', '-'], { stdin: `${job}---\n${job}` })).code).toBe(0);
});

test('who looks is told of long work', async () => {
  const many = Array.from({ length: 2500 }, (_, i) => `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a${i} }\n`).join('---\n');

  expect((await run(['lint', '-'], { stdin: many })).progress).toEqual(['1000 objects read ...', '2000 objects read ...', '']);
});

test('what is accepted for a namespace stays accepted when another workload stands before it', async () => {
  const text = (kind: string, name: string, namespace: string, spec: string, more = '') => (
    `apiVersion: ${kind === 'Deployment' ? 'apps/v1' : 'networking.istio.io/v1'}\nkind: ${kind}\nmetadata: {name: ${name}, namespace: ${namespace}${more}}\nspec: ${spec}\n`);
  const gateway = text('Gateway', 'db', 'istio-system', '{selector: {istio: egressgateway}, servers: [{hosts: ["./db.example.com"], port: {number: 443, name: tls, protocol: TLS}, '
    + 'tls: {mode: ISTIO_MUTUAL, subjectAltNames: ["spiffe://cluster.local/ns/shop/sa/cart"]}}]}');
  const deployment = (name: string, more = '') => text('Deployment', name, 'shop', '{template: {spec: {serviceAccountName: cart, containers: [{name: app}]}}}', more);
  const accepted = deployment('cart', ', annotations: {cdk8s-istio-egress/acknowledge: "MX0901: closed in January"}');
  const found = async (...objects: string[]) => (await run(['lint', '-', '--only', 'MX0901,MX0902'], { stdin: [gateway, ...objects].join('---\n') })).out;

  expect(await found(accepted)).toContain('reason: closed in January');
  expect(await found(deployment('basket'), accepted)).toContain('0 errors, 0 warnings in 3 objects; 1 finding acknowledged');
});

describe('an input without any object', () => {
  test.each([
    ['a folder with the values of a chart alone', { 'chart/values.yaml': 'replicas: 2\n' }, 'chart  there is no object of Kubernetes in its files: each has \'apiVersion\' and \'kind\'\n'],
    ['a folder without files', { 'chart/readme.txt': '' }, 'chart  there is no .yaml, .yml or .json below this folder\n'],
    ['a folder with an empty list', { 'chart/list.yaml': 'apiVersion: v1\nkind: List\nitems: []\n' }, 'chart  there is no object of Kubernetes in its files: each has \'apiVersion\' and \'kind\'\n'],
  ])('is told: %s', async (_, files, err) => {
    expect(await runWith(files, ['lint', 'chart'])).toMatchObject({ code: 2, err, out: '0 errors, 0 warnings in 0 objects; 1 part of the input could not be read\n' });
    expect(await runWith(files, ['report', 'chart'])).toMatchObject({ code: 2 });
  });

  test.each(['apiVersion: v1\nkind: List\nitems: []\n', '{"apiVersion": "v1", "kind": "List", "items": []}', 'apiVersion: v1\nitems: []\nkind: List\nmetadata: {resourceVersion: ""}\n'])(
    'is told: a list without items', async stdin => {
      expect(await run(['lint', '-'], { stdin })).toMatchObject({ code: 2, err: 'stdin  the List has no items: there is nothing to look at\n' });
    });

  test('is none when an object stands beside the list', async () => {
    expect(await run(['lint', '-'], { stdin: `apiVersion: v1\nkind: List\nitems: []\n---\n${database('orders')}` })).toMatchObject({ code: 0, err: '' });
  });
});

test('--json is JSON', async () => {
  const { out } = await runWith({ 'a.yaml': database('orders') }, ['lint', 'a.yaml', '--json']);

  expect(Object.keys(JSON.parse(out) as object)).toEqual(['version', 'errors', 'warnings', 'objects', 'files', 'findings', 'notJudged', 'problems', 'notes', 'faults', 'mesh']);
  expect(out).toBe((await runWith({ 'a.yaml': database('orders') }, ['lint', 'a.yaml', '--format', 'json'])).out);
});

test('of a rule of an organisation nobody says that no other tool reports it', async () => {
  const rules = 'module.exports = [{ id: "ACME-1", name: "owner-required", severity: "ERROR", title: "No owner.", why: "Nobody to ask.", fix: "write one", check: () => [] }];';
  const { out } = await runWith({ 'acme.js': rules }, ['lint', '--rules', 'acme.js', '--explain', 'ACME-1']);

  expect(out).toBe('ACME-1 owner-required  ERROR\n\nNo owner.\n\nWhat happens: Nobody to ask.\n\nWhat to write instead: write one\n');
});

describe('options that say different things are refused', () => {
  test.each<[string[], string]>([
    [['--only', 'MX0203', '--skip', 'port-captured-twice'], '--skip leaves no rule of --only: name a rule that is to look'],
    [['--strict', '--severity', 'ERROR'], '--strict is --severity WARNING, and --severity ERROR is given too: write one of them'],
    [['--json', '--format', 'sarif'], '--json is --format json, and --format sarif is given too: write one of them'],
  ])('%j', async (options, message) => {
    const { code, out, err } = await runWith({ 'db.yaml': database('orders') }, ['lint', 'db.yaml', ...options]);

    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(message);
  });

  test('and those that say the same are not', async () => {
    expect(await runWith({ 'db.yaml': database('orders') }, ['lint', 'db.yaml', '--strict', '--severity', 'WARNING', '--json', '--format', 'json'])).toMatchObject({ err: '' });
  });
});
