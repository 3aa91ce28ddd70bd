import * as fs from 'node:fs';
import * as path from 'node:path';
import { parseAllDocuments } from 'yaml';
import { inTempFolder, messageOf } from './helpers';
import { CRD_FILE, FIELDS_FILE, generateClasses, L1_FILES, trim } from '../imports/generate';
import { API_FIELDS_OF } from '../imports/istio/fields';
import { minorVersionIn } from '../src/private/istio-version';
import { NEWER_FIELDS, NEWEST_ISTIO } from '../src/private/newer-fields';
import { unknownFieldsOf } from '../src/view/api-fields';

const IMPORTS = path.join(__dirname, '../imports');
const CRDS = fs.readFileSync(path.join(IMPORTS, CRD_FILE), 'utf8');

test('the L1 classes are what the committed CRDs give', () => inTempFolder(folder => {
  generateClasses(path.join(IMPORTS, CRD_FILE), folder);

  expect(fs.readdirSync(folder).sort()).toEqual(L1_FILES.map(file => path.basename(file)).sort());
  const made = (file: string) => fs.readFileSync(path.join(folder, path.basename(file)), 'utf8');
  const stale = L1_FILES.filter(file => made(file) !== fs.readFileSync(path.join(IMPORTS, file), 'utf8'));
  expect(stale).toEqual([]);
}), 60_000);

test('the committed CRDs are trimmed: what is cut out of them again is the same', () => {
  expect(trim(CRDS) === CRDS).toBe(true);
});

test('the committed CRDs say where they come from, and hold version v1 of the kinds in use', () => {
  const crds = parseAllDocuments(CRDS).map(document => document.toJS());

  expect(CRDS).toMatch(/^# From istio\.io\/api v\d+\.\d+\.\d+, .* \(Apache-2\.0\)/);
  expect(crds.map(crd => [crd.spec.names.kind, crd.spec.versions.map((version: { name: string }) => version.name)])).toEqual([
    ['ServiceEntry', ['v1']], ['DestinationRule', ['v1']], ['Gateway', ['v1']], ['VirtualService', ['v1']],
    ['WorkloadEntry', ['v1']], ['WorkloadGroup', ['v1']], ['Sidecar', ['v1']],
    ['AuthorizationPolicy', ['v1']],
  ]);
});

test('CRDs without a kind in use are refused', () => {
  const without = CRDS.split('---\n').filter(crd => !crd.includes('kind: ServiceEntry\n')).join('---\n');

  expect(messageOf(() => trim(without))).toBe('the CRDs have no \'ServiceEntry\' of version \'v1\'');
});

test('nothing else is in imports/', () => {
  const files = (fs.readdirSync(IMPORTS, { recursive: true }) as string[]).filter(file => fs.statSync(path.join(IMPORTS, file)).isFile());

  expect(files.sort()).toEqual([CRD_FILE, ...L1_FILES, FIELDS_FILE, 'fields.ts', 'generate.ts', 'tsconfig.json'].sort());
});

describe('the fields of Istio\'s API', () => {
  test('are those of the newest version that is known', () => {
    expect(minorVersionIn(API_FIELDS_OF)).toBe(NEWEST_ISTIO);
  });

  test.each(Object.entries(NEWER_FIELDS))('have what came later: %s', (key, fields) => {
    const [group, kind] = key.split('/');
    const nested = (steps: readonly string[]): unknown => steps.reduceRight<unknown>((below, step) => (step.endsWith('[]') ? { [step.slice(0, -2)]: [below] } : { [step]: below }), 1);
    const specs = Object.keys(fields).map(what => nested(what.split(' = ')[0].split('.').slice(1)) as object);

    expect(specs.flatMap(spec => unknownFieldsOf(group, kind, { ...spec }))).toEqual([]);
  });
});
