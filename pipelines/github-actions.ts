import * as fs from 'node:fs';
import * as path from 'node:path';
import { parse } from 'yaml';
import { Pipeline } from './pipeline';
import { Change, changeIn, checkReport, forgetDist, program } from './repository';
import { App } from './workspace';
import { succeed } from '../languages/shell';
import { actionlint } from '../release/tools';

const WORKFLOW = '.github/workflows/egress.yml';
const DEPLOY = path.join(__dirname, 'github-actions/deploy.yml');

interface Step {
  readonly name?: string;
  readonly run?: string;
  readonly uses?: string;
  readonly if?: string;
}

/** The workflow that `init` writes: its steps as shells, without GitHub. */
export const githubActions: Pipeline = {
  id: 'github-actions',
  title: 'GitHub Actions',
  run: async workspace => {
    const change = await changeIn(workspace, 'github');
    await succeed(await actionlint(), ['-no-color', WORKFLOW], change.app.folder);
    checkRights(change);
    const failed = await check(change);
    if (failed.length > 0) {
      throw new Error(failed.join('\n'));
    }
    checkReport(change.app.read('summary.md'));
    const report = change.app.read('report.md');
    checkReport(await comment(change, report));
    const long = await comment(change, report.repeat(Math.ceil(100_000 / report.length)));
    const [kept] = long.split('\n\nThe rest is on the page of the run: the-run\n');
    if (long.length > 65_536 || kept === long || !report.split('\n').includes(kept.trimEnd().split('\n').at(-1)!)) {
      throw new Error(`a long report is not cut at a line: ${long.length} characters, which end with\n${long.slice(-200)}`);
    }
    if (!change.app.read('lint.sarif').includes('"version":"2.1.0"') && !change.app.read('lint.sarif').includes('"version": "2.1.0"')) {
      throw new Error(`lint.sarif is no SARIF:\n${change.app.read('lint.sarif')}`);
    }
    await forgetDist(change);
    const [stale] = await check(change);
    if (!stale?.startsWith('dist/ is what main.ts gives')) {
      throw new Error(`a change without its dist/ is not noticed: ${stale}`);
    }
    await succeed(await actionlint(), ['-no-color', DEPLOY], change.app.folder);
    await deploy(change);
    return 'actionlint; its steps in a repository on this machine, with a change that opens access and one without its dist/; the step of the deploy job';
  },
};

/** Runs the step that deploys; apply.sh has to have the cluster, and nobody else may read how. */
async function deploy({ app, programs }: Change): Promise<void> {
  program(app.folder, 'apply.sh', 'cat "$KUBECONFIG" > applied; stat --format %a "$KUBECONFIG" >> applied');
  const { jobs } = parse(fs.readFileSync(DEPLOY, 'utf8')) as { readonly jobs: Jobs };
  for (const { run } of jobs.deploy.steps) {
    if (run !== undefined) {
      await app.shell(run, { EGRESS_KUBECONFIG: 'the cluster\n', KUBECONFIG: path.join(programs, 'kubeconfig') });
    }
  }
  if (app.read('applied') !== 'the cluster\n600\n') {
    throw new Error(`apply.sh does not have the cluster alone: ${app.read('applied')}`);
  }
}

type Jobs = { readonly [name: string]: { readonly permissions: { readonly [right: string]: string }; readonly steps: readonly Step[] } };

const jobsOf = ({ app }: Change) => (parse(app.read(WORKFLOW)) as { readonly jobs: Jobs }).jobs;

/** Throws where a job that may write has something of the pull request in its folder that could run. */
function checkRights(change: Change): void {
  for (const [name, { permissions, steps }] of Object.entries(jobsOf(change))) {
    const runs = steps.some(({ uses = '', run = '' }) => uses.startsWith('actions/checkout@') || /\b(npm|npx|node)\b/.test(run));
    if (runs && Object.values(permissions).includes('write')) {
      throw new Error(`the job ${name} runs the code of the pull request and may write`);
    }
  }
}

/** Runs the steps of the job that checks which are shells, as a runner does; gives what failed. */
async function check(change: Change): Promise<string[]> {
  const { app, base, programs } = change;
  const temporary = fs.mkdtempSync(path.join(programs, 'temp-'));
  const env = { PATH: `${programs}:${process.env.PATH}`, BASE: base, RUNNER_TEMP: temporary, GITHUB_STEP_SUMMARY: 'summary.md' };
  const failed: string[] = [];
  for (const { name, run, if: condition = 'success()' } of jobsOf(change).check.steps) {
    if (run !== undefined && (failed.length === 0 || condition.includes('always()'))) {
      await app.shell(run, env).catch((error: unknown) => failed.push(`${name ?? run}: ${(error as Error).message}`));
    }
  }
  return failed;
}

/** Runs the job that comments in a folder that has a report alone; gives the comment. */
async function comment(change: Change, report: string): Promise<string> {
  const { programs } = change;
  const folder = new App(fs.mkdtempSync(path.join(programs, 'comment-')));
  fs.writeFileSync(path.join(folder.folder, 'report.md'), report);
  program(programs, 'gh', '[ "$1 $2 $3 $4 $5" = "pr comment 7 --repo shop/egress" ] && for last; do :; done && cp "$last" sent.md');
  const env = { PATH: `${programs}:${process.env.PATH}`, NUMBER: '7', GITHUB_REPOSITORY: 'shop/egress', RUN: 'the-run', GH_TOKEN: 'none' };
  for (const { run } of jobsOf(change).comment.steps) {
    if (run !== undefined) {
      await folder.shell(run, env);
    }
  }
  return folder.read('sent.md');
}
