import { isEmptySelector, selectorMatches } from '../../src/view/label-selector';

test.each([
  [{}, {}, true],
  [{ matchLabels: { app: 'a' } }, { app: 'a', more: 'b' }, true],
  [{ matchLabels: { app: 'a' } }, { app: 'b' }, false],
  [{ matchExpressions: [{ key: 'app', operator: 'In', values: ['a', 'b'] }] }, { app: 'b' }, true],
  [{ matchExpressions: [{ key: 'app', operator: 'In', values: ['a'] }] }, {}, false],
  [{ matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['a'] }] }, {}, true],
  [{ matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['a'] }] }, { app: 'a' }, false],
  [{ matchExpressions: [{ key: 'app', operator: 'Exists' }] }, { app: '' }, true],
  [{ matchExpressions: [{ key: 'app', operator: 'DoesNotExist' }] }, { app: '' }, false],
  [{ matchExpressions: [{ key: 'app', operator: 'Unheard' }] }, { app: '' }, false],
])('%j of %j: %s', (selector, labels, expected) => {
  expect(selectorMatches(selector, labels)).toBe(expected);
});

test('one without requirements is empty', () => {
  expect([{}, undefined, { matchLabels: {} }, { matchLabels: { a: 'b' } }, { matchExpressions: [{}] }].map(isEmptySelector)).toEqual([true, true, true, false, false]);
});
