import { hostsMeet, isWithin, mostSpecific } from '../../src/view/host-match';

test.each([
  ['a.example.com', 'a.example.com', true, true],
  ['a.example.com', '*.example.com', true, true],
  ['*.example.com', 'a.example.com', false, true],
  ['*.a.example.com', '*.example.com', true, true],
  ['*.example.com', '*.a.example.com', false, true],
  ['example.com', '*.example.com', false, false],
  ['a.example.org', '*.example.com', false, false],
  ['an-example.com', '*example.com', true, true],
  ['example.com', '*example.com', true, true],
  ['*.example.com', '*example.com', true, true],
  ['a.example.org', '*', true, true],
  ['*', '*.example.com', false, true],
])('%s is within %s: %s, and they meet: %s', (host, wider, within, meet) => {
  expect(isWithin(host, wider)).toBe(within);
  expect(hostsMeet(host, wider)).toBe(meet);
});

test('the host itself is more specific than the longest wildcard around it', () => {
  expect(mostSpecific('a.b.example.com', new Set(['*.com', '*.b.example.com', '*.example.com']))).toBe('*.b.example.com');
  expect(mostSpecific('a.b.example.com', new Set(['*.b.example.com', 'a.b.example.com']))).toBe('a.b.example.com');
  expect(mostSpecific('a.example.org', new Set(['*.example.com']))).toBeUndefined();
});
