/** The program for the browser. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { build } from 'esbuild';

const BROWSER = path.join(__dirname, 'browser');

/** The program of the worker, as JavaScript. */
export async function workerProgram(): Promise<string> {
  const of = (name: string) => path.join(BROWSER, `${name}.ts`);
  const { outputFiles } = await build({
    entryPoints: [of('worker')],
    bundle: true,
    format: 'iife',
    globalName: 'istioEgress',
    platform: 'browser',
    target: 'es2022',
    minify: true,
    legalComments: 'eof',
    logLevel: 'error',
    write: false,
    alias: {
      'node:net': of('node-net'), 'node:url': of('node-url'), 'node:util': of('node-util'), 'node:crypto': of('node-crypto'), 'constructs': of('constructs'),
    },
  });
  return outputFiles[0].text;
}

/**
 * Writes the program as a text that the page makes its worker of; gives its size in bytes. A worker with an address has the rules of the answer that it came in: one
 * that the page makes itself has the rules of the page, which may open no connection.
 */
export async function bundleWorker(file: string): Promise<number> {
  const program = await workerProgram();
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, `globalThis.istioEgressWorker = ${JSON.stringify(program)};\n`);
  return program.length;
}
