import * as fs from 'node:fs';
import * as path from 'node:path';
import { goTool } from './go-tool';
import { Peer } from './peer';
import { filled, Manifest, sourceOf } from '../template';

export const CUE: Peer = {
  id: 'cue',
  title: 'CUE',
  shape: 'a definition of a service with its objects, and a comprehension over the namespaces and their services in a JSON file; `cue export` writes '
    + '`yaml.MarshalStream` to standard output',
  tool: goTool('CUE', 'cuelang.org/go/cmd/cue', 'v0.17.1'),
  prepare: ({ template, items, folder, tool }) => {
    const [program, data] = [path.join(folder, 'services.cue'), path.join(folder, 'namespaces.json')];
    fs.writeFileSync(program, cueProgram(template));
    fs.writeFileSync(data, JSON.stringify({ namespaces: items }));
    return { command: tool, args: ['export', program, data, '--expression', 'manifests', '--out', 'text'], env: { CUE_CACHE_DIR: path.join(folder, 'cache') } };
  },
};

export function cueProgram(objects: readonly Manifest[]): string {
  // In an object of its own: an object has a field "host" as well, and the nearest of a name counts.
  return `import "encoding/yaml"

#Service: {
\t#of: {namespace: string, id: string, host: string, ip: string, account: string}
\tobjects: [
${objects.map(object => `\t\t${sourceOf(object, cueText)},\n`).join('')}\t]
}

namespaces: [...]
manifests: yaml.MarshalStream([
\tfor each in namespaces
\tfor service in each.items
\tfor object in (#Service & {#of: service & {namespace: each.namespace}}).objects {object},
])
`;
}

function cueText(text: string): string {
  return filled(JSON.stringify(text), variable => `\\(#of.${variable})`);
}
