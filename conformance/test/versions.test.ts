import { newerIn } from '../newer-fields';
import { Answer, disagreements } from '../versions';

/** The CRDs of a version, with the schema of the spec of each kind. */
function crds(istio: string, kinds: { readonly [kind: string]: object }) {
  const definitions = Object.entries(kinds).map(([kind, spec]) => JSON.stringify({
    spec: { group: 'test.istio.io', names: { kind }, versions: [{ name: 'v1', served: true, schema: { openAPIV3Schema: { properties: { spec } } } }] },
  }));
  return { istio, text: definitions.join('\n---\n') };
}

describe('what came later', () => {
  const newer = (...specs: object[]) => newerIn(specs.map((spec, i) => crds(`1.${i}`, { Door: spec }))).get('test.istio.io/Door');
  const WIDTH = { properties: { width: {} } };

  test('is a field, in objects, lists and maps, by the version that has it first', () => {
    const spec = (size: object) => ({ properties: { size, all: { items: size }, by: { additionalProperties: size } } });

    expect(newer(spec({}), spec(WIDTH), spec(WIDTH))).toEqual([
      { what: 'spec.size.width', since: '1.1' }, { what: 'spec.all[].width', since: '1.1' }, { what: 'spec.by.*.width', since: '1.1' },
    ]);
  });

  test('is a value', () => {
    expect(newer({ properties: { way: { enum: ['IN'] } } }, { properties: { way: { enum: ['IN', 'OUT'] } } })).toEqual([{ what: 'spec.way = OUT', since: '1.1' }]);
  });

  test('is a field and not what is in it, until that changes', () => {
    const spec = (...fields: string[]) => ({ properties: { size: { properties: Object.fromEntries(fields.map(field => [field, {}])) } } });

    expect(newer({}, spec('width'), spec('width', 'height'))).toEqual([{ what: 'spec.size', since: '1.1' }, { what: 'spec.size.height', since: '1.2' }]);
  });

  test('is a kind', () => {
    expect([...newerIn([crds('1.1', { Door: {} }), crds('1.2', { Door: {}, Window: WIDTH })])]).toEqual([['test.istio.io/Window', [{ what: 'spec', since: '1.2' }]]]);
  });
});

describe('the rule and the CRDs disagree about', () => {
  const one = (subject: string) => ({ set: 'house', subject, version: 'v1', message: 'unknown' });
  const answer = (...refused: string[]): Answer => ({ istio: '1.22', checked: 1, refused: refused.map(one) });
  const subjects = (...args: Parameters<typeof disagreements>) => disagreements(...args).map(({ subject, message }) => `${subject}: ${message}`);

  test('an object that is refused, of which the rule says nothing', () => {
    expect(subjects(answer('Door a'), answer(), [])).toEqual(['Door a: refused as v1, and the rule is silent: unknown']);
  });

  test('an object that is accepted, in which the rule finds something', () => {
    expect(subjects(answer(), answer(), [one('Door a')])).toEqual(['Door a: accepted, and the rule finds something newer in it']);
  });

  test('nothing that both find, and nothing that the newest version refuses too', () => {
    expect(subjects(answer('Door a', 'Door b'), answer('Door b'), [one('Door a')])).toEqual([]);
  });
});
