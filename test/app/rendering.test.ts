import { ApiObject, App, AppProps, Chart, JsonPatch, Lazy } from 'cdk8s';
import * as fc from 'fast-check';
import { Rendering } from '../../src/app/rendering';

type Props = ConstructorParameters<typeof ApiObject>[2];

const IT = { apiVersion: 'v1', kind: 'It' };

function objectOf(props: Props, appProps: AppProps = {}): ApiObject {
  return new ApiObject(new Chart(new App(appProps), 'chart', { namespace: 'shop', labels: { team: 'a' } }), 'it', props);
}

/** What is rendered as text, for the order of keys counts; or the error. */
function textOf(render: () => unknown): string {
  try {
    return JSON.stringify(render(), (_, value: unknown) => (value === undefined ? 'nothing' : typeof value === 'function' ? 'a function' : value));
  } catch (error) {
    return String(error);
  }
}

function expectSame(object: ApiObject): string {
  const rendered = textOf(() => new Rendering(object.node.root).of(object).json);

  expect(rendered).toBe(textOf(() => object.toJson()));
  return rendered;
}

/** What code that `cdk8s import` generated has for a number or a text. */
class Union {
  public constructor(public readonly value: unknown) {}
}

const anyKey = fc.constantFrom('a', 'b', 'z', '10', '9', 'resolve', 'value', 'constructor', 'toJSON', '__proto__', 'Ä');
const { value: anyValue } = fc.letrec<{ value: unknown }>(tie => ({
  value: fc.oneof({ maxDepth: 5 }, fc.constantFrom<unknown>(1, -0, '', 'a', true, false, null, undefined), tie('value').map(value => Lazy.any({ produce: () => value })),
    { weight: 4, arbitrary: fc.dictionary(anyKey, tie('value'), { maxKeys: 4, noNullPrototype: true }) },
    { weight: 2, arbitrary: fc.array(tie('value'), { maxLength: 4 }) },
    tie('value').map(value => ({ resolve: () => value })), fc.oneof(fc.string(), fc.integer(), fc.boolean()).map(value => new Union(value))),
}));
const anyOdd = fc.constantFrom<unknown>(new Date(0), new Map(), Object.create(null), () => 1, 12n, Symbol.iterator, new Union([]));

describe('an object is rendered as its toJson() does', () => {
  test.each([undefined, 'true'])('with any values, and CDK8S_DISABLE_SORT %s', sort => {
    const saved = { ...process.env };
    Object.assign(process.env, sort === undefined ? {} : { CDK8S_DISABLE_SORT: sort });
    try {
      const anyFields = fc.dictionary(anyKey, fc.oneof({ weight: 9, arbitrary: anyValue }, anyOdd));
      fc.assert(fc.property(anyFields, fc.dictionary(anyKey, anyValue), (fields, metadata) => {
        expectSame(objectOf({ ...fields, ...IT, metadata, spec: fields.a }));
      }), { numRuns: 1_000 });
    } finally {
      process.env = saved;
    }
  });

  test('with patches, also ones that leave no map, or fail', () => {
    const patched = (...patches: JsonPatch[]) => {
      const object = objectOf({ ...IT, spec: Lazy.any({ produce: () => ({ b: 1, a: [2] }) }) });
      object.addJsonPatch(...patches);
      return expectSame(object);
    };

    expect(patched(JsonPatch.add('/spec/c', { z: null, a: 1 }), JsonPatch.replace('/kind', 'Other'))).toContain('"c":{"z":null,"a":1}');
    expect(patched(JsonPatch.remove('/metadata'))).not.toContain('metadata');
    expect(patched(JsonPatch.replace('', 'text'))).toContain('Failed serializing construct at path \'chart/it\'');
    expect(patched(JsonPatch.test('/spec/b', 2))).toContain('Failed serializing construct at path \'chart/it\'');
  });

  test('with metadata that was added later', () => {
    const object = objectOf({ ...IT, metadata: { name: 'it', labels: {}, annotations: { a: 'b' }, other: { list: [], map: { empty: {} } } } as never });
    object.metadata.addLabel('a', Lazy.any({ produce: () => 'late' }) as string);
    object.metadata.addFinalizers('example.com/it');
    object.metadata.addOwnerReference({ ...IT, name: 'owner', uid: '1' });
    object.metadata.add('generation', 1);

    expect(expectSame(object)).toContain('"a":"late"');
  });

  test('with the error of a value that is made late', () => {
    const produce = () => {
      throw new Error('not yet');
    };

    expect(expectSame(objectOf({ ...IT, spec: Lazy.any({ produce }) }))).toContain('Error: not yet');
  });

  test('by the resolvers of the app', () => {
    const resolvers = [{ resolve: (context: { value: unknown; replaceValue: (value: unknown) => void }) => context.value === 'a' && context.replaceValue('b') }];

    expect(expectSame(objectOf({ ...IT, spec: 'a' }, { resolvers }))).toContain('"spec":"b"');
  });

  test('by its own class, and by whoever wraps it', () => {
    class Own extends ApiObject {
      public toJson(): unknown {
        return { own: true };
      }
    }
    const wrapped = objectOf(IT);
    Object.assign(wrapped, { toJson: () => ({ wrapped: true }) });

    expect(expectSame(new Own(new Chart(new App(), 'chart'), 'it', IT))).toBe('{"own":true}');
    expect(expectSame(wrapped)).toBe('{"wrapped":true}');
  });

  test('by a version of cdk8s that renders otherwise', () => {
    jest.isolateModules(() => {
      const other = jest.requireActual<{ ApiObject: typeof ApiObject; App: typeof App; Chart: typeof Chart }>('cdk8s');
      other.ApiObject.prototype.toJson = () => ({ other: true });
      const { Rendering: Isolated } = jest.requireActual<{ Rendering: typeof Rendering }>('../../src/app/rendering');
      const object = new other.ApiObject(new other.Chart(new other.App(), 'chart'), 'it', IT);

      expect(new Isolated(object.node.root).of(object).json).toEqual({ other: true });
    });
  });
});
