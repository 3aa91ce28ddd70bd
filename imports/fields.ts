/**
 * The fields of Istio's API in short, from its CRDs: the names, and in brackets those below, once for a list. `*` is any name.
 */
import { parseAllDocuments } from 'yaml';

interface Schema {
  readonly type?: string;
  readonly properties?: { readonly [field: string]: Schema };
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
}

interface CustomResourceDefinition {
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string };
    readonly versions: { readonly name: string; readonly served: boolean; readonly schema: { readonly openAPIV3Schema: Schema } }[];
  };
}

/** The width of a line of the file. */
const WIDTH = 150;

/** A module with every kind of the CRDs. */
export function fieldsModule(allCrds: string, provenance: string): string {
  const crds = parseAllDocuments(allCrds).map(document => document.toJS() as CustomResourceDefinition | null).filter(crd => crd !== null);
  const kinds = crds.map(({ spec }) => {
    const versions = spec.versions.filter(({ served }) => served);
    // All versions are one message; one of them may be behind.
    const schemas = versions.map(({ schema }) => schema.openAPIV3Schema.properties?.spec ?? {});
    return { key: `${spec.group}/${spec.names.kind}`, versions: versions.map(({ name }) => name), fields: below(schemas) };
  }).sort((a, b) => (a.key < b.key ? -1 : 1));
  const entries = kinds.map(({ key, versions, fields }) => (
    `  '${key}': {\n    versions: [${versions.map(name => `'${name}'`).join(', ')}],\n    fields: ${quoted(fields)},\n  },\n`));
  return `${provenance}
export const API_FIELDS: { readonly [kind: string]: { readonly versions: readonly string[]; readonly fields: string } } = {
${entries.join('')}};
`;
}

function below(schemas: readonly Schema[]): string {
  const all = schemas.map(schema => schema.items ?? schema);
  if (all.some(schema => schema['x-kubernetes-preserve-unknown-fields'] === true)) {
    return '*';
  }
  const names = [...new Set(all.flatMap(({ properties = {} }) => Object.keys(properties)))].sort();
  const values = all.map(({ additionalProperties }) => additionalProperties).filter(value => typeof value === 'object');
  return [
    ...names.map(name => withBelow(name, all.map(({ properties = {} }) => properties[name]).filter(schema => schema !== undefined))),
    ...values.length > 0 ? [withBelow('*', values)] : all.some(({ type, properties }) => type === 'object' && properties === undefined) ? ['*'] : [],
  ].join(' ');
}

function withBelow(name: string, schemas: readonly Schema[]): string {
  const fields = below(schemas);
  return fields === '' ? name : `${name}(${fields})`;
}

/** A text over several lines. */
function quoted(text: string): string {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + word.length > WIDTH - 16) {
      lines.push(word);
    } else {
      lines[lines.length - 1] = `${last} ${word}`;
    }
  }
  return lines.map((line, i) => `'${line}${i < lines.length - 1 ? ' ' : ''}'`).join('\n      + ');
}
