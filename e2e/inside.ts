/** Runs inside the namespaces that run.ts has made; not called by hand. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { Breakage, BREAKAGES } from './lab/breakage';
import { inOneLine } from './lab/failure';
import { Lab } from './lab/lab';
import { Manifest } from './lab/manifest';
import type { Plan, Result } from './lab/plan';
import { Report, type Scenario } from './lab/scenario';
import { stage } from './lab/stage';
import { scenarios } from './scenarios';

async function main(plan: Plan): Promise<number> {
  const started = Date.now();
  const say = (line: string): void => {
    if (!plan.quiet) { process.stdout.write(`${line}\n`); }
  };
  const elapsed = (since: number): string => ((Date.now() - since) / 1000).toFixed(1);
  const lab = await Lab.start(await stage(plan.parts));
  say(`control plane up in ${elapsed(started)} s`);
  const results: Result[] = [];
  for (const scenario of scenarios.filter((candidate) => plan.scenarios.includes(candidate.name))) {
    if (!plan.breaks) {
      results.push(await one(lab, scenario, plan, say));
      continue;
    }
    for (const breakage of BREAKAGES.filter((candidate) => candidate.noticedBy === scenario.name)) {
      Manifest.breakage = breakage;
      say(`  ${scenario.name} with a mistake: ${breakage.name}`);
      const result = noticed(breakage, await one(lab, scenario, plan, () => undefined));
      say(result.failure === undefined ? `    noticed: not true that ${result.checks[0]}` : `    FAILED: ${result.failure}`);
      results.push(result);
    }
  }
  // for the one who started us, which adds the lanes up
  fs.writeSync(3, JSON.stringify(results));
  return results.length > 0 && results.every((result) => result.passed) ? 0 : 1;
}

/** A mistake was noticed when a sentence about traffic turned out false; that the lab itself broke is no proof. */
function noticed(breakage: Breakage, result: Result): Result {
  const by = result.broken ?? [];
  return {
    ...result,
    name: `${result.name}: ${breakage.name}`,
    promise: 'the mistake is noticed',
    passed: by.length > 0,
    checks: by,
    failure: by.length > 0 ? undefined : `the mistake was not noticed${result.failure ? `, but the lab broke: ${result.failure}` : ''}`,
  };
}

async function one(lab: Lab, scenario: Scenario, plan: Plan, say: (line: string) => void): Promise<Result> {
  const started = Date.now();
  const report = new Report(say, plan.breaks ? 5 : undefined);
  say(`  ${scenario.name}: ${scenario.promise}`);
  let failure: string | undefined;
  try {
    await lab.istiod.outboundPolicy(scenario.mesh ?? 'REGISTRY_ONLY');
    await scenario.run(lab, report);
    if (report.checks.length === 0) { failure = 'nothing was checked'; }
  } catch (error) {
    failure = inOneLine(error);
    if (process.env.E2E_TRACE) { process.stderr.write(`${error instanceof Error ? error.stack ?? '' : ''}\n`); }
  }
  let logs: string | undefined;
  if (failure !== undefined || plan.keep) {
    logs = path.join(plan.logs, scenario.name);
    try {
      await lab.keep(logs);
    } catch (error) {
      say(`      the logs could not be kept: ${inOneLine(error)}`);
    }
  }
  try {
    await lab.clear();
  } catch (error) {
    failure ??= `cleaning up: ${inOneLine(error)}`;
  }
  const seconds = (Date.now() - started) / 1000;
  say(failure === undefined ? `    passed in ${seconds.toFixed(1)} s` : `    FAILED: ${failure}`);
  if (logs) { say(`      access logs and config dumps: ${logs}`); }
  return {
    name: scenario.name,
    promise: scenario.promise,
    passed: failure === undefined,
    seconds,
    checks: report.checks,
    broken: report.broken,
    measured: report.measured,
    failure,
    logs,
  };
}

main(JSON.parse(fs.readFileSync(0, 'utf8')) as Plan).then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${inOneLine(error)}\n`);
    if (process.env.E2E_TRACE) { console.error(error); }
    process.exit(1);
  },
);
