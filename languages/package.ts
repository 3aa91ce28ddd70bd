/** The package, as a release builds it. */
import * as path from 'node:path';
import { succeed } from './shell';

const ROOT = path.join(__dirname, '..');

/** Packs the package as npm does; gives the file. */
export async function pack(folder: string): Promise<string> {
  await succeed('npm', ['run', '--silent', 'compile'], ROOT);
  return packed(folder);
}

/** Packs what was compiled before. */
export async function packed(folder: string): Promise<string> {
  const printed = await succeed('npm', ['pack', '--silent', '--pack-destination', folder], ROOT);
  return path.join(folder, printed.trim().split('\n').at(-1)!);
}

/** What jsii builds packages for. */
export type Target = 'python' | 'java' | 'go' | 'dotnet';

/** Builds the package for a target, with its examples translated; gives the folder with it. */
export async function pacmak(target: Target, outdir: string, tablet: string, more: readonly string[] = []): Promise<string> {
  await succeed(path.join(ROOT, 'node_modules/.bin/jsii-pacmak'), ['--targets', target, '--outdir', outdir, '--rosetta-tablet', tablet, ...more], ROOT);
  return path.join(outdir, target);
}
