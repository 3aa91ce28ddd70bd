import * as fs from 'node:fs';
import * as path from 'node:path';
import { npmTool } from './npm-tool';
import { Peer } from './peer';
import { Manifest, sourceOf, VARIABLES } from '../template';

export const KUBERNETES_MODELS: Peer = {
  id: 'kubernetes-models',
  title: 'kubernetes-models',
  shape: 'a program that makes its models from literals, calls `validate()` of each and prints them with the `yaml` package, as cdk8s does',
  tool: npmTool('@kubernetes-models/istio', '@kubernetes-models/istio', '3.0.1', {
    '@kubernetes-models/apimachinery': '3.0.2', '@kubernetes-models/base': '6.0.1', '@kubernetes-models/validate': '5.0.2', 'yaml': '2.9.1',
  }),
  prepare: ({ template, items, folder, tool }) => {
    // A module finds its packages beside or above itself.
    fs.symlinkSync(path.join(tool, 'node_modules'), path.join(folder, 'node_modules'));
    fs.writeFileSync(path.join(folder, 'namespaces.json'), JSON.stringify(items));
    const program = path.join(folder, 'main.mjs');
    fs.writeFileSync(program, modelsProgram(template));
    return { command: process.execPath, args: [program] };
  },
};

export function modelsProgram(objects: readonly Manifest[]): string {
  const models = new Map(objects.map(({ apiVersion, kind }) => [kind, `@kubernetes-models/istio/${apiVersion}/${kind}`]));
  return `import * as fs from 'node:fs';
import { stringify } from 'yaml';
${[...models].map(([kind, module]) => `import { ${kind} } from '${module}';\n`).join('')}
function models(namespace, { ${VARIABLES.filter(variable => variable !== 'namespace').join(', ')} }) {
  return [
${objects.map(modelOf).join('')}  ];
}

const texts = [];
for (const { namespace, items } of JSON.parse(fs.readFileSync(new URL('namespaces.json', import.meta.url), 'utf8'))) {
  for (const service of items) {
    for (const model of models(namespace, service)) {
      model.validate();
      texts.push(stringify(model));
    }
  }
}
process.stdout.write(texts.join('---\\n'));
`;
}

function modelOf({ apiVersion: _, kind, ...props }: Manifest): string {
  return `    new ${kind}(${sourceOf(props, text => `\`${text}\``)}),\n`;
}
