import { fixFor, findingsIn, lookAt } from '../../src/findings/findings-in';
import { MeshModel } from '../../src/private/model';
import { Rule } from '../../src/rules/rule';
import { MeshObject } from '../../src/view/mesh-object';
import { MeshView } from '../../src/view/mesh-view';

const VIEW = new MeshView({} as MeshModel, []);
const RULE: Rule = { id: 'MX9999', name: 'made-up', severity: 'ERROR', title: '', why: '', fix: '', related: [], check: () => [] };

test('findings say which rule they are of, in the order of the rules', () => {
  const one = { object: {} as MeshObject, message: 'one', fix: 'mend it' };
  const two = { ...one, message: 'two' };

  expect(findingsIn(VIEW, [{ ...RULE, id: 'B', check: () => [one] }, { ...RULE, id: 'A', check: () => [two] }]).map(({ rule, message }) => [rule.id, message]))
    .toEqual([['B', 'one'], ['A', 'two']]);
});

test('a rule that throws is named, and said to be at fault itself', () => {
  const check = () => { throw new TypeError('x is undefined'); };

  expect(() => findingsIn(VIEW, [{ ...RULE, check }])).toThrow('rule MX9999 made-up failed, which is a fault of the rule: x is undefined');
});

test('what the other rules find is kept for somebody who asks for it', () => {
  const other = { object: { origin: { path: '' } } as MeshObject, message: 'one', fix: 'mend it' };
  const { found, faults } = lookAt(VIEW, [{ ...RULE, check: () => { throw new TypeError('x is undefined'); } }, { ...RULE, id: 'MX9998', check: () => [other] }]);

  expect([found.map(({ message }) => message), faults.map(({ error }) => error.message)])
    .toEqual([['one'], ['rule MX9999 made-up failed, which is a fault of the rule: x is undefined']]);
});

test('a fix is in the words of the reader where these differ', () => {
  expect(fixFor('yaml', 'keep one')).toBe('keep one');
  expect([fixFor('code', { code: 'a', yaml: 'b' }), fixFor('yaml', { code: 'a', yaml: 'b' })]).toEqual(['a', 'b']);
});
