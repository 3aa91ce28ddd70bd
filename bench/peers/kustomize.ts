import * as fs from 'node:fs';
import * as path from 'node:path';
import { stringify } from 'yaml';
import { goTool } from './go-tool';
import { Peer } from './peer';
import { filled, isMarked, Manifest, mapStrings, Values } from '../template';

/** The service that the base declares. */
const BASE: Values = { namespace: 'base', id: 'service', host: 'service.example.com', ip: '192.0.2.1', account: 'account' };

export const KUSTOMIZE: Peer = {
  id: 'kustomize',
  title: 'Kustomize',
  shape: 'a base with the objects of one service, an overlay for each service with a JSON patch of each object, and a kustomization for each namespace that '
    + 'has its overlays as resources; `kustomize build` writes to standard output',
  tool: goTool('Kustomize', 'sigs.k8s.io/kustomize/kustomize/v5', 'v5.8.2'),
  most: 1_000,
  prepare: ({ template, items, folder, tool }) => {
    write(path.join(folder, 'base'), { resources: ['services.yaml'] });
    fs.writeFileSync(path.join(folder, 'base', 'services.yaml'), template.map(object => stringify(mapStrings(object, inBase))).join('---\n'));
    for (const { id, namespace, items: services } of items) {
      write(path.join(folder, id), { namespace, resources: services.map(service => service.id) });
      services.forEach(service => write(path.join(folder, id, service.id), {
        resources: ['../../base'],
        patches: template.map(object => patchOf(object, { ...service, namespace })),
      }));
    }
    write(folder, { resources: items.map(({ id }) => id) });
    return { command: tool, args: ['build', folder] };
  },
};

function write(folder: string, kustomization: object): void {
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, 'kustomization.yaml'), stringify({
    apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization', ...kustomization,
  }));
}

const inBase = (text: string) => filled(text, variable => BASE[variable]);

/** The patch that makes an object of the base that of a service. The namespace of the object is the kustomization's to set. */
export function patchOf(object: Manifest, service: Values): object {
  const operations = markedPlaces(object, '').filter(({ at }) => at !== '/metadata/namespace').map(({ at, text }) => (
    { op: 'replace', path: at, value: filled(text, variable => service[variable]) }));
  return {
    target: { kind: object.kind, name: inBase(object.metadata.name).replaceAll('.', '\\.') },
    patch: stringify(operations),
    options: { allowNameChange: true },
  };
}

/** The strings that are different for each service, with their JSON pointers. */
function markedPlaces(value: unknown, at: string): { readonly at: string; readonly text: string }[] {
  if (typeof value === 'string') {
    return isMarked(value) ? [{ at, text: value }] : [];
  }
  return typeof value === 'object' && value !== null ? Object.entries(value).flatMap(([key, member]) => markedPlaces(member, `${at}/${key}`)) : [];
}
