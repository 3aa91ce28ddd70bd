/** `npm run conformance:apiserver`: the real admission path for every example. */
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { exampleSets } from './lab/examples';
import { Failure, inOneLine } from './lab/failure';
import { enter } from './lab/namespaces';
import { missing, prepare } from './lab/parts';

const HELP = `usage: npm run conformance:apiserver -- [--guarded N] [--json] [--help]

Starts etcd and a kube-apiserver with Istio's CRDs and istiod's validating webhook in namespaces of their own. Every set of
manifests of the examples is applied with kubectl apply --server-side, applied again (nothing may change) and deleted
(nothing may be left). Then each set, and generated apps, have to pass an EgressGuard of their gateways.

  --guarded N   generated apps that have to pass a guard (default 100; 0 for no guards at all)
  --json        the results as JSON on standard output
  --help        this text

It needs what npm run e2e needs: root, Linux, Go, kubectl, pip and the Debian packages that e2e/install installs.`;

async function main(argv: readonly string[]): Promise<number> {
  const options = read(argv);
  if (options.help) {
    process.stdout.write(`${HELP}\n`);
    return 0;
  }
  const sets = exampleSets();
  const lacks = missing();
  if (lacks.length > 0) { throw new Failure(lacks.join('\n')); }
  const parts = await prepare((line) => process.stderr.write(`${line}\n`));
  const ended = await enter(path.join(__dirname, 'inside-apiserver.ts'), { parts, sets, json: options.json ?? false, guarded: numberOf(options.guarded ?? '100') });
  return ended.code;
}

function read(argv: readonly string[]): { guarded?: string; json?: boolean; help?: boolean } {
  try {
    return parseArgs({ args: [...argv], options: { guarded: { type: 'string' }, json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } }).values;
  } catch (error) {
    throw new Failure(`${inOneLine(error)}: see --help`);
  }
}

function numberOf(text: string): number {
  if (!/^\d+$/.test(text)) { throw new Failure(`--guarded takes a number, got ${text}: see --help`); }
  return Number(text);
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Failure ? error.message : inOneLine(error)}\n`);
    process.exit(1);
  },
);
