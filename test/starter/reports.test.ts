import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { parse } from 'yaml';
import { CI_SYSTEMS } from '../../src/starter/ci-systems';
import { typescript } from '../../src/starter/typescript';

const TEMPLATES = path.join(__dirname, '../../templates');

interface GithubJob {
  readonly steps: readonly { readonly name?: string; readonly run?: string }[];
}

interface GitlabJob {
  readonly script: readonly string[];
}

/** What a job of each system runs to write a report, and to send one. */
interface Scripts {
  readonly report: string;
  readonly comment: string;
}

function scriptsOf(id: string): Scripts {
  const system = CI_SYSTEMS.find(one => one.id === id)!;
  const pipeline = parse(system.compose(fs.readFileSync(path.join(TEMPLATES, id, system.file), 'utf8'), typescript)) as object;
  if (id === 'gitlab') {
    const { report, comment } = pipeline as { readonly [job: string]: GitlabJob };
    return { report: report.script.join('\n'), comment: comment.script.join('\n') };
  }
  const { jobs } = pipeline as { readonly jobs: { readonly [name: string]: GithubJob } };
  const steps = Object.values(jobs).flatMap(job => job.steps);
  const lines = (name: string) => steps.find(step => step.name === name)!.run!;
  return { report: lines('what the change opens and closes'), comment: lines('comment') };
}

let folder: string;
let work: string;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'istio-egress-test-'));
  work = path.join(folder, 'work');
  ['work', 'programs', 'temp'].forEach(name => fs.mkdirSync(path.join(folder, name)));
  program('gh', 'case "$1" in pr) cp comment.md "$SENT" ;; esac');
  program('curl', 'for word; do case "$word" in body@*) cp "${word#body@}" "$SENT" ;; esac; done');
});

afterEach(() => {
  fs.rmSync(folder, { recursive: true, force: true });
});

function program(name: string, line: string): void {
  fs.writeFileSync(path.join(folder, 'programs', name), `#!/bin/sh\n${line}\n`, { mode: 0o755 });
}

/** Runs a script as a runner does; gives its exit code. */
function run(script: string, env: { readonly [name: string]: string } = {}): number | null {
  const github = { RUNNER_TEMP: path.join(folder, 'temp'), GITHUB_STEP_SUMMARY: path.join(folder, 'summary.md'), APP: 'egress', HEAD: 'the-commit', RUN: 'the-run' };
  const gitlab = { CI_PROJECT_DIR: work, REPORT: 'report.md', EGRESS_TOKEN: 'secret', CI_COMMIT_SHA: 'the-commit', CI_PIPELINE_URL: 'the-run' };
  const given = { ...process.env, ...github, ...gitlab, PATH: `${folder}/programs:${process.env.PATH}`, SENT: path.join(folder, 'sent.md') };
  return spawnSync('bash', ['-e', '-c', script], { cwd: work, env: { ...given, ...env }, stdio: 'ignore' }).status;
}

const read = (file: string) => (fs.existsSync(path.join(folder, file)) ? fs.readFileSync(path.join(folder, file), 'utf8') : undefined);

describe.each(CI_SYSTEMS.map(({ id }) => id))('the report of a change, on %s,', id => {
  const { report } = scriptsOf(id);

  /** Writes a report in a repository whose base has files; gives the exit code. */
  function write(files: { readonly [file: string]: string }): number | null {
    Object.entries(files).forEach(([file, text]) => {
      fs.mkdirSync(path.dirname(path.join(work, file)), { recursive: true });
      fs.writeFileSync(path.join(work, file), text);
    });
    const git = (...args: string[]) => spawnSync('git', ['-c', 'user.name=team', '-c', 'user.email=team@example.com', ...args], { cwd: work, encoding: 'utf8' }).stdout;
    ['init --quiet', 'add .', 'commit --quiet --allow-empty --message base'].forEach(line => git(...line.split(' ')));
    const base = git('rev-parse', 'HEAD').trim();
    return run(report, { BASE: base, CI_MERGE_REQUEST_DIFF_BASE_SHA: base });
  }

  test('compares with dist/ of the base', () => {
    program('npm', 'echo "$1 $3 $5"; cat "$6/shop.k8s.yaml"');

    expect(write({ 'dist/shop.k8s.yaml': 'of the base' })).toBe(0);
    expect(read('work/report.md')).toBe('run report --diff\nof the base');
  });

  test('has all there is where the base has nothing', () => {
    program('npm', 'echo "$@"');

    expect(write({})).toBe(0);
    expect(read('work/report.md')).toBe('run --silent report -- dist\n');
  });

  test('is not there when it could not be made', () => {
    program('npm', 'exit 127');

    expect(write({})).toBe(127);
    expect(read('work/report.md')).toBeUndefined();
  });

  test('is there when access that is opened fails the job', () => {
    program('npm', 'echo "**It opens access.**"; exit 1');

    expect(write({})).toBe(1);
    expect(read('work/report.md')).toBe('**It opens access.**\n');
  });
});

describe.each(CI_SYSTEMS.map(({ id }) => id))('the comment, on %s,', id => {
  const { comment } = scriptsOf(id);
  const put = (file: string, text: string) => fs.writeFileSync(path.join(work, file), text);

  test('has the report', () => {
    put('report.md', '**It opens access.**\n');

    expect(run(comment)).toBe(0);
    expect(read('sent.md')).toContain('**It opens access.**');
  });

  test.each<[string, () => void]>([
    ['is not there', () => undefined],
    ['is empty', () => put('report.md', '')],
    ['is a link to another file', () => { put('other', 'not for others\n'); fs.symlinkSync(path.join(work, 'other'), path.join(work, 'report.md')); }],
    ['is a folder', () => fs.mkdirSync(path.join(work, 'report.md'))],
  ])('says that there is no report of this state, and where to look, when the report %s', (_, make) => {
    make();

    expect(run(comment)).toBe(0);
    expect(read('sent.md')).toMatch(/There is no report of the-commit\. The .* says why: the-run\n$/);
    expect(read('sent.md')).not.toContain('not for others');
  });

  test('is cut at a line, and leads to the rest', () => {
    put('report.md', 'one line of many\n'.repeat(60_000));

    expect(run(comment)).toBe(0);
    const [kept, rest] = read('sent.md')!.split('\n\n\n');
    expect(kept).toMatch(/one line of many$/);
    expect(rest).toMatch(/^The rest is .*: the-run\n$/);
    expect(kept.length).toBeLessThan(500_000);
  });
});

test('the job of GitLab with the token follows no link of a folder either, and sends nothing without the token', () => {
  const { comment } = scriptsOf('gitlab');
  fs.mkdirSync(path.join(folder, 'elsewhere'));
  fs.writeFileSync(path.join(folder, 'elsewhere/report.md'), 'not for others\n');
  fs.symlinkSync(path.join(folder, 'elsewhere'), path.join(work, 'shop'));

  expect(run(comment, { REPORT: 'shop/report.md', EGRESS_TOKEN: '' })).toBe(0);
  expect(read('sent.md')).toBeUndefined();
  expect(run(comment, { REPORT: 'shop/report.md' })).toBe(0);
  expect(read('sent.md')).toMatch(/^There is no report of the-commit/);
});

test('a report that a change to GitHub has in its files is removed, also where npm fails', () => {
  program('npm', 'exit 127');
  fs.writeFileSync(path.join(work, 'report.md'), '**It opens nothing.**\n');
  run(scriptsOf('github').report);

  expect(read('work/report.md')).toBeUndefined();
});

test('the report on GitLab has a name of its own in each pipeline, so that one which the folder of the runner has is not sent', () => {
  const { report, comment } = parse(fs.readFileSync(path.join(TEMPLATES, 'gitlab/.gitlab-ci.yml'), 'utf8')) as {
    readonly [job: string]: { readonly variables: object; readonly artifacts: object };
  };

  expect(report.variables).toEqual({ REPORT: 'report-$CI_PIPELINE_ID.md' });
  expect(report.artifacts).toMatchObject({ paths: ['$REPORT'] });
  expect(comment.variables).toMatchObject(report.variables);
});

test('a push to GitHub ends what runs for the push before, and a merge queue has the check alone', () => {
  const workflow = parse(fs.readFileSync(path.join(TEMPLATES, 'github/.github/workflows/egress.yml'), 'utf8')) as {
    readonly on: object;
    readonly concurrency: object;
    readonly jobs: { readonly [name: string]: { readonly if?: string } };
  };

  expect(workflow.on).toEqual({ pull_request: null, merge_group: null });
  expect(workflow.concurrency).toEqual({ 'group': '${{ github.workflow }}-${{ github.event.pull_request.number || github.ref }}', 'cancel-in-progress': true });
  const inQueue = Object.entries(workflow.jobs).filter(([, job]) => !job.if?.includes('github.event_name == \'pull_request\''));
  expect(inQueue.map(([name]) => name)).toEqual(['check']);
});
