import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { DOMParser } from '@xmldom/xmldom';
import { database, run as runOnce, runWith } from './helpers';

/** Two that disturb each other, a warning, a broken document, and what XML and URIs do not take as it is. */
const FILES = {
  'ä b/<a>&.yaml': `${database('orders')}---\n${database('stock')}---\nkind: "\n`,
  'clean.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: x }\n',
  'rules.js': `module.exports = [{ id: 'ORG1', name: 'of-ours', severity: 'WARNING', title: 'T', why: 'W', fix: 'F', check: ({ objects }) => [
    { manifest: objects[0], message: 'a "quoted" <text> & \\u0007 more', fix: ']]>', field: ['spec', 'hosts', '0'] }] }];`,
};
const ARGS = ['lint', 'ä b', 'clean.yaml', 'nowhere.yaml', '--rules', 'rules.js', '--format'];

interface Text {
  readonly text: string;
}

interface Sarif {
  readonly version: string;
  readonly $schema: string;
  readonly runs: {
    readonly tool: { readonly driver: Driver };
    readonly invocations: { readonly executionSuccessful: boolean; readonly toolExecutionNotifications: { readonly message: Text }[] }[];
    readonly results: Result[];
  }[];
}

interface Driver {
  readonly name: string;
  readonly version: string;
  readonly rules: { readonly id: string; readonly shortDescription: Text }[];
}

interface Result {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: string;
  readonly message: Text;
  readonly partialFingerprints: { readonly [name: string]: string };
  readonly locations: { readonly physicalLocation: Place }[];
}

interface Place {
  readonly artifactLocation: { readonly uri: string };
  readonly region: { readonly startLine: number };
}

/** A place as `<uri>:<line>`. */
const placeOf = ({ locations: [{ physicalLocation: { artifactLocation, region } }] }: Result) => `${artifactLocation.uri}:${region.startLine}`;

describe('SARIF', () => {
  const sarif = async (files: { readonly [file: string]: string } = FILES, args: readonly string[] = ARGS) => {
    const { out } = await runWith(files, [...args, 'sarif']);
    return JSON.parse(out) as Sarif;
  };

  test('has what version 2.1.0 requires', async () => {
    const { version, $schema, runs: [run] } = await sarif();

    expect([version, $schema]).toEqual(['2.1.0', 'https://json.schemastore.org/sarif-2.1.0.json']);
    expect([run.tool.driver.name, run.tool.driver.version]).toEqual(['cdk8s-istio-egress', '0.0.0']);
    expect(run.tool.driver.rules.every(({ id, shortDescription }) => id !== '' && shortDescription.text !== '')).toBe(true);
    expect(run.results.map(({ ruleId, ruleIndex }) => run.tool.driver.rules[ruleIndex].id === ruleId)).toEqual([true, true, true, true]);
  });

  test('has each finding with its level and place; the place is a URI', async () => {
    const { runs: [{ results }] } = await sarif();

    expect(results.slice(0, 2).map(result => [result.ruleId, result.level, placeOf(result)]))
      .toEqual([['ORG1', 'warning', '%C3%A4%20b/%3Ca%3E%26.yaml:8'], ['MX0203', 'error', '%C3%A4%20b/%3Ca%3E%26.yaml:25']]);
    expect(results[1].message.text).toMatch(/^port 3306 of "stock\.example\.com"[^]*; write 'spec\.addresses'/);
  });

  test('says what could not be read, and that the run did not succeed', async () => {
    const { runs: [{ invocations: [{ executionSuccessful, toolExecutionNotifications }] }] } = await sarif();

    expect(executionSuccessful).toBe(false);
    expect(toolExecutionNotifications.map(({ message }) => message.text)).toEqual(['there is no such file or folder', expect.stringMatching(/^this is no YAML/)]);
  });

  test('has the rules that found something, and no other', async () => {
    const { runs: [{ tool: { driver: { rules } } }] } = await sarif({ ...FILES, 'ä b/<a>&.yaml': FILES['ä b/<a>&.yaml'].replace('---\nkind: "\n', '') }, ['lint', 'ä b', '--rules', 'rules.js', '--format']);

    expect(rules.map(({ id }) => id)).toEqual(['MX0203', 'ORG1']);
  });

  test('has a result for what could not be read, which code scanning shows', async () => {
    const { runs: [{ results, tool: { driver: { rules } } }] } = await sarif();

    expect(results.slice(2).map(({ ruleId, level, message }) => [ruleId, level, message.text])).toEqual([
      ['unread', 'error', 'there is no such file or folder'], ['unread', 'error', expect.stringMatching(/^this is no YAML/)],
    ]);
    expect(rules.at(-1)!.id).toBe('unread');
  });

  test('has files inside of the working folder by their relative name, however they were given', async () => {
    const folder = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'istio-egress-test-'));
    const before = process.cwd();
    try {
      fs.mkdirSync(path.join(folder, 'in'));
      ['in/a.yaml', 'b.yaml'].forEach(file => fs.writeFileSync(path.join(folder, file), `${database('orders')}---\n${database('stock')}`));
      process.chdir(path.join(folder, 'in'));
      const uriOf = async (file: string) => {
        const { out } = await runOnce(['lint', path.join(folder, file), '--only', 'MX0203', '--format', 'sarif']);
        return placeOf((JSON.parse(out) as Sarif).runs[0].results[0]);
      };

      expect([await uriOf('in/a.yaml'), await uriOf('b.yaml')]).toEqual(['a.yaml:25', `file://${folder}/b.yaml:25`]);
    } finally {
      process.chdir(before);
      fs.rmSync(folder, { recursive: true, force: true });
    }
  });

  test('has fingerprints that stay when lines move', async () => {
    const printsOf = async (text: string) => {
      const { runs: [{ results }] } = await sarif({ 'a.yaml': text }, ['lint', 'a.yaml', '--format']);
      return results.map(({ partialFingerprints }) => partialFingerprints);
    };
    const text = `${database('orders')}---\n${database('stock')}`;

    expect(await printsOf(`# moved\n\n${text}`)).toEqual(await printsOf(text));
    expect(await printsOf(text.replaceAll('stock', 'store'))).not.toEqual(await printsOf(text));
  });
});

describe('JUnit', () => {
  /** The document; a parser that finds a fault throws. */
  const junit = async (files: { readonly [file: string]: string } = FILES, args: readonly string[] = ARGS) => {
    const { out } = await runWith(files, [...args, 'junit']);
    return new DOMParser({ onError: (_, message) => { throw new Error(message); } }).parseFromString(out, 'text/xml');
  };

  test('is XML, with the same text in it', async () => {
    const failure = (await junit()).getElementsByTagName('system-out')[0];

    expect(failure.textContent).toBe('ä b/<a>&.yaml:8\na "quoted" <text> & \\u0007 more\nfix: ]]>');
  });

  test('shows what turns the direction of a text', async () => {
    const { out } = await runWith({ 'a.yaml': 'kind: "\u202e' }, ['lint', 'a.yaml', '--format', 'junit']);

    expect(out).not.toContain('\u202e');
  });

  test('has a suite for each file; an error fails, a warning does not, and what could not be read is an error', async () => {
    const document = await junit();
    const suites = [...document.getElementsByTagName('testsuite')].map(suite => ['name', 'tests', 'failures', 'errors'].map(name => suite.getAttribute(name)));

    expect(suites).toEqual([['ä b/<a>&.yaml', '2', '1', '0'], ['clean.yaml', '1', '0', '0'], ['reading', '2', '0', '2']]);
    expect(['tests', 'failures', 'errors'].map(name => document.documentElement?.getAttribute(name))).toEqual(['5', '1', '2']);
    expect(document.getElementsByTagName('failure')[0].getAttribute('message')).toMatch(/^port 3306 of "stock\.example\.com"/);
  });

  test('has no test that passes for a file that cannot be read', async () => {
    const document = await junit({ 'broken.yaml': 'kind: "\n', 'clean.yaml': FILES['clean.yaml'] }, ['lint', '.', '--format']);

    expect([...document.getElementsByTagName('testcase')].map(one => `${one.getAttribute('classname')} ${one.getAttribute('name')}`))
      .toEqual(['clean.yaml no findings', 'broken.yaml:2 can be read']);
  });
});
