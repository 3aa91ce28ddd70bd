/** `npm run e2e`: the scenarios as traffic through a real Istio. */
import * as os from 'node:os';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { Failure, inOneLine } from './lab/failure';
import { enter } from './lab/namespaces';
import { missing, prepare } from './lab/parts';
import { scenarios } from './scenarios';

const HELP = `usage: npm run e2e -- [--scenario NAME ...] [--list] [--json] [--keep] [--help]

Starts a real Istio with real proxies and databases on this machine, in network, mount and process namespaces of its
own, applies the manifests of the examples to it, and uses them.

  --scenario NAME   only this one; may be given several times
  --list            the names, and what each shows
  --json            the results as JSON on standard output
  --keep            keep access logs and config dumps of scenarios that pass, too
  --help            this text

It needs root, Linux, Go, kubectl, pip and the Debian packages that e2e/install installs.
Built parts are kept in \${XDG_CACHE_HOME:-~/.cache}/cdk8s-istio-egress/parts.`;

async function main(argv: readonly string[]): Promise<number> {
  const options = read(argv);
  if (options.help) { return print(HELP); }
  if (options.list) { return print(scenarios.map((scenario) => `${scenario.name.padEnd(28)} ${scenario.promise}`).join('\n')); }
  const names = options.scenario ?? scenarios.map((scenario) => scenario.name);
  for (const name of names) {
    if (!scenarios.some((scenario) => scenario.name === name)) { throw new Failure(`no scenario is called ${name}: see --list`); }
  }
  const lacks = missing();
  if (lacks.length > 0) { throw new Failure(lacks.join('\n')); }
  const parts = await prepare((line) => process.stderr.write(`${line}\n`));
  const logs = path.join(os.tmpdir(), 'cdk8s-istio-egress-e2e', `${new Date().toISOString().replace(/[:.]/g, '-')}-${process.pid}`);
  return enter(path.join(__dirname, 'inside.ts'), { parts, scenarios: names, logs, json: options.json ?? false, keep: options.keep ?? false });
}

function read(argv: readonly string[]): { scenario?: string[]; list?: boolean; json?: boolean; keep?: boolean; help?: boolean } {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        scenario: { type: 'string', multiple: true },
        list: { type: 'boolean' },
        json: { type: 'boolean' },
        keep: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    throw new Failure(`${inOneLine(error)}: see --help`);
  }
}

function print(text: string): number {
  process.stdout.write(`${text}\n`);
  return 0;
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    const text = error instanceof Failure ? error.message : inOneLine(error);
    process.stderr.write(`${text}\n`);
    process.exit(1);
  },
);
