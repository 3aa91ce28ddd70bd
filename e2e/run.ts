/** `npm run e2e`: the scenarios as traffic through a real Istio. */
import * as os from 'node:os';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { BREAKAGES } from './lab/breakage';
import { Failure, inOneLine } from './lab/failure';
import { halves, steps } from './lab/lanes';
import { enter } from './lab/namespaces';
import { missing, prepare } from './lab/parts';
import type { Plan, Result } from './lab/plan';
import { scenarios } from './scenarios';

const HELP = `usage: npm run e2e -- [--scenario NAME ...] [--list] [--json] [--breaks] [--keep] [--help]

Starts a real Istio with real proxies and databases on this machine, in network, mount and process namespaces of its
own, applies the manifests of the examples to it, and uses them.

  --scenario NAME   only this one; may be given several times
  --list            the names, and what each shows
  --json            the results as JSON on standard output
  --breaks          make mistakes on purpose in the manifests, one after the other, and fail when the scenario that has to
                    notice one does not; with --scenario only the mistakes that this one has to notice
  --keep            keep access logs and config dumps of scenarios that pass, too
  --help            this text

It needs root, Linux, Go, kubectl, pip and the Debian packages that e2e/install installs.
Built parts are kept in \${XDG_CACHE_HOME:-~/.cache}/cdk8s-istio-egress/parts.`;

async function main(argv: readonly string[]): Promise<number> {
  const options = read(argv);
  if (options.help) { return print(HELP); }
  if (options.list) { return print(scenarios.map((scenario) => `${scenario.name.padEnd(28)} ${scenario.promise}`).join('\n')); }
  const all = options.breaks ? BREAKAGES.map((breakage) => breakage.noticedBy) : scenarios.map((scenario) => scenario.name);
  const names = [...new Set(options.scenario ?? all)];
  for (const name of names) {
    if (!scenarios.some((scenario) => scenario.name === name)) { throw new Failure(`no scenario is called ${name}: see --list`); }
  }
  const lacks = missing();
  if (lacks.length > 0) { throw new Failure(lacks.join('\n')); }
  const parts = await prepare((line) => process.stderr.write(`${line}\n`));
  const logs = path.join(os.tmpdir(), 'cdk8s-istio-egress-e2e', `${new Date().toISOString().replace(/[:.]/g, '-')}-${process.pid}`);
  const runs = (name: string): number => (options.breaks ? BREAKAGES.filter((breakage) => breakage.noticedBy === name).length : 1);
  const expected = names.reduce((sum, name) => sum + runs(name), 0);
  if (expected === 0) { throw new Failure(`no mistake is for ${names.join(', ')} to notice: run --breaks without --scenario`); }
  const started = Date.now();
  const results: Result[] = [];
  const order = options.breaks ? [halves(BREAKAGES.filter((breakage) => names.includes(breakage.noticedBy)))]
    : steps(scenarios.filter((scenario) => names.includes(scenario.name)));
  for (const step of order) {
    const ended = await Promise.all(step.map((lane, index) => {
      const plan: Plan = { parts, scenarios: lane, logs, quiet: options.json ?? false, keep: options.keep ?? false, breaks: options.breaks ?? false };
      // two labs that wrote at the same time could not be read
      return enter(path.join(__dirname, 'inside.ts'), plan, index === 0 ? 'shown' : 'kept');
    }));
    for (const [index, lane] of ended.entries()) {
      process.stdout.write(lane.output);
      // a lab that did not even start has said why, and has no results
      if (lane.results === '') { return 1; }
      const found = JSON.parse(lane.results) as Result[];
      const due = step[index].reduce((sum, name) => sum + runs(name), 0);
      if (found.length !== due) { throw new Failure(`${due} scenarios were to run, ${found.length} did: see the lines above`); }
      results.push(...found);
    }
  }
  const failed = results.filter((result) => !result.passed).length;
  const seconds = Math.round((Date.now() - started) / 1000);
  print(options.json
    ? JSON.stringify({ passed: results.length - failed, failed, seconds, scenarios: results }, undefined, 2)
    : `in ${seconds} s\n${results.length - failed} passed, ${failed} failed`);
  return failed === 0 && results.length === expected ? 0 : 1;
}

function read(argv: readonly string[]): { scenario?: string[]; list?: boolean; json?: boolean; keep?: boolean; breaks?: boolean; help?: boolean } {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        scenario: { type: 'string', multiple: true },
        list: { type: 'boolean' },
        json: { type: 'boolean' },
        keep: { type: 'boolean' },
        breaks: { type: 'boolean' },
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
