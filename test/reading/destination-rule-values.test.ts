import { readManifests } from '../../src/reading/manifests';

/** What is told of subsets, of which the first is on line 7. */
function problemsOf(...subsets: string[]): string[] {
  const spec = `  host: a.example.com\n  subsets:\n${subsets.map(subset => `    - ${subset}\n`).join('')}`;
  const text = `apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: a, namespace: shop}\nspec:\n${spec}`;
  return readManifests([{ file: 'a.yaml', text, isNamed: true }]).problems.map(({ line, message }) => `${line} ${message}`);
}

const WEBHOOK = ': Istio\'s webhook refuses the object';
const LONGEST = 'a'.repeat(63);

test('a subset that has the name of another is told, and each more', () => {
  expect(problemsOf('{name: v1, labels: {a: b}}', '{name: v2}', '{name: v1}', '{name: v1}')).toEqual([2, 3].map(i => (
    `${i + 7} 'spec.subsets[${i}].name' is the name of 'spec.subsets[0]' too, got "v1"${WEBHOOK}, give each subset a name of its own`)));
});

test('a subset without a name is told, and one whose name is misspelt by that', () => {
  expect(problemsOf('{name: v1}', '{labels: {a: b}}')).toEqual([
    `8 'spec.subsets[1]' has no 'name', got {"labels":{"a":"b"}}${WEBHOOK}, write one that no other subset has, such as v1`,
  ]);
  expect(problemsOf('{nmae: v1, labels: {a: b}}')).toEqual([]);
});

test.each(['v1.2', 'v_1', '-v1', 'v1-', '', `${LONGEST}a`])('a name that is no DNS label is told: "%s"', name => {
  expect(problemsOf(`{name: "${name}"}`)).toEqual([
    `7 'spec.subsets[0].name' is no DNS label, got "${name}"${WEBHOOK}, write at most 63 letters, digits and "-", such as db-v1`,
  ]);
});

test('a name that is no text is told as that', () => {
  expect(problemsOf('{name: 1}', '{name: 1}')).toEqual([0, 1].map(i => `${i + 7} 'spec.subsets[${i}].name' is no text, got 1: the API server refuses the object`));
});

test('subsets with names of their own are right', () => {
  expect(problemsOf('{name: v1, labels: {a: b}}', '{name: V1}', '{name: "1"}', `{name: ${LONGEST}}`)).toEqual([]);
});
