import { execFile, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { promisify } from 'node:util';
import { cached, Tool } from './tool';
import { checkGoVersion } from '../../conformance/judge';
import { Failure } from '../failure';

/** The version that is on PATH, not one that Go would fetch for itself. */
const ENVIRONMENT = { ...process.env, GOTOOLCHAIN: 'local' };

/** A program of a Go module, as `go install` builds it. */
export function goTool(title: string, program: string, version: string): Tool {
  return {
    version: `${title} ${version.replace(/^v/, '')}`,
    install: async (say, signal) => {
      const name = path.basename(program.replace(/\/v\d+$/, ''));
      const folder = await cached(`${name}-${version}`, async unfinished => {
        say(`building ${title} ${version} (once, some minutes)`);
        await go(['install', `${program}@${version}`], title, { GOBIN: unfinished }, signal);
      });
      return path.join(folder, name);
    },
  };
}

const METER = path.join(__dirname, 'usage.go');

/** Builds the program that measures the others. */
export async function meter(signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256').update(goVersion()).update(fs.readFileSync(METER)).digest('hex').slice(0, 16);
  const folder = await cached(`usage-${hash}`, unfinished => go(['build', '-o', path.join(unfinished, 'usage'), METER], 'the meter', {}, signal));
  return path.join(folder, 'usage');
}

async function go(args: readonly string[], title: string, env: { readonly [name: string]: string }, signal: AbortSignal): Promise<void> {
  goVersion();
  await promisify(execFile)('go', [...args], { env: { ...ENVIRONMENT, ...env }, maxBuffer: Infinity, signal }).catch((error: unknown) => {
    signal.throwIfAborted();
    const reason = (error as { stderr?: string }).stderr?.trim().split('\n').at(-1) || String(error);
    throw new Failure(`${title} cannot be built: ${reason}`);
  });
}

/** Says what to install when there is no Go, or an old one. */
function goVersion(): string {
  const asked = spawnSync('go', ['version'], { encoding: 'utf8', env: ENVIRONMENT });
  try {
    checkGoVersion(asked.error ? undefined : asked.stdout);
  } catch (error) {
    throw new Failure((error as Error).message);
  }
  return asked.stdout;
}
