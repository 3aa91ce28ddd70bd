import { Route } from './cases';
import { sourceOf, Specimen, templateOf } from './template';

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

function rawFunction(name: string, specimen: Specimen): string {
  const strings = new Map<string, string>();
  const once = (template: string): string => {
    strings.set(template, strings.get(template) ?? `s${strings.size}`);
    return strings.get(template)!;
  };
  const objects = templateOf(specimen).map(({ metadata, ...rest }, i) => {
    // The chart adds its own namespace.
    const { namespace, ...others } = metadata;
    const props = sourceOf({ ...rest, metadata: namespace === '${namespace}' ? others : metadata }, once);
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
