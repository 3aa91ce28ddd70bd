/** Runs inside the namespaces that apiserver.ts has made; not called by hand. */
import * as fs from 'node:fs';
import { type ExampleSet } from './lab/examples';
import { Failure, inOneLine } from './lab/failure';
import { guardAtItsSize, Guarded, guardExample, guardGenerated } from './lab/guarded';
import { Lab } from './lab/lab';
import { Manifest } from './lab/manifest';
import type { Parts } from './lab/parts';
import { stage } from './lab/stage';

interface Plan {
  readonly parts: Parts;
  readonly sets: readonly ExampleSet[];
  readonly json: boolean;
  /** How many generated apps have to pass a guard of their gateways. */
  readonly guarded: number;
}

interface Result extends ExampleSet {
  readonly objects: number;
  readonly failure?: string;
}

async function main(plan: Plan): Promise<number> {
  const say = (line: string): void => {
    if (!plan.json) { process.stdout.write(`${line}\n`); }
  };
  const lab = await Lab.start(await stage(plan.parts));
  say('kube-apiserver is up with Istio\'s CRDs, and istiod\'s validating webhook refuses a wrong object');
  const results: Result[] = [];
  for (const set of plan.sets) {
    const manifest = Manifest.ofExample(set.example, set.variant);
    let failure: string | undefined;
    try {
      await admit(lab, manifest);
    } catch (error) {
      failure = inOneLine(error);
    }
    await lab.clear();
    results.push({ ...set, objects: manifest.objects.length, failure });
    const name = `${set.example}/${set.variant}`;
    say(failure === undefined
      ? `  ${name}: ${manifest.objects.length} objects accepted, unchanged by a second apply, and gone when deleted`
      : `  ${name}: FAILED: ${failure}`);
  }
  const guarded = plan.guarded === 0 ? [] : await guard(lab, plan, say);
  const failed = [...results, ...guarded].filter((result) => result.failure !== undefined).length;
  if (plan.json) { process.stdout.write(`${JSON.stringify({ passed: results.length + guarded.length - failed, failed, sets: results, guarded }, undefined, 2)}\n`); }
  say(`${results.length + guarded.length - failed} passed, ${failed} failed`);
  return failed === 0 && results.length > 0 ? 0 : 1;
}

/** What teams write has to pass the guard of their gateway. */
async function guard(lab: Lab, { sets, guarded }: Plan, say: (line: string) => void): Promise<Guarded[]> {
  const results: Guarded[] = [];
  const add = (result: Guarded): void => {
    results.push(result);
    if (result.failure !== undefined) { say(`  guarded ${result.name}: FAILED: ${result.failure}`); }
  };
  for (const { example, variant } of sets) {
    add(await guardExample(lab, `${example}/${variant}`, Manifest.ofExample(example, variant)));
    await lab.clear();
  }
  say(`  guarded: ${results.length} sets of the examples`);
  const generated = await guardGenerated(lab, guarded, add);
  await lab.clear();
  say(`  guarded: ${generated.length} generated apps, ${generated.reduce((sum, { objects }) => sum + objects, 0)} objects`);
  const large = await guardAtItsSize(lab);
  add(large);
  await lab.clear();
  say(`  guarded: ${large.name}, ${large.objects} objects of the greatest size in ${large.milliseconds} ms`);
  return results;
}

/** What an operator does with a set of manifests in its life. */
async function admit(lab: Lab, manifest: Manifest): Promise<void> {
  for (const namespace of manifest.namespaces()) { await lab.namespace(namespace); }
  const empty = await lab.objects();
  if (empty.length > 0) { throw new Failure(`the lab was not empty: ${empty.join(', ')}`); }
  await lab.kube.apply(manifest.yaml);
  const first = await versions(lab, manifest);
  await lab.kube.apply(manifest.yaml);
  const second = await versions(lab, manifest);
  const changed = Object.keys(second).filter((object) => second[object] !== first[object]);
  if (changed.length > 0) { throw new Failure(`changed by the second apply: ${changed.join(', ')}`); }
  // nobody in the lab empties a namespace that is deleted, and nothing could be created in it again
  await lab.kube.remove(manifest.without('Namespace'));
  const left = await lab.objects();
  if (left.length > 0) { throw new Failure(`left after kubectl delete: ${left.join(', ')}`); }
}

async function versions(lab: Lab, manifest: Manifest): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const object of manifest.objects) {
    const name = `${object.metadata.namespace}/${object.kind}/${object.metadata.name}`;
    const live = await lab.kube.get(object);
    if (!live) { throw new Failure(`${name} is not there after it was applied`); }
    found[name] = live.metadata.resourceVersion ?? '';
  }
  return found;
}

main(JSON.parse(fs.readFileSync(0, 'utf8')) as Plan).then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${inOneLine(error)}\n`);
    process.exit(1);
  },
);
