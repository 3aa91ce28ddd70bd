import { ApiObject, App, Chart, YamlOutputType } from 'cdk8s';
import { collect, constructOf } from '../../src/app/collect';

type Props = ConstructorParameters<typeof ApiObject>[2];

/** The objects of an app with one object in it. */
function collected(props: Props | object, yamlOutputType?: YamlOutputType) {
  const app = new App({ yamlOutputType });
  new ApiObject(new Chart(new Chart(app, 'outer'), 'inner', { namespace: 'shop' }), 'It', props as Props);
  return collect(app, object => object);
}

const IT = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'it' } };

describe('an object of an app', () => {
  test('is known by group, kind, name and namespace, and by the construct that stands for it', () => {
    const [object] = collected({ ...IT, apiVersion: 'apps/v1', kind: 'Deployment' });

    expect(object).toMatchObject({ group: 'apps', kind: 'Deployment', name: 'it', namespace: 'shop', origin: { path: 'outer/inner/It' } });
    expect(constructOf(object).node.path).toBe('outer/inner/It');
  });

  test('of the core group has an empty one', () => {
    expect(collected(IT)[0].group).toBe('');
  });

  test('has its age, where it was taken from a cluster', () => {
    const metadata = { name: 'it', creationTimestamp: '2026-05-01T00:00:00Z' };

    expect(collected({ apiVersion: 'v1', kind: 'List', items: [{ apiVersion: 'networking.istio.io/v1', kind: 'ServiceEntry', metadata }] })[0].created).toBe('2026-05-01T00:00:00Z');
    expect(collected({ ...IT, apiVersion: 'networking.istio.io/v1', kind: 'ServiceEntry' })[0].created).toBeUndefined();
  });

  test('of a kind that few rules read is rendered when one asks for its content', () => {
    const app = new App();
    const object = new ApiObject(new Chart(app, 'shop'), 'It', { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { labels: { app: 'a' } }, spec: { replicas: 2 } });
    const rendering = jest.spyOn(object, 'toJson');

    const [found] = collect(app, owner => owner);
    expect(found).toMatchObject({ group: 'apps', kind: 'Deployment', origin: { path: 'shop/It' } });
    expect(rendering).not.toHaveBeenCalled();
    expect([found.spec, found.labels, found.annotations]).toEqual([{ replicas: 2 }, { app: 'a' }, {}]);
    expect(rendering).toHaveBeenCalledTimes(1);
  });

  test('has its content, whatever its kind', () => {
    const spec = { hosts: ['a.example.com'] };

    expect(collected({ ...IT, apiVersion: 'networking.istio.io/v1', kind: 'ServiceEntry', spec })[0].spec).toEqual(spec);
    expect(collected({ ...IT, apiVersion: 'security.istio.io/v1', kind: 'AuthorizationPolicy', spec })[0].spec).toEqual(spec);
    expect(collected({ ...IT, kind: 'Service', spec })[0].spec).toEqual(spec);
    expect(collected({ ...IT, apiVersion: 'example.com/v1', spec })[0].spec).toEqual(spec);
  });

  test('without a spec has an empty one', () => {
    expect(collected({ ...IT, apiVersion: 'networking.istio.io/v1' })[0].spec).toEqual({});
  });
});

describe('a list', () => {
  const item = (name: string, namespace?: string) => ({ ...IT, metadata: { name, namespace } });

  test('is the objects in it, whose namespace is the list\'s unless they have their own', () => {
    expect(collected({ apiVersion: 'v1', kind: 'List', items: [item('a', 'data'), item('b')] }).map(({ name, namespace }) => [name, namespace]))
      .toEqual([['a', 'data'], ['b', 'shop']]);
  });

  test('may hold what is no object, which is left out', () => {
    expect(collected({ apiVersion: 'v1', kind: 'List', items: ['text', item('a'), 1] }).map(({ name }) => name)).toEqual(['a']);
  });

  test('may hold objects without version or metadata', () => {
    expect(collected({ apiVersion: 'v1', kind: 'List', items: [{ kind: 'Odd' }, { kind: 'Odder', apiVersion: 1 }] })).toMatchObject([
      { group: '', kind: 'Odd', name: 'undefined', namespace: 'shop' }, { group: '', kind: 'Odder' },
    ]);
  });

  test('that has no items is an object like any other', () => {
    expect(collected({ apiVersion: 'v1', kind: 'List', metadata: { name: 'it' } })).toMatchObject([{ kind: 'List', name: 'it' }]);
  });

  test('is nothing that only has items', () => {
    expect(collected({ ...IT, apiVersion: 'networking.istio.io/v1', kind: 'Odd', items: [item('a')] })).toMatchObject([{ kind: 'Odd', name: 'it' }]);
  });
});

describe('the file of an object', () => {
  const odd = { ...IT, metadata: { name: 'system:it' } };

  test.each([
    [YamlOutputType.FILE_PER_RESOURCE, 'ConfigMap.systemit'],
    [YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE, 'outer/inner/ConfigMap.systemit'],
    [YamlOutputType.FILE_PER_CHART, undefined],
    [YamlOutputType.FILE_PER_APP, undefined],
    [undefined, undefined],
  ])('with output %s is %s', (output, file) => {
    expect(collected(odd, output)[0].file).toBe(file);
  });
});
