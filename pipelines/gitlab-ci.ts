import * as fs from 'node:fs';
import * as http from 'node:http';
import { AddressInfo } from 'node:net';
import * as path from 'node:path';
import { parse } from 'yaml';
import { Pipeline } from './pipeline';
import { Change, changeIn, checkReport, forgetDist, otherLanguages, PLACES, program } from './repository';
import { checkSchema } from './tools';
import { App } from './workspace';

const FILE = '.gitlab-ci.yml';
const DEPLOY = path.join(__dirname, 'gitlab-ci', FILE);

interface Job {
  readonly before_script?: readonly string[];
  readonly script: readonly string[];
  readonly variables?: { readonly [name: string]: string };
}

/** The pipeline that `init` writes: its scripts as shells, without GitLab. */
export const gitlabCi: Pipeline = {
  id: 'gitlab-ci',
  title: 'GitLab CI',
  run: async workspace => {
    const changes: Change[] = [];
    for (const place of PLACES) {
      const change = await changeIn(workspace, 'gitlab', place);
      await tryIn(change);
      changes.push(change);
    }
    for (const { app } of await otherLanguages(workspace, 'gitlab')) {
      await checkFile(app);
    }
    await checkSchema(['--builtin-schema', 'vendor.gitlab-ci', '--data-transform', 'gitlab-ci'], DEPLOY);
    await deploy(changes[0]);
    return 'GitLab\'s schema, for each language; its scripts in a repository on this machine, and in a folder of one, the note received by a server that is not GitLab\'s; that of the deploy job';
  },
};

/** Runs the script that deploys: it has to choose the cluster, then apply. */
async function deploy({ app, programs }: Change): Promise<void> {
  program(programs, 'kubectl', 'echo "$@" >> applied');
  program(app.folder, 'apply.sh', 'echo apply.sh >> applied');
  const { deploy: { script } } = parse(fs.readFileSync(DEPLOY, 'utf8')) as { readonly deploy: Job };
  await app.shell(script.join('\n'), { PATH: `${programs}:${process.env.PATH}`, KUBE_CONTEXT: 'platform/agents:production' });
  if (app.read('applied') !== 'config use-context platform/agents:production\napply.sh\n') {
    throw new Error(`apply.sh is not run for the cluster: ${app.read('applied')}`);
  }
}

function checkFile(app: App): Promise<void> {
  return checkSchema(['--builtin-schema', 'vendor.gitlab-ci', '--data-transform', 'gitlab-ci'], path.join(app.folder, FILE));
}

async function tryIn(change: Change): Promise<void> {
  await checkFile(change.app);
  const note = await noteOf(change);
  checkReport(note);
  if (!change.app.read('lint.xml').includes('<testsuites')) {
    throw new Error(`lint.xml is no JUnit:\n${change.app.read('lint.xml')}`);
  }
  await forgetDist(change);
  const stale = await noteOf(change).then(() => undefined, (error: unknown) => (error as Error).message);
  if (!stale?.includes('shop.k8s.yaml')) {
    throw new Error(`a change without its dist/ is not noticed: ${stale}`);
  }
}

/** Runs the scripts as a runner does; gives the note that the merge request gets. */
async function noteOf({ repository, app, base, programs }: Change): Promise<string> {
  const { workflow: _, ...jobs } = parse(app.read(FILE)) as { readonly [name: string]: Job };
  const [{ before_script: before = [] }, egress, report, comment] = Object.values(jobs);
  let note = '';
  const server = http.createServer((request, response) => {
    request.setEncoding('utf8').on('data', (text: string) => { note += text; }).on('end', () => {
      const isRight = request.method === 'POST' && request.url === '/api/v4/projects/3/merge_requests/7/notes' && request.headers['private-token'] === 'secret';
      response.writeHead(isRight ? 201 : 404).end();
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  try {
    const env = {
      PATH: `${programs}:${process.env.PATH}`,
      CI_MERGE_REQUEST_DIFF_BASE_SHA: base,
      CI_PROJECT_DIR: repository.folder,
      // A variable with another one in it, which a runner fills in.
      REPORT: report.variables!.REPORT.replace('$CI_PIPELINE_ID', '5'),
    };
    await repository.shell([...before, ...egress.script].join('\n'), env);
    await repository.shell([...before, ...report.script].join('\n'), env);
    // The job with the token has the artifact, and nothing of the repository.
    const folder = new App(fs.mkdtempSync(path.join(programs, 'comment-')));
    const REPORT = comment.variables!.REPORT.replace('$CI_PIPELINE_ID', '5');
    fs.mkdirSync(path.dirname(path.join(folder.folder, REPORT)), { recursive: true });
    fs.copyFileSync(path.join(repository.folder, REPORT), path.join(folder.folder, REPORT));
    await folder.shell(comment.script.join('\n'), {
      REPORT,
      CI_API_V4_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v4`,
      CI_PROJECT_ID: '3',
      CI_MERGE_REQUEST_IID: '7',
      EGRESS_TOKEN: 'secret',
      no_proxy: '127.0.0.1',
    });
    return new URLSearchParams(note).get('body') ?? '';
  } finally {
    server.close();
  }
}
