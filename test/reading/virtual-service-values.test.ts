import { readManifests } from '../../src/reading/manifests';

/** What is told of one rule, which is on line 7. */
function problemsOf(kind: 'http' | 'tcp' | 'tls', rule: string): string[] {
  const text = `apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: a, namespace: shop}\nspec:\n  hosts: [a.example.com]\n  ${kind}:\n    - ${rule}\n`;
  return readManifests([{ file: 'a.yaml', text, isNamed: true }]).problems.map(({ line, message }) => `${line} ${message}`);
}

const WEBHOOK = ': Istio\'s webhook refuses the object';
const MATCH = 'match: [{sniHosts: [a.example.com]}]';
const ROUTE = 'route: [{destination: {host: a.example.com}}]';

describe('a rule without a route is told beside a field that it may not have:', () => {
  test.each([
    ['tls', `{${MATCH}, timeout: 5s}`, '{"match":[{"sniHosts":["a.example.com"]}],"timeout":"5s"}'],
    ['tls', `{${MATCH}, route: [], name: a}`, '{"match":[{"sniHosts":["a.example.com"]}],"route":[],"name":"a"}'],
    ['tcp', '{match: [{port: 443}], timeout: 5s}', '{"match":[{"port":443}],"timeout":"5s"}'],
    ['tcp', '{}', '{}'],
  ] as const)('%s %s', (kind, rule, got) => {
    expect(problemsOf(kind, rule)).toEqual([`7 'spec.${kind}[0]' has no 'route', got ${got}${WEBHOOK}, write the destination`]);
  });
});

test('a tls rule without a match is told beside a field that it may not have', () => {
  expect(problemsOf('tls', `{${ROUTE}, timeout: 5s}`)).toEqual([expect.stringMatching(/^7 'spec\.tls\[0\]' has no 'match', got \{.*\}: Istio's webhook refuses the object, write 'match: /)]);
});

test.each([
  ['tls', `{${MATCH}, routes: [{destination: {host: a}}]}`], ['tls', `{${ROUTE}, Match: [{sniHosts: [a.example.com]}]}`],
  ['tcp', '{rout: [{destination: {host: a}}]}'], ['http', '{rout: [{destination: {host: a}}]}'], ['http', '{redirct: {uri: /a}}'], ['http', '{direct_response: {status: 503}}'],
] as const)('what is misspelt in a rule is told as that alone: %s %s', (kind, rule) => {
  expect(problemsOf(kind, rule)).toEqual([]);
});

test.each([
  '{}', '{route: []}', '{route: }', '{redirect: }', '{match: [{uri: {prefix: /}}], timeout: 5s}', '{rewrite: {uri: /a}}', '{mirror: {host: a}, mirrors: [], mirrorPercentage: {value: 1}}',
  '{name: a, fault: {abort: {httpStatus: 503}}, retries: {attempts: 1}, corsPolicy: {}, headers: {}}', '{destination: {host: a}}',
])('a rule for requests without an answer is told: %s', rule => {
  expect(problemsOf('http', rule)).toEqual([
    expect.stringMatching(/^7 'spec\.http\[0\]' has no 'route', and no 'redirect', 'directResponse' or 'delegate', got \{.*\}: Istio's webhook refuses the object, write the destination$/),
  ]);
});

test.each([
  ['tls', `{${MATCH}, ${ROUTE}}`], ['tcp', `{${ROUTE}}`], ['http', `{${ROUTE}, timeout: 5s}`], ['http', '{redirect: {uri: /a}}'], ['http', '{directResponse: {status: 503}}'],
  ['http', '{delegate: {name: b}}'], ['http', '{delegate: {}}'],
] as const)('a rule with an answer is right: %s %s', (kind, rule) => {
  expect(problemsOf(kind, rule)).toEqual([]);
});
