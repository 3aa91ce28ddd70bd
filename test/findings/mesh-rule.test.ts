import { findingsIn } from '../../src/findings/findings-in';
import { MeshInventory } from '../../src/findings/mesh-inventory';
import { FindingSeverity, IMeshRule, MeshRuleFinding, rulesFrom } from '../../src/findings/mesh-rule';
import { MeshModel } from '../../src/private/model';
import { MeshObject } from '../../src/view/mesh-object';
import { MeshView } from '../../src/view/mesh-view';
import { messageOf } from '../helpers';

const object = (name: string) => (
  { group: '', version: 'v1', kind: 'Secret', name, namespace: 'shop', labels: {}, annotations: {}, spec: {}, origin: { path: `shop/${name}` } }) as MeshObject;
const VIEW = new MeshView({} as MeshModel, [object('a'), object('b')]);

const RULE: IMeshRule = {
  id: 'ACME-1',
  name: 'no-secrets',
  severity: FindingSeverity.ERROR,
  title: 'A Secret is in the manifests.',
  why: 'Git has it.',
  fix: 'use a store',
  check: ({ objects }) => objects.filter(({ kind }) => kind === 'Secret').map(found => ({ manifest: found, message: `has the Secret "${found.name}"` })),
};

const run = (rule: object) => findingsIn(VIEW, rulesFrom([rule]));

test('a rule of an organisation finds objects as the library\'s do', () => {
  expect(run(RULE).map(found => [found.rule.id, found.rule.severity, found.object.origin.path, found.message, found.fix])).toEqual([
    ['ACME-1', 'ERROR', 'shop/a', 'has the Secret "a"', 'use a store'],
    ['ACME-1', 'ERROR', 'shop/b', 'has the Secret "b"', 'use a store'],
  ]);
});

test('a finding may have a fix of its own, a place in the object, and a copy of the object', () => {
  const check = ({ objects: [, b] }: MeshInventory): MeshRuleFinding[] => [{ manifest: JSON.parse(JSON.stringify(b)), message: 'is wrong', fix: 'remove it', field: ['spec', 'ports', '0'] }];

  expect(run({ ...RULE, check }).map(found => [found.object.name, found.fix, found.field])).toEqual([['b', 'remove it', ['spec', 'ports', 0]]]);
});

test('what a rule changes in the inventory, the next one does not see', () => {
  const seen: string[] = [];
  const look = (id: string) => ({
    ...RULE,
    id,
    check: ({ objects }: MeshInventory) => {
      seen.push(...objects.splice(0).map(({ name }) => name));
      return [];
    },
  });
  findingsIn(VIEW, rulesFrom([look('ACME-1'), look('ACME-2')]));

  expect(seen).toEqual(['a', 'b', 'a', 'b']);
});

test.each<[string, unknown, string]>([
  ['throws', () => { throw new TypeError('x is undefined'); }, 'x is undefined'],
  ['gives no list', () => undefined, '\'check\' must give a list of findings, got undefined'],
  ['gives a finding without a message', ({ objects }: MeshInventory) => [{ manifest: objects[0] }], 'a finding needs a \'message\', got undefined'],
  ['gives a finding that is none', () => [undefined], 'a finding needs a \'message\', got undefined'],
  ['gives a finding without a manifest', () => [{ message: 'wrong' }], 'a finding needs a \'manifest\' of the inventory, got undefined'],
  ['gives a finding with a manifest of its own', () => [{ message: 'wrong', manifest: { kind: 'Secret', name: 'c' } }], 'a finding needs a \'manifest\' of the inventory, got "c"'],
])('a rule that %s is named, and said to be at fault itself', (_, check, message) => {
  expect(messageOf(() => run({ ...RULE, check } as never))).toBe(`rule ACME-1 no-secrets failed, which is a fault of the rule: ${message}`);
});

test.each<[string, unknown, string]>([
  ['no object', 'rules', '[rule] must be an object with \'id\', \'name\', \'severity\', \'title\', \'why\', \'fix\' and \'check\', got "rules"'],
  ['no id', { ...RULE, id: undefined }, '[rule ?] \'id\' must be a text that is not empty, got undefined'],
  ['an id of the library', { ...RULE, id: 'MX0001' }, '[rule MX0001] \'id\' must be capital letters, digits, "-" and "_", and not begin with "MX" or "NJ-", got "MX0001": write one like "ACME-1"'],
  ['an id of what is not judged', { ...RULE, id: 'NJ-HOST' }, '[rule NJ-HOST] \'id\' must be capital letters'],
  ['an id that no annotation has', { ...RULE, id: 'no secrets' }, '[rule no secrets] \'id\' must be capital letters'],
  ['no reason why', { ...RULE, why: '' }, '[rule ACME-1] \'why\' must be a text that is not empty, got ""'],
  ['an unknown severity', { ...RULE, severity: 'INFO' }, '[rule ACME-1] \'severity\' must be one of "ERROR", "WARNING", got "INFO"'],
  ['a misspelt property', { ...RULE, chekc: RULE.check }, '[rule ACME-1] \'chekc\' is not a property of a rule: did you mean \'check\'?'],
  ['a property that no rule has', { ...RULE, owners: [] }, '[rule ACME-1] \'owners\' is not a property of a rule: it has \'id\', \'name\''],
  ['nothing that looks', { ...RULE, check: true }, '[rule ACME-1] \'check\' must be a function of the inventory that gives findings, got true'],
])('a rule is refused with %s', (_, rule, message) => {
  expect(messageOf(() => rulesFrom([rule]))).toContain(message);
});

test('a class may have more than a rule has', () => {
  class Rule {
    public readonly allowed = ['a'];
    public constructor() { Object.assign(this, RULE); }
  }

  expect(rulesFrom([new Rule()])).toMatchObject([{ id: 'ACME-1' }]);
});

test('two rules of one id are refused', () => {
  expect(messageOf(() => rulesFrom([RULE, { ...RULE, name: 'other' }]))).toBe('[rule ACME-1] \'id\' "ACME-1" is that of the rule \'no-secrets\' already: give it another one');
});
