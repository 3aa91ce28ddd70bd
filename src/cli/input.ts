import { Arguments, Options, valueIn } from './arguments';
import { byPlace } from './by-place';
import { factsOf, settingsElsewhere, unfollowedSettings } from './facts-of-mesh';
import { nameOf, placeOf } from './lint-result';
import { MESH_OPTIONS, saidBy, unreadSettings } from './mesh-settings';
import { Terminal } from './terminal';
import { WrongUse } from './wrong-use';
import { findingsIn, fixFor } from '../findings/findings-in';
import { isDnsLabel } from '../private/check';
import { isDate } from '../private/date';
import { quote } from '../private/fail';
import { visible } from '../private/visible';
import { lineOf } from '../reading/file-object';
import { sourcesOf, STDIN } from '../reading/files';
import { readManifests } from '../reading/manifests';
import { Problem } from '../reading/problem';
import { Source } from '../reading/source';
import { kindUnknown } from '../rules/kind-unknown';
import { MeshObject, NETWORKING, SECURITY } from '../view/mesh-object';
import { MeshView } from '../view/mesh-view';
import { isOtherWorkload } from '../view/pod-template';

/** What every command that reads manifests takes. */
export const INPUT_OPTIONS: Options = {
  namespace: { value: 'NAME', help: 'the namespace of objects that name none, as kubectl apply -n gives it' },
  today: { value: 'DAY', help: 'the day, as 2027-01-31, by which dependencies are judged (default: none has expired)' },
  ...MESH_OPTIONS,
};

/** The manifests that a command was called with. */
export interface Input {
  readonly view: MeshView;
  /** What could not be read, sorted. */
  readonly problems: readonly Problem[];
  /** What a reader has to know besides, and hides nothing. */
  readonly notes: readonly string[];
  /** The files that were read, in their order. */
  readonly files: readonly string[];
}

/**
 * Reads the manifests of a command that follows connections: whose they are is a question of namespaces, and an object that the API server refuses is not there.
 *
 * @throws WrongUse when objects name none, and `--namespace` is not given
 */
export async function placedInputOf(args: Arguments, terminal: Terminal): Promise<Input> {
  const input = await inputOf(args, terminal);
  const text = homelessText(input.view);
  if (text !== undefined) {
    throw new WrongUse(text);
  }
  return withoutRefused(input);
}

/** `lint` reads such an object as it was meant, and has a finding. Here it would count as protection. */
function withoutRefused(input: Input): Input {
  const { view: { facts, objects, today } } = input;
  const refused = findingsIn(input.view, [kindUnknown]).filter(({ acknowledged }) => acknowledged === undefined);
  if (refused.length === 0) {
    return input;
  }
  const left = new Set(refused.map(({ object }) => object));
  const problems = refused.map(({ object, field, message, fix }) => ({
    file: object.origin.file ?? object.origin.path,
    line: lineOf(object, field),
    message: `${nameOf(object)} is left out: ${message}; ${fixFor('yaml', fix)}`,
  }));
  const view = new MeshView(facts, objects.filter(object => !left.has(object)), today);
  return { ...input, view, problems: [...input.problems, ...problems].sort(byPlace) };
}

/** Says what could not be read, and what a reader has to know besides. */
export function tell({ problems, notes }: Pick<Input, 'problems' | 'notes'>, terminal: Terminal): void {
  problems.forEach(problem => terminal.err(`${visible(placeOf(problem))}  ${visible(problem.message)}\n`));
  notes.forEach(note => terminal.err(`${visible(note)}\n`));
}

/** Reads the manifests of a command. */
export async function inputOf(args: Arguments, terminal: Terminal): Promise<Input> {
  const namespace = valueIn(args, 'namespace') ?? '';
  if (namespace !== '' && !isDnsLabel(namespace)) {
    throw new WrongUse(`--namespace is the name of a namespace, got ${quote(namespace)}`);
  }
  const today = valueIn(args, 'today');
  if (today !== undefined && !isDate(today)) {
    throw new WrongUse(`--today is a day like 2027-01-31, got ${quote(today)}`);
  }
  if (args.paths.length === 0) {
    throw new WrongUse(`give at least one file or folder, or "${STDIN}" for the standard input`);
  }
  const problems: Problem[] = [];
  const files: string[] = [];
  const stdin = args.paths.includes(STDIN) ? await terminal.stdin() : Buffer.alloc(0);
  const reading = readManifests(noted(sourcesOf(args.paths, stdin, problems), files, terminal), namespace, count => {
    terminal.progress(`${count} objects read ...`);
  });
  reading.problems.forEach(problem => problems.push(problem));
  if (reading.objects.length + problems.length === 0) {
    // Of a file that is named its reader says so. A folder may have what is no object, and not that alone: nothing would have been looked at.
    args.paths.forEach(file => problems.push({ file, message: 'there is no object of Kubernetes in its files: each has \'apiVersion\' and \'kind\'' }));
  }
  const said = saidBy(args);
  const facts = factsOf(said, reading.meshConfigs, problems);
  terminal.progress();
  const view = new MeshView(facts, reading.objects, today);
  const notes = [
    homelessText(view), unreadSettings(args, said, reading.meshConfigs, view.objects), settingsElsewhere(said, reading.meshConfigs),
    unfollowedSettings(said, reading.meshConfigs),
  ].filter(note => note !== undefined);
  return { view, problems: problems.sort(byPlace), notes, files };
}

/** What `kubectl apply -n` has not placed yet; undefined when everything has its place. */
function homelessText({ objects }: MeshView): string | undefined {
  const homeless = objects.filter(object => object.namespace === '' && isPlaced(object));
  if (homeless.length === 0) {
    return undefined;
  }
  const [{ kind, name, origin }] = homeless;
  const who = homeless.length === 1 ? '1 object names no namespace' : `${homeless.length} objects name no namespace`;
  return `${who}, such as ${kind} ${name} (${origin.path}): give --namespace, as kubectl apply -n does`;
}

/** Whether the mesh decides something by the namespace of an object. */
function isPlaced(object: MeshObject): boolean {
  return ISTIOS.includes(object.group) || DECISIVE.includes(`${object.group}/${object.kind}`) || isOtherWorkload(object);
}

const ISTIOS = [NETWORKING, SECURITY, 'telemetry.istio.io', 'extensions.istio.io'];

const DECISIVE = [
  '/Service', '/Pod', 'apps/Deployment', 'apps/StatefulSet', 'apps/DaemonSet', 'apps/ReplicaSet', '/ReplicationController', 'batch/Job', 'batch/CronJob', 'networking.k8s.io/NetworkPolicy',
];

function* noted(sources: Iterable<Source>, files: string[], terminal: Terminal): Generator<Source> {
  for (const source of sources) {
    files.push(source.file);
    if (files.length % 100 === 0) {
      terminal.progress(`${files.length} files read ...`);
    }
    yield source;
  }
}
