import { Yaml } from 'cdk8s';
import * as fc from 'fast-check';
import { parseAllDocuments } from 'yaml';
import { YamlPrinter } from '../../src/synth/yaml-printer';

const print = (...documents: unknown[]) => new YamlPrinter().print(documents);

/** Strings that some version of YAML reads as something else, or that do not fit on a line. */
const DANGEROUS = [
  '', ' ', '\t', '\n', '~', '-', '--', '---', '--- a', '...', '?', ':', ':a', 'a:', 'a: b', 'a :b', 'a#b', 'a #b', '#a', '%a', '@a', '`a', '&a', '*', '*a', '!a', '|', '>', '=', '<<',
  '"', '\'', '\\', 'a"b', 'a\'b', '"a\'', '{', '}', '[', ']', '{}', '[]', ',', 'a,b', 'y', 'Y', 'yes', 'Yes', 'YES', 'n', 'N', 'no', 'No', 'NO', 'on', 'On', 'ON', 'off', 'Off', 'OFF',
  'true', 'True', 'TRUE', 'false', 'tRuE', 'null', 'Null', 'NULL', 'nULL', 'none', 'Infinity', 'NaN', '.inf', '-.inf', '.nan', '.', '..', './a', './*', './no', './e3', './1', './', '.5', '5.', '1.5', '1e3', '1E3', '1_000',
  'e3', 'E-10', 'e+1', 'e', 'e3a', '0', '00', '007', '0o7', '0x1f', '0b11', '+1', '-1', '-0', '1:30', '190:20:30', '1:30.5', '12:30:45', '2026-11-01', '2026-11-01T10:00:00Z', '2026-11-01 10:00:00', '1', '1s', '10m',
  '0x', '1.2.3', '1.2.3.4', '192.0.2.14/32', '999.999.999.999', '1.2.3.4/', '1.2.3.4:80', 'a b', 'a  b', 'a\tb', 'a\nb', 'a\n', '\na', 'a\n\n', ' a\nb', 'a\n b', 'a\r\nb', 'a\rb',
  '\u0000', '\u0007', '\u001b', '\u0085', '\u00a0', '\u2028', '\u2029', '\ufeff', '\ud800', 'a\udc00', 'é', '日本', '😀', 'a😀',
  'http://example.com:80/a?b=c#d', 'spiffe://cluster.local/ns/a/sa/b',
  'a-', '-a', 'a.', 'a/', 'a=', '=a', 'key=value', 'x'.repeat(200), `${'word '.repeat(40)}end`, `${'word '.repeat(40)}\nend`, 'x'.repeat(1024), 'x'.repeat(1025), `"${'x'.repeat(90)}`,
  'constructor', '__proto__', 'toString', 'don\'t say "no"', '"it\'s"', 'a\\ b', 'a: "b"', 'a: \'b\'', 'a ---', 'a\u2028---', 'a\u2029%', '\u2028...', 'aé b', 'é b', 'a: é', 'a\u0085b: c', 'a::b', 'a :', 'a -',
  '#!/bin/sh\nset -e\n\n  echo "a: b" # c\n\techo \\\n', 'a\n---\n%b', 'a \nb', 'a\n\n\nb\n\n', 'a\nb\n ', 'a\n\u0085b', '"a"\nb', '- a\n- b', '1.50', '12.', '0.10',
];

const anyText = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...DANGEROUS) },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.constantFrom(...DANGEROUS), fc.constantFrom('', ' ', ':', '\n', '-', 'a', '1'), fc.constantFrom(...DANGEROUS)).map(parts => parts.join('')),
  },
  fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }),
  fc.stringMatching(/^[-+.\d_:eExobTZ ]{1,12}$/),
  fc.stringMatching(/^(\.\/)?[a-zA-Z0-9._/@=+: -]{1,20}$/),
  fc.stringMatching(/^[yYnNoOfFtTrRuUeEaAlLsS]{1,5}$/),
);
const anyNumber = fc.oneof(
  fc.constantFrom(0, -0, 1, -1, 1e21, 1e-7, 0.1, NaN, Infinity, -Infinity, 2 ** 53 - 1, 2 ** 53 + 2), fc.integer(), fc.double(),
);

/** What cdk8s renders: no null, and nothing twice. */
const anyDocuments = (text: fc.Arbitrary<string>, number: fc.Arbitrary<number>) => {
  const key = fc.oneof(fc.stringMatching(/^[a-z]{1,8}$/), text).filter(name => name !== '__proto__');
  const { value } = fc.letrec<{ value: unknown }>(tie => ({
    value: fc.oneof({ maxDepth: 5 }, { weight: 4, arbitrary: text }, number, fc.boolean(), fc.dictionary(key, tie('value'), { maxKeys: 4 }), fc.array(tie('value'), { maxLength: 4 })),
  }));
  return fc.array(fc.dictionary(key, value, { maxKeys: 5 }).map(document => ({ ...document })), { minLength: 1, maxLength: 3 });
};

/** What patches and objects with a toJson() of their own can add to it. */
const { odd: anyOdd } = fc.letrec<{ odd: unknown }>(tie => ({
  odd: fc.oneof({ maxDepth: 4 }, anyText, anyNumber, fc.constantFrom(true, null, undefined, new Date(0), 12n, new Map([['a', 1]]), new Set([1])), tie('odd').map(odd => [odd, odd]),
    fc.dictionary(anyText, tie('odd'), { maxKeys: 3 }), fc.array(tie('odd'), { maxLength: 3 })),
}));

describe('the printer writes what cdk8s\'s does', () => {
  test.each(DANGEROUS.map(text => [JSON.stringify(text).slice(0, 60), text]))('for %s as a value, in a list, deeper, and as a key', (_, text) => {
    for (const document of [{ a: text }, { a: [text] }, { a: { b: [{ c: text }, [text]] } }, { [text]: 1 }, { [text]: { [text]: [text] } }]) {
      expect(print(document)).toBe(Yaml.stringify(document));
    }
  });

  test('for plain data', () => {
    fc.assert(fc.property(anyDocuments(anyText, anyNumber), documents => {
      expect(print(...documents)).toBe(Yaml.stringify(...documents));
    }), { numRuns: 1_000 });
  });

  test('for everything else', () => {
    fc.assert(fc.property(fc.array(anyOdd, { maxLength: 3 }), documents => {
      expect(attempt(() => print(...documents))).toBe(attempt(() => Yaml.stringify(...documents)));
    }), { numRuns: 1_000 });
  });

  test('and a parser reads it as what it was', () => {
    // cdk8s says that it writes YAML 1.1.
    const read = (text: string) => parseAllDocuments(text, { version: '1.1', merge: false }).map(document => document.toJS() as unknown);

    fc.assert(fc.property(anyDocuments(fc.oneof(fc.constantFrom(...DANGEROUS.filter(text => /^[\n -~]*$/.test(text) && text !== '<<')), fc.stringMatching(/^[ -~]{0,20}$/).filter(text => text !== '<<')), fc.integer()), documents => {
      expect(read(print(...documents))).toEqual(documents);
    }), { numRuns: 1_000 });
  });

  test('for an object that occurs twice, or in itself, which get anchors', () => {
    const twice = { a: 1 };
    const empty: unknown[] = [];
    const circle: { [key: string]: unknown } = { a: 1 };
    circle.itself = circle;

    for (const document of [{ a: twice, b: twice }, { a: [twice], b: { c: twice } }, { a: empty, b: empty }, circle]) {
      expect(print(document)).toBe(Yaml.stringify(document));
      expect(print(document)).toContain('&a1');
    }
    // In documents of their own they are not the same.
    expect(print(twice, twice)).toBe(Yaml.stringify(twice, twice));
  });

  test('for no document, and for those that are no map', () => {
    for (const documents of [[], [undefined], [null], [{}], [[]], ['a'], [''], [1], [[1], ['a\nb']], [{ a: 1 }, undefined, { b: 2 }]]) {
      expect(print(...documents)).toBe(Yaml.stringify(...documents));
    }
  });

  test('without asking it, for what manifests are made of', () => {
    // One that is like the specimen was printed by now.
    print({});
    const general = jest.spyOn(Yaml, 'stringify');
    const printed = print({ apiVersion: 'v1', metadata: { name: 'mysql.shop', labels: { 'app.kubernetes.io/name': 'a' } }, spec: { hosts: ['db.example.com', './db.example.com'], ports: [{ number: 3306 }] } });
    const calls = general.mock.calls.length;
    general.mockRestore();

    expect(calls).toBe(0);
    expect(printed).toContain('  ports:\n    - number: 3306\n');
  });

  test('without asking it, for text of many words and lines, and asks once about a document with much that it does not know', () => {
    print({});
    const known = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`file ${i}`, [`text number ${i}, and "more": yes`, `set -e\necho ${i}\n`, `${i}`, i + 0.5]]));
    const unknown = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`a${i}`, `1 😀 ${i}`]));
    const expected = Yaml.stringify(known, unknown);
    const general = jest.spyOn(Yaml, 'stringify');
    const ofKnown = print(known);
    const calls = [general.mock.calls.length];
    const ofUnknown = print(unknown);
    calls.push(general.mock.calls.length);
    general.mockRestore();

    expect(`${ofKnown}---\n${ofUnknown}`).toBe(expected);
    expect(calls[0]).toBe(0);
    expect(calls[1]).toBeLessThan(10);
  });

  test('for text of any length', () => {
    const text = `${'a'.repeat(1_000_000)}!`;

    expect(print({ text })).toBe(`text: ${text}\n`);
  });

  test('if that one writes the specimen otherwise', () => {
    jest.isolateModules(() => {
      const { Yaml: other } = jest.requireActual<{ Yaml: { stringify: (...documents: unknown[]) => string } }>('cdk8s');
      other.stringify = (...documents) => documents.map(document => `other: ${JSON.stringify(document)}\n`).join('');
      const { YamlPrinter: Printer } = jest.requireActual<{ YamlPrinter: typeof YamlPrinter }>('../../src/synth/yaml-printer');

      expect(new Printer().print([{ a: 1 }])).toBe('other: {"a":1}\n');
    });
  });
});

function attempt(run: () => string): string {
  try {
    return run();
  } catch (error) {
    return String(error);
  }
}
