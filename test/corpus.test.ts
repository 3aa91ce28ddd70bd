import * as fs from 'node:fs';
import * as path from 'node:path';
import { filesBelow } from './helpers';
import { CLOSED_MESH, objectsIn } from './manifests';
import { findingsIn, fixFor, Found } from '../src/findings/findings-in';
import { MeshModel } from '../src/private/model';
import { lineOf } from '../src/reading/file-object';
import { CATALOGUE } from '../src/rules/catalogue';
import { MeshView } from '../src/view/mesh-view';

const ROOT = path.join(__dirname, '..');
const CORPUS = path.join(ROOT, 'conformance/corpus');

/** Rules whose mistake no YAML can have: a file has its name from cdk8s. */
const WITHOUT_YAML = ['MX0102'];

/** The facts that a file declares in a comment `# mesh: {...}`, beside those of a closed mesh. */
function factsOf(file: string): MeshModel {
  const [, declared = '{}'] = /^# mesh: (.*)$/m.exec(fs.readFileSync(file, 'utf8')) ?? [];
  return { ...CLOSED_MESH, ...JSON.parse(declared) as Partial<MeshModel> };
}

/** The day by which a file is judged, in a comment `# today: 2027-02-01`. */
function todayOf(file: string): string | undefined {
  return /^# today: (.*)$/m.exec(fs.readFileSync(file, 'utf8'))?.[1];
}

function findingsOf(files: readonly string[], facts: MeshModel): Found[] {
  return findingsIn(new MeshView(facts, files.flatMap(objectsIn), todayOf(files[0])));
}

/** `MX0307 12` for a finding on line 12. */
function placeOf({ rule, object, field }: Found): string {
  return `${rule.id} ${lineOf(object, field)}`;
}

/** The lines that a file marks with `# <- MX0307`, in the same form. */
function marksIn(file: string): string[] {
  return fs.readFileSync(file, 'utf8').split('\n').flatMap((line, i) => [...line.matchAll(/# <- (MX\d{4})/g)].map(([, id]) => `${id} ${i + 1}`));
}

const say = ({ rule, object, message, fix }: Found) => `${rule.severity} ${rule.id} ${object.origin.path} ${object.kind} ${object.name}: ${message}; ${fixFor('yaml', fix)}`;

const folders = fs.readdirSync(CORPUS).filter(folder => folder.startsWith('MX')).sort();

describe.each(folders)('%s', folder => {
  const [fault, clean] = ['fault.yaml', 'clean.yaml'].map(file => path.join(CORPUS, folder, file));

  test('is found where the file marks it, and nothing else stops', () => {
    const found = findingsOf([fault], factsOf(fault));
    const own = found.filter(({ rule }) => folder.startsWith(rule.id));

    expect(own.map(placeOf)).toEqual(marksIn(fault));
    expect(found.filter(finding => !own.includes(finding) && finding.rule.severity === 'ERROR').map(say)).toEqual([]);
  });

  test('is not found once it is written right', () => {
    expect(findingsOf([clean], factsOf(clean)).map(say)).toEqual([]);
  });

  test('has the name of its rule', () => {
    expect(CATALOGUE.map(({ id, name }) => `${id}-${name}`)).toContain(folder);
  });

  test('says what happens and what to write instead', () => {
    const text = path.join(CORPUS, folder, 'finding.txt');
    const said = findingsOf([fault], factsOf(fault)).filter(({ rule }) => folder.startsWith(rule.id)).map(({ message, fix }) => `${message};\n${fixFor('yaml', fix)}\n`).join('\n');

    expect(said).toBe(fs.readFileSync(text, 'utf8'));
  });
});

test('every rule has a folder', () => {
  expect(folders.map(folder => folder.slice(0, 6))).toEqual(CATALOGUE.map(({ id }) => id).filter(id => !WITHOUT_YAML.includes(id)));
});

/** What is right as a whole: published recipes as they should be written, and what the examples write. */
describe('nothing is found in', () => {
  const recipes = fs.readdirSync(path.join(CORPUS, 'recipes')).sort();

  test.each(recipes)('the recipe %s', recipe => {
    const file = path.join(CORPUS, 'recipes', recipe);

    expect(findingsOf([file], factsOf(file)).map(say)).toEqual([]);
  });

  const manifests = [...new Set(filesBelow(path.join(ROOT, 'examples')).filter(file => file.endsWith('.yaml')).map(file => path.posix.join('examples', path.dirname(file))))];

  test.each(manifests)('%s', folder => {
    const files = fs.readdirSync(path.join(ROOT, folder)).sort().map(file => path.join(ROOT, folder, file));

    expect(findingsOf(files, CLOSED_MESH).map(say)).toEqual([]);
  });
});
