import * as fc from 'fast-check';
import * as ts from 'typescript';
import { adopted, ranBy } from './helpers';
import { obsolete } from '../../src/adoption/adoption';
import { comments, quoted } from '../../src/adoption/code';
import { run } from '../../src/adoption/program';

const CODE = 'globalThis.didRun = true';

/** Texts that would be code if one of the places where they are written were not ready for them. */
const text = fc.oneof(
  fc.constantFrom(
    `x', {}); ${CODE}; //`, `\u2028${CODE}//`, `\u2029${CODE}//`, `\r${CODE}//`, `\n${CODE}//`, `\r\n${CODE}//`, `\\'); ${CODE}; //`, `*/ ${CODE} /*`, `\${${CODE}}`, `\`+${CODE}+\``,
    '$(touch${IFS}x)', 'a;touch x', '`touch x`', '--all', '-A', '\u202e\u2066', '__proto__', 'eval', 'arguments', 'undefined', 'a/b', '../x', '', ' ', '\'', '\\',
  ),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom('shop', 'db', 'db.example.com', 'tcp'),
);
const name = text.filter(value => value !== '');
const fields = fc.dictionary(text.filter(key => key !== 'constructor'), text, { maxKeys: 3 });
const object = (kind: string, spec: fc.Arbitrary<object>) => fc.record({
  apiVersion: fc.constant('networking.istio.io/v1'),
  kind: fc.constant(kind),
  metadata: fc.record({ name, namespace: fc.oneof(name, fc.constant('shop')), labels: fields, annotations: fields }),
  spec,
});
const host = fc.oneof(text, fc.constantFrom('db.example.com', 'api.example.com'));
const entries = object('ServiceEntry', fc.record({
  hosts: fc.array(host, { minLength: 1, maxLength: 2 }),
  ports: fc.array(fc.record({ number: fc.constantFrom(80, 443, 3306), name: text, protocol: fc.oneof(text, fc.constantFrom('TCP', 'TLS', 'HTTP')) }), { minLength: 1, maxLength: 2 }),
  resolution: fc.oneof(text, fc.constantFrom('DNS', 'STATIC', 'NONE')),
  addresses: fc.array(text, { maxLength: 1 }),
  exportTo: fc.array(text, { maxLength: 1 }),
  subjectAltNames: fc.array(text, { maxLength: 1 }),
  endpoints: fc.array(fc.record({ address: text, locality: text, labels: fields, network: text }), { maxLength: 1 }),
}, { requiredKeys: ['hosts', 'ports'] }));
const rules = object('DestinationRule', fc.record({
  host,
  trafficPolicy: fc.record({
    tls: fc.record({ mode: fc.constantFrom('SIMPLE', 'MUTUAL'), sni: text, subjectAltNames: fc.array(text, { maxLength: 2 }), caCertificates: text, credentialName: text }),
    connectionPool: fc.record({ tcp: fc.record({ maxConnections: text, connectTimeout: text }) }),
    outlierDetection: fc.record({ consecutive5xxErrors: text, interval: text }),
  }, { requiredKeys: [] }),
}));
/** A route that is adopted if its texts allow it. */
const routed = fc.record({ name, place: fc.oneof(name, fc.constant('shop')), gateway: fc.oneof(name, fc.constant('pay')), labels: fields, account: name }).map(one => {
  const metadata = { name: one.name, namespace: one.place, annotations: one.labels };
  const networking = (kind: string, spec: object, more: object = {}) => ({ apiVersion: 'networking.istio.io/v1', kind, metadata: { ...metadata, ...more }, spec });
  const to = { host: 'istio-egressgateway.istio-system.svc.cluster.local', subset: one.name, port: { number: 443 } };
  const match = { port: 443, sniHosts: ['pay.example.com'] };
  return [
    networking('ServiceEntry', { hosts: ['pay.example.com'], ports: [{ number: 443, name: one.gateway, protocol: 'TLS' }], resolution: 'DNS' }),
    networking('Gateway', {
      selector: { istio: one.gateway }, servers: [{ port: { number: 443, name: 'tls', protocol: 'TLS' }, hosts: ['pay.example.com'], tls: { mode: 'PASSTHROUGH' } }],
    }, { name: one.gateway }),
    networking('DestinationRule', { host: to.host, subsets: [{ name: one.name, labels: one.labels }] }),
    networking('VirtualService', {
      hosts: ['pay.example.com'],
      gateways: ['mesh', one.gateway],
      tls: [
        { match: [{ ...match, gateways: ['mesh'] }], route: [{ destination: to }] },
        { match: [{ ...match, gateways: [one.gateway] }], route: [{ destination: { host: 'pay.example.com', port: { number: 443 } } }] },
      ],
    }),
    { apiVersion: 'v1', kind: 'Pod', metadata: { name: one.name, namespace: one.place, labels: one.labels }, spec: { serviceAccountName: one.account, containers: [] } },
  ];
});
const inputs = fc.tuple(fc.array(fc.oneof(entries, rules), { maxLength: 4 }), fc.array(routed, { maxLength: 1 }))
  .map(([some, routes]) => [...some, ...routes.flat()]);

/** What a program consists of, without what is in brackets. */
function statementsIn(source: string): string[] {
  const { outputText, diagnostics } = ts.transpileModule(source, {
    reportDiagnostics: true, compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022, removeComments: true },
  });
  expect(diagnostics?.map(({ messageText }) => messageText)).toEqual([]);
  const file = ts.createSourceFile('main.ts', outputText, ts.ScriptTarget.ES2022, true);
  return file.statements.filter(statement => !ts.isImportDeclaration(statement)).map(statement => {
    const isConst = ts.isVariableStatement(statement);
    const made = isConst ? statement.declarationList.declarations[0].initializer! : (statement as ts.ExpressionStatement).expression;
    expect(!isConst || statement.declarationList.declarations.length === 1).toBe(true);
    return ts.isNewExpression(made) ? `new ${made.expression.getText()}`
      : ts.isCallExpression(made) ? made.expression.getText().replace(/^.*\./, '.') : made.getText();
  });
}

test('whatever stands in the input, the program has the statements that were looked at, and no others', () => {
  fc.assert(fc.property(inputs, items => {
    const { source, program } = adopted(JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));

    expect(statementsIn(source)).toEqual([
      'new FastApp', ...Object.keys(program.facts).length > 0 ? ['.declare'] : [],
      ...program.charts.flatMap(({ statements }) => ['new Chart', ...statements.flatMap(statement => (
        statement.is === 'kept' ? ['new ApiObject'] : statement.is === 'egress' ? ['new EgressViaGateway']
          : [`new ${statement.kind}`, ...statement.route === undefined ? [] : ['.allowFrom', '.route']]))]),
      '.synth',
    ]);
    expect(ranBy(source)).toEqual(run(program).objects);
    expect(globalThis).not.toHaveProperty('didRun');
  }), { numRuns: 100 });
});

test('whatever stands in the input, what is to be deleted has names that are no code of a shell', () => {
  fc.assert(fc.property(routed, items => {
    const found = adopted(JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
    const words = [...found.adopted.map(entry => entry.object), ...obsolete(found)].flatMap(one => [one.namespace, one.name]);

    expect(words.filter(word => !/^[a-z0-9][a-z0-9.-]*$/.test(word))).toEqual([]);
  }), { numRuns: 100 });
});

test('a text is one literal, and a comment is a comment, to its last character', () => {
  fc.assert(fc.property(text, value => {
    const file = ts.createSourceFile('main.ts', quoted(value), ts.ScriptTarget.ES2022, true);
    const [literal] = file.statements;

    expect(file.statements).toHaveLength(1);
    expect(((literal as ts.ExpressionStatement).expression as ts.StringLiteral).text).toBe(value);
    expect(ts.createSourceFile('main.ts', comments(value).join('\n'), ts.ScriptTarget.ES2022, true).statements).toHaveLength(0);
    expect(`${quoted(value)}${comments(value).join('')}`).not.toMatch(/[\u2028\u2029\u202a-\u202e\u2066-\u2069\r\n]/);
  }), { numRuns: 1000 });
});
