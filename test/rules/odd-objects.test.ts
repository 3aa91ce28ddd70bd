import * as fs from 'node:fs';
import * as path from 'node:path';
import { findingsIn } from '../../src/findings/findings-in';
import { MeshView } from '../../src/view/mesh-view';
import { CLOSED_MESH, objectsIn } from '../manifests';

const CORPUS = path.join(__dirname, '../../conformance/corpus');
const ODD: readonly unknown[] = [null, 7, 'text', true, [], {}, [null], [7], [[]], { a: null }];

/** A value with one of its parts replaced, for each part and each odd value. */
function* withOdd(value: unknown): Generator<unknown> {
  yield* ODD;
  if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) {
      for (const odd of withOdd(inner)) {
        yield Array.isArray(value) ? value.map((item: unknown, i) => (String(i) === key ? odd : item)) : { ...value, [key]: odd };
      }
    }
  }
}

test.each([
  'MX0406-subset-selects-nothing/fault', 'MX0607-sidecar-hides-route/fault', 'MX0314-gateway-labelled-for-mtls/fault', 'MX0603-network-policy-cuts-service/fault',
  'recipes/d-gateway-http', 'recipes/e-gateway-passthrough', 'recipes/n-policy-at-gateway',
])('no rule fails on an odd value anywhere in %s', file => {
  const objects = objectsIn(path.join(CORPUS, `${file}.yaml`));

  for (const [i, object] of objects.entries()) {
    for (const spec of withOdd(object.spec)) {
      const odd = { ...object, spec: (spec ?? {}) as typeof object.spec };
      expect(() => findingsIn(new MeshView(CLOSED_MESH, objects.map((other, n) => (n === i ? odd : other))))).not.toThrow();
    }
  }
});

test('no rule fails on an object without anything', () => {
  const kinds = [...new Set(fs.readdirSync(CORPUS).filter(folder => folder.startsWith('MX')).flatMap(folder => objectsIn(path.join(CORPUS, folder, 'fault.yaml'))))];

  expect(() => findingsIn(new MeshView(CLOSED_MESH, kinds.map(object => ({ ...object, namespace: '', spec: {} }))))).not.toThrow();
});
