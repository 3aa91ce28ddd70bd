import { findingsIn } from '../../src/findings/findings-in';
import { acknowledgementUnused } from '../../src/rules/acknowledgement-unused';
import { CATALOGUE } from '../../src/rules/catalogue';
import { Rule } from '../../src/rules/rule';
import { MeshObject } from '../../src/view/mesh-object';
import { MeshView } from '../../src/view/mesh-view';
import { CLOSED_MESH } from '../manifests';

const RULE: Rule = { id: 'MX0203', name: 'made-up', severity: 'ERROR', title: '', why: '', fix: '', related: [], check: () => [] };

const objectWith = (acknowledge: string | undefined, name = 'db') => ({
  group: '',
  kind: 'ConfigMap',
  name,
  namespace: '',
  labels: {},
  spec: {},
  origin: { path: `${name}.yaml:1` },
  annotations: acknowledge === undefined ? {} : { 'cdk8s-istio-egress/acknowledge': acknowledge },
}) as MeshObject;

const reports = (object: MeshObject, more: Partial<Rule> = {}): Rule => ({ ...RULE, ...more, check: () => [{ object, message: 'found', fix: 'mend it' }] });

/** What is found in objects: rule, reason or message, place. */
function foundIn(objects: MeshObject[], ...rules: Rule[]) {
  return findingsIn(new MeshView(CLOSED_MESH, objects), [...rules, acknowledgementUnused])
    .map(({ rule, acknowledged, message, object }) => [rule.id, acknowledged ?? message, object.origin.path]);
}

test('an object says that a finding of it is accepted, and it is listed with the reason', () => {
  const object = objectWith('MX0203: moves on Monday');

  expect(foundIn([object], reports(object))).toEqual([['MX0203', 'moves on Monday', 'db.yaml:1']]);
});

test('a finding that is about several objects is accepted at any of them', () => {
  const [first, second] = [objectWith(undefined, 'added-later'), objectWith('MX0203: moves on Monday')];
  const rule: Rule = { ...RULE, check: () => [{ object: first, or: [second], message: 'found', fix: 'mend it' }] };

  expect(foundIn([first, second], rule)).toEqual([['MX0203', 'moves on Monday', 'added-later.yaml:1']]);
});

test('the finding of another object, or of another rule, is not', () => {
  const [accepted, other] = [objectWith('MX0203: on Monday'), objectWith(undefined, 'other')];

  expect(foundIn([accepted, other], reports(accepted), reports(other))).toEqual([['MX0203', 'on Monday', 'db.yaml:1'], ['MX0203', 'found', 'other.yaml:1']]);
  expect(foundIn([accepted], reports(accepted), reports(accepted, { id: 'MX0301' })).slice(0, 2))
    .toEqual([['MX0203', 'on Monday', 'db.yaml:1'], ['MX0301', 'found', 'db.yaml:1']]);
});

test('one that names a place accepts what is found there, and hides nothing else', () => {
  const object = objectWith('MX0203 spec.ports[0]: on Monday');
  const at = (...fields: (readonly (string | number)[] | undefined)[]) => ({ ...RULE, check: () => fields.map(field => ({ object, message: 'found', fix: 'mend it', field })) });

  expect(foundIn([object], at(['spec', 'ports', 0], ['spec', 'ports', 1], ['spec', 'ports', 0, 'name'], undefined)).map(([, text]) => text))
    .toEqual(['on Monday', 'found', 'found', 'found']);
  expect(foundIn([object], at(['spec', 'ports', 1]))).toEqual([
    ['MX0203', 'found', 'db.yaml:1'],
    ['MX0902', '\'cdk8s-istio-egress/acknowledge\' "MX0203 spec.ports[0]: on Monday" matches no finding', 'db.yaml:1'],
  ]);
  const [{ fix }] = findingsIn(new MeshView(CLOSED_MESH, [object]), [RULE, acknowledgementUnused]);
  expect(fix).toBe('write the field as the finding has it, or remove it');
});

test('one without a reason keeps its place', () => {
  const [{ message, fix }] = findingsIn(new MeshView(CLOSED_MESH, [objectWith('MX0203 spec.ports[0]')]), [RULE, acknowledgementUnused]);

  expect([message, fix]).toEqual([
    '\'cdk8s-istio-egress/acknowledge\' "MX0203 spec.ports[0]" has no reason, and has no effect', 'write it as "MX0203 spec.ports[0]: <the reason>"',
  ]);
});

test('an acknowledgement that matches nothing is a finding at its object', () => {
  expect(foundIn([objectWith('MX0203: on Monday')], RULE)).toEqual([
    ['MX0902', '\'cdk8s-istio-egress/acknowledge\' "MX0203: on Monday" matches no finding', 'db.yaml:1'],
  ]);
});

test('one without a reason has no effect, and says so', () => {
  const object = objectWith('MX0203');

  expect(foundIn([object], reports(object))).toEqual([
    ['MX0203', 'found', 'db.yaml:1'],
    ['MX0902', '\'cdk8s-istio-egress/acknowledge\' "MX0203" has no reason, and has no effect', 'db.yaml:1'],
  ]);
});

test.each([
  ['MX0203 moves on monday', 'MX0203: moves on monday'], ['MX0203 moves', 'MX0203: moves'], ['mx0203 spec.ports[0] moves on monday', 'MX0203 spec.ports[0]: moves on monday'],
])('one without a colon says that it and the reason are missing: %s', (text, right) => {
  const object = objectWith(text);
  const [, { message, fix }] = findingsIn(new MeshView(CLOSED_MESH, [object]), [reports(object), acknowledgementUnused]);

  expect(message).toBe(`'cdk8s-istio-egress/acknowledge' "${text.replace('mx', 'MX')}" has no ":" and no reason behind it, and has no effect`);
  expect(fix).toBe(`write it as "${right}"`);
});

test.each(['<reason>', '<the reason>'])('what lint prints for a reason is none: %s', reason => {
  const object = objectWith(`MX0203: ${reason}`);

  expect(foundIn([object], reports(object))).toEqual([
    ['MX0203', 'found', 'db.yaml:1'],
    ['MX0902', `'cdk8s-istio-egress/acknowledge' "MX0203: ${reason}" has no reason, and has no effect`, 'db.yaml:1'],
  ]);
});

test('an id in small letters is one', () => {
  const object = objectWith('mx0203: moves on Monday; mx0301: on Tuesday, mx0302: on Friday');
  const rules = ['MX0203', 'MX0301', 'MX0302'].map(id => reports(object, { id }));

  expect(foundIn([object], ...rules).map(([id, text]) => [id, text])).toEqual([['MX0203', 'moves on Monday'], ['MX0301', 'on Tuesday'], ['MX0302', 'on Friday']]);
});

test('one of a rule that does not exist names the one that was meant', () => {
  const [{ message, fix }] = findingsIn(new MeshView(CLOSED_MESH, [objectWith('MX0230: on Monday')]), CATALOGUE);

  expect([message, fix]).toEqual(['\'cdk8s-istio-egress/acknowledge\' "MX0230: on Monday" names no rule', 'write the id of a rule, such as "MX0203", and a reason behind ":"']);
});

test('a finding that loses an object is not accepted', () => {
  const object = objectWith('MX0203: whatever');

  expect(foundIn([object], reports(object, { isFinal: true }))).toEqual([
    ['MX0203', 'found', 'db.yaml:1'],
    ['MX0902', '\'cdk8s-istio-egress/acknowledge\' "MX0203: whatever" has no effect: findings of MX0203 made-up cannot be acknowledged', 'db.yaml:1'],
  ]);
});

test('of a rule that does not look this time nothing is said', () => {
  expect(foundIn([objectWith('MX0301: on Monday')], RULE)).toEqual([]);
});

test('of an organisation\'s rule nothing is said where its rules are not loaded', () => {
  const object = objectWith('ACME-1: on Monday');

  expect(foundIn([object], RULE)).toEqual([]);
  expect(foundIn([object], { ...RULE, id: 'ACME-2' })).toEqual([['MX0902', '\'cdk8s-istio-egress/acknowledge\' "ACME-1: on Monday" names no rule', 'db.yaml:1']]);
});

test('nobody is told of it when that rule does not look', () => {
  expect(findingsIn(new MeshView(CLOSED_MESH, [objectWith('MX0203: on Monday')]), [RULE])).toEqual([]);
});
