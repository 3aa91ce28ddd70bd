import type { KubeObject } from '../lab/kube';
import { sliceOf } from '../lab/services';

function pod(name: string, labels: Record<string, string>, address: string, ready = true): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'shop', labels },
    spec: { containers: [{ name: 'app', ports: [{ name: 'web', containerPort: 8080 }] }] },
    status: { podIP: address, conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
  };
}

const service: KubeObject = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'cart', namespace: 'shop' },
  spec: { selector: { app: 'cart' }, ports: [{ name: 'http', port: 80, targetPort: 'web' }, { name: 'tls', port: 443, targetPort: 8443 }, { name: 'raw', port: 9000 }] },
};

test('the slice of a Service has the pods that its selector matches', () => {
  const slice = sliceOf(service, [pod('a', { app: 'cart', version: 'v1' }, '192.0.2.64'), pod('b', { app: 'other' }, '192.0.2.65')]);
  expect(slice.endpoints).toEqual([expect.objectContaining({ addresses: ['192.0.2.64'], conditions: { ready: true } })]);
});

test('a pod that is not ready is in it as such', () => {
  const slice = sliceOf(service, [pod('a', { app: 'cart' }, '192.0.2.64', false)]);
  expect(slice.endpoints[0].conditions).toEqual({ ready: false });
});

test('target ports are numbers, names, or the port itself', () => {
  const slice = sliceOf(service, [pod('a', { app: 'cart' }, '192.0.2.64')]);
  expect(slice.ports.map((port: { port: number }) => port.port)).toEqual([8080, 8443, 9000]);
});
