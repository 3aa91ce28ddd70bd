/** Which fields and values came after the oldest version of Istio that is supported: src/private/newer-fields.ts. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { Crds, Schema, schemasIn } from './crds';

export const TABLE = path.join(__dirname, '../src/private/newer-fields.ts');

/** Something that a version of Istio has, and the one before it has not. */
export interface Newer {
  /** As in the table: `spec.ports[].name`, and `spec.resolution = DYNAMIC_DNS` for a value. */
  readonly what: string;
  readonly since: string;
}

/** What came later, by group and kind. Of a new field its own fields are not told, and of a new kind no field. */
export function newerIn(versions: readonly { readonly istio: string; readonly text: string }[]): ReadonlyMap<string, readonly Newer[]> {
  const [oldest, ...later] = versions.map(({ istio, text }) => ({ istio, known: knownIn(text) }));
  const before = new Map([...oldest.known].map(([kind, known]) => [kind, new Set(known)]));
  const newer = new Map<string, Newer[]>();
  for (const { istio, known } of later) {
    for (const [kind, names] of known) {
      const old = before.get(kind) ?? new Set();
      const found = [...names].filter(name => !old.has(name) && isTold(name, old));
      newer.set(kind, [...newer.get(kind) ?? [], ...found.map(what => ({ what, since: istio }))]);
      before.set(kind, new Set([...old, ...names]));
    }
  }
  return new Map([...newer].filter(([, found]) => found.length > 0).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Whether that which it is in was there. */
function isTold(name: string, old: ReadonlySet<string>): boolean {
  const around = name.includes(' = ') ? name.replace(/ = .*/, '') : name.replace(/(\.[^.[]+|\[\])$/, '');
  return name === 'spec' || old.has(around);
}

function knownIn(text: string): Map<string, Set<string>> {
  return new Map([...schemasIn(text)].map(([kind, schemas]) => [kind, new Set(schemas.flatMap(schema => namesIn('spec', schema)))]));
}

function namesIn(name: string, schema: Schema): string[] {
  return [
    name,
    ...(schema.enum ?? []).map(value => `${name} = ${value}`),
    ...Object.entries(schema.properties ?? {}).flatMap(([field, of]) => namesIn(`${name}.${field}`, of)),
    ...schema.items ? namesIn(`${name}[]`, schema.items) : [],
    ...typeof schema.additionalProperties === 'object' ? namesIn(`${name}.*`, schema.additionalProperties) : [],
  ];
}

/** The text of the table. */
export function tableText(crds: readonly Crds[]): string {
  const versions = crds.map(({ istio, file }) => ({ istio, text: fs.readFileSync(file, 'utf8') }));
  const kinds = [...newerIn(versions)].map(([kind, newer]) => {
    // As the linter has them: quotation marks for all or for none.
    const quotation = newer.some(({ what }) => !/^\w+$/.test(what)) ? '\'' : '';
    return `  '${kind}': {\n${newer.map(({ what, since }) => `    ${quotation}${what}${quotation}: '${since}',\n`).join('')}  },\n`;
  });
  return `/**
 * What came after the oldest version of Istio that is supported, by its CRDs: made by \`npm run conformance:versions -- --write-table\`, not to be edited.
 */

/** The oldest version of Istio that is looked at. */
export const OLDEST_ISTIO = '${versions[0].istio}';

/** The newest version of Istio that is looked at. */
export const NEWEST_ISTIO = '${versions[versions.length - 1].istio}';

/** The first version of Istio that has a field, a value or a kind (\`spec\`), by group and kind. */
export const NEWER_FIELDS: { readonly [kind: string]: { readonly [what: string]: string } } = {
${kinds.join('')}};
`;
}
