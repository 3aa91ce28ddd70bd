import * as fs from 'node:fs';
import * as path from 'node:path';

/** What npm needs where a package.json above has workspaces: without it the packages, and the lock file, are those of the root. */
export const OWN_LOCK = '--workspaces=false';

/** The nearest package.json above a folder that has workspaces: npm takes the folder for one of them, when its patterns do. */
export function workspacesAround(folder: string): string | undefined {
  const place = path.resolve(folder);
  const above = path.dirname(place);
  return above === place ? undefined : hasWorkspaces(path.join(above, 'package.json')) ? path.join(above, 'package.json') : workspacesAround(above);
}

function hasWorkspaces(file: string): boolean {
  try {
    return (JSON.parse(fs.readFileSync(file, 'utf8')) as { readonly workspaces?: unknown }).workspaces !== undefined;
  } catch {
    // None, or one that npm complains of by itself.
    return false;
  }
}
