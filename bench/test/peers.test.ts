import { parse } from 'yaml';
import { cueProgram } from '../peers/cue';
import { helmTemplate } from '../peers/helm';
import { jsonnetProgram } from '../peers/jsonnet';
import { modelsProgram } from '../peers/kubernetes-models';
import { patchOf } from '../peers/kustomize';
import { PEERS } from '../peers/list';
import { templateOf } from '../template';

const SERVICE = { id: 'db-7', host: 'db-7.example.com', ip: '198.18.0.7', account: 'app-7' };
const MANIFESTS = `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: db-7.team-3, namespace: team-3}
spec:
  hosts: [db-7.example.com]
  ports: [{number: 3306}]
  exportTo: ["."]
  addresses: [198.18.0.7/32]
`;
const template = templateOf({ manifests: MANIFESTS, item: SERVICE, namespace: 'team-3' });

test('the objects of any service have a mark for what is different from another', () => {
  expect(template).toEqual([{
    apiVersion: 'networking.istio.io/v1',
    kind: 'ServiceEntry',
    metadata: { name: '${id}.${namespace}', namespace: '${namespace}' },
    spec: { hosts: ['${host}'], ports: [{ number: 3306 }], exportTo: ['.'], addresses: ['${ip}/32'] },
  }]);
});

test('each language has the marks as its own', () => {
  expect(helmTemplate(template)).toContain('name: {{ .id }}.{{ $namespace.namespace }}\n');
  expect(jsonnetProgram(template)).toContain('"name": service.id + "." + namespace');
  expect(jsonnetProgram(template)).toContain('[service.ip + "/32"]');
  expect(cueProgram(template)).toContain('"name": "\\(#of.id).\\(#of.namespace)"');
  expect(modelsProgram(template)).toContain('"name": `${id}.${namespace}`');
  expect(modelsProgram(template)).toContain("import { ServiceEntry } from '@kubernetes-models/istio/networking.istio.io/v1/ServiceEntry';");
});

test('a patch of kustomize finds the object of the base by its whole name and replaces what is the service\'s own', () => {
  const { target, patch } = patchOf(template[0], { ...SERVICE, namespace: 'team-3' }) as { target: object; patch: string };

  expect(target).toEqual({ kind: 'ServiceEntry', name: 'service\\.base' });
  expect(parse(patch)).toEqual([
    { op: 'replace', path: '/metadata/name', value: 'db-7.team-3' },
    { op: 'replace', path: '/spec/hosts/0', value: 'db-7.example.com' },
    { op: 'replace', path: '/spec/addresses/0', value: '198.18.0.7/32' },
  ]);
});

test('programs have ids of their own, and the library is the first', () => {
  expect(PEERS[0].id).toBe('library');
  expect(new Set(PEERS.map(({ id }) => id)).size).toBe(PEERS.length);
});
