import * as fs from 'node:fs';
import * as path from 'node:path';
import { parse } from 'yaml';
import { Pipeline } from './pipeline';
import { Change, changeIn, checkReport, forgetDist, otherLanguages, PLACES, program } from './repository';
import { need } from './tools';
import { App } from './workspace';
import { succeed } from '../languages/shell';
import { actionlint } from '../release/tools';

const WORKFLOWS = '.github/workflows';
const DEPLOY = path.join(__dirname, 'github-actions/deploy.yml');

interface Step {
  readonly name?: string;
  readonly run?: string;
  readonly uses?: string;
  readonly if?: string;
  readonly env?: { readonly APP?: string };
}

/** The workflow that `init` writes: its steps as shells, without GitHub. */
export const githubActions: Pipeline = {
  id: 'github-actions',
  title: 'GitHub Actions',
  run: async workspace => {
    await need('jq');
    const changes: Change[] = [];
    for (const place of PLACES) {
      const change = await changeIn(workspace, 'github', place);
      await tryIn(change, place);
      changes.push(change);
    }
    for (const { repository } of await otherLanguages(workspace, 'github')) {
      const files = fs.readdirSync(path.join(repository.folder, WORKFLOWS)).map(file => path.join(WORKFLOWS, file));
      await succeed(await actionlint(), ['-no-color', ...files], repository.folder);
    }
    await succeed(await actionlint(), ['-no-color', DEPLOY], changes[0].repository.folder);
    await deploy(changes[0]);
    return 'actionlint, for each language; its steps in a repository on this machine, and in a folder of one, with a change that opens access and one without its dist/; the step of the deploy job';
  },
};

/** Runs the step that deploys; apply.sh has to have the cluster, and nobody else may read how. */
async function deploy({ app, programs }: Change): Promise<void> {
  program(app.folder, 'apply.sh', 'cat "$KUBECONFIG" > applied; stat --format %a "$KUBECONFIG" >> applied');
  const { jobs } = parse(fs.readFileSync(DEPLOY, 'utf8')) as { readonly jobs: { readonly deploy: Job } };
  for (const { run } of jobs.deploy.steps) {
    if (run !== undefined) {
      await app.shell(run, { EGRESS_KUBECONFIG: 'the cluster\n', KUBECONFIG: path.join(programs, 'kubeconfig') });
    }
  }
  if (app.read('applied') !== 'the cluster\n600\n') {
    throw new Error(`apply.sh does not have the cluster alone: ${app.read('applied')}`);
  }
}

async function tryIn(change: Change, place: string): Promise<void> {
  await succeed(await actionlint(), ['-no-color'], change.repository.folder);
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
  await checkFindings(change, path.posix.join(place, 'dist/shop.k8s.yaml'));
  await check({ ...change, base: change.before });
  if (change.app.read('report.md').includes('**It opens access.**')) {
    throw new Error(`a new app is compared with something:\n${change.app.read('report.md')}`);
  }
  await forgetDist(change);
  const [stale] = await check(change);
  if (!stale?.startsWith('dist/ is what the app gives')) {
    throw new Error(`a change without its dist/ is not noticed: ${stale}`);
  }
}

interface Job {
  readonly permissions: { readonly [right: string]: string };
  readonly defaults?: { readonly run: { readonly 'working-directory': string } };
  readonly steps: readonly Step[];
}

/** The jobs of the workflow, which is where GitHub reads it. */
function jobsOf({ repository }: Change): { readonly [name: string]: Job } {
  const [file] = fs.readdirSync(path.join(repository.folder, WORKFLOWS));
  return (parse(repository.read(path.join(WORKFLOWS, file))) as { readonly jobs: { readonly [name: string]: Job } }).jobs;
}

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
  const { repository, base, programs } = change;
  const { defaults, steps } = jobsOf(change).check;
  const app = new App(path.join(repository.folder, defaults?.run['working-directory'] ?? '.'));
  const temporary = fs.mkdtempSync(path.join(programs, 'temp-'));
  const env = { PATH: `${programs}:${process.env.PATH}`, BASE: base, RUNNER_TEMP: temporary, GITHUB_STEP_SUMMARY: 'summary.md' };
  const failed: string[] = [];
  for (const { name, run, if: condition = 'success()' } of steps) {
    if (run !== undefined && (failed.length === 0 || condition.includes('always()'))) {
      await app.shell(run, env).catch((error: unknown) => failed.push(`${name ?? run}: ${(error as Error).message}`));
    }
  }
  return failed;
}

/** Runs the job that sends findings in a folder that has them alone; throws unless they are those of a file, from the root of the repository. */
async function checkFindings(change: Change, file: string): Promise<void> {
  const folder = new App(fs.mkdtempSync(path.join(change.programs, 'findings-')));
  fs.writeFileSync(path.join(folder.folder, 'lint.sarif'), JSON.stringify({ runs: [{ results: [{ locations: [{ physicalLocation: { artifactLocation: { uri: 'dist/shop.k8s.yaml' } } }] }] }] }));
  for (const { run = '' } of jobsOf(change).findings.steps) {
    await folder.shell(run);
  }
  if (!folder.read('lint.sarif').includes(`"${file}"`)) {
    throw new Error(`findings are not beside the lines of ${file}:\n${folder.read('lint.sarif')}`);
  }
}

/** What somebody else, and another app, have written; GitHub does not say which of them is whose. */
const COMMENTS = [
  { id: 1, user: { login: 'somebody' }, body: '<!-- egress -->' },
  { id: 2, user: { login: 'somebody' }, body: '<!-- egress-services-shop -->' },
  { id: 3, user: { login: 'github-actions[bot]' }, body: '<!-- egress-services-other -->' },
];

/** Runs the job that comments in a folder that has a report alone, twice: the second time over the first; gives the comment. */
async function comment(change: Change, report: string): Promise<string> {
  const { programs } = change;
  const folder = new App(fs.mkdtempSync(path.join(programs, 'comment-')));
  program(programs, 'gh', `for last; do :; done
case "$*" in
  "pr comment 7 --repo shop/egress --body-file comment.md") [ ! -f sent.md ] && cp comment.md sent.md ;;
  "api --paginate repos/shop/egress/issues/7/comments --jq "*) jq "$last" comments.json ;;
  "api --method PATCH repos/shop/egress/issues/comments/42 --field body=@comment.md") cp comment.md sent.md; echo "{}" ;;
  *) exit 1 ;;
esac`);
  const env = { PATH: `${programs}:${process.env.PATH}`, NUMBER: '7', GITHUB_REPOSITORY: 'shop/egress', RUN: 'the-run', GH_TOKEN: 'none' };
  const step = jobsOf(change).comment.steps.at(-1)!;
  const send = async (text: string, comments: readonly object[]) => {
    fs.writeFileSync(path.join(folder.folder, 'report.md'), text);
    fs.writeFileSync(path.join(folder.folder, 'comments.json'), JSON.stringify(comments));
    await folder.shell(step.run!, { ...env, APP: step.env!.APP });
    return folder.read('sent.md');
  };
  const first = await send('the first report\n', COMMENTS);
  return send(report, [...COMMENTS, { id: 42, user: { login: 'github-actions[bot]' }, body: first }]);
}
