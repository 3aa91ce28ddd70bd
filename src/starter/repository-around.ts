import * as fs from 'node:fs';
import * as path from 'node:path';

/** Where an app is in a larger repository. */
export interface PlaceInRepository {
  readonly root: string;
  /** From the root, with slashes. */
  readonly folder: string;
}

/** The repository that a folder, which need not be there, is a part of; undefined where it is in none, or is one of its own. */
export function repositoryAround(folder: string): PlaceInRepository | undefined {
  const place = realPathOf(path.resolve(folder));
  for (let root = place; ; root = path.dirname(root)) {
    // A worktree and a submodule have a file there.
    if (fs.existsSync(path.join(root, '.git'))) {
      return root === place ? undefined : { root, folder: path.relative(root, place).split(path.sep).join('/') };
    }
    if (root === path.dirname(root)) {
      return undefined;
    }
  }
}

/** Where links lead to, as far as there is something. */
function realPathOf(file: string): string {
  return fs.existsSync(file) || file === path.dirname(file) ? fs.realpathSync(file) : path.join(realPathOf(path.dirname(file)), path.basename(file));
}
