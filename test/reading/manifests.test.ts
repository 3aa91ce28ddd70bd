import { lineOf } from '../../src/reading/file-object';
import { readManifests } from '../../src/reading/manifests';
import { MeshObject } from '../../src/view/mesh-object';

const ENTRY = `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata:
  name: db
  namespace: shop
  labels: { team: a, size: 1 }
spec:
  hosts:
    - db.example.com
  ports:
    - number: 3306
      name: tcp
`;

const read = (text: string, { file = 'a.yaml', isNamed = true, namespace = '' } = {}) => readManifests([{ file, text, isNamed }], namespace);
const placesOf = (text: string) => read(text).objects.map(({ kind, name, origin }) => `${kind} ${name} ${origin.path}`);
const problemsOf = (text: string, more = {}) => read(text, more).problems.map(({ file, line, message }) => [`${file}:${line}`, message]);
const indented = (text: string, by: string) => text.split('\n').map(line => (line === '' ? line : by + line)).join('\n');

test('an object has its group, its name and its place', () => {
  const [object] = read(`# a database\n\n${ENTRY}`).objects;

  expect(object).toMatchObject({
    group: 'networking.istio.io',
    version: 'v1',
    kind: 'ServiceEntry',
    name: 'db',
    namespace: 'shop',
    labels: { team: 'a' },
    annotations: {},
    origin: { path: 'a.yaml:3', file: 'a.yaml', line: 3 },
  });
  expect(object.spec.hosts).toEqual(['db.example.com']);
});

test('an object of a cluster has its age', () => {
  const aged = (time: string) => read(ENTRY.replace('  labels', `  creationTimestamp: ${time}\n  labels`)).objects[0].created;

  expect(['"2026-05-01T00:00:00Z"', '2026-05-01T00:00:00Z', 'null'].map(aged)).toEqual(['2026-05-01T00:00:00Z', '2026-05-01T00:00:00Z', undefined]);
});

test('an object of the core group, without a name, without a namespace, without metadata', () => {
  expect(read('apiVersion: v1\nkind: Service\n').objects[0]).toMatchObject({ group: '', version: 'v1', name: '', namespace: '', spec: {} });
  expect(read('apiVersion: v1\nkind: Service\nmetadata: 5\nspec: x\n', { namespace: 'shop' }).objects[0]).toMatchObject({ name: '', namespace: 'shop', spec: {} });
});

test('a namespace that is written is not the one that is given', () => {
  expect(read(ENTRY, { namespace: 'other' }).objects[0].namespace).toBe('shop');
});

test('unknown kinds and versions are read', () => {
  expect(placesOf('apiVersion: x.example.com/v9\nkind: Thing\nmetadata: {name: a}\n---\napiVersion: networking.istio.io/v7\nkind: Gateway\n'))
    .toEqual(['Thing a a.yaml:1', 'Gateway  a.yaml:5']);
});

describe('lists are the objects in them:', () => {
  const [one, two] = ['a', 'b'].map(name => ENTRY.replace('name: db', `name: ${name}`));
  const item = (text: string) => `- ${indented(text, '  ').slice(2)}`;

  test('of YAML', () => {
    expect(placesOf(`apiVersion: v1\nitems:\n${item(one)}${item(two)}kind: List\n`)).toEqual(['ServiceEntry a a.yaml:3', 'ServiceEntry b a.yaml:15']);
  });

  test('of one kind', () => {
    expect(placesOf(`apiVersion: networking.istio.io/v1\nkind: ServiceEntryList\nitems:\n${item(one)}`)).toEqual(['ServiceEntry a a.yaml:4']);
  });

  test('of JSON', () => {
    const manifest = (name: string) => ({ apiVersion: 'v1', kind: 'Service', metadata: { name } });
    const text = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [manifest('a'), manifest('b')] }, undefined, 2);

    expect(placesOf(text)).toEqual(['Service a a.yaml:5', 'Service b a.yaml:12']);
  });

  test('in flow style', () => {
    expect(placesOf('kind: List\napiVersion: v1\nitems: [{apiVersion: v1, kind: A},\n  {apiVersion: v1, kind: B}]\n')).toEqual(['A  a.yaml:3', 'B  a.yaml:4']);
  });

  test('with aliases from one item to the next', () => {
    const text = 'apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: A\n  spec: &s {x: 1}\n- apiVersion: v1\n  kind: B\n  spec: *s\n';

    expect(read(text).objects.map(({ kind, spec, origin }) => [kind, spec, origin.line])).toEqual([['A', { x: 1 }, 4], ['B', { x: 1 }, 7]]);
  });

  test('with lists in them', () => {
    expect(placesOf('{"kind": "List", "items": [{"kind": "List", "items": [{"kind": "A", "apiVersion": "v1"}]}]}')).toEqual(['A  a.yaml:1']);
  });

  test.each<[string, string, string[]]>([
    ['of whatever kind has items', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\nitems:\n- {apiVersion: v1, kind: Secret, metadata: {name: a}}\n', ['Secret a']],
    ['of items that are written twice, the last ones', 'apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Secret, metadata: {name: a}}\nitems:\n- {apiVersion: v1, kind: Secret, metadata: {name: b}}\n', ['Secret b']],
    ['of JSON, whatever kind has items', '{"apiVersion": "v1", "kind": "ConfigMap", "items": [{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a"}}]}', ['Secret a']],
    ['whose items say no kind', 'apiVersion: v1\nkind: SecretList\nitems:\n- metadata: {name: a}\n- {apiVersion: v1, kind: Pod, metadata: {name: b}}\n', ['Secret a', 'Pod b']],
    ['whose items have an empty kind', 'apiVersion: v1\nkind: SecretList\nitems:\n- {kind: null, metadata: {name: a}}\n- {kind: "", metadata: {name: b}}\n', ['Secret a', 'Secret b']],
    ['with an anchor above them', 'apiVersion: v1\nkind: List\nmetadata: {annotations: &a {b: c}}\nitems:\n- {apiVersion: v1, kind: Secret, metadata: {name: a, annotations: *a}}\n', ['Secret a']],
    ['whose items say no kind, in flow style', 'apiVersion: v1\nkind: SecretList\nitems: [{metadata: {name: a}}]\n', ['Secret a']],
    ['of JSON whose items say no kind', '{"apiVersion": "v1", "kind": "SecretList", "items": [{"metadata": {"name": "a"}}]}', ['Secret a']],
    ['without any, which are nothing of the object around them', '{apiVersion: v1, kind: ConfigMap, metadata: {name: x}, items: null}\n', []],
  ])('as kubectl takes them: %s', (_, text, expected) => {
    expect(readManifests([{ file: 'a.yaml', text, isNamed: true }]).objects.map(({ kind, name }) => `${kind} ${name}`)).toEqual(expected);
  });

  test('and what has items that are no list is told', () => {
    const { problems } = readManifests([{ file: 'a.yaml', text: '{apiVersion: v1, kind: ConfigMap, metadata: {name: x}, items: {a: b}}\n', isNamed: true }]);

    expect(problems.map(({ message }) => message)).toEqual(['\'items\' of this ConfigMap is no list: kubectl takes whatever has \'items\' for a list of objects, and refuses it']);
  });

  test('and items that are written twice are told', () => {
    const text = 'apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Secret, metadata: {name: a}}\nitems:\n- {apiVersion: v1, kind: Secret, metadata: {name: b}}\n';

    expect(readManifests([{ file: 'a.yaml', text, isNamed: true }]).problems.map(({ message }) => message)).toEqual(['"items" is written twice in one object, and kubectl takes the last one: write it once']);
  });

  test('with one that is broken', () => {
    const { objects, problems } = read(`apiVersion: v1\nkind: List\nitems:\n- a: b: c\n${item(one)}`);

    expect(objects.map(({ name }) => name)).toEqual(['a']);
    expect(problems).toMatchObject([{ line: 4, message: expect.stringMatching(/^this is no YAML/) as string }]);
  });
});

test('one document that is broken hides no other', () => {
  const text = `${ENTRY}---\na: b: c\n---\n${ENTRY}`;

  expect(read(text).objects.map(({ origin }) => origin.line)).toEqual([1, 16]);
  expect(problemsOf(text)).toEqual([['a.yaml:14', expect.stringMatching(/^this is no YAML/)]]);
});

test('several objects of JSON may follow each other, and what is wrong with one is said', () => {
  expect(placesOf('{"apiVersion":"v1","kind":"A"}\n\n{"apiVersion":"v1","kind":"B"}')).toEqual(['A  a.yaml:1', 'B  a.yaml:3']);
  expect(problemsOf('{"apiVersion": "v1",\n"kind": "A",,}')).toEqual([['a.yaml:2', expect.stringMatching(/^this is no JSON/)]]);
});

test('a key that is written twice is a problem, and the object is read', () => {
  const text = `${ENTRY}  hosts: [other.example.com]\n`;

  expect(read(text).objects[0].spec.hosts).toEqual(['other.example.com']);
  expect(problemsOf(text)).toEqual([['a.yaml:13', '"hosts" is written twice in one object, and kubectl takes the last one: write it once']]);
});

test('a document that kubectl does not read is told, and is no object', () => {
  const text = ['a', 'b'].map(name => `apiVersion: v1\nkind: Secret\nmetadata: {name: ${name}}\n`).join('...\n');
  const { objects, problems } = readManifests([{ file: 'a.yaml', text, isNamed: false }]);

  expect([objects.map(({ name }) => name), problems]).toEqual([['a'], [{
    file: 'a.yaml',
    line: 5,
    message: 'kubectl does not read this document: write a line "---" with nothing else in front of it',
  }]]);
});

test('of several objects of JSON in a file that does not begin with one kubectl reads the first', () => {
  const secret = (name: string) => `{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "${name}"}}\n`;
  const readOf = (text: string) => {
    const { objects, problems } = readManifests([{ file: 'a.yaml', text, isNamed: false }]);
    return [objects.map(({ name }) => name), problems.map(({ line }) => line)];
  };

  expect(readOf(`# two\n${secret('a')}${secret('b')}`)).toEqual([['a'], [3]]);
  expect(readOf(`${secret('a')}${secret('b')}`)).toEqual([['a', 'b'], []]);
});

describe('metadata', () => {
  const readOf = (metadata: string, namespace?: string) => readManifests([{ file: 'a.yaml', text: `{apiVersion: v1, kind: Secret, metadata: ${metadata}}`, isNamed: true }], namespace);

  test.each([['{name: 12}', '\'metadata.name\' of this Secret is no text, got 12: write it in quotation marks'], ['{name: a, namespace: n}', '\'metadata.namespace\' of this Secret is no text, got false: write it in quotation marks']])(
    'that is no text is told: %s', (metadata, message) => {
      expect(readOf(metadata).problems.map(problem => problem.message)).toEqual([message]);
    });

  test('with an empty namespace has none', () => {
    expect(readOf('{name: a, namespace: ""}', 'shop').objects.map(({ namespace }) => namespace)).toEqual(['shop']);
  });
});

describe('what is no object', () => {
  test.each([
    ['an empty file', '', 'there is nothing in it'],
    ['comments alone', '# x\n---\n', 'there is no object of Kubernetes in it: each has \'apiVersion\' and \'kind\''],
    ['values of a chart', 'replicas: 2\n', 'there is no object of Kubernetes in it: each has \'apiVersion\' and \'kind\''],
    ['a text', 'hello\n', 'there is no object of Kubernetes in it: each has \'apiVersion\' and \'kind\''],
    ['a kind without a version', 'kind: Service\n', '\'apiVersion\' of this Service is missing, or is no text'],
    ['a kind that is a number', 'apiVersion: v1\nkind: 5\n', '\'kind\' is no text, got 5'],
    ['a template', 'kind: {{ .Values.kind }}\n', expect.stringMatching(/^this is a template of Helm/)],
  ])('is a problem of a file that was named: %s', (_, text, message) => {
    expect(read(text).problems.map(problem => problem.message)).toEqual([message]);
  });

  test.each([
    ['values of a chart', 'replicas: 2\n'],
    ['settings with comments in JSON', '{\n  // a comment\n  "strict": true,\n}\n'],
    ['nothing', ''],
  ])('is passed over in a folder: %s', (_, text) => {
    expect(read(text, { isNamed: false }).problems).toEqual([]);
  });

  test('is a problem in a folder when it was to be one', () => {
    expect(problemsOf('kind: Service\nmetadata: {{ .Values.metadata }}\n', { isNamed: false })).toEqual([['a.yaml:2', expect.stringMatching(/^this is a template of Helm/)]]);
  });
});

describe('the line of a field', () => {
  const lineIn = (text: string, field: (string | number)[], which = 0) => lineOf(read(text).objects[which], field);

  test.each([
    [[], 1], [['spec'], 7], [['spec', 'hosts', 0], 9], [['spec', 'ports', 0], 11], [['spec', 'ports', 0, 'name'], 12],
    // Of what is missing, what is around it.
    [['spec', 'ports', 0, 'protocol'], 11], [['spec', 'addresses'], 7], [['spec', 'ports', 5], 10], [['spec', 'hosts', 0, 'x'], 9],
  ])('%j is %i', (field, line) => {
    expect(lineIn(ENTRY, field)).toBe(line);
  });

  test('is that of the file, in the second document, in a list, in JSON', () => {
    expect(lineIn(`# head\n---\n${ENTRY}---\n${ENTRY}`, ['spec', 'ports', 0, 'name'], 1)).toBe(27);
    expect(lineIn(`kind: List\nitems:\n- ${indented(ENTRY, '  ').slice(2)}`, ['spec', 'hosts', 0])).toBe(11);
    expect(lineIn('{"kind": "List", "items": [\n{"kind": "A", "apiVersion": "v1",\n"spec": {\n"x": 1}}]}', ['spec', 'x'])).toBe(4);
  });

  test('is right in any order in which somebody asks', () => {
    const { objects } = read('kind: List\napiVersion: v1\nitems: [{apiVersion: v1, kind: A, spec:\n  {x: 1}},\n  {apiVersion: v1, kind: B, spec:\n  {x: 1}}]\n');

    expect([1, 0, 1].map(which => lineOf(objects[which], ['spec', 'x']))).toEqual([6, 4, 6]);
  });

  test('of an object that no file has is not known', () => {
    expect(lineOf({ origin: { path: 'shop/Db' } } as MeshObject, ['spec'])).toBeUndefined();
  });
});

test('the settings of the mesh are found in Istio\'s ConfigMap', () => {
  const config = (name: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, namespace: istio-system}\ndata:\n  mesh: |\n    trustDomain: a\n`;

  expect(read(['istio', 'istio-1-26', 'istiod', 'other'].map(config).join('---\n')).meshConfigs.map(({ object, text }) => [object.name, text]))
    .toEqual([['istio', 'trustDomain: a\n'], ['istio-1-26', 'trustDomain: a\n']]);
});

test.each([
  ['a mapping that is merged behind other keys', 'web:\n  image: a\n  <<: {image: b}\n'], ['a tag', 'Ref: !Ref a\n'], ['a key that is written twice', 'a: 1\na: 2\n'],
])('a file of others in a folder may have %s', (_, text) => {
  expect(readManifests([{ file: 'a.yaml', text, isNamed: false }]).problems).toEqual([]);
});

describe('a template in a text', () => {
  const problemsWith = (value: string) => readManifests([{ file: 'a.yaml', text: `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  a: ${value}\n`, isNamed: true }]).problems;

  test.each(['\'x {{ with $labels.cluster -}} on {{ . }} {{- end }}\'', '"{{ .path.basename }}{{ if .x }}-y{{ end }}"', 'of {{ range .Pods }}{{ .Name }}{{ end }}'])('is one of its object: %s', value => {
    expect(problemsWith(value)).toEqual([]);
  });

  test.each(['"{{ .Values.name }}"', 'a-{{ include "chart.name" . }}', '"{{ if .Values.on }}a{{ end }}"'])('is one of Helm, that nobody rendered: %s', value => {
    expect(problemsWith(value).map(({ message }) => message)).toEqual([expect.stringContaining('a template of Helm')]);
  });
});

describe('a file of a folder', () => {
  const told = (text: string) => readManifests([{ file: 'a.yaml', text, isNamed: false }]).problems.map(({ message }) => message);
  const REST = 'metadata: {name: x, namespace: shop}\nspec: {hosts: [a.example.com]}\n';

  test.each([
    [`kind: ServiceEntry\n${REST}`, '\'apiVersion\' of this ServiceEntry is missing, or is no text'],
    [`apiversion: networking.istio.io/v1\nkind: ServiceEntry\n${REST}`, '\'apiVersion\' of this ServiceEntry is missing, or is no text: there is "apiversion", write "apiVersion"'],
    ['apiversion: v1\nkind: ConfigMap\ndata: {a: b}\n', '\'apiVersion\' of this ConfigMap is missing, or is no text: there is "apiversion", write "apiVersion"'],
    [`apiVersion: networking.istio.io/v1\nKind: ServiceEntry\n${REST}`, '\'kind\' of this object is missing: there is "Kind", write "kind"'],
    [`apiVersion: networking.istio.io/v1\n${REST}`, '\'kind\' of this object is missing'],
  ])('that is an object, and is written wrong, is told: %#', (text, message) => {
    expect(told(text)).toEqual([message]);
  });

  test('that is no YAML, and has the parts of an object, is told', () => {
    expect(told('spec:\n  hosts: [a.example.com\nmetadata: {name: x}\n')).toHaveLength(1);
  });

  test.each(['kind: cluster\nreplicas: 1\n', 'metadata: {name: x}\nspec: {a: b}\n', 'kind: x\nmetadata: {labels: {}}\nspec: {}\n', 'Kind: x\nspec: {}\n', 'a: [b\nspec: c\n'])(
    'that may be the values of a chart is none: %#', text => {
      expect(told(text)).toEqual([]);
    });
});

describe('aliases have one limit for the whole input', () => {
  /** About so many nodes by aliases. */
  const laughing = (name: string, thousands: number) => `apiVersion: v1
kind: ConfigMap
metadata: {name: ${name}}
a: &a [${Array(99).fill('x').join(', ')}]
b: &b [${Array(10).fill('*a').join(', ')}]
c: [${Array(thousands - 1).fill('*b').join(', ')}]
`;

  test('which documents share that are small enough alone, in one file or several', () => {
    const [first, second, third] = [laughing('a', 600), laughing('b', 600), laughing('c', 300)];
    const message = 'aliases make more than 1000000 nodes of the input, with those of the documents before this one: write out what they stand for';

    expect(problemsOf(first)).toEqual([]);
    expect(problemsOf(`${first}---\n${second}---\n${third}`)).toEqual([['a.yaml:13', message]]);
    expect(readManifests([first, second].map((text, i) => ({ file: `${i}.yaml`, text, isNamed: true }))).problems).toMatchObject([{ file: '1.yaml', message }]);
  });

  test('and one that is too large alone takes nothing from the others', () => {
    expect(problemsOf(`${laughing('a', 1100)}---\n${laughing('b', 900)}`)).toEqual([['a.yaml:6', 'aliases make more than 1000000 nodes of this document']]);
  });
});
