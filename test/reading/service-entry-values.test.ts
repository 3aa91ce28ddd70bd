import { readManifests } from '../../src/reading/manifests';

const problemsOf = (spec: string) => (
  readManifests([{ file: 'a.yaml', text: `apiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata: {name: a, namespace: shop}\nspec:\n${spec}`, isNamed: true }])
    .problems.map(({ line, message }) => `${line} ${message}`));
const portsOf = (...ports: string[]) => problemsOf(`  hosts: [a.example.com]\n  ports:\n${ports.map(port => `    - ${port}\n`).join('')}`);

const WEBHOOK = ': Istio\'s webhook refuses the object';
const LONGEST = 'a'.repeat(63);

test.each([['[]', '[]'], ['', 'null']])('an entry that names no host is told: hosts: %s', (hosts, got) => {
  expect(problemsOf(`  resolution: DNS\n  hosts: ${hosts}\n`)).toEqual([`6 'spec.hosts' names no host, got ${got}${WEBHOOK}, write the names by which clients connect`]);
});

test('one that has them under another name is told by that', () => {
  expect(problemsOf('  host: [a.example.com]\n')).toEqual([]);
});

test.each(['{number: 443, protocol: TLS}', '{number: 443, protocol: TLS, name: }'])('a port without a name is told: %s', port => {
  expect(portsOf('{number: 80, name: http}', port)).toEqual([
    expect.stringMatching(/^8 'spec\.ports\[1\]' has no 'name', got \{.*\}: Istio's webhook refuses the object, write one that no other port has, such as tls$/),
  ]);
});

test('a port whose name is misspelt is told by that', () => {
  expect(portsOf('{number: 443, nmae: tls}', '{number: 444, Name: tls}')).toEqual([]);
});

test.each(['tcp_mysql', 'tcp.mysql', '-tcp', 'tcp-', '', `${LONGEST}a`])('a name that is no DNS label is told: "%s"', name => {
  expect(portsOf(`{number: 443, name: "${name}"}`)).toEqual([
    `7 'spec.ports[0].name' is no DNS label, got "${name}"${WEBHOOK}, write at most 63 letters, digits and "-", such as db-v1`,
  ]);
});

test('a name that is no text is told as that', () => {
  expect(portsOf('{number: 443, name: 443}')).toEqual(['7 \'spec.ports[0].name\' is no text, got 443: the API server refuses the object']);
});

test('a port that has the name of another is told, and each more', () => {
  expect(portsOf('{number: 1, name: tls}', '{number: 2, name: tcp}', '{number: 3, name: tls}', '{number: 4, name: tls}')).toEqual([2, 3].map(i => (
    `${i + 7} 'spec.ports[${i}].name' is the name of 'spec.ports[0]' too, got "tls"${WEBHOOK}, give each port a name of its own`)));
});

test('a port that has the number of another is told', () => {
  expect(portsOf('{number: 443, name: tls}', '{number: 443, name: https}')).toEqual([
    `8 'spec.ports[1].number' is the number of 'spec.ports[0]' too, got 443${WEBHOOK}, write each number once`,
  ]);
});

test('what is missing or wrong in two ports is told for each of them, and not as the same', () => {
  expect(portsOf('{name: a}', '{name: b}')).toEqual([]);
  expect(portsOf('{number: 1}', '{number: 2}').map(problem => problem.replace(/,.*/, ''))).toEqual(['7 \'spec.ports[0]\' has no \'name\'', '8 \'spec.ports[1]\' has no \'name\'']);
  expect(portsOf('{number: 1, name: ""}', '{number: 2, name: ""}')).toHaveLength(2);
  expect(portsOf('{number: "1", name: a}', '{number: "1", name: b}')).toEqual([0, 1].map(i => expect.stringContaining(`'spec.ports[${i}].number' is no number`) as string));
});

test.each(['{number: 1, name: tcp}', '{number: 2, name: Tls-1}', '{number: 3, name: "1"}', `{number: 4, name: ${LONGEST}}`])('a port is right beside others: %s', port => {
  expect(portsOf('{number: 80, name: tls}', port)).toEqual([]);
});

test('an entry without ports is taken', () => {
  expect(problemsOf('  hosts: [a.example.com]\n  ports: []\n')).toEqual([]);
});
