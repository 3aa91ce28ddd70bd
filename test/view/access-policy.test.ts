import { AccessPolicy } from '../../src/view/access-policy';
import { MeshObject } from '../../src/view/mesh-object';

const policy = (annotations: MeshObject['annotations']) => new AccessPolicy({
  group: 'security.istio.io', kind: 'AuthorizationPolicy', name: 'p', namespace: 'shop', labels: {}, annotations, origin: { path: 'p' }, spec: {},
});

test.each([['true', true], ['True', true], ['1', true], ['t', true], ['false', false], ['yes', false], ['', false]])(
  'a policy with dry-run %j only counts what it would decide: %s', (value, expected) => {
    expect(policy({ 'istio.io/dry-run': value }).isDryRun).toBe(expected);
  });

test('a policy without the annotation decides', () => {
  expect(policy({}).isDryRun).toBe(false);
});
