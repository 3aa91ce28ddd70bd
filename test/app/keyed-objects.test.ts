import { ApiObject, App, Chart, JsonPatch } from 'cdk8s';
import { KeyedObjects } from '../../src/app/keyed-objects';
import { manifestsOf } from '../helpers';

/** A chart with keyed objects in it, the names that it writes, and the keys that were made. */
function keyed(shows?: (key: string) => boolean) {
  const app = new App();
  const made: string[] = [];
  const objects = new KeyedObjects(new Chart(app, 'test'), 'Objects', (scope, key) => {
    made.push(key);
    return new ApiObject(scope, key, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: key } });
  }, shows);
  return { objects, made, names: () => manifestsOf(app).map(({ metadata }) => metadata.name), manifests: () => manifestsOf(app) };
}

describe('objects under keys', () => {
  test('are none to begin with', () => {
    expect(keyed().names()).toEqual([]);
  });

  test('are written in the order of their keys', () => {
    const { objects, names } = keyed();
    ['shop', 'audit', 'bookinfo'].forEach(key => objects.ensure(key));

    expect(names()).toEqual(['audit', 'bookinfo', 'shop']);
  });

  test('are made once for a key', () => {
    const { objects, made, names } = keyed();
    ['shop', 'shop', 'audit', 'shop'].forEach(key => objects.ensure(key));

    expect(made).toEqual(['shop', 'audit']);
    expect(names()).toEqual(['audit', 'shop']);
  });

  test('are written when they are wanted at synth, and not when they are made', () => {
    const wanted = new Set<string>();
    const { objects, names } = keyed(key => wanted.has(key));
    ['shop', 'audit'].forEach(key => objects.ensure(key));

    expect(names()).toEqual([]);
    wanted.add('shop');
    expect(names()).toEqual(['shop']);
    wanted.add('audit');
    expect(names()).toEqual(['audit', 'shop']);
    wanted.delete('shop');
    expect(names()).toEqual(['audit']);
  });

  test('may have a key that every object of JavaScript has', () => {
    const { objects, names } = keyed();
    ['constructor', 'value'].forEach(key => objects.ensure(key));

    expect(names()).toEqual(['constructor-', 'value']);
  });

  test('are found by their key, whether they are written or not', () => {
    const { objects } = keyed(() => false);
    objects.ensure('shop');

    expect((objects.node.findChild('shop') as ApiObject).name).toBe('shop');
    expect(objects.node.children).toEqual([]);
    expect(objects.node.findAll()).toEqual([objects]);
  });

  test('keep a patch when others are made later; one of an object that is not written is refused', () => {
    let shown = true;
    const { objects, manifests } = keyed(() => shown);
    objects.ensure('shop');
    (objects.node.findChild('shop') as ApiObject).addJsonPatch(JsonPatch.add('/data', { patched: 'yes' }));
    ['audit', 'shop', 'bookinfo'].forEach(key => objects.ensure(key));
    shown = false;
    expect(() => manifests()).toThrow('[test/Objects] the patch of \'test/Objects/shop\' would be lost, because the object is not written: remove it');
    shown = true;

    expect(manifests().map(manifest => (manifest as unknown as { data?: object }).data)).toEqual([undefined, undefined, { patched: 'yes' }]);
  });
});
