import { runWith } from './helpers';

const ENTRY = `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: stock, namespace: shop}
spec:
  hosts: [stock.example.com]
  addresses: [192.0.2.14]
  ports: [{number: 3306, name: tcp, protocol: TCP}]
  resolution: STATIC
  endpoints: [{address: 192.0.2.14}]
---
`;
/** A Sidecar that hides the entry. */
const sidecar = (apiVersion: string, kind = 'Sidecar', annotations = '') => `apiVersion: ${apiVersion}
kind: ${kind}
metadata: {name: default, namespace: web${annotations}}
spec:
  egress: [{hosts: [./*]}]
  outboundTrafficPolicy: {mode: REGISTRY_ONLY}
`;
const TO = ['--from', 'web/cart', '--to', 'stock.example.com:3306'];

test.each([
  ['a version that Istio does not serve', sidecar('networking.istio.io/v2'), 'Sidecar web/default is left out: \'apiVersion\' has the version "v2"'],
  ['a misspelt kind', sidecar('networking.istio.io/v1', 'Sidcar'), 'Sidcar web/default is left out: \'kind\' "Sidcar" is none of "networking.istio.io": the API server refuses the object; did you mean "Sidecar"?'],
])('%s protects nothing in explain and report', async (_, object, told) => {
  const explained = await runWith({ 'a.yaml': ENTRY + object }, ['explain', ...TO, 'a.yaml']);
  const reported = await runWith({ 'a.yaml': ENTRY + object }, ['report', '--json', 'a.yaml']);

  expect({ code: explained.code, err: explained.err }).toEqual({ code: 2, err: expect.stringContaining(told) as string });
  expect(explained.out).toContain('\nREACHES: ');
  expect(reported.code).toBe(2);
  const { problems } = JSON.parse(reported.out) as { problems: { message: string }[] };
  expect(problems.map(({ message }) => message)).toEqual([expect.stringContaining(told)]);
});

test('an object that the API server takes is followed', async () => {
  const { code, err, out } = await runWith({ 'a.yaml': ENTRY + sidecar('networking.istio.io/v1beta1') }, ['explain', ...TO, 'a.yaml']);

  expect({ code, err }).toEqual({ code: 1, err: '' });
  expect(out).toContain('\nNOWHERE: ');
});

test('an object whose kind somebody accepts is no part that could not be read', async () => {
  const accepted = ', annotations: {cdk8s-istio-egress/acknowledge: "MX0105: a kind of our own"}';
  const { code, err } = await runWith({ 'a.yaml': ENTRY + sidecar('networking.istio.io/v1', 'Sidcar', accepted) }, ['explain', ...TO, 'a.yaml']);

  expect({ code, err }).toEqual({ code: 0, err: '' });
});
