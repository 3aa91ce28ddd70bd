import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { App, Chart, Yaml } from 'cdk8s';
import { ValidationContext } from 'cdk8s-cli/plugins';
import { ExternalTcp, MeshFindings, MeshValidation, Resolution } from '../src';
import { manifestsOf, messageOf } from './helpers';

/** Two services of one port, of which the second one gets no connections; the finding may be accepted. */
function clashing(reason?: string): object[] {
  const app = new App();
  const chart = new Chart(app, 'shop', { namespace: 'shop' });
  const tcp = (id: string) => new ExternalTcp(chart, id, {
    host: `${id.toLowerCase()}.example.com`, ports: [3306], resolution: Resolution.dnsRoundRobin(), expires: '2027-01-31',
  });
  tcp('Orders');
  const stock = tcp('Stock');
  MeshFindings.of(stock).acknowledge('MX0203', reason ?? 'to be taken away');
  const manifests = manifestsOf(app);
  return reason === undefined ? manifests.map(({ metadata: { annotations: _, ...metadata }, ...rest }) => ({ ...rest, metadata })) : manifests;
}

const RULE = (check: string) => `module.exports = [{
  id: 'ACME-1', name: 'ours', severity: 'WARNING', title: 'T', why: 'W', fix: 'F', check: ${check},
}];`;

/** What cdk8s-cli reports of objects, and the lines that it logs. */
async function validate(objects: object[] | string, properties: object = {}, rules?: string) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'istio-egress-test-'));
  try {
    const file = path.join(folder, 'shop.k8s.yaml');
    fs.writeFileSync(file, typeof objects === 'string' ? objects : Yaml.stringify(...objects));
    const module = path.join(folder, 'rules.js');
    fs.writeFileSync(module, rules ?? '');
    const context = new ValidationContext([file], 'cdk8s-istio-egress', '1.0.0', { 'stock.shop': { path: 'shop/Stock/Resource' } });
    const logged: string[] = [];
    jest.spyOn(context.logger, 'log').mockImplementation(line => void logged.push(line));
    await new MeshValidation({ ...properties, ...rules === undefined ? {} : { rules: [module] } }).validate(context);
    const { violations, summary } = context.report.toJson();
    return { violations, summary, logged, success: context.report.success, text: context.report.toString() };
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

describe('the validation plugin of cdk8s-cli', () => {
  test('fails on an error, and names the construct, the line and what to write instead', async () => {
    const { violations, summary, success, text } = await validate(clashing());

    expect(success).toBe(false);
    expect(summary.metadata).toEqual({ errors: '1', warnings: '0', acknowledged: '0' });
    expect(violations).toEqual([{
      ruleName: 'ERROR MX0203 port-captured-twice',
      recommendation: expect.stringMatching(/^port 3306 of "stock\.example\.com"/),
      fix: expect.stringMatching(/Resolution\.ipAddresses\(\).*; of an object of another tool: write 'spec\.addresses'/),
      violatingConstructs: [{
        resourceName: 'stock.shop',
        constructPath: 'shop/Stock/Resource',
        manifestPath: expect.stringMatching(/shop\.k8s\.yaml$/),
        locations: ['line 27 ServiceEntry spec.ports[0]'],
      }],
    }]);
    expect(text).toContain('ERROR MX0203 port-captured-twice (1 occurrences)');
  });

  test('takes the acknowledgements of the app over, and logs them', async () => {
    const { violations, summary, success, logged } = await validate(clashing('moves on Monday'));

    expect([success, violations, summary.metadata]).toEqual([true, [], { errors: '0', warnings: '0', acknowledged: '1' }]);
    expect(logged).toEqual(['acknowledged: MX0203 port-captured-twice of ServiceEntry stock.shop: moves on Monday']);
  });

  test('knows the facts of the mesh that it is told', async () => {
    expect((await validate(clashing(), { mesh: { dnsCapture: true } })).success).toBe(true);
  });

  test('reports a warning without failing, unless it is strict', async () => {
    const objects = clashing('moves on Monday');
    const relaxed = await validate(objects, { today: '2027-02-01' });
    const strict = await validate(objects, { today: '2027-02-01', strict: true });

    expect(relaxed.violations.map(({ ruleName }) => ruleName)).toEqual(['WARNING MX0903 dependency-expired', 'WARNING MX0903 dependency-expired']);
    expect([relaxed.success, strict.success]).toEqual([true, false]);
  });

  test('looks with the rules of an organisation', async () => {
    const check = '({ dependencies }) => dependencies.map(({ manifest, hosts }) => ({ manifest, message: hosts[0], field: ["spec", "hosts", "0"] }))';
    const { violations } = await validate(clashing('x'), {}, RULE(check));

    expect(violations.map(violation => [violation.ruleName, violation.recommendation, violation.violatingConstructs[0].locations])).toEqual([
      ['WARNING ACME-1 ours', 'orders.example.com', ['line 12 ServiceEntry spec.hosts[0]']],
      ['WARNING ACME-1 ours', 'stock.example.com', ['line 32 ServiceEntry spec.hosts[0]']],
    ]);
  });

  test('fails on a rule that fails, and on a file that it cannot read', async () => {
    const failing = await validate(clashing('x'), {}, RULE('() => { throw new Error("oops"); }'));
    const unreadable = await validate('kind: "\n');

    expect([failing.success, failing.violations[0].recommendation]).toEqual([false, 'rule ACME-1 ours failed, which is a fault of the rule: oops']);
    expect([unreadable.success, unreadable.violations[0].ruleName]).toEqual([false, 'ERROR manifest-unreadable']);
  });

  test.each([
    [{ facts: {} }, '[MeshValidation] \'facts\' is not a property of \'properties\' of MeshValidation: it has \'mesh\', \'rules\', \'strict\', \'today\''],
    [{ mesh: { dnsCapure: true } }, '[MeshValidation] \'dnsCapure\' is not a property of \'mesh\': it has \'apiVersion\''],
    [{ rules: './rules.js' }, '[MeshValidation] \'rules\' must be a list like ["./rules.js"], got "./rules.js"'],
    [{ today: new Date(0) }, '[MeshValidation] \'today\' must be a day like "2027-01-31" in quotation marks, got a Date'],
  ])('refuses %j', (properties, message) => {
    expect(messageOf(() => new MeshValidation(properties))).toContain(message);
  });

  test('says which file has no rules', async () => {
    await expect(validate(clashing('x'), {}, 'module.exports = 5;')).rejects.toThrow(/rules\.js exports no list of rules/);
  });
});
