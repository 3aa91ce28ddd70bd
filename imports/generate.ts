/**
 * Makes imports/ from Istio's own CRDs: `npm run import`.
 *
 * 1. `istio.io/api` (a Go module) holds the CRDs; the kinds in use are cut out of it, version `v1` only, with their origin noted.
 * 2. The names of all fields of all kinds are written in short, for the rules that look for misspelt ones.
 * 3. `cdk8s import` turns the kinds in use into the L1 classes that the renderers use for their types.
 *
 * `npm run import -- --check` writes nothing and fails when the committed files are not what this gives.
 */
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { parseAllDocuments, stringify } from 'yaml';
import { fieldsModule } from './fields';

const MODULE = 'istio.io/api';
const VERSION = 'v1.31.1';
/** The newest version whose fields are known: an app may use what the L1 classes do not have. */
const NEWEST = 'v1.32.0';
const SOURCE = 'kubernetes/customresourcedefinitions.gen.yaml';
const KINDS = ['ServiceEntry', 'DestinationRule', 'Gateway', 'VirtualService', 'WorkloadEntry', 'WorkloadGroup', 'Sidecar', 'AuthorizationPolicy'];

export const CRD_FILE = `crds/istio-${VERSION.slice(1)}.yaml`;
export const L1_FILES = ['istio/networking.istio.io.ts', 'istio/security.istio.io.ts'];

export const FIELDS_FILE = 'istio/fields.ts';

interface CustomResourceDefinition {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string };
    readonly scope: string;
    readonly versions: { readonly name: string; readonly schema: object }[];
  };
}

/** The kinds in use, `v1` only, of all the CRDs that Istio ships. */
export function trim(allCrds: string): string {
  const documents = parseAllDocuments(allCrds).map(document => document.toJS() as CustomResourceDefinition | null);
  const trimmed = KINDS.map(kind => {
    const crd = documents.find(document => document?.spec.names.kind === kind);
    const v1 = crd?.spec.versions.find(version => version.name === 'v1');
    if (!crd || !v1) {
      throw new Error(`the CRDs have no '${kind}' of version 'v1'`);
    }
    return stringify({
      apiVersion: crd.apiVersion,
      kind: crd.kind,
      metadata: { name: crd.metadata.name },
      spec: { group: crd.spec.group, names: crd.spec.names, scope: crd.spec.scope, versions: [v1] },
    }, { lineWidth: 0, aliasDuplicateObjects: false });
  });
  const provenance = `# From ${MODULE} ${VERSION}, ${SOURCE} (Apache-2.0), cut down to version v1 of the kinds in use.\n`
    + '# Made by `npm run import`; not to be edited.\n';
  return provenance + trimmed.join('---\n');
}

const FIELDS_PROVENANCE = `// From ${MODULE} ${NEWEST}, ${SOURCE} (Apache-2.0): the names of the fields below \`spec\`, and in brackets those below.
// Made by \`npm run import\`; not to be edited.

/** The version of Istio's API that has these kinds and fields. */
export const API_FIELDS_OF = '${NEWEST.slice(1)}';

/** What each kind has, by \`<group>/<kind>\`; \`*\` is any name. */`;

/** How `cdk8s import` leaves out what is undefined: it copies what it has for each field. */
const COPYING = /Object\.entries\(([\w.]+)\)\.reduce\(\(r, i\) => \(i\[1\] === undefined\) \? r : \(\{ \.\.\.r, \[i\[0\]\]: i\[1\] \}\), \{\}\)/g;

const DEFINED = `
function defined(fields: Record<string, any>): Record<string, any> {
  const result: Record<string, any> = {};
  for (const [field, value] of Object.entries(fields)) {
    if (value !== undefined) {
      result[field] = value;
    }
  }
  return result;
}
`;

/** The L1 classes for a CRD file, written by `cdk8s import` into `folder`; every object of an app is rendered by them. */
export function generateClasses(crdFile: string, folder: string): void {
  const cli = path.join(__dirname, '../node_modules/.bin/cdk8s');
  execFileSync(process.execPath, [cli, 'import', crdFile, '-l', 'typescript', '-o', folder, '--no-save', '--check-upgrade=false'], { stdio: 'pipe' });
  for (const file of L1_FILES.map(name => path.join(folder, path.basename(name)))) {
    fs.writeFileSync(file, `${fs.readFileSync(file, 'utf8').replace(COPYING, 'defined($1)')}${DEFINED}`);
  }
}

function readModule(version: string): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'istio-api-'));
  try {
    fs.writeFileSync(path.join(folder, 'go.mod'), 'module crds\n\ngo 1.24\n');
    const answer = execFileSync('go', ['mod', 'download', '-json', `${MODULE}@${version}`], { cwd: folder, encoding: 'utf8' });
    return fs.readFileSync(path.join((JSON.parse(answer) as { Dir: string }).Dir, SOURCE), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      throw new Error(`'go' is needed to read ${MODULE} ${version}: install Go 1.24 or newer`);
    }
    throw error;
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

function main(check: boolean): void {
  const target = check ? fs.mkdtempSync(path.join(os.tmpdir(), 'imports-')) : __dirname;
  fs.mkdirSync(path.join(target, 'crds'), { recursive: true });
  fs.writeFileSync(path.join(target, CRD_FILE), trim(readModule(VERSION)));
  generateClasses(path.join(target, CRD_FILE), path.join(target, 'istio'));
  fs.writeFileSync(path.join(target, FIELDS_FILE), fieldsModule(readModule(NEWEST), FIELDS_PROVENANCE));
  for (const file of [CRD_FILE, FIELDS_FILE, ...L1_FILES]) {
    const made = fs.readFileSync(path.join(target, file), 'utf8');
    if (made !== fs.readFileSync(path.join(__dirname, file), 'utf8')) {
      throw new Error(`imports/${file} is not what \`npm run import\` gives: run it and commit the result`);
    }
    console.log(`${check ? 'unchanged' : 'written'}: imports/${file}`);
  }
}

if (require.main === module) {
  try {
    main(process.argv.includes('--check'));
  } catch (error) {
    console.error(`import: ${(error as Error).message}`);
    process.exitCode = 1;
  }
}
