import * as fs from 'node:fs';
import * as path from 'node:path';
import { findingsIn } from '../../src/findings/findings-in';
import { readManifests } from '../../src/reading/manifests';
import { fieldText } from '../../src/view/fields';
import { MeshView } from '../../src/view/mesh-view';
import { filesBelow } from '../helpers';
import { CLOSED_MESH } from '../manifests';

const CORPUS = path.join(__dirname, '../../conformance/corpus');

const FILES = filesBelow(CORPUS).filter(file => file.startsWith('recipes/') && file.endsWith('.yaml') || file.endsWith('/clean.yaml')).sort();

/** A value that the API server compares with a list. */
const VALUE = /(?<=(?:[{ ]mode|protocol|resolution|location|action): )[A-Z][A-Z_0-9]+/g;

/** What is found in a text, without the values. */
function foundIn(text: string): string[] {
  const { objects } = readManifests([{ file: 'file.yaml', text, isNamed: true }]);
  return findingsIn(new MeshView(CLOSED_MESH, objects)).map(({ rule, object, field = [] }) => `${rule.id} ${object.kind} ${object.name} ${fieldText(field)}`);
}

test.each([
  ['a slip', (value: string) => `${value}X`],
  ['one that is near to none', () => 'NOTHING_LIKE_IT'],
])('a refused value is told as such, and nothing is found that follows from it: %s', (_, spoil) => {
  const told = FILES.flatMap(file => {
    const text = fs.readFileSync(path.join(CORPUS, file), 'utf8');
    const before = new Set(foundIn(text));
    return [...text.matchAll(VALUE)].flatMap(({ 0: value, index }) => {
      const spoilt = text.slice(0, index) + spoil(value) + text.slice(index + value.length);
      return foundIn(spoilt).filter(found => !before.has(found)).map(found => `${file} ${value}: ${found}`);
    });
  });

  expect(told).toEqual([]);
});

test('what is found however a value was meant is found', () => {
  const text = (mode: string) => fs.readFileSync(path.join(CORPUS, 'MX0704-tls-twice/fault.yaml'), 'utf8').replace('mode: SIMPLE', `mode: ${mode}`);

  expect([foundIn(text('SIMPEL')), foundIn(text('NOTHING_LIKE_IT'))].map(found => found.some(finding => finding.startsWith('MX0704')))).toEqual([true, false]);
});
