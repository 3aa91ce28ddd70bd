import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { inTempFolder, Manifest, only } from '../helpers';

/** What is mounted into the pod of a Job, by path: `admin/username`. */
export type MountedSecrets = { readonly [file: string]: string | Buffer };

export const filesOf = (manifests: readonly Manifest[]) => (only(manifests, 'ConfigMap') as unknown as { data: { [file: string]: string } }).data;

export const containerOf = (manifests: readonly Manifest[]) => only(manifests, 'Job').spec.template.spec.containers[0];

/** Runs the script of a Job where no database listens: what it says before it would connect. */
export function runScript(manifests: readonly Manifest[], secrets: MountedSecrets): string {
  return inTempFolder(folder => {
    for (const [file, content] of Object.entries({ ...filesOf(manifests), ...prefixed(secrets) })) {
      fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
      fs.writeFileSync(path.join(folder, file), content);
    }
    const variables = (containerOf(manifests).env as { name: string; value: string }[]).map(({ name, value }) => [name, value]);
    const { stderr } = spawnSync('bash', [path.join(folder, 'bootstrap.sh')], {
      encoding: 'utf8',
      timeout: 4000,
      // Nobody listens there, and a client that is not found ends it at once.
      env: { ...Object.fromEntries(variables), PATH: toolsOnly(folder), DB_SECRETS: path.join(folder, 'secrets') },
    });
    return stderr.trim();
  });
}

const prefixed = (secrets: MountedSecrets) => Object.fromEntries(Object.entries(secrets).map(([file, content]) => [`secrets/${file}`, content]));

/** A PATH on which the shell finds what it needs to check values, and no client. */
function toolsOnly(folder: string): string {
  const tools = path.join(folder, 'tools');
  fs.mkdirSync(tools);
  for (const tool of ['bash', 'od', 'tr']) {
    const found = spawnSync('bash', ['-c', `command -v ${tool}`], { encoding: 'utf8' }).stdout.trim();
    fs.symlinkSync(found, path.join(tools, tool));
  }
  // The first command that is not for checking values.
  fs.writeFileSync(path.join(tools, 'psql'), '#!/usr/bin/env bash\necho "permission denied: no database" >&2; exit 1\n', { mode: 0o755 });
  return tools;
}
