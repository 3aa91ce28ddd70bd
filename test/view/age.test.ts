import { byAge, byAgeAndName, createdIn } from '../../src/view/age';
import { MeshObject } from '../../src/view/mesh-object';

const made = (name: string, created?: string, namespace = 'shop'): MeshObject => (
  { group: '', kind: 'Service', name, namespace, labels: {}, annotations: {}, origin: { path: name }, spec: {}, created });

const [EARLY, LATE] = ['2020-05-01T00:00:00Z', '2026-05-01T00:00:00Z'];

test('what no API server writes is no age', () => {
  expect([EARLY, null, 'yesterday', '2020-05-01', 2020, undefined].map(creationTimestamp => createdIn({ creationTimestamp }))).toEqual(
    [EARLY, undefined, undefined, undefined, undefined, undefined]);
});

test('older objects come first, and those that nobody has applied last', () => {
  expect([made('a'), made('b', LATE), made('c', EARLY)].sort(byAgeAndName).map(({ name }) => name)).toEqual(['c', 'b', 'a']);
});

test('of one age names decide, then namespaces', () => {
  expect([made('b', LATE), made('a', LATE, 'z'), made('a', LATE, 'y')].sort(byAgeAndName).map(({ name, namespace }) => name + namespace)).toEqual(['ay', 'az', 'bshop']);
  expect(byAge(made('a', LATE), made('b', LATE))).toBe(0);
});
