import { Arguments, Options, valueIn } from './arguments';
import { factsOf, MESH_OPTIONS } from './mesh-settings';
import { Terminal } from './terminal';
import { WrongUse } from './wrong-use';
import { isDnsLabel } from '../private/check';
import { isDate } from '../private/date';
import { quote } from '../private/fail';
import { sourcesOf, STDIN } from '../reading/files';
import { readManifests } from '../reading/manifests';
import { Problem } from '../reading/problem';
import { Source } from '../reading/source';
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
  /** The files that were read, in their order. */
  readonly files: readonly string[];
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
  problems.push(...reading.problems);
  const facts = factsOf(args, reading.meshConfigs, problems);
  terminal.progress();
  return { view: new MeshView(facts, reading.objects, today), problems: problems.sort(byPlace), files };
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

/** The order of what is said of files. */
export function byPlace(a: { readonly file: string; readonly line?: number }, b: { readonly file: string; readonly line?: number }): number {
  return a.file < b.file ? -1 : a.file > b.file ? 1 : (a.line ?? 0) - (b.line ?? 0);
}
