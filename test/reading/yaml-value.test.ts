import { readYaml } from '../../src/reading/yaml-value';

const valueOf = (text: string) => readYaml(text).value;

/** Why a text cannot be read, and at which of its characters. */
function reasonOf(text: string): [message: string, offset: number] {
  try {
    readYaml(text);
  } catch (error) {
    return [(error as Error).message, (error as { offset: number }).offset];
  }
  throw new Error('expected an error, got none');
}

// What sigs.k8s.io/yaml made of the same text, which kubectl reads with.
test.each<[string, unknown]>([
  ['on', true], ['y', true], ['No', false], ['off', false], ['~', null], ['', null], ['Null', null], ['"on"', 'on'], ['\'no\'', 'no'],
  ['1_000', 1000], ['0777', 511], ['0o17', 15], ['0x1F', 31], ['0b101', 5], ['-0b11', -3], ['+5', 5], ['089', 89], ['00', 0], ['1_', 1], ['_1', '_1'],
  ['.5', 0.5], ['1.', 1], ['1e3', 1000], ['+.5', 0.5], ['0b', '0b'], ['12:30', '12:30'], ['2001-01-01', '2001-01-01'], ['=', '='], ['!!str 5', '5'],
  ['192.0.2.1', '192.0.2.1'], ['5s', '5s'], ['*.example.com', undefined], ['|-\n  on', 'on'],
])('%s is read as kubectl reads it', (text, expected) => {
  if (expected === undefined) {
    expect(reasonOf(`a: ${text}`)[0]).toMatch(/^the alias/);
  } else {
    expect(valueOf(`a: ${text}`)).toEqual({ a: expected });
  }
});

test('keys are texts, whatever they look like', () => {
  expect(valueOf('y: 1\n0x10: 2\n~: 3\n')).toEqual({ true: 1, 16: 2, null: 3 });
});

test('a key that means something to JavaScript is a key', () => {
  const value = valueOf('__proto__: {a: 1}\n') as object;

  expect(Object.keys(value)).toEqual(['__proto__']);
  expect((value as { a?: number }).a).toBeUndefined();
});

test('anchors, aliases and merge keys', () => {
  expect(valueOf('a: &a {u: 1, v: 2}\nb: *a\nc: {<<: *a, v: 3}\nd: {<<: [*a, {v: 4, w: 5}]}\n'))
    .toEqual({ a: { u: 1, v: 2 }, b: { u: 1, v: 2 }, c: { u: 1, v: 3 }, d: { u: 1, v: 2, w: 5 } });
});

describe('what kubectl reads otherwise than others is read as kubectl does, and named:', () => {
  test.each<[string, string, unknown, string[]]>([
    ['a merge key behind what it overrides', 'v: 4\n<<: {v: 2, u: 1}\n', { v: 2, u: 1 }, ['"<<" stands behind "v", which it overrides for kubectl, and not for others: write it first']],
    ['a merge key by its tag', '!!merge "<<": {v: 2}\nv: 3\n', { v: 3 }, []],
    ['a key in quotation marks, which merges nothing', '"<<": {v: 2}\n', { '<<': { v: 2 } }, []],
    ['a word by its tag', 'v: !!bool "true"\n', { v: true }, ['the tag "tag:yaml.org,2002:bool" makes something else of this than is written: write what it makes, without the tag']],
    ['bytes by their tag', 'v: !!binary ZmFsc2U=\n', { v: 'false' }, ['the tag "tag:yaml.org,2002:binary" makes something else of this than is written: write what it makes, without the tag']],
    ['a text by its tag, which is one to everybody', 'v: !!str 5\n', { v: '5' }, []],
    ['a tag of somebody', 'v: !secret a\n', { v: 'a' }, ['the tag "!secret" makes something else of this than is written: write what it makes, without the tag']],
    ...['\u2028', '\u2029', '\u0085', '\r'].map((letter): [string, string, unknown, string[]] => [`the line break ${JSON.stringify(letter)}`, `a: 1 # ${letter}b: 2\n`, { a: 1 },
      [`the letter U+${letter.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')} ends a line for kubectl, and not for others, so that it may read another object than is seen: remove it`]]),
    ['no line break of Windows', 'a: 1\r\nb: 2\r\n', { a: 1, b: 2 }, []],
  ])('%s', (_, text, value, messages) => {
    const read = readYaml(text);

    expect([read.value, read.faults.map(({ message }) => message)]).toEqual([value, messages]);
  });
});

test('a key that is written twice has its last value, and is named', () => {
  expect(readYaml('a: 1\nb: 2\na: 3\n')).toEqual({
    value: { a: 3, b: 2 }, faults: [{ offset: 10, message: '"a" is written twice in one object, and kubectl takes the last one: write it once' }],
  });
});

test('a key that is written a thousand times is named once', () => {
  expect(readYaml('a: 1\n'.repeat(1000)).faults).toHaveLength(1);
});

describe('what cannot be read is named with its place:', () => {
  test.each([
    ['a tab', 'a:\n\tb: 1\n', /^this is no YAML: tabs are not allowed/, 3],
    ['a mapping in a mapping', 'a: b: c\n', /^this is no YAML: /, 3],
    ['a text without an end', 'a: "x\n', /^this is no YAML: missing closing/, 6],
    ['an alias of nothing', 'a: *b\n', 'the alias "*b" stands for nothing: no "&b" is above it', 3],
    ['an alias in itself', 'a: &x\n  b: *x\n', 'the alias "*x" stands inside of what it stands for', 11],
    ['a key that is a list', '? [a]\n: 1\n', 'a key of an object is an object or a list itself', 2],
  ])('%s', (_, text, message, offset) => {
    expect(reasonOf(text)).toEqual([typeof message === 'string' ? message : expect.stringMatching(message), offset]);
  });

  test('brackets without end', () => {
    expect(reasonOf(`a: ${'['.repeat(100_000)}${']'.repeat(100_000)}`)[0]).toBe('this is nested too deeply');
  });

  test('a billion laughs', () => {
    const levels = Array.from({ length: 12 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(9).fill(`*a${i}`).join(', ')}]`);

    expect(reasonOf(['a0: &a0 [lol]', ...levels].join('\n'))[0]).toBe('aliases make more than 1000000 nodes of this document');
  });
});

test('a bracket may close in the column of its key, as kubectl has it', () => {
  expect(valueOf('spec:\n  hosts: [\n    a,\n    b\n  ]\n')).toEqual({ spec: { hosts: ['a', 'b'] } });
});

test('many aliases of one small thing are no attack', () => {
  const { l } = valueOf(`a: &a x\nl: [${Array(5000).fill('*a').join(', ')}]\n`) as { l: string[] };

  expect(l).toHaveLength(5000);
});

describe('a template of Helm', () => {
  test.each([
    ['in the place of a value', 'a: 1\nname: {{ .Values.name }}\n', 12],
    ['in a text', 'name: "{{ .Release.Name }}-db"\n', 6],
    ['as a part of a value', 'name: db-{{ .Values.env }}\n', 6],
    ['around lines', 'a: 1\n{{- if .Values.on }}\nb: 2\n{{- end }}\n', 5],
    ['whose words are its own', 'a: 1\nname: {{ .Name }}-db\n', 11],
    ['as a value that is called', 'spec:\n  {{- toYaml .Values.spec | nindent 2 }}\n', 8],
  ])('%s is said to be one', (_, text, offset) => {
    const [message, at] = reasonOf(text);

    expect(message).toBe('this is a template of Helm and not YAML: render it first, such as with "helm template CHART | cdk8s-istio-egress lint -"');
    expect(Math.abs(at - offset)).toBeLessThanOrEqual(1);
  });

  test.each([
    ['in the text of an alert', 'summary: Pod {{ $labels.pod }} of {{ $value }}\n'],
    ['that an object carries in a block', 'data:\n  values: |\n    name: {{ .Values.name }}\n'],
  ])('%s is none', (_, text) => {
    expect(() => readYaml(text)).not.toThrow();
  });
});
