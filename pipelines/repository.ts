import * as fs from 'node:fs';
import * as path from 'node:path';
import { App, Workspace } from './workspace';

/** A git repository with an app, whose main branch has what `init` wrote and whose checkout has a change. */
export interface Change {
  readonly repository: App;
  /** The repository itself, or a folder of it. */
  readonly app: App;
  /** A commit without the app. */
  readonly before: string;
  /** The commit that the change is compared with. */
  readonly base: string;
  /** For the PATH of a pipeline: an npm that has installed already, and programs of the CI system. */
  readonly programs: string;
}

const GIT = 'git -c user.name=team -c user.email=team@example.com';

/** A change that lets one account more in, with what it synthesises. */
export async function changeIn(workspace: Workspace, ci: string, place: string): Promise<Change> {
  const name = `${ci}-${place.replaceAll(/\W/g, '-')}`;
  const repository = new App(path.join(workspace.folder, name));
  fs.mkdirSync(repository.folder);
  await repository.shell(`git init --quiet --initial-branch main; ${GIT} commit --quiet --allow-empty --message first`);
  const app = await workspace.app(path.join(name, place), { ci });
  await app.shell('npm run synth');
  await repository.shell(`git add .; ${GIT} commit --quiet --message base`);
  app.replace('main.ts', 'orders.allowFrom(', 'orders.allowFrom(MeshClient.serviceAccount(\'shop\', \'refunds\'), ');
  app.replace('main.test.ts', '[\'spiffe://cluster.local/ns/shop/sa/cart\']', '[\'spiffe://cluster.local/ns/shop/sa/cart\', \'spiffe://cluster.local/ns/shop/sa/refunds\']');
  await app.shell(`npm run synth; ${GIT} commit --quiet --all --message change`);
  const programs = path.join(workspace.folder, `${name}-programs`);
  fs.mkdirSync(programs);
  program(programs, 'npm', `[ "$1" = ci ] || exec "${(await app.shell('command -v npm')).trim()}" "$@"`);
  const [base, before] = (await app.shell('git rev-parse HEAD~ HEAD~2')).trim().split('\n');
  return { repository, app, base, before, programs };
}

/** Takes what it synthesises out of a change. */
export async function forgetDist({ app }: Change): Promise<void> {
  await app.shell(`git reset --quiet --hard; git checkout --quiet HEAD~ -- dist; ${GIT} commit --quiet --amend --no-edit`);
}

/** Writes a program of one line of a shell. */
export function program(folder: string, name: string, line: string): void {
  fs.writeFileSync(path.join(folder, name), `#!/bin/sh\n${line}\n`, { mode: 0o755 });
}

/** The places of an app in its repository that are tried. */
export const PLACES = ['.', 'services/shop'];

/** Repositories with an app in each language besides TypeScript, as `init` writes it. */
export async function otherLanguages(workspace: Workspace, ci: string): Promise<{ readonly repository: App; readonly app: App }[]> {
  return Promise.all(['python', 'java', 'go', 'csharp'].flatMap(language => PLACES.map(async place => {
    const name = `${ci}-${language}-${place.replaceAll(/\W/g, '-')}`;
    const repository = new App(path.join(workspace.folder, name));
    fs.mkdirSync(path.join(repository.folder, '.git'), { recursive: true });
    return { repository, app: await workspace.written(path.join(name, place), ci, language) };
  })));
}

/** Throws unless a page says what the change opens. */
export function checkReport(page: string): void {
  if (!page.includes('**It opens access.**') || !page.includes('refunds')) {
    throw new Error(`the comment does not say what the change opens:\n${page}`);
  }
}
