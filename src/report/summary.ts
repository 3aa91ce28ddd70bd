import { isOpen } from './answer';
import { dependencyName } from './dependency';
import { expiryProblem } from './expiry';
import { namesText } from './names';
import { Opening, openingText } from './opening';
import { pastSidecars } from './past-sidecar';
import { allAccessOf, DependencyReport, Report } from './report';
import { undeclaredWaysOut } from './undeclared';
import { plural } from '../private/plural';
import { nameOf } from '../trace/hop';
import { MeshView } from '../view/mesh-view';

/** What a reviewer looks at first. */
export interface Remark {
  readonly text: string;
  /** The dependencies that it is about; without any, all. */
  readonly about: readonly string[];
}

/** What every format says of itself. */
export const UNKNOWN_TO_REPORT: readonly string[] = [
  'Objects that are not in the input. A route, a policy or a Sidecar that is only in the cluster changes the result: give the report all that is applied together.',
  'Whether the server answers, whether it accepts the credentials, and what DNS says: the report follows the configuration and not the traffic.',
  'Firewalls, security groups and cloud policies outside of the cluster, and whether the network enforces NetworkPolicies.',
  'Who may change these objects (RBAC), and pods that run as root beside their sidecar: those can pass it by.',
  'EnvoyFilters, Wasm plugins and other meshes; in ambient mode what ztunnels and waypoints do.',
];

/** What is worth a look before everything else. */
export function remarksOn({ dependencies, view, leftOut }: Report): Remark[] {
  const remark = (text: string, of: readonly DependencyReport[]): Remark[] => (of.length > 0 ? [{ text, about: of.map(dependencyName) }] : []);
  const having = (kind: Opening['kind']) => dependencies.filter(({ openings }) => openings.some(opening => opening.kind === kind));
  const passing = having('ALLOW_ANY');
  const undeclared = undeclaredWaysOut(view);
  const sidecars = [...new Set(dependencies.flatMap(({ openings }) => openings.filter(({ kind }) => kind === 'SIDECAR_ALLOW_ANY').map(({ who }) => who)))];
  return [
    ...remark(`have expired by ${view.today}`, dependencies.filter(({ isExpired }) => isExpired)),
    ...remark('have an end that is no date, and never expire', dependencies.filter(({ purpose }) => expiryProblem(purpose) !== undefined)),
    ...passing.length === 0 ? [] : [{ text: 'The mesh has ALLOW_ANY: pods connect to these services, and to any other address, past the rules. REGISTRY_ONLY closes that.', about: [] }],
    ...sidecars.length === 0 ? [] : [{ text: `${sidecars.join('; ')}: a Sidecar has ALLOW_ANY for them, and they connect to any other address past the rules. REGISTRY_ONLY closes that.`, about: [] }],
    ...pastSidecars(dependencies, view).flatMap(({ who, why, of }) => remark(`are reached past the sidecar by ${namesText(who, 6)}: ${why}`, of)),
    ...remark('are open to every namespace of the mesh', having('EVERYBODY')),
    ...remark('pass a gateway that asks nobody for a certificate of the mesh', having('WITHOUT_IDENTITY')),
    ...remark('pass a gateway that names no account: every account of the mesh may pass', having('ANY_IDENTITY')),
    ...remark('are reached directly as well, past the gateway that lets only named clients pass', dependencies.filter(dependency => isPastGateway(dependency, view))),
    ...remark('are reached by clients that ask for something else', dependencies.filter(({ doors }) => doors.length > 0)),
    ...remark('have clients beside those of their routes, whom another server of a gateway lets pass', having('NAMED_AT_GATEWAY')),
    ...remark('cannot be judged for all clients', dependencies.filter(({ access }) => access.some(({ verdict }) => verdict === 'UNKNOWN'))),
    ...remark('are reached by nobody in the input', dependencies.filter(dependency => !allAccessOf(dependency).some(one => isOpen(one) || one.verdict === 'UNKNOWN'))),
    ...undeclared.length === 0 ? [] : [{
      text: `${plural(undeclared.length, 'Service')} of the cluster ${undeclared.length === 1 ? 'leads' : 'lead'} to addresses that somebody wrote, or to a name outside, which no ServiceEntry declares: ${
        namesText(undeclared, 6)}. They are not among the dependencies.`,
      about: [],
    }],
    ...leftOut.map(text => ({ text, about: [] })),
    ...remark('have no owner: nobody is named who answers for them', dependencies.filter(({ purpose }) => purpose.owner === undefined)),
  ];
}

/** Whether sidecars connect straight to what a gateway checks the clients of. Pods beside the gateway see what it sends to. */
function isPastGateway({ access, openings }: DependencyReport, { gatewayPlaces }: MeshView): boolean {
  const isUnchecked = openings.some(({ kind }) => kind === 'WITHOUT_IDENTITY' || kind === 'ANY_IDENTITY');
  const open = access.filter(isOpen);
  return !isUnchecked && open.some(({ gateway }) => gateway !== undefined)
    && open.some(({ verdict, gateway, client }) => verdict === 'REACHES' && gateway === undefined && !gatewayPlaces.namespaces.has(client.namespace));
}

/** A remark as a sentence. */
export function remarkText({ text, about }: Remark, all: number): string {
  return about.length === 0 ? text : `${about.length === all ? `All ${all} dependencies` : about.length > 6 ? `${about.slice(0, 5).join('; ')} and ${about.length - 5} more` : about.join('; ')} ${
    about.length === 1 && all !== 1 ? singular(text) : all === 1 ? singular(text) : text}`.replace('All 1 dependencies', 'The dependency');
}

function singular(text: string): string {
  return text.replace(/^have /, 'has ').replace(/^are /, 'is ').replace(/^pass /, 'passes ').replace('for them', 'for it').replace(/never expire$/, 'never expires').replace(/^cannot/, 'cannot');
}

/** What holds for every dependency, said once. */
export function commonOpenings({ dependencies }: Report): Opening[] {
  if (dependencies.length < 2) {
    return [];
  }
  const [first, ...others] = dependencies.map(({ openings }) => new Map(openings.map(opening => [openingText(opening), opening])));
  return [...first].filter(([text]) => others.every(other => other.has(text))).map(([, opening]) => opening);
}

/** What holds for one dependency and not for all. */
export function ownOpenings({ openings }: DependencyReport, common: readonly Opening[]): Opening[] {
  const said = new Set(common.map(openingText));
  return openings.filter(opening => !said.has(openingText(opening)));
}

/** An object that declares a dependency, and to whom it shows it. */
export interface Declaration {
  readonly object: string;
  readonly visibleTo: string;
  readonly file: string;
  readonly line?: number;
}

export function declarations({ entries }: DependencyReport): Declaration[] {
  return entries.map(({ object, visibleTo }) => ({
    object: nameOf(object), visibleTo: visibleTo.includes('*') ? 'every namespace' : visibleTo.join(', ') || 'nobody', file: object.origin.file ?? object.origin.path, line: object.origin.line,
  }));
}

/** The ports of a dependency, for a person. */
export function portsText({ targets }: Pick<DependencyReport, 'targets'>): string {
  return [...new Set(targets.map(({ port, protocol }) => `${port} ${protocol}`))].join(', ');
}
