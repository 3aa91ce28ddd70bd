import * as fs from 'node:fs';
import * as path from 'node:path';
import { parse } from 'yaml';

const ROOT = path.join(__dirname, '..');
const WORKFLOWS = path.join(ROOT, '.github/workflows');

interface Workflow {
  readonly permissions: object;
  readonly concurrency?: object;
  readonly jobs: { readonly [name: string]: { readonly 'permissions'?: object; readonly 'timeout-minutes'?: number; readonly 'environment'?: string; readonly 'steps': readonly { readonly run?: string }[] } };
}

const files = fs.readdirSync(WORKFLOWS);
const read = (file: string) => fs.readFileSync(path.join(WORKFLOWS, file), 'utf8');
const manifest = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as { readonly scripts: object; readonly keywords: string[]; readonly license: string; readonly version: string };

describe.each(files)('the workflow %s', file => {
  const text = read(file);
  const workflow = parse(text) as Workflow;

  test('pins each action by the digest of a commit, with its version', () => {
    const all = [...text.matchAll(/uses: (.*)$/gm)].map(([, action]) => action);

    expect(all.length).toBeGreaterThan(0);
    expect(all.filter(action => !/^[\w-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(action))).toEqual([]);
  });

  test('grants nothing that a job does not ask for, and no job runs for ever', () => {
    expect(workflow.permissions).toEqual({});
    expect(workflow.concurrency).toBeDefined();
    expect(Object.values(workflow.jobs).filter(job => job.permissions === undefined || job['timeout-minutes'] === undefined)).toEqual([]);
  });

  test('runs npm scripts that are there', () => {
    const named = [...text.matchAll(/npm run ([\w:-]+)/g)].map(([, name]) => name);

    expect(named.filter(name => !Object.hasOwn(manifest.scripts, name))).toEqual([]);
  });
});

test('whatever publishes waits for an environment', () => {
  const { jobs } = parse(read('release.yml')) as Workflow;
  const publishing = Object.entries(jobs).filter(([name]) => !['packages', 'try'].includes(name));

  expect(publishing.map(([name]) => name)).toEqual(['npm', 'pypi', 'maven', 'go', 'nuget', 'github']);
  expect(publishing.filter(([name, { environment }]) => environment !== name)).toEqual([]);
});

test('whatever publishes compares what it has with what was built, and fetches no program that is not locked', () => {
  const { jobs } = parse(read('release.yml')) as Workflow;
  const publishing = Object.entries(jobs).filter(([, { environment }]) => environment !== undefined);
  const commands = ([, { steps }]: (typeof publishing)[number]) => steps.map(({ run = '' }) => run).join('\n');

  expect(publishing.filter(job => !commands(job).includes('sha256sum --check --quiet SHA256SUMS')).map(([name]) => name)).toEqual([]);
  expect(publishing.filter(job => /npx|pip install|npm (i|install|exec)\b/.test(commands(job))).map(([name]) => name)).toEqual([]);
  expect(commands(['packages', jobs.packages])).not.toMatch(/release:rehearse|languages|npx/);
  const { packages } = JSON.parse(fs.readFileSync(path.join(ROOT, 'release/publish/package-lock.json'), 'utf8')) as { packages: { [name: string]: { integrity?: string } } };
  expect(Object.entries(packages).filter(([name, { integrity }]) => name !== '' && integrity === undefined)).toEqual([]);
});

test('the package says what Construct Hub asks for', () => {
  expect(manifest.keywords).toContain('cdk8s');
  expect(manifest.license).toBe('Apache-2.0');
  // A release takes its version from the tag.
  expect(manifest.version).toBe('0.0.0');
});

test.each(['SECURITY.md', 'CODE_OF_CONDUCT.md', 'LICENSE', '.github/pull_request_template.md', '.github/ISSUE_TEMPLATE/bug.yml'])('%s is there', file => {
  expect(fs.statSync(path.join(ROOT, file)).size).toBeGreaterThan(100);
});
