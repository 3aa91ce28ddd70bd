/** The CRDs of each minor version of Istio, fetched once, into the cache. */
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { parseAllDocuments } from 'yaml';
import { cacheFolder, Complaint } from './judge';

const MODULE = 'istio.io/api';
const FILE = 'kubernetes/customresourcedefinitions.gen.yaml';

/** The first release of each minor version that could be had, but for 1.23.0: it refuses each WorkloadGroup whose template has no address. */
const RELEASES = {
  '1.22': 'v1.22.0',
  '1.23': 'v1.23.1',
  '1.24': 'v1.24.0',
  '1.25': 'v1.25.0',
  '1.26': 'v1.26.0',
  '1.27': 'v1.27.0',
  '1.28': 'v1.28.0',
  '1.29': 'v1.29.0',
  '1.30': 'v1.30.1',
  '1.31': 'v1.31.0',
  '1.32': 'v1.32.0',
};

/** The CRDs of a minor version of Istio. */
export interface Crds {
  readonly istio: string;
  readonly file: string;
}

/** Those of every minor version, the oldest first. */
export function everyCrds(say: (message: string) => void): Crds[] {
  return Object.entries(RELEASES).map(([istio, release]) => ({ istio, file: fetched(release, say) }));
}

function fetched(release: string, say: (message: string) => void): string {
  const file = path.join(cacheFolder(), 'crds', `istio-${release.slice(1)}.yaml`);
  if (!fs.existsSync(file)) {
    say(`fetching the CRDs of Istio ${release.slice(1)}`);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    const unfinished = `${file}.${process.pid}`;
    fs.writeFileSync(unfinished, fs.readFileSync(path.join(folderOf(release), FILE)));
    fs.renameSync(unfinished, file);
  }
  return file;
}

function folderOf(release: string): string {
  try {
    const answer = execFileSync('go', ['mod', 'download', '-json', `${MODULE}@${release}`], { cwd: os.tmpdir(), encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    return (JSON.parse(answer) as { readonly Dir: string }).Dir;
  } catch (error) {
    throw new Complaint(`${MODULE} ${release} cannot be fetched: ${(error as { readonly stdout?: string }).stdout?.trim().replace(/\s+/g, ' ') || (error as Error).message}`);
  }
}

/** What the schema of a field is, as far as it is read here. */
export interface Schema {
  readonly properties?: { readonly [name: string]: Schema };
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
  readonly enum?: readonly string[];
}

/** The schema of each kind, by group and kind: fields of any version of the API that is served. */
export function schemasIn(text: string): ReadonlyMap<string, readonly Schema[]> {
  const definitions = parseAllDocuments(text).flatMap(document => {
    const definition = document.toJS() as Definition | null;
    return definition ? [definition.spec] : [];
  });
  return new Map(definitions.map(({ group, names, versions }) => (
    [`${group}/${names.kind}`, versions.filter(({ served }) => served).map(({ schema }) => schema.openAPIV3Schema.properties!.spec)])));
}

interface Definition {
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string };
    readonly versions: readonly { readonly served: boolean; readonly schema: { readonly openAPIV3Schema: Schema } }[];
  };
}
