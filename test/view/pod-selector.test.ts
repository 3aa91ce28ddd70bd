import { selectorOf } from '../../src/view/pod-selector';

const LABELS = { app: 'cart', tier: 'web' };

describe('a selector selects', () => {
  test.each<[string, unknown, boolean]>([
    ['everything without labels', {}, true],
    ['everything when it is none', 'all', true],
    ['by all of its labels', { matchLabels: { app: 'cart', tier: 'web' } }, true],
    ['not by one of them', { matchLabels: { app: 'cart', tier: 'db' } }, false],
    ['one of several values', { matchExpressions: [{ key: 'app', operator: 'In', values: ['web', 'cart'] }] }, true],
    ['none of others', { matchExpressions: [{ key: 'app', operator: 'In', values: ['web'] }] }, false],
    ['what has no such label', { matchExpressions: [{ key: 'zone', operator: 'NotIn', values: ['a'] }] }, true],
    ['not what is left out', { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['cart'] }] }, false],
    ['what has a label', { matchExpressions: [{ key: 'app', operator: 'Exists' }, { key: 'zone', operator: 'DoesNotExist' }] }, true],
    ['not what has none, or has one', { matchExpressions: [{ key: 'zone', operator: 'Exists' }] }, false],
    ['not what has one', { matchExpressions: [{ key: 'app', operator: 'DoesNotExist' }] }, false],
    ['not what has a label that every object of JavaScript has', { matchExpressions: [{ key: 'constructor', operator: 'Exists' }] }, false],
    ['nothing by an operator that there is not', { matchExpressions: [{ key: 'app', operator: 'Like' }] }, false],
  ])('%s', (_, selector, expected) => {
    expect(selectorOf(selector).selects(LABELS)).toBe(expected);
  });

  test('every pod only when it asks for nothing', () => {
    expect([{}, { matchLabels: { a: 'b' } }, { matchExpressions: [{ key: 'a', operator: 'Exists' }] }].map(selector => selectorOf(selector).isForAll)).toEqual([true, false, false]);
  });
});

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
  expect(selectorOf(selector).selects(labels)).toBe(expected);
});

test('a selector without requirements is for all, and one whose label is no text is not', () => {
  expect([{}, undefined, { matchLabels: {} }, { matchLabels: { a: 'b' } }, { matchExpressions: [{}] }, { matchLabels: { a: 1 } }].map(selector => selectorOf(selector).isForAll)).toEqual([true, true, true, false, false, false]);
});
