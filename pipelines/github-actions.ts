import * as fs from 'node:fs';
import * as path from 'node:path';
import { parse } from 'yaml';
import { Pipeline } from './pipeline';
import { Change, changeIn, checkReport, forgetDist, program } from './repository';
import { succeed } from '../languages/shell';
import { actionlint } from '../release/tools';

const WORKFLOW = '.github/workflows/egress.yml';

interface Step {
  readonly name?: string;
  readonly run?: string;
  readonly if?: string;
}

/** The workflow that `init` writes: its steps as shells, without GitHub. */
export const githubActions: Pipeline = {
  id: 'github-actions',
  title: 'GitHub Actions',
  run: async workspace => {
    const change = await changeIn(workspace, 'github');
    await succeed(await actionlint(), ['-no-color', WORKFLOW], change.app.folder);
    const failed = await runSteps(change);
    if (failed.length > 0) {
      throw new Error(failed.join('\n'));
    }
    checkReport(change.app.read('comment.md'));
    checkReport(change.app.read('summary.md'));
    if (!change.app.read('lint.sarif').includes('"version":"2.1.0"') && !change.app.read('lint.sarif').includes('"version": "2.1.0"')) {
      throw new Error(`lint.sarif is no SARIF:\n${change.app.read('lint.sarif')}`);
    }
    await forgetDist(change);
    const [stale] = await runSteps(change);
    if (!stale?.startsWith('dist/ is what main.ts gives')) {
      throw new Error(`a change without its dist/ is not noticed: ${stale}`);
    }
    return 'actionlint; its steps in a repository on this machine, with a change that opens access and one without its dist/';
  },
};

/** Runs the steps that are shells, as a runner does; gives what failed. */
async function runSteps({ app, base, programs }: Change): Promise<string[]> {
  const { jobs: { egress: { steps } } } = parse(app.read(WORKFLOW)) as { readonly jobs: { readonly egress: { readonly steps: readonly Step[] } } };
  const temporary = fs.mkdtempSync(path.join(programs, 'temp-'));
  program(programs, 'gh', '[ "$1 $2 $3" = "pr comment 7" ] && for last; do :; done && cp "$last" comment.md');
  const env = { PATH: `${programs}:${process.env.PATH}`, BASE: base, NUMBER: '7', RUNNER_TEMP: temporary, GITHUB_STEP_SUMMARY: 'summary.md', GH_TOKEN: 'none' };
  const failed: string[] = [];
  for (const { name, run, if: condition = 'success()' } of steps) {
    if (run !== undefined && (failed.length === 0 || condition.includes('always()'))) {
      await app.shell(run, env).catch((error: unknown) => failed.push(`${name ?? run}: ${(error as Error).message}`));
    }
  }
  return failed;
}
