import * as fs from 'node:fs';
import * as path from 'node:path';
import { stringify } from 'yaml';
import { goTool } from './go-tool';
import { Peer } from './peer';
import { filled, Manifest } from '../template';

export const HELM: Peer = {
  id: 'helm',
  title: 'Helm',
  shape: 'one chart, with a template that ranges over the namespaces and their services in `values.yaml`; `helm template` writes to standard output',
  tool: goTool('Helm', 'helm.sh/helm/v4/cmd/helm', 'v4.3.1'),
  prepare: ({ template, items, folder, tool }) => {
    const chart = path.join(folder, 'chart');
    fs.mkdirSync(path.join(chart, 'templates'), { recursive: true });
    fs.writeFileSync(path.join(chart, 'Chart.yaml'), stringify({ apiVersion: 'v2', name: 'egress', version: '0.1.0' }));
    fs.writeFileSync(path.join(chart, 'values.yaml'), stringify({ namespaces: items }));
    fs.writeFileSync(path.join(chart, 'templates', 'services.yaml'), helmTemplate(template));
    return { command: tool, args: ['template', 'egress', chart], env: { HELM_CACHE_HOME: folder, HELM_CONFIG_HOME: folder, HELM_DATA_HOME: folder } };
  },
};

export function helmTemplate(objects: readonly Manifest[]): string {
  const written = objects.map(object => filled(
    stringify(object),
    variable => variable === 'namespace' ? '{{ $namespace.namespace }}' : `{{ .${variable} }}`,
  ));
  return [
    '{{- range $namespace := .Values.namespaces }}\n',
    '{{- range $namespace.items }}\n',
    ...written.map(object => `---\n${object}`),
    '{{- end }}\n{{- end }}\n',
  ].join('');
}
