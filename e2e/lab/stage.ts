import * as fs from 'node:fs';
import * as path from 'node:path';
import { Failure } from './failure';
import type { Parts } from './parts';
import { must } from './processes';

/** A folder that is empty on every Debian. In the namespaces of the lab a file system in memory covers it, which goes away with the last process. */
export const STAGE = '/var/local';

/**
 * Prepares the mount namespace that the lab runs in: a file system in memory, and the parts where the proxy's
 * user may read them (an operator's home is closed to it).
 */
export async function stage(parts: Parts): Promise<{ folder: string; parts: Parts }> {
  if (!fs.existsSync(STAGE)) { throw new Failure(`${STAGE} is missing: create it, the lab covers it with a file system of its own`); }
  await must(['mount', '--make-rprivate', '/']);
  await must(['mount', '-t', 'tmpfs', '-o', 'mode=0755', 'lab', STAGE]);
  const folder = path.join(STAGE, 'parts');
  fs.mkdirSync(folder);
  const bind = async (file: string): Promise<string> => {
    const target = path.join(folder, path.basename(file));
    fs.writeFileSync(target, '');
    await must(['mount', '--bind', file, target]);
    return target;
  };
  const bootstrap = path.join(folder, 'envoy_bootstrap.json');
  fs.copyFileSync(parts.bootstrap, bootstrap);
  fs.chmodSync(bootstrap, 0o644);
  const ratings = path.join(folder, 'ratings');
  await must(['cp', '-r', parts.ratings, ratings]);
  return {
    folder: path.join(STAGE, 'lab'),
    parts: { ...parts, pilotAgent: await bind(parts.pilotAgent), envoy: await bind(parts.envoy), bootstrap, ratings },
  };
}
