import { Arguments, Options, valueIn } from './arguments';
import { byPlace } from './by-place';
import { factsOf, newerVersion, ofMesh, settingsElsewhere, unfollowedSettings } from './facts-of-mesh';
import { placeOf } from './lint-result';
import { MESH_OPTIONS, saidBy, unreadSettings } from './mesh-settings';
import { homelessText, withoutRefused } from './placed-view';
import { Terminal } from './terminal';
import { WrongUse } from './wrong-use';
import { isDnsLabel } from '../private/check';
import { isDate } from '../private/date';
import { quote } from '../private/fail';
import { visible } from '../private/visible';
import { sourcesOf, STDIN } from '../reading/files';
import { readManifests } from '../reading/manifests';
import { Problem } from '../reading/problem';
import { Source } from '../reading/source';
import { RENDERED } from '../reading/yaml-value';
import { MeshView } from '../view/mesh-view';

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
  /** Whether nobody says what sidecars do with what they do not know: Istio's default is taken, ALLOW_ANY. */
  readonly assumesAllowAny: boolean;
}

/**
 * Reads the manifests of a command that follows connections: whose they are is a question of namespaces, and an object that the API server refuses is not there.
 *
 * @throws WrongUse when objects name none, and `--namespace` is not given
 */
export async function placedInputOf(args: Arguments, terminal: Terminal, command: string): Promise<Input> {
  const input = renderedFor(command, await inputOf(args, terminal));
  const text = homelessText(input.view);
  if (text !== undefined) {
    throw new WrongUse(text);
  }
  const { view, problems } = withoutRefused(input.view);
  return problems.length === 0 ? input : { ...input, view, problems: [...input.problems, ...problems].sort(byPlace) };
}

/** Whoever renders a template gives the result to the command that was called. */
function renderedFor(command: string, input: Input): Input {
  return { ...input, problems: input.problems.map(problem => ({ ...problem, message: problem.message.replace(RENDERED, RENDERED.replace('lint', command)) })) };
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
    unfollowedSettings(said, reading.meshConfigs), newerVersion(facts),
  ].filter(note => note !== undefined);
  const assumesAllowAny = said.outboundTrafficPolicy === undefined && ofMesh(said, reading.meshConfigs).length === 0;
  return { view, problems: problems.sort(byPlace), notes, files, assumesAllowAny };
}

function* noted(sources: Iterable<Source>, files: string[], terminal: Terminal): Generator<Source> {
  for (const source of sources) {
    files.push(source.file);
    if (files.length % 100 === 0) {
      terminal.progress(`${files.length} files read ...`);
    }
    yield source;
  }
}
