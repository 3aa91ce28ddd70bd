import { runWith } from './helpers';

const routeTo = (name: string, service: string) => `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: ${name}
  namespace: shop
spec:
  hosts:
    - ${service}
  http:
    - match:
        - uri: {prefix: /of-its-own}
      route:
        - destination:
            host: ${service}
`;

const ROUTE = routeTo('a', 'web');
/** One destination of one rule, and one of eleven more. */
const MANY = `${routeTo('r0', 'api')}---\n${routeTo('r1', 'web')}${Array.from({ length: 10 }, (_, i) => `    - match:
        - uri: {prefix: /${i}}
      route: [{destination: {host: web}}]
`).join('')}`;

interface NotJudged {
  readonly kind: string;
  readonly dependsOn: string;
  readonly message: string;
  readonly rules: string[];
  readonly count: number;
  readonly places: { readonly file: string; readonly line: number; readonly field: string; readonly object: object }[];
}

test('is a line for each kind, before the summary that counts it; nothing has failed', async () => {
  const { code, out, err } = await runWith({ 'a.yaml': MANY }, ['lint', 'a.yaml', '--strict']);

  expect([code, err]).toEqual([0, '']);
  expect(out).toBe('Not judged:\n'
    + '  a.yaml:8  VirtualService shop/r0 and 1 more place: Service shop/api is not in the input: its ports, its pods and the Gateways that are for them; '
    + 'add the Service and its workload (and 1 other of the kind: see --json)\n    accept: NJ-SERVICE: <reason>\n\n'
    + 'To accept one, write its line "accept:", with your reason, at its object: annotation cdk8s-istio-egress/acknowledge: "<the line>"\n'
    + '(in code: MeshFindings.of(construct).acknowledge()). More about an id: lint --explain ID\n\n'
    + '0 errors, 0 warnings in 2 objects; 2 things not judged\n');
});

test('comes after the findings', async () => {
  const twice = 'apiVersion: v1\nkind: Service\nmetadata: {name: db, namespace: shop}\nspec: {selector: {app: a}, ports: [{port: 1}]}\n';
  const { code, out } = await runWith({ 'a.yaml': ROUTE, 'b.yaml': `${twice}---\n${twice}` }, ['lint', 'a.yaml', 'b.yaml']);

  expect(code).toBe(1);
  expect(out.split('\n\n').map(part => part.split(/ {2}|\n/)[0])).toEqual(['b.yaml:8', 'Not judged:', 'To accept one, write its line "accept:", with your reason, at its object: annotation cdk8s-istio-egress/acknowledge: "<the line>"', '1 error, 0 warnings in 3 objects; 1 thing not judged']);
});

test('is a member of the JSON, with the first ten places', async () => {
  const { code, out } = await runWith({ 'a.yaml': MANY }, ['lint', 'a.yaml', '--json']);
  const { notJudged } = JSON.parse(out) as { notJudged: NotJudged[] };

  expect(code).toBe(0);
  expect(notJudged.map(({ dependsOn, count, places }) => [dependsOn, count, places.length])).toEqual([['Service shop/api', 2, 2], ['Service shop/web', 12, 10]]);
  expect(notJudged[0]).toMatchObject({ kind: 'service', rules: expect.arrayContaining(['MX0407']) as string[], fix: 'add the Service and its workload' });
  expect(notJudged[0].places[1]).toEqual({
    file: 'a.yaml', line: 14, field: 'spec.http[0].route[0].destination.host', object: { group: 'networking.istio.io', kind: 'VirtualService', namespace: 'shop', name: 'r0' },
  });
});

test('is a note of the run in SARIF, with its places, and the run is successful', async () => {
  const { out } = await runWith({ 'a.yaml': ROUTE }, ['lint', 'a.yaml', '--format', 'sarif']);
  const { runs: [{ invocations: [invocation], results }] } = JSON.parse(out) as { runs: { invocations: object[]; results: object[] }[] };

  expect(results).toEqual([]);
  expect(invocation).toMatchObject({
    executionSuccessful: true,
    toolExecutionNotifications: [{
      level: 'note',
      message: { text: expect.stringMatching(/^not judged: Service shop\/web is not in the input/) as string },
      locations: [8, 14].map(startLine => ({ physicalLocation: { artifactLocation: { uri: 'a.yaml' }, region: { startLine } } })),
    }],
  });
});

test('is a suite of its own in JUnit, which nothing fails in', async () => {
  const { out } = await runWith({ 'a.yaml': ROUTE }, ['lint', 'a.yaml', '--format', 'junit']);

  expect(out).toContain('<testsuite name="not judged" tests="1" failures="0" errors="0">');
  expect(out).toMatch(/<testcase classname="not judged" name="Service shop\/web"><system-out>Service shop\/web is not in the input: [^<]*a\.yaml:8 VirtualService shop\/a/);
});

test('is counted where the findings are written to a file', async () => {
  const { err } = await runWith({ 'a.yaml': ROUTE }, ['lint', 'a.yaml', '--json', '--output', 'out.json']);

  expect(err).toBe('0 errors, 0 warnings in 1 object; 1 thing not judged: see out.json\n');
});

test('is asked of the rules that look', async () => {
  const { out } = await runWith({ 'a.yaml': ROUTE }, ['lint', 'a.yaml', '--only', 'MX0203']);

  expect(out).toBe('0 errors, 0 warnings in 1 object\n');
});

describe('what somebody accepted', () => {
  const annotated = (text: string, acknowledged: string) => text.replace('  namespace: shop\n', `  namespace: shop\n  annotations: {cdk8s-istio-egress/acknowledge: "${acknowledged}"}\n`);
  const linted = (acknowledged: string, ...options: string[]) => runWith({ 'a.yaml': annotated(ROUTE, acknowledged) }, ['lint', 'a.yaml', ...options]);
  const REASON = 'is in the repository of the web team';

  test('is counted, and no line', async () => {
    expect(await linted(`NJ-SERVICE: ${REASON}`)).toMatchObject({ code: 0, err: '', out: '0 errors, 0 warnings in 1 object; 1 thing not judged and acknowledged\n' });
    expect((await linted(`nj-service spec.http[0].route[0].destination.host: ${REASON}`, '--strict')).out).toContain('not judged and acknowledged');
  });

  test('is a member of the JSON with its reason', async () => {
    const { notJudged } = JSON.parse((await linted(`NJ-SERVICE: ${REASON}`, '--json')).out) as { notJudged: object[] };

    expect(notJudged).toMatchObject([{ kind: 'service', acknowledge: 'NJ-SERVICE: <reason>', acknowledged: REASON }]);
  });

  test.each(['sarif', 'junit'])('is written with its reason as %s', async format => {
    expect((await linted(`NJ-SERVICE: ${REASON}`, '--format', format)).out).toContain(`acknowledged: ${REASON}`);
  });

  test('is accepted at its own place only', async () => {
    const text = `${annotated(routeTo('r0', 'api'), 'NJ-SERVICE: known')}---\n${routeTo('r1', 'db').replace('host: db', 'host: api')}`;
    const { out } = await runWith({ 'a.yaml': text }, ['lint', 'a.yaml']);

    expect(out).toMatch(/VirtualService shop\/r1( and \d more places?)?: Service shop\/(api|db) is not in the input/);
    expect(out).toContain('; 2 things not judged; 1 thing not judged and acknowledged');
  });

  test.each([
    ['NJ-GATEWAY: known', 'matches nothing that was not judged'],
    ['NJ-SERVICE spec.http[1]: known', 'matches nothing that was not judged'],
    ['NJ-SERVIC: known', 'names nothing that lint leaves unjudged'],
    ['NJ-SERVICE: ', 'has no reason, and has no effect'],
  ])('%s is a finding', async (acknowledged, message) => {
    const { code, out } = await linted(acknowledged, '--strict');

    expect(code).toBe(1);
    expect(out).toContain('MX0902 acknowledgement-unused');
    expect(out).toContain(message);
    expect(out).toContain('1 thing not judged');
  });

  test('is no finding when the rules of its kind do not look', async () => {
    expect((await linted('NJ-GATEWAY: known', '--strict', '--only', 'MX0902,MX0306')).out).toContain('1 warning');
    expect((await linted('NJ-GATEWAY: known', '--strict', '--only', 'MX0902,MX0203')).out).toContain('0 warnings');
  });
});
