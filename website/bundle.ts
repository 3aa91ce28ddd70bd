/** The program for the browser. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { build } from 'esbuild';

const BROWSER = path.join(__dirname, 'browser');

/** Bundles the worker; gives its size in bytes. */
export async function bundleWorker(file: string): Promise<number> {
  const of = (name: string) => path.join(BROWSER, `${name}.ts`);
  await build({
    entryPoints: [of('worker')],
    bundle: true,
    format: 'iife',
    globalName: 'istioEgress',
    platform: 'browser',
    target: 'es2022',
    minify: true,
    legalComments: 'eof',
    logLevel: 'error',
    outfile: file,
    alias: {
      'node:net': of('node-net'), 'node:url': of('node-url'), 'node:util': of('node-util'), 'node:crypto': of('node-crypto'), 'constructs': of('constructs'),
    },
  });
  return fs.statSync(file).size;
}
