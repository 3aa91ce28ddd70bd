/** Differential test: what the constructs accept must be right for Istio, what they refuse must be refused by name. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { YamlOutputType } from 'cdk8s';
import * as fc from 'fast-check';
import { AppSpec, build, repositories, Repository, sorted } from './apps';
import { anyApp } from './arbitrary';
import { declaredOf, describe, describeVariables, openByName } from './described';
import { Expectations } from './expectations';
import { requestsOf } from './inside';
import { Finding, JudgeStream } from './judge';
import { reportDisagreements } from './reported';
import { LostObjects, readSet, variablesOf, writeSet } from './sets';
import { writeTraces } from './traced';

/** What became of one app. */
export type Outcome =
  | { readonly kind: 'accepted'; readonly app: AppSpec; readonly folder: string }
  | { readonly kind: 'refused'; readonly app: AppSpec; readonly message: string }
  | { readonly kind: 'wrong'; readonly app: AppSpec; readonly problem: string };

/** The apps that a seed gives. */
export function generate(count: number, seed: number): AppSpec[] {
  return fc.sample(anyApp, { numRuns: count, seed });
}

/** Builds an app and writes its set, a folder for each repository when there are two; or says why not. */
export function attempt(spec: AppSpec, folder: string): Outcome {
  const all = repositories(spec);
  const differences: string[] = [];
  const expected: Expectations[] = [];
  try {
    for (const repository of all) {
      const target = all.length > 1 ? path.join(folder, repository.name) : folder;
      const given = { declared: declaredOf(repository), requests: requestsOf(repository) };
      const { expectations, objects } = writeSet(target, app => build(app, repository), YamlOutputType[repository.output], given);
      differences.push(...disagreements(repository, expectations), ...wrongVariables(repository, variablesOf(objects)));
      expected.push(expectations);
    }
    // What one repository routes, another one may use: they are reported together.
    differences.push(...expected.flatMap(expectations => reportDisagreements(folder, expectations, all.length > 1)));
  } catch (error) {
    fs.rmSync(folder, { recursive: true, force: true });
    const { message } = error as Error;
    const problem = error instanceof LostObjects ? 'objects are lost' : problemOfRefusal(spec, message);
    return problem ? { kind: 'wrong', app: spec, problem: `${problem}: ${message}` } : { kind: 'refused', app: spec, message };
  }
  if (differences.length > 0) {
    return { kind: 'wrong', app: spec, problem: differences[0] };
  }
  writeTraces(folder);
  return { kind: 'accepted', app: spec, folder };
}

/** A refusal has to name the construct in every line, and nothing tame may be refused. */
export function problemOfRefusal(spec: AppSpec, message: string): string | undefined {
  if (spec.tame) {
    return 'an app with nothing wrong in it is refused';
  }
  // cdk8s puts a heading above what the validations of all constructs say.
  const lines = message.split('\n').map(line => line.trim()).filter(line => line !== '' && !line.startsWith('Validation failed with the following errors'));
  if (lines.length === 0 || lines.some(line => !/^\[(app|(chart|other)-\d+(\/[^\]]+)?)\] (\[MX\d{4}\] )?[a-z'"]/.test(line))) {
    return 'refused without naming the construct';
  }
  return undefined;
}

/** Where the library understands an app differently from its description. */
export function disagreements(repository: Repository, { services, lockdowns }: Expectations): string[] {
  const described = describe(repository);
  if (described.length !== services.length) {
    return [`the app has ${described.length} services, the library knows ${services.length}`];
  }
  // Those of services on virtual machines are not worked out here.
  const ofServices = (place: string) => services.some(({ hosts }) => hosts.includes(place.slice(0, place.lastIndexOf(':'))));
  const open = sorted(lockdowns.flatMap(({ namespace, byNameOnly }) => byNameOnly.filter(ofServices).map(place => `${namespace} ${place}`)));
  const expected = openByName(repository);
  if (JSON.stringify(open) !== JSON.stringify(expected)) {
    return [`the library says that lock-downs open ${JSON.stringify(open)} to every address, the app says ${JSON.stringify(expected)}`];
  }
  return services.flatMap((service, i) => {
    const found = {
      hosts: sorted(service.hosts),
      ports: sorted(service.ports.map(({ number, targetPort, protocol, tls }) => `${number}:${targetPort}/${protocol}, TLS ${tls?.mode ?? 'none'}`)),
      clients: sorted(service.clients.map(client => `${client.namespace}/${client.serviceAccount ?? '*'}`)),
      visibleTo: sorted(service.visibleTo),
      resolution: service.resolution,
      addresses: sorted(service.addresses),
      endpoints: sorted(service.endpoints),
      gateway: service.route ? `${service.route.gateway.namespace}/${service.route.gateway.service}` : '',
      serverNames: sorted(service.route?.legs.map(leg => leg.name) ?? []),
      upstreams: sorted(service.route?.legs.map(leg => `${leg.host}: ${leg.resolution} ${leg.endpoints.join()}`) ?? []),
    };
    return Object.entries(found)
      .filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(described[i][key as keyof typeof found]))
      .map(([key, value]) => `${service.path}: the library says ${key} ${JSON.stringify(value)}, the app says ${JSON.stringify(described[i][key as keyof typeof found])}`);
  });
}

/** Where the variables of a connected workload are others than its description has. */
export function wrongVariables(repository: Repository, written: ReturnType<typeof variablesOf>): string[] {
  return Object.entries(describeVariables(repository)).flatMap(([workload, expected]) => {
    const found = written[workload] ?? {};
    // Those of services on virtual machines are not worked out here.
    const ofServices = Object.keys(found).filter(name => !name.startsWith('MACHINES_'));
    return sorted([...Object.keys(expected), ...ofServices]).filter(name => found[name] !== expected[name])
      .map(name => `${workload}: the variable ${name} is ${JSON.stringify(found[name])}, the app says ${JSON.stringify(expected[name])}`);
  });
}

/** How the refusals came about, the most frequent first: what stands between the quoted values. */
export function reasons(outcomes: readonly Outcome[]): [string, number][] {
  return counted(outcomes.flatMap(outcome => (outcome.kind === 'refused' ? [outcome.message] : [])));
}

/** What is wrong with apps before anybody judges them, the most frequent first. */
export function problems(outcomes: readonly Outcome[]): [string, number][] {
  return counted(outcomes.flatMap(outcome => (outcome.kind === 'wrong' ? [outcome.problem] : [])));
}

function counted(messages: readonly string[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const message of messages) {
    const line = message.split('\n').map(text => text.trim()).find(text => text.startsWith('[')) ?? message;
    const reason = line.replace(/^\[[^\]]*\] /, '').split(/: | \(|, got /)[0].replace(/"[^"]*"|'(chart|other)-[^']*'/g, '…').replace(/\b\d+/g, 'N');
    counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  return [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
}

/** Seconds spent looking for a smaller app that fails in the same way. */
const SHRINK_SECONDS = 60;

/** The smallest app that fails like the one at an index does, with what is wrong about it and its manifests. */
export async function smallest(index: number, seed: number, program: string, work: string): Promise<string> {
  const judge = new JudgeStream(program);
  const folder = path.join(work, 'smallest');
  let failing: { readonly app: AppSpec; readonly problem: string; readonly yaml: string } | undefined;
  const fails = async (app: AppSpec): Promise<boolean> => {
    fs.rmSync(folder, { recursive: true, force: true });
    const outcome = attempt(app, folder);
    const problem = outcome.kind === 'wrong' ? outcome.problem : outcome.kind === 'accepted' ? told(await judge.findings(folder)) : undefined;
    if (problem !== undefined) {
      failing = { app, problem, yaml: fs.existsSync(folder) ? readSet(folder) : '' };
    }
    return problem !== undefined;
  };
  await fc.check(fc.asyncProperty(anyApp, async app => !(await fails(app))), {
    seed, path: String(index), numRuns: 1, interruptAfterTimeLimit: SHRINK_SECONDS * 1000,
  });
  judge.close();
  return failing
    ? `${failing.problem}\n\nsmallest app:\n${JSON.stringify(failing.app, undefined, 2)}\n\nits manifests:\n${failing.yaml || 'none\n'}`
    : 'the app is clean when it is judged alone\n';
}

function told(findings: readonly Finding[]): string | undefined {
  return findings.length > 0 ? findings.map(({ check, subject, message }) => `${check}: ${subject}: ${message}`).join('\n') : undefined;
}
