import * as fs from 'node:fs';
import * as path from 'node:path';
import * as fc from 'fast-check';
import { run } from './helpers';

const EXAMPLE = fs.readFileSync(path.join(__dirname, '../../examples/bookinfo-external-mysql/manifests/via-gateway/bookinfo-via-gateway.k8s.yaml'), 'utf8');

/** The objects of one route, small enough to be spoiled often. */
const TEXT = EXAMPLE.split('\n---\n').filter(document => /kind: (ServiceEntry|Gateway|VirtualService|DestinationRule)\n/.test(document)).join('\n---\n');

/** Objects of the cluster that have names, labels, ports and protocols of anybody's. */
const OTHERS = `apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop, labels: {app: web}, annotations: {networking.istio.io/exportTo: shop}}
spec: {selector: {app: web}, ports: [{port: 80, name: http, appProtocol: http, targetPort: web}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: cart, namespace: shop}
spec: {template: {metadata: {labels: {app: web}}, spec: {serviceAccountName: cart, containers: [{name: app, env: [{name: A, value: b}], ports: [{name: web, containerPort: 80}]}]}}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web, namespace: shop}
spec: {podSelector: {matchExpressions: [{key: app, operator: Exists}]}, policyTypes: [Egress], egress: [{to: [{podSelector: {matchLabels: {app: web}}}], ports: [{port: web, protocol: TCP}]}]}
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: web, namespace: istio-system}
spec: {selector: {matchLabels: {istio: egressgateway}}, action: ALLOW, rules: [{when: [{key: source.principal, values: [cluster.local/ns/shop/sa/cart]}]}]}
`;

/** What has a meaning to YAML or to a rule. */
const PARTS = ['{', '}', '[', ']', ':', ': ', '- ', '"', '\'', '|', '>', '&a ', '*a', '!!str ', '%', '@', '#', '\t', '\n', '\n---\n', '  ', '{{ .Values.x }}', '~', '-1', '1e999',
  'null', '\u0000', '\u2028', '<<: ', '\ud800', '*', '0x', '[]', '{}', 'true'];

const edits = fc.array(fc.record({
  at: fc.nat({ max: TEXT.length }), cut: fc.nat({ max: 8 }), part: fc.constantFrom('', ...PARTS),
}), { minLength: 1, maxLength: 6 });

const spoiled = (changes: readonly { at: number; cut: number; part: string }[]) => changes.reduce(
  (text, { at, cut, part }) => text.slice(0, at) + part + text.slice(at + cut), TEXT);

test('whatever a file has, nothing fails but the file', async () => {
  await fc.assert(fc.asyncProperty(edits, fc.constantFrom('text', 'json', 'sarif', 'junit'), async (changes, format) => {
    const { code, out, err } = await run(['lint', '-', '--format', format], { stdin: spoiled(changes) });

    expect([0, 1, 2]).toContain(code);
    expect(err).not.toMatch(/fault of|undefined|\n {4}at /);
    // A manifest that has lost its namespace is one all the same.
    expect(err.replace(/^\d+ objects? names? no namespace, .*\n/m, '') === '').toBe(code !== 2);
    expect(out).not.toBe('');
  }), { numRuns: 300, seed: 20260901 });
});

test('whatever values have another type than they should, no rule fails', async () => {
  const value = fc.constantFrom('[]', '{}', '~', '5', '"x"', '[5]', '[[]]', '{a: b}', '[{}]', '[~]');
  const fields = [...TEXT.matchAll(/^( *(?:- )?[\w.]+):(?: .*)?\n/gm)];

  await fc.assert(fc.asyncProperty(fc.nat({ max: fields.length - 1 }), value, async (which, other) => {
    const { index, 0: line, 1: key } = fields[which];
    // What is below the field goes with it.
    const indent = key.search(/[^ -]/);
    const rest = TEXT.slice(index + line.length).split('\n');
    const end = rest.findIndex(next => next.search(/[^ -]/) <= indent || next.startsWith('---'));
    const { err } = await run(['lint', '-'], { stdin: `${TEXT.slice(0, index)}${key}: ${other}\n${rest.slice(Math.max(end, 0)).join('\n')}` });

    expect(err).not.toMatch(/fault of/);
  }), { numRuns: 300, seed: 20260901 });
});

test('names that every object of JavaScript has are names like any other', async () => {
  const names = fc.constantFrom('constructor', '__proto__', 'toString', 'hasOwnProperty', 'valueOf');
  const text = `${OTHERS}---\n${TEXT}`;
  const words = [...text.matchAll(/[\w./-]{2,}/g)];
  const commands = fc.constantFrom(['lint'], ['report'], ['report', '--format', 'csv'], ['explain', '--from', 'shop/cart', '--to', 'web.shop:80']);

  await fc.assert(fc.asyncProperty(fc.nat({ max: words.length - 1 }), names, commands, async (at, name, command) => {
    const { index, 0: word } = words[at];
    const { err } = await run([...command, '-'], { stdin: `${text.slice(0, index)}${name}${text.slice(index + word.length)}` });

    expect(err).not.toMatch(/fault of/);
  }), { numRuns: 400, seed: 20260901 });
});

test('a port is named `constructor`', async () => {
  const { err } = await run(['report', '-'], { stdin: `${OTHERS.replace('name: http, appProtocol: http', 'name: constructor')}---\n${TEXT}` });

  expect(err).toBe('');
});

describe('what a terminal obeys, or what turns a text around, is seen', () => {
  const hostile = String.raw`a\e[2J\x9b2J\u202etxt\u2066\u2028`;
  const unseen = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;
  const objects = [
    `apiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata: {name: db, namespace: shop}\nspec: {hosts: ["${hostile}.example.com"], resolution: STATIC, ports: [{number: 1, name: a, protocol: TCP}]}\n`,
    `apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: "${hostile}", namespace: shop}\nspec: {hosts: [db.example.com], action: ["${hostile}"]}\n`,
    `apiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: {name: "${hostile}", namespace: shop}\nspec: {action: "${hostile}"}\n`,
  ].join('---\n');

  test.each([
    ['lint', '--json'], ['lint', '--format', 'sarif'], ['lint'], ['report', '--json'], ['explain', '--from', 'shop/cart', '--to', 'db.example.com:1', '--json'],
    ['lint', '--only', 'MX0904'],
  ].map(args => [args]))('%j', async args => {
    const { out, err } = await run([...args, '-'], { stdin: objects });

    expect(out).not.toMatch(unseen);
    expect(err).toContain('\\u202etxt');
    expect(err).not.toMatch(unseen);
    expect(args.some(arg => ['--json', 'sarif'].includes(arg)) ? () => JSON.parse(out) as unknown : () => undefined).not.toThrow();
  });

  test('in what is wrong about the use', async () => {
    const { err } = await run(['explain', '--from', 'shop/cart', '--to', 'db.example.com:1', '-'], { stdin: objects.replaceAll(', namespace: shop', '') });

    expect(err).toContain('objects name no namespace');
    expect(err).not.toMatch(unseen);
  });

  test('and JSON says the same as before', async () => {
    const { out } = await run(['lint', '--json', '-'], { stdin: objects });
    const { findings } = JSON.parse(out) as { findings: { id: string; message: string }[] };

    expect(findings.find(({ id }) => id === 'MX0211')?.message).toBeDefined();
    expect(JSON.stringify(findings)).toContain('\u202etxt');
  });
});
