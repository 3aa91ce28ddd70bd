import * as fs from 'node:fs';
import * as path from 'node:path';
import { goTool } from './go-tool';
import { Peer } from './peer';
import { Manifest, sourceOf } from '../template';

export const JSONNET: Peer = {
  id: 'jsonnet',
  title: 'Jsonnet',
  shape: 'a function of a service that gives its objects, and a comprehension over the namespaces and their services in a JSON file; `jsonnet -y` writes a '
    + 'stream of JSON documents, which are YAML as well',
  tool: goTool('go-jsonnet', 'github.com/google/go-jsonnet/cmd/jsonnet', 'v0.22.0'),
  prepare: ({ template, items, folder, tool }) => {
    fs.writeFileSync(path.join(folder, 'namespaces.json'), JSON.stringify(items));
    const main = path.join(folder, 'main.jsonnet');
    fs.writeFileSync(main, jsonnetProgram(template));
    return { command: tool, args: ['-y', main] };
  },
};

export function jsonnetProgram(objects: readonly Manifest[]): string {
  return `local objects(namespace, service) = [
${objects.map(object => `  ${sourceOf(object, jsonnetText)},\n`).join('')}];
[
  object
  for each in import 'namespaces.json'
  for service in each.items
  for object in objects(each.namespace, service)
]
`;
}

function jsonnetText(text: string): string {
  const parts = text.split(/(\$\{\w+\})/).filter(part => part !== '');
  return parts.map(part => {
    const variable = /^\$\{(\w+)\}$/.exec(part)?.[1];
    return variable === undefined ? JSON.stringify(part) : variable === 'namespace' ? variable : `service.${variable}`;
  }).join(' + ');
}
