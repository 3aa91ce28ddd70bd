/** Lets the CRDs of each minor version of Istio judge what the library writes: `npm run conformance:versions`. */
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { CORPUS } from './comparison';
import { Crds, everyCrds } from './crds';
import { recipes, writeRecipe } from './documents';
import { attempt, generate } from './generated';
import { importedRecipes, writeImported } from './imported';
import { buildJudge, Complaint } from './judge';
import { TABLE, tableText } from './newer-fields';
import { DEFAULT_SEED, exitWith } from './run';
import { writeSet } from './sets';
import { EXAMPLES } from '../examples/write';
// What the rule says is compared with what the API server does.
import { DEFAULT_FACTS } from '../src/private/default-facts';
import { readManifests } from '../src/reading/manifests';
import { newerThanMesh } from '../src/rules/newer-than-mesh';
import { MeshObject } from '../src/view/mesh-object';
import { MeshView } from '../src/view/mesh-view';

const APPS = 40;
/** Differences in the output of a version. */
const SHOWN = 5;

const HELP = `usage: npm run conformance:versions -- [--write-table] [--help]

Validates the objects of every example, recipe, file of the corpus and of ${APPS} generated apps with the CRDs of each minor version of Istio, in each version of the API
that they serve, with the code of the API server: schemas, CEL rules, and no field that the schema does not have. The newest has to accept what is right. An older one
has to refuse exactly those of them of which rule ${newerThanMesh.id} says so. Needs Go.

  --write-table  write src/private/newer-fields.ts as the CRDs say
  --help         this text

exit status: 0 all as it should be, 1 not so, 2 bad input or nothing to run with
`;

/** CEL rules that one version has, and neither a field nor a value: policies for a ServiceEntry, which a waypoint applies, came back with 1.24. */
const RULES_OF_ONE = [{ istio: '1.23', message: 'Support kinds are core/Service and gateway.networking.k8s.io/Gateway' }];

/** What is asked about: a folder with the manifests of one app or file. */
interface Asked {
  readonly name: string;
  readonly folder: string;
  /** Whether it has a mistake, for which the API server may refuse it. */
  readonly isWrong: boolean;
}

/** What the CRDs of a version say. */
export interface Answer {
  readonly istio: string;
  readonly checked: number;
  readonly refused: readonly Refusal[];
}

interface Refusal {
  readonly set: string;
  readonly version: string;
  readonly subject: string;
  readonly message: string;
}

/** What the rule says of an object, in a version of Istio. */
export interface Ruled {
  readonly set: string;
  readonly subject: string;
}

function main(args: readonly string[]): number {
  const options = optionsOf(args);
  if (options.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const say = (message: string) => process.stderr.write(`conformance: ${message}\n`);
  const program = buildJudge(say);
  const crds = everyCrds(say);
  const text = tableText(crds);
  if (options['write-table']) {
    fs.writeFileSync(TABLE, text);
    say('written: src/private/newer-fields.ts');
  }
  const work = fs.mkdtempSync(path.join(os.tmpdir(), 'versions-'));
  try {
    return judgeAll(program, crds, fs.readFileSync(TABLE, 'utf8') === text, work);
  } finally {
    fs.rmSync(work, { recursive: true, force: true });
  }
}

function optionsOf(args: readonly string[]): { readonly 'write-table'?: boolean; readonly 'help'?: boolean } {
  try {
    return parseArgs({ args: [...args], options: { 'write-table': { type: 'boolean' }, 'help': { type: 'boolean', short: 'h' } } }).values;
  } catch (error) {
    throw new Complaint(`${(error as Error).message.split('\n')[0]}; see --help`);
  }
}

function judgeAll(program: string, crds: readonly Crds[], isCurrent: boolean, work: string): number {
  const sets = [...written(work), ...corpus(work)];
  const folders = sets.map(({ folder }) => folder);
  const asked = spawnSync(program, [...crds.flatMap(({ istio, file }) => ['--crds', `${istio}=${file}`]), ...folders], { encoding: 'utf8', maxBuffer: Infinity });
  if (asked.status !== 0) {
    throw new Complaint(`the CRDs cannot be asked: ${asked.error?.message ?? asked.stderr.trim()}`);
  }
  const answers = JSON.parse(asked.stdout) as Answer[];
  const newest = answers[answers.length - 1];
  const objects = new Map(sets.map(({ folder }) => [folder, objectsIn(folder)]));
  const nameOf = new Map(sets.map(({ folder, name }) => [folder, name]));
  const right = new Set(sets.filter(({ isWrong }) => !isWrong).map(({ folder }) => folder));
  process.stdout.write('Istio   objects   refused   of them newer than it\n');
  const problems = answers.map(answer => {
    const ruled = ruledBy(objects, answer.istio);
    const wrong = [
      ...answer === newest ? answer.refused.filter(({ set }) => right.has(set)).map(refusal => `${told(refusal, nameOf)}: ${refusal.message}`) : [],
      ...disagreements(answer, newest, ruled).map(({ set, subject, message }) => `${told({ set, subject }, nameOf)}: ${message}`),
    ];
    const own = answer.refused.filter(({ set, subject }) => ruled.some(one => one.set === set && one.subject === subject)).length;
    process.stdout.write(`${answer.istio.padEnd(6)}${String(answer.checked).padStart(9)}${String(answer.refused.length).padStart(10)}${String(own).padStart(10)}\n`);
    wrong.slice(0, SHOWN).forEach(problem => process.stdout.write(`  wrong: ${problem}\n`));
    return wrong;
  });
  if (!isCurrent) {
    process.stdout.write('  wrong: src/private/newer-fields.ts is not what the CRDs say: run `npm run conformance:versions -- --write-table` and commit the result\n');
  }
  const failed = problems.filter(({ length }) => length > 0).length + (isCurrent ? 0 : 1);
  process.stdout.write(`${answers.length + 1 - failed} passed, ${failed} failed\n`);
  return failed > 0 ? 1 : 0;
}

function objectsIn(folder: string): readonly MeshObject[] {
  const files = (fs.readdirSync(folder, { recursive: true }) as string[]).filter(file => file.endsWith('.yaml')).sort();
  return readManifests(files.map(file => ({ file, text: fs.readFileSync(path.join(folder, file), 'utf8'), isNamed: true }))).objects;
}

const told = ({ set, subject }: Ruled, nameOf: ReadonlyMap<string, string>) => `${nameOf.get(set)}: ${subject}`;

/** Where the rule and the CRDs disagree. What the newest version refuses as well is another mistake. */
export function disagreements(answer: Answer, newest: Answer, ruled: readonly Ruled[]): (Ruled & { readonly message: string })[] {
  const key = ({ set, subject }: Ruled) => JSON.stringify([set, subject]);
  const wrongAnyway = new Set(newest.refused.map(key));
  const said = new Set(ruled.map(key));
  const refused = new Set(answer.refused.map(key));
  return [
    ...answer.refused.filter(one => !said.has(key(one)) && !wrongAnyway.has(key(one)))
      .filter(({ message }) => !RULES_OF_ONE.some(rule => rule.istio === answer.istio && message.includes(rule.message)))
      .map(({ set, subject, version, message }) => ({ set, subject, message: `refused as ${version}, and the rule is silent: ${message}` })),
    ...ruled.filter(one => !refused.has(key(one))).map(({ set, subject }) => ({ set, subject, message: 'accepted, and the rule finds something newer in it' })),
  ];
}

function ruledBy(objects: ReadonlyMap<string, readonly MeshObject[]>, istioVersion: string): Ruled[] {
  return [...objects].flatMap(([set, own]) => {
    const view = new MeshView({ ...DEFAULT_FACTS, istioVersion }, own);
    return newerThanMesh.check(view).map(({ object }) => ({ set, subject: subjectOf(object) }));
  });
}

function subjectOf({ kind, namespace, name }: MeshObject): string {
  return namespace === '' ? `${kind} ${name}` : `${kind} ${namespace}/${name}`;
}

/** What the library writes. */
function written(work: string): Asked[] {
  const at = (name: string) => path.join(work, name);
  const made = (name: string, write: (folder: string) => unknown): Asked[] => {
    write(at(name));
    return [{ name, folder: at(name), isWrong: false }];
  };
  return [
    ...EXAMPLES.flatMap(({ folder, build }) => made(`examples/${folder}`, target => writeSet(target, app => void build(app)))),
    ...recipes().flatMap(name => made(`docs/recipes/${name}`, target => writeRecipe(name, target))),
    ...importedRecipes().flatMap(recipe => made(`imported/${recipe.name}`, target => writeImported(recipe, target))),
    ...generate(APPS, DEFAULT_SEED).flatMap((spec, i) => {
      const name = `generated/${i}`;
      return attempt(spec, at(name)).kind === 'accepted' ? [{ name, folder: at(name), isWrong: false }] : [];
    }),
  ];
}

/** The files of the corpus, each in a folder of its own. */
function corpus(work: string): Asked[] {
  const files = (fs.readdirSync(CORPUS, { recursive: true }) as string[]).filter(file => file.endsWith('.yaml')).sort();
  return files.map(file => {
    const folder = path.join(work, 'corpus', file);
    fs.mkdirSync(folder, { recursive: true });
    fs.copyFileSync(path.join(CORPUS, file), path.join(folder, 'manifests.yaml'));
    return { name: `corpus/${file}`, folder, isWrong: path.basename(file) === 'fault.yaml' };
  });
}

if (require.main === module) {
  void exitWith(async () => main(process.argv.slice(2)));
}
