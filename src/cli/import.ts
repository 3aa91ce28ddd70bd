import * as fs from 'node:fs';
import * as path from 'node:path';
import { Arguments, argumentsOf, Options, valueIn } from './arguments';
import { Command, EXIT } from './command';
import { Input, INPUT_OPTIONS, placedInputOf, tell } from './input';
import { nameOf, placeOf } from './lint-result';
import { checkOutput, writeResult } from './output';
import { WrongUse } from './wrong-use';
import type * as module from '../adoption/adoption';
import { writtenAnnotations } from '../adoption/kept-object';
import { NameUser, nameUsers } from '../adoption/name-users';
import { Found, findingsIn } from '../findings/findings-in';
import { quote } from '../private/fail';
import { plural } from '../private/plural';
import { visible } from '../private/visible';
import { FileObject, lineOf } from '../reading/file-object';
import { isOpen, outcomeOf } from '../report/answer';
import { clientName } from '../report/client';
import { targetKey } from '../report/dependency';
import { Difference, differenceOf, isOpening, opens } from '../report/difference';
import { differenceAsMarkdown } from '../report/difference-as-markdown';
import { namesText } from '../report/names';
import { openingText } from '../report/opening';
import { outboundName } from '../report/outbound';
import { compareChecks, serverCheckText } from '../report/server-check';
import { record, strings } from '../view/fields';
import { addTo } from '../view/lists';
import { MeshObject } from '../view/mesh-object';
import { MeshView } from '../view/mesh-view';

const OPTIONS: Options = {
  output: { value: 'FILE', help: 'write the program to a file, such as main.ts' },
  changes: { value: 'FILE', help: 'write which access the move opens and closes to a file, as Markdown' },
  force: { help: 'write over files that are there' },
  json: { help: 'the program, and what became of each object, as JSON' },
  ...INPUT_OPTIONS,
};

/** The options that name a file to be written. */
const FILES = ['output', 'changes'];

const USAGE = `cdk8s-istio-egress import FILES... [options]

Writes a cdk8s app for the services outside the mesh that YAML or JSON files declare: ServiceEntries, their DestinationRules, and routes
through egress gateways as Istio's documentation publishes them. ServiceEntries keep their names. A construct takes the place of objects
only where connections end where they ended before, as "explain" follows them; everything else is kept as it is, with the reason.

  cdk8s-istio-egress import manifests/ --output main.ts --changes changes.md
  kubectl get serviceentries,workloadentries,virtualservices,gateways.networking.istio.io,destinationrules,sidecars,envoyfilters,\\
authorizationpolicies,peerauthentications,networkpolicies,services,endpointslices,namespaces,serviceaccounts,deployments,\\
statefulsets,daemonsets,jobs,cronjobs -A -o yaml | cdk8s-istio-egress import -

FILES are files, folders, or - for the standard input: all that is applied together. With the workloads among them, their service accounts
become the clients of a route; without them, whole namespaces. What is not in the input denies nothing: leave no kind out.

Exit code: 0 the program is written, 1 synth refuses it for mistakes that the objects have, or the move opens access, 2 wrong use, or a
part of the input could not be read: the program is then of the rest.`;

export const importObjects: Command = {
  name: 'import',
  summary: 'a cdk8s app for objects that were written by hand',
  usage: USAGE,
  options: OPTIONS,
  run: async (given, terminal) => {
    checkLanguage(given);
    const args = argumentsOf(given, OPTIONS);
    checkFree(args);
    const input = await placedInputOf(args, terminal, 'import');
    FILES.forEach(option => checkOutput(args, input.view, option));
    tell(input, terminal);
    if (input.view.entries.length === 0) {
      throw new WrongUse('there is no ServiceEntry in the input: import writes a program for services outside the mesh');
    }
    // The other commands do without cdk8s, which takes longer to load than they take.
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    const { adopt, obsolete, sourceOf } = require('../adoption/adoption') as typeof module;
    const adoption = adopt(input.view);
    const source = sourceOf(adoption.program, headingOf(input));
    const users = nameUsers(input.view, adoption.adopted);
    const result: Result = { adoption, users, gone: obsolete(adoption), change: differenceOf(input.view, adoption.after), source };
    const writtenLine = (file: string) => `written: ${file}`;
    writeResult(args.all.has('json') ? asJson(result) : result.source, args, terminal, writtenLine);
    if (args.all.has('changes')) {
      writeResult(differenceAsMarkdown(result.change), args, terminal, writtenLine, 'changes');
    }
    summary(input, result).forEach(line => terminal.err(`${visible(line)}\n`));
    return input.problems.length > 0 ? EXIT.WRONG : adoption.problems.length > 0 || opens(result.change) ? EXIT.FOUND : EXIT.CLEAN;
  },
};

interface Result {
  readonly adoption: module.Adoption;
  /** What may miss names after the move. */
  readonly users: readonly NameUser[];
  /** What to delete once the program's objects are applied. */
  readonly gone: readonly MeshObject[];
  readonly change: Difference;
  readonly source: string;
}

/** `init` has the option, and an app in each language. */
function checkLanguage(given: readonly string[]): void {
  if (given.some(arg => arg === '--language' || arg.startsWith('--language='))) {
    throw new WrongUse('import writes TypeScript: leave --language out. In another language, start an app with "cdk8s-istio-egress init --language LANGUAGE" and write the constructs of the program '
      + 'there by hand: the classes have the same names, and API.md has what is passed to them');
  }
}

/** A program that somebody went on with is not lost by a second call. A link counts as a file, wherever it leads. */
function checkFree(args: Arguments): void {
  const [output, changes] = FILES.map(name => valueIn(args, name));
  if (output !== undefined && changes !== undefined && path.resolve(output) === path.resolve(changes)) {
    throw new WrongUse(`--output and --changes are one file, ${quote(output)}: give two`);
  }
  const taken = FILES.find(name => fs.lstatSync(valueIn(args, name) ?? '', { throwIfNoEntry: false }) !== undefined);
  if (taken !== undefined && !args.all.has('force')) {
    throw new WrongUse(`--${taken} ${quote(valueIn(args, taken))} is there already: give another file, or --force to write over it`);
  }
}

function headingOf({ files }: Input): string[] {
  return [`Written by "cdk8s-istio-egress import" from ${plural(files.length, 'file')}: read it, and go on from here.`];
}

/** What denies nothing, and names nobody, because it is not there: the cluster may have it. */
function lacks({ pods, accessPolicies }: MeshView): string[] {
  const without = (what: string, kinds: string, but: string) => `WARNING: there is no ${what} in the input: if the cluster has one, import does not see ${but}. "kubectl get ${kinds} -A -o yaml" writes them`;
  return [
    ...pods.length > 0 ? [] : [without('workload', 'deployments,statefulsets,daemonsets,jobs,cronjobs', 'who the clients are')],
    ...accessPolicies.length > 0 ? [] : [without('AuthorizationPolicy', 'authorizationpolicies', 'whom it denies')],
  ];
}

function summary({ view, assumesAllowAny }: Input, { adoption, users, gone, change }: Result): string[] {
  const { adopted, kept, left, unwritten, problems } = adoption;
  const became = adopted.length + adopted.reduce((sum, { replaced }) => sum + replaced.length, 0);
  const found = findingsIn(view).filter(({ acknowledged }) => acknowledged === undefined);
  const openings = opened(change);
  return [
    ...lacks(view),
    `${plural(became, 'object')} as ${plural(adopted.length, 'construct')}, ${kept.length} kept as ${kept.length === 1 ? 'it is' : 'they are'}, ${left.length} not for egress`,
    ...adopted.filter(({ added }) => added.length > 0)
      .map(({ object, added, isRouted }) => `  ${place(object)}  ${nameOf(object)} gets ${added.join(', ')} besides${isRouted ? ', to the gateway and behind it' : ''}`),
    ...adopted.flatMap(({ object, notes }) => notes.map(note => `  ${place(object)}  ${nameOf(object)} ${note}`)),
    ...[...new Set(adopted.flatMap(({ replaced }) => replaced))].flatMap(object => withoutMetadata(object)),
    ...kept.map(({ object, why }) => `  ${place(object)}  ${nameOf(object)} is kept: ${why}`),
    ...users.map(({ object, names }) => `  ${place(object)}  look at ${nameOf(object)}: it has ${namesText(names, 3)}, and routes have other clusters and server names after the move`),
    ...unwritten.map(object => `  ${place(object)}  ${nameOf(object)} stays in its file: cdk8s writes no object with a field called "constructor"`),
    ...found.length === 0 ? [] : [`lint finds ${plural(found.length, 'mistake')} in these files:`, ...mistakes(found)],
    ...problems.map(problem => `synth will refuse it: ${problem}`),
    change.access.length === 0 ? 'the move changes no access'
      : `the move changes access of ${plural(change.access.length, 'pair')} of client and service, opens ${change.access.filter(isOpening).length} of them or checks them less, `
        + `and closes ${change.access.filter(({ kind }) => kind === 'CLOSED').length}: --changes FILE says which`,
    ...openings.map(line => `  the move opens: ${line}`),
    ...assumesAllowAny && openings.some(line => line.includes('ALLOW_ANY'))
      ? ['  ALLOW_ANY was assumed, as Istio does where nobody says otherwise: if the mesh has REGISTRY_ONLY, give --outbound-traffic-policy REGISTRY_ONLY'] : [],
    ...closed(change).map(line => `  the move closes: ${line}`),
    ...askedMore(change).map(line => `  more is asked of the server: ${line}`),
    ...gone.length === 0 ? [] : changeOver(adoption, gone),
  ];
}

/** What the move opens, each in a line: nothing of it is left to a file that somebody may not ask for. */
function opened({ access, openings, outbound, network }: Difference): string[] {
  return [
    ...access.filter(isOpening).map(({ kind, client, target, after }) => `${clientName(client)} to ${target.host}:${target.port} (${kind}): ${after.why}`),
    ...openings.filter(({ kind }) => kind === 'APPEARED').map(({ host, opening }) => `${host}: ${openingText(opening)}`),
    ...[...outbound, ...network].filter(({ kind }) => kind === 'OPENED').map(change => outboundName(change.place)),
  ];
}

/** Who loses what, each service with those for whom one reason holds. Where no server understood what arrived, nobody does. */
function closed({ access }: Difference): string[] {
  const groups = new Map<string, string[]>();
  access.filter(({ kind, before }) => kind === 'CLOSED' && ['REACHES', 'DIRECT'].includes(outcomeOf(before))).forEach(({ client, target, after }) => (
    addTo(groups, JSON.stringify([targetKey(target), after.why]), clientName(client))));
  return [...groups].map(([key, clients]) => {
    const [target, why] = JSON.parse(key) as [string, string];
    return `${target} to ${namesText([...new Set(clients)], 4)}: ${why}`;
  });
}

/** What proxies ask of servers and did not before, each service once: a server that does not have it is refused. */
function askedMore({ access }: Difference): string[] {
  const lines = access.flatMap(({ target, before, after }) => (isOpen(before) && isOpen(after) && compareChecks(before.server, after.server, target.host) === 'STRONGER'
    ? [`${targetKey(target)}: the proxy ${serverCheckText(after.server!)}${before.server === undefined ? '' : `; before, it ${serverCheckText(before.server)}`}`] : []));
  return [...new Set(lines)];
}

/** What lint finds, each rule in a line with the places of its findings. */
function mistakes(found: readonly Found[]): string[] {
  const places = new Map<Found['rule'], string[]>();
  found.forEach(({ rule, object, field }) => addTo(places, rule, place(object, field)));
  return [...places].map(([{ id, title }, all]) => `  ${id}  ${namesText([...new Set(all)], 3)}  ${title}`);
}

/** A route changes over in three steps: the old one needs the ServiceEntry as it is, and the sidecars keep to the older VirtualService. */
function changeOver({ adopted }: module.Adoption, gone: readonly MeshObject[]): string[] {
  const entries = adopted.filter(({ isRouted }) => isRouted).map(({ object: { namespace, name } }) => `ServiceEntry ${namespace}/${name}`);
  const [routes, others] = [gone.filter(({ kind }) => kind === 'VirtualService'), gone.filter(({ kind }) => kind !== 'VirtualService')];
  return entries.length === 0 ? ['apply what it writes, then delete what that replaces:', ...gone.map(deletion)] : [
    'to change over without an interruption:',
    ...[`apply what it writes, without ${entries.join(', ')}`, ...routes.map(deletion), 'apply all that it writes', ...others.map(deletion)].map((step, i) => `  ${i + 1}. ${step}`),
  ];
}

/** What stands beside a name that goes, and that no construct takes. */
function withoutMetadata(object: MeshObject): string[] {
  const { finalizers } = record((object as FileObject).manifest.metadata);
  const lost = [
    ...Object.keys(object.labels).map(label => `label ${label}`), ...Object.keys(writtenAnnotations(object.annotations) ?? {}).map(name => `annotation ${name}`),
    ...strings(finalizers).map(name => `finalizer ${name}`),
  ];
  return lost.length === 0 ? [] : [`  ${place(object)}  ${nameOf(object)} goes, with its ${lost.join(', ')}`];
}

function place(object: MeshObject, field: Found['field'] = []): string {
  const { path: from, file } = object.origin;
  return file === undefined ? from : placeOf({ file, line: lineOf(object, field) });
}

const RESOURCES: { readonly [kind: string]: string } = { VirtualService: 'virtualservices', Gateway: 'gateways', DestinationRule: 'destinationrules' };

function deletion({ kind, group, namespace, name }: MeshObject): string {
  return `kubectl -n ${namespace} delete ${RESOURCES[kind]}.${group} ${name}`;
}

function asJson({ adoption: { adopted, kept, left, problems }, users, gone, change, source }: Result): string {
  const named = ({ kind, namespace, name, origin: { file, line } }: MeshObject) => ({ kind, namespace, name, file, line });
  return `${JSON.stringify({
    program: source,
    adopted: adopted.map(({ object, kind, isRouted, replaced, added, notes }) => (
      { ...named(object), construct: kind, isRouted, replaced: replaced.map(named), added, notes })),
    kept: kept.map(({ object, why }) => ({ ...named(object), why })),
    left: left.map(named),
    delete: gone.map(named),
    lookAt: users.map(({ object, names }) => ({ ...named(object), names })),
    problems,
    access: change.access.map(({ kind, client, target }) => ({ kind, client: `${client.namespace}/${client.account}`, host: target.host, port: target.port })),
  }, undefined, 2)}\n`;
}
