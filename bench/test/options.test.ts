import { count, listOf, oneOf, optionsOf } from '../options';

test('what is no option is refused in one line', () => {
  expect(() => optionsOf(['--nope'], {})).toThrow("unknown option '--nope': see --help");
  expect(() => optionsOf(['word'], {})).toThrow(/^unexpected argument 'word'.*: see --help$/);
});

test('a count is a whole number within bounds', () => {
  expect(count('runs', '12')).toBe(12);
  for (const value of ['0', '-1', '1.5', 'x', '', '1000000']) {
    expect(() => count('runs', value)).toThrow(`--runs must be a whole number from 1 to 100000, got "${value}"`);
  }
});

test('a list has each value once', () => {
  expect(listOf('100,1000,100', value => count('sizes', value))).toEqual([100, 1_000]);
  expect(() => listOf('100,', value => count('sizes', value))).toThrow('got ""');
});

test('a choice is one of those known', () => {
  expect(oneOf('route', 'b', ['a', 'b'])).toBe('b');
  expect(() => oneOf('route', 'c', ['a', 'b'])).toThrow('--route must be a or b, got "c"');
});
