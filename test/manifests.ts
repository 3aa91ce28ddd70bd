import * as fs from 'node:fs';
import { Document, LineCounter, parseAllDocuments } from 'yaml';
import { MeshModel } from '../src/private/model';
import { MeshObject } from '../src/view/mesh-object';

/** An object of a file, with the line of each of its fields. */
export interface ReadObject extends MeshObject {
  lineOf(field?: readonly (string | number)[]): number;
}

/** What the parser has of a map or a list. */
interface Collection {
  readonly items?: { readonly range?: number[]; readonly key?: { readonly value?: unknown; readonly range?: number[] } }[];
}

interface Manifest {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: { readonly name?: string; readonly namespace?: string; readonly labels?: object; readonly annotations?: object };
  readonly spec?: object;
}

/** The facts of a mesh whose sidecars reset what they do not know. */
export const CLOSED_MESH: MeshModel = {
  apiVersion: 'v1',
  trustDomain: 'cluster.local',
  trustDomainAliases: [],
  clusterDomain: 'cluster.local',
  rootNamespace: 'istio-system',
  outboundTrafficPolicy: 'REGISTRY_ONLY',
  dataPlane: 'sidecar',
  dnsCapture: false,
  ipAutoAllocate: true,
  clusterDns: { serviceName: 'kube-dns', namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' }, port: 53, addresses: [] },
  controlPlane: { labels: { app: 'istiod' }, port: 15012, addresses: [] },
};

/** The objects of a YAML file. */
export function readManifests(file: string): ReadObject[] {
  return readText(fs.readFileSync(file, 'utf8'), file);
}

/** The objects of a text that a file could have. */
export function readText(text: string, file = 'file.yaml'): ReadObject[] {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: lines, version: '1.1' }) as Document[];
  return documents.flatMap((document): ReadObject[] => {
    const [error] = document.errors;
    if (error) {
      throw new Error(`${file}: ${error.message}`);
    }
    const manifest = document.toJS() as Manifest | null;
    if (!manifest?.kind) {
      return [];
    }
    const { apiVersion = '', kind, metadata = {}, spec = {} } = manifest;
    const lineOf = (field: readonly (string | number)[] = []): number => {
      for (let length = field.length; length > 0; length--) {
        const [path, key] = [field.slice(0, length), field[length - 1]];
        const parent = document.getIn(path.slice(0, -1), true) as Collection | undefined;
        const item = typeof key === 'number' ? parent?.items?.[key] : parent?.items?.find(pair => pair.key?.value === key)?.key;
        const range = item?.range;
        if (range) {
          return lines.linePos(range[0]).line;
        }
      }
      return lines.linePos((document.contents as { range: number[] }).range[0]).line;
    };
    return [{
      group: apiVersion.includes('/') ? apiVersion.split('/')[0] : '',
      kind,
      name: metadata.name ?? '',
      namespace: metadata.namespace ?? '',
      labels: { ...metadata.labels } as MeshObject['labels'],
      annotations: { ...metadata.annotations } as MeshObject['annotations'],
      origin: { path: `${file.split('/').slice(-2).join('/')}:${lineOf()}`, file, line: lineOf() },
      spec: { ...spec },
      lineOf,
    }];
  });
}
