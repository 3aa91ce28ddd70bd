import * as fs from 'node:fs';
import * as path from 'node:path';
import { App, Workspace } from './workspace';

/** A git repository of an app, whose main branch has what `init` wrote and whose checkout has a change. */
export interface Change {
  readonly app: App;
  /** The commit that the change is compared with. */
  readonly base: string;
  /** For the PATH of a pipeline: an npm that has installed already, and programs of the CI system. */
  readonly programs: string;
}

const GIT = 'git -c user.name=team -c user.email=team@example.com';

/** A change that lets one account more in, with what it synthesises. */
export async function changeIn(workspace: Workspace, ci: string): Promise<Change> {
  const app = await workspace.app(ci, { ci });
  await app.shell(`npm run synth; git init --quiet --initial-branch main; git add .; ${GIT} commit --quiet --message base`);
  app.replace('main.ts', 'orders.allowFrom(', 'orders.allowFrom(MeshClient.serviceAccount(\'shop\', \'refunds\'), ');
  app.replace('main.test.ts', '[\'spiffe://cluster.local/ns/shop/sa/cart\']', '[\'spiffe://cluster.local/ns/shop/sa/cart\', \'spiffe://cluster.local/ns/shop/sa/refunds\']');
  await app.shell(`npm run synth; ${GIT} commit --quiet --all --message change`);
  const programs = path.join(workspace.folder, `${ci}-programs`);
  fs.mkdirSync(programs);
  program(programs, 'npm', `[ "$1" = ci ] || exec "${(await app.shell('command -v npm')).trim()}" "$@"`);
  return { app, base: (await app.shell('git rev-parse HEAD~')).trim(), programs };
}

/** Takes what it synthesises out of a change. */
export async function forgetDist({ app }: Change): Promise<void> {
  await app.shell(`git reset --quiet --hard; git checkout --quiet HEAD~ -- dist; ${GIT} commit --quiet --amend --no-edit`);
}

/** Writes a program of one line of a shell. */
export function program(folder: string, name: string, line: string): void {
  fs.writeFileSync(path.join(folder, name), `#!/bin/sh\n${line}\n`, { mode: 0o755 });
}

/** Throws unless a page says what the change opens. */
export function checkReport(page: string): void {
  if (!page.includes('**It opens access.**') || !page.includes('refunds')) {
    throw new Error(`the comment does not say what the change opens:\n${page}`);
  }
}
