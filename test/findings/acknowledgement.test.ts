import { acknowledgementsOf, parseAcknowledgements, writeAcknowledgement } from '../../src/findings/acknowledgement';
import { MeshObject } from '../../src/view/mesh-object';

const parsed = (text: string) => parseAcknowledgements(text).map(({ id, reason }) => [id, reason]);

test('an annotation has one acknowledgement on each line, or several with ";" between them', () => {
  expect(parsed('MX0203: moves on Monday')).toEqual([['MX0203', 'moves on Monday']]);
  expect(parsed('MX0203: one\n  ACME-1 : two\n\n')).toEqual([['MX0203', 'one'], ['ACME-1', 'two']]);
  expect(parsed('MX0203: one; MX0301: two;ACME-1:three')).toEqual([['MX0203', 'one'], ['MX0301', 'two'], ['ACME-1', 'three']]);
});

test('a comma stands between two of them where an id of the library follows', () => {
  expect(parsed('MX0203: one, MX0301: two')).toEqual([['MX0203', 'one'], ['MX0301', 'two']]);
  expect(parsed('nj-host: one, NJ-GATEWAY-PODS: two; nj-gateway: three')).toEqual([['NJ-HOST', 'one'], ['NJ-GATEWAY-PODS', 'two'], ['NJ-GATEWAY', 'three']]);
  expect(parsed('MX0203: nobody, at all, SEC-1: the ticket')).toEqual([['MX0203', 'nobody, at all, SEC-1: the ticket']]);
});

test('a reason may have ";" and ":"', () => {
  expect(parsed('MX0203: nobody uses it; see https://example.com/1: the ticket')).toEqual([['MX0203', 'nobody uses it; see https://example.com/1: the ticket']]);
});

test('what has no reason is read all the same, so that somebody is told', () => {
  expect(parsed('MX0203')).toEqual([['MX0203', '']]);
  expect(parsed('MX0203:')).toEqual([['MX0203', '']]);
});

test('a place of the object stands between the id and the colon', () => {
  const read = (text: string) => parseAcknowledgements(text).map(({ id, field, reason }) => [id, field, reason]);

  expect(read('MX0203 spec.ports[0]: one\nMX0301: two')).toEqual([['MX0203', 'spec.ports[0]', 'one'], ['MX0301', undefined, 'two']]);
  expect(read('MX0203 spec: one; ACME-1 spec.hosts[0] : two, MX0301 spec.servers[1].tls: three')).toEqual([
    ['MX0203', 'spec', 'one'], ['ACME-1', 'spec.hosts[0]', 'two'], ['MX0301', 'spec.servers[1].tls', 'three'],
  ]);
  expect(read('MX0203: one; TODO fix: later')).toEqual([['MX0203', undefined, 'one; TODO fix: later']]);
  expect(read('MX0203 spec.ports[0] and more: one')).toEqual([['MX0203 spec.ports[0] and more', undefined, 'one']]);
});

test('what is written is read again', () => {
  for (const written of [{ id: 'MX0203', field: 'spec.ports[0]', reason: 'one' }, { id: 'MX0203', reason: 'one' }]) {
    expect(parseAcknowledgements(writeAcknowledgement(written))).toEqual([written]);
  }
});

test('an annotation that is no text says nothing', () => {
  const object: Partial<MeshObject> = { annotations: { 'cdk8s-istio-egress/acknowledge': 1 as never } };

  expect(acknowledgementsOf(object as MeshObject)).toEqual([]);
});
