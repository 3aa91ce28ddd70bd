import { nearest } from '../../src/private/nearest';

const NAMES = ['MX0203', 'MX0301', 'init', 'lint', 'explain'];

test.each([['MX0230', 'MX0203'], ['mx0203', 'MX0203'], ['explian', 'explain'], ['lnt', 'lint'], ['MX203', 'MX0203'], ['lnit', 'lint']])('%s is meant as %s', (written, meant) => {
  expect(nearest(written, NAMES)).toBe(meant);
});

test.each(['nothing-like-it', '', 'x'])('%p is not guessed', written => {
  expect(nearest(written, NAMES)).toBeUndefined();
});

test('of two that are as near, the first in the alphabet is meant', () => {
  expect(nearest('MX0000', ['MX0002', 'MX0001'])).toBe('MX0001');
});
