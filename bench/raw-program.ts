import { parseAllDocuments } from 'yaml';
import { Route } from './cases';
import { Item } from './programs/inventory';

/** Manifests that the library wrote for one service, and what that service was. */
export interface Specimen {
  readonly manifests: string;
  readonly item: Item;
  readonly namespace: string;
}

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/**
 * The source of the program that the library is compared with: the same objects as cdk8s alone makes them, as literals, with every name given. It is made
 * of what the library writes for one service, so it stays the same bytes when that changes; it knows nothing of how the library gets there. As somebody
 * who writes it by hand would, it makes each string once.
 */
export function rawProgram(specimens: { readonly [route in Route]: Specimen }): string {
  return `
const { ApiObject, Chart } = require('cdk8s');
const { synthesise } = require('./synthesise');

synthesise((app, charts, route) => {
  for (const { id, namespace, items } of charts) {
    const chart = new Chart(app, id, { namespace });
    for (const item of items) {
      (route === 'direct' ? direct : gateway)(chart, namespace, item);
    }
  }
});
${Object.entries(specimens).map(([route, specimen]) => rawFunction(route, specimen)).join('\n')}`;
}

function rawFunction(name: string, { manifests, item, namespace }: Specimen): string {
  const placeholders: [string, string][] = [
    [namespace, '${namespace}'], [item.account, '${account}'], [item.ip, '${ip}'], [item.host, '${host}'], [item.id, '${id}'],
  ];
  const strings = new Map<string, string>();
  const literal = (value: unknown): string => {
    if (Array.isArray(value)) {
      return `[${value.map(literal).join(', ')}]`;
    }
    if (typeof value === 'object' && value !== null) {
      return `{ ${Object.entries(value).map(([key, member]) => `${JSON.stringify(key)}: ${literal(member)}`).join(', ')} }`;
    }
    const template = typeof value === 'string' ? placeholders.reduce((text, [own, placeholder]) => text.replaceAll(own, placeholder), value) : value;
    if (typeof template !== 'string' || template === value) {
      return JSON.stringify(value);
    }
    strings.set(template, strings.get(template) ?? `s${strings.size}`);
    return strings.get(template)!;
  };
  const objects = parseAllDocuments(manifests).map((document, i) => {
    const { metadata, ...rest } = document.toJS() as Manifest;
    // The chart adds its own namespace.
    const { namespace: own, ...others } = metadata;
    const props = literal({ ...rest, metadata: own === namespace ? others : metadata });
    return `  new ApiObject(chart, \`\${id}-${i}\`, ${props});`;
  });
  return [
    `function ${name}(chart, namespace, { id, host, ip, account }) {`,
    ...[...strings].map(([template, variable]) => `  const ${variable} = \`${template}\`;`),
    ...objects,
    '}',
    '',
  ].join('\n');
}
