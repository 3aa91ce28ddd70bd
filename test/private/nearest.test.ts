import { nearest } from '../../src/private/nearest';

test.each([
  ['lnt', 'lint'], ['LINT', 'lint'], ['explian', 'explain'], ['explain', 'explain'], ['x', undefined], ['something', undefined], ['', undefined],
])('%j is meant to be %j', (name, expected) => {
  expect(nearest(name, ['lint', 'explain', 'report'])).toBe(expected);
});

test('of two that are as near, the first of the alphabet is meant', () => {
  expect(nearest('MX0202', ['MX0203', 'MX0201'])).toBe('MX0201');
});
