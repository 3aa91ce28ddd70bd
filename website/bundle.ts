/** The program for the browser, and what VitePress takes of ours. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { build } from 'esbuild';

const BROWSER = path.join(__dirname, 'browser');

/** What the program takes of Node that has a place in a browser. */
const OF_NODE = ['crypto', 'fs', 'net', 'path', 'url', 'util'];

/** Bundles the worker; gives its size in bytes. */
export async function bundleWorker(file: string): Promise<number> {
  const { version } = JSON.parse(fs.readFileSync(path.join(__dirname, '../package.json'), 'utf8')) as { version: string };
  const of = (name: string) => path.join(BROWSER, `${name}.ts`);
  await build({
    entryPoints: [of('worker')],
    bundle: true,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    minify: true,
    legalComments: 'eof',
    logLevel: 'error',
    outfile: file,
    define: { __dirname: '"/program"', VERSION: JSON.stringify(version) },
    alias: { ...Object.fromEntries(OF_NODE.map(name => [`node:${name}`, of(`node-${name}`)])), constructs: of('constructs') },
  });
  return fs.statSync(file).size;
}

/** Writes a file of ours as the settings of VitePress can import it. */
export async function bundleModule(from: string, to: string): Promise<void> {
  await build({ entryPoints: [from], bundle: true, format: 'esm', platform: 'node', logLevel: 'error', outfile: to });
}
