/** Tries the files of every pipeline with the code of the tool that reads them: `npm run pipelines`. */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { apiServer } from './api-server';
import { argoCd } from './argo-cd';
import { flux } from './flux';
import { githubActions } from './github-actions';
import { gitlabCi } from './gitlab-ci';
import { helm } from './helm';
import { kustomize } from './kustomize';
import { Pipeline } from './pipeline';
import { Workspace } from './workspace';
import { tryParts, wantedBy } from '../languages/parts';

const PIPELINES: readonly Pipeline[] = [githubActions, gitlabCi, argoCd, flux, kustomize, helm, apiServer];

const HELP = `usage: npm run pipelines -- [--only ID,ID] [--json] [--help]

Tries what docs/pipelines.md shows: the files of pipelines/ and the pipelines that init writes, with an app of its own for each, and the code of the tool that
reads them. What cannot be had on this machine is not run, and said so.

  --only ID,ID  only these: ${PIPELINES.map(({ id }) => id).join(', ')}
  --json        an object for each on standard output, one a line
  --help        this text

Exit code: 0 nothing failed, 1 something did, 2 wrong use.
`;

async function main(argv: readonly string[]): Promise<number> {
  const wanted = wantedBy({ name: 'pipelines', help: HELP, parts: PIPELINES, options: [] }, argv);
  if (typeof wanted === 'number') {
    return wanted;
  }
  const work = fs.mkdtempSync(path.join(os.tmpdir(), 'pipelines-'));
  try {
    const workspace = new Workspace(work);
    return await tryParts('pipelines', wanted, pipeline => pipeline.run(workspace), ({ part, outcome, seconds, detail }) => (
      { pipeline: part.id, outcome, seconds, detail }));
  } finally {
    fs.rmSync(work, { recursive: true, force: true, maxRetries: 3 });
  }
}

void main(process.argv.slice(2)).then(code => {
  process.exitCode = code;
});
