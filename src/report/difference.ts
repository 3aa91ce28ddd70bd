import { Access, AccessTable } from './access';
import { AcknowledgementChange, acknowledgementChanges } from './acknowledgement-change';
import { Answer, isOpen, waysIn, wayText } from './answer';
import { byClient, Client, clientKey } from './client';
import { Target, targetKey } from './dependency';
import { Guard, guardsIn, writersOf } from './guard';
import { networkChanges } from './network';
import { Opening } from './opening';
import { OutboundChange, outboundChanges } from './outbound';
import { accessName, DependencyReport, Report, reportOf } from './report';
import { compareChecks } from './server-check';
import { sidecarChanges } from './sidecars';
import { compareTexts } from '../private/order';
import { Problem } from '../reading/problem';
import { cause } from '../trace/hop';
import { MeshView } from '../view/mesh-view';
import { Purpose } from '../view/purpose';

/**
 * What a change does to the access of a client: `OPENED` what was closed, `REDIRECTED` to other addresses, `WIDENED` where fewer or other conditions hold,
 * `UNCHECKED` where connections pass the objects of the service by, `UNVERIFIED` where the proxy asks less of the server, or something else, `UNSURE` where the
 * new input does not show it; `MOVED` to another way, `NARROWED` by conditions, `CHECKED` by objects that connections passed by before, `VERIFIED` where the proxy
 * asks more of the server, `CLOSED` what was open.
 */
export type ChangeKind = typeof OPENING[number] | typeof OTHERS[number];

/** The kinds by which more may be reached than before. */
export const OPENING = ['OPENED', 'UNCHECKED', 'REDIRECTED', 'WIDENED', 'UNVERIFIED', 'UNSURE'] as const;

/** Those by which nothing is reached that was not before. */
export const OTHERS = ['MOVED', 'NARROWED', 'CHECKED', 'VERIFIED', 'CLOSED'] as const;

export function isOpening({ kind }: Pick<AccessChange, 'kind'>): boolean {
  return OPENING.some(opening => opening === kind);
}

/** The access of one client to one host and port, in both inputs. */
export interface AccessChange {
  readonly kind: ChangeKind;
  readonly client: Client;
  readonly target: Target;
  readonly before: Access;
  readonly after: Access;
}

/** A dependency that was added or removed, or of which something else was said. */
export interface DependencyChange {
  readonly kind: 'ADDED' | 'REMOVED' | 'MOVED' | 'PURPOSE';
  readonly host: string;
  readonly ports: readonly number[];
  /** The ways and purposes of before and after, as far as they changed. */
  readonly before?: string;
  readonly after?: string;
}

/** Somebody who could not reach a dependency before, or no longer can. */
export interface OpeningChange {
  readonly kind: 'APPEARED' | 'GONE';
  /** `*` for whatever is behind a gateway. */
  readonly host: string;
  readonly opening: Opening;
}

/** Which access a change opens and closes. */
export interface Difference {
  readonly before: Report;
  readonly after: Report;
  /** Of both. */
  readonly clients: readonly Client[];
  /** Those that open first. */
  readonly access: readonly AccessChange[];
  readonly dependencies: readonly DependencyChange[];
  readonly openings: readonly OpeningChange[];
  /** Whose sidecars let pass now what they do not know, or no longer do, and who has no sidecar any longer, or has one now. */
  readonly outbound: readonly OutboundChange[];
  /** Whom NetworkPolicies no longer keep from what is not declared, or keep from it now. */
  readonly network: readonly OutboundChange[];
  /** What somebody accepts of what the rules find. */
  readonly acknowledgements: readonly AcknowledgementChange[];
}

/** Whether something is opened that a reviewer has to know. An acknowledgement opens nothing: it is shown. */
export function opens({ access, openings, outbound, network }: Difference): boolean {
  return access.some(isOpening) || openings.some(({ kind }) => kind === 'APPEARED')
    || [...outbound, ...network].some(({ kind }) => kind === 'OPENED');
}

/** What of two inputs could not be read. */
interface Unread {
  readonly before?: readonly Problem[];
  readonly after?: readonly Problem[];
}

/** Compares two inputs; what only one of them declares or names is asked about in both. */
export function differenceOf(old: MeshView, now: MeshView, unread: Unread = {}): Difference {
  const [was, is] = [new AccessTable(old), new AccessTable(now)];
  const [first, second] = [reportOf(old, { unread: unread.before, table: was }), reportOf(now, { unread: unread.after, table: is })];
  const clients = [...new Map([...first.clients, ...second.clients].map(client => [clientKey(client), client])).values()].sort(byClient);
  const namespaces = clients.map(({ namespace }) => namespace);
  const both = [...first.dependencies, ...second.dependencies].flatMap(dependency => dependency.targets);
  const targets = [...new Map(both.map(target => [targetKey(target), target])).values()];
  const declared = new Set(first.dependencies.flatMap(dependency => dependency.targets.map(targetKey)));
  const isNew = (target: Target) => !declared.has(targetKey(target));
  const access = targets.flatMap(target => clients.flatMap(client => (
    changesOf(client, target, isNew(target), was.of(client, target), is.of(client, target)))));
  return {
    before: first,
    after: second,
    clients,
    access: access.sort((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) || compareTexts(targetKey(a.target), targetKey(b.target))
      || byClient(a.client, b.client)),
    dependencies: dependencyChanges(first, second),
    openings: [...openingChanges(first, second), ...guardChanges(old, now)],
    outbound: [...outboundChanges(old, now, namespaces), ...sidecarChanges(old, now, namespaces)],
    network: networkChanges(old, now),
    acknowledgements: acknowledgementChanges(old, now),
  };
}

const KINDS: readonly ChangeKind[] = [...OPENING, ...OTHERS];

/** Workloads of one account that differ are compared each with itself; where they are not told apart, the gravest change is the one of all. */
function changesOf(
  client: Client, target: Target, isNew: boolean, before: readonly Access[], after: readonly Access[],
): AccessChange[] {
  return after.flatMap(now => {
    const changes = beforeOf(now, before).flatMap((was): AccessChange[] => {
      const kind = isNew && now.verdict === 'UNKNOWN' ? 'UNSURE' : kindOf(was, now, target.host);
      return kind === undefined ? [] : [{ kind, client, target, before: was, after: now }];
    });
    return changes.sort((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind)).slice(0, 1);
  });
}

/** What was, of the workloads for which something is now. */
export function beforeOf(now: Access, before: readonly Access[]): readonly Access[] {
  const same = before.filter(({ workloads }) => workloads.length === 0 || now.workloads.length === 0
    || workloads.some(name => now.workloads.includes(name)));
  return same.length > 0 ? same : before.slice(0, 1);
}

/** What a change does to a connection; undefined for nothing. */
export function kindOf(before: Answer, after: Answer, host: string): ChangeKind | undefined {
  if (!isOpen(before)) {
    return isOpen(after) ? 'OPENED' : after.verdict === 'UNKNOWN' && before.verdict !== 'UNKNOWN' ? 'UNSURE'
      : before.verdict === 'ELSEWHERE' && after.verdict === 'ELSEWHERE' && endsBeyond(before, after) ? 'REDIRECTED' : undefined;
  }
  if (after.verdict === 'ELSEWHERE') {
    return 'REDIRECTED';
  }
  if (!isOpen(after)) {
    return after.verdict === 'UNKNOWN' ? 'UNSURE' : 'CLOSED';
  }
  if (before.verdict === 'REACHES' && after.verdict === 'DIRECT') {
    return 'UNCHECKED';
  }
  if (before.verdict === 'REACHES' && endsBeyond(before, after)) {
    return 'REDIRECTED';
  }
  if (before.limits !== after.limits && before.limits !== '') {
    return 'WIDENED';
  }
  const check = compareWays(before, after, host);
  if (check === 'WEAKER') {
    return 'UNVERIFIED';
  }
  return before.limits !== after.limits ? 'NARROWED' : before.verdict !== after.verdict ? 'CHECKED' : before.gateway !== after.gateway ? 'MOVED'
    : check === 'STRONGER' ? 'VERIFIED' : before.tls !== after.tls ? 'MOVED' : undefined;
}

/** Whether a way asks less of the server than every one before, or one of those before asked less than every one now. */
function compareWays(before: Answer, after: Answer, host: string): 'WEAKER' | 'STRONGER' | undefined {
  const [was, is] = [before, after].map(waysIn);
  return is.some(now => was.every(old => compareChecks(old.server, now.server, host) === 'WEAKER')) ? 'WEAKER'
    : was.some(old => is.every(now => compareChecks(old.server, now.server, host) === 'STRONGER')) ? 'STRONGER' : undefined;
}

/** A name with a dot at its end is the same without the search domains of the pod, which is no more than before. */
function endsBeyond(before: Answer, after: Answer): boolean {
  return after.endpoints.some(endpoint => !before.endpoints.includes(endpoint) && !before.endpoints.includes(endpoint.replace(/\.(?=:\d+$)/, '')));
}

function dependencyChanges(before: Report, after: Report): DependencyChange[] {
  const [was, is] = [byHost(before), byHost(after)];
  const [ways, ports] = [ofEach(waysOf), ofEach(portsOf)];
  return [...new Set([...was.keys(), ...is.keys()])].sort(compareTexts).flatMap((host): DependencyChange[] => {
    const [old, now] = [was.get(host), is.get(host)];
    if (!old || !now) {
      return [{ kind: old ? 'REMOVED' : 'ADDED', host, ports: ports((old ?? now)!) }];
    }
    const [oldWays, newWays] = [ways(old), ways(now)];
    const [purpose, newPurpose] = [purposeText(old.purpose), purposeText(now.purpose)];
    return [
      ...oldWays === newWays ? [] : [{ kind: 'MOVED' as const, host, ports: ports(now), before: oldWays, after: newWays }],
      ...purpose === newPurpose ? [] : [{ kind: 'PURPOSE' as const, host, ports: ports(now), before: purpose, after: newPurpose }],
    ];
  });
}

/** What is worked out once for each dependency: the hosts of one ServiceEntry are one, however many they are. */
function ofEach<T>(work: (dependency: DependencyReport) => T): (dependency: DependencyReport) => T {
  const known = new Map<DependencyReport, T>();
  return dependency => {
    const found = known.has(dependency) ? known.get(dependency)! : work(dependency);
    known.set(dependency, found);
    return found;
  };
}

function byHost({ dependencies }: Report): Map<string, DependencyReport> {
  return new Map(dependencies.flatMap(dependency => dependency.hosts.map(host => [host, dependency] as const)));
}

function portsOf({ targets }: DependencyReport): number[] {
  return [...new Set(targets.map(({ port }) => port))];
}

function waysOf({ access }: DependencyReport): string {
  const ways = access.filter(isOpen).map(wayText);
  return [...new Set(ways)].sort(compareTexts).join('; ') || (access.some(({ verdict }) => verdict === 'UNKNOWN') ? 'not known' : 'reached by nobody');
}

function purposeText({ owner, reason, expires, contact }: Purpose): string {
  const parts = Object.entries({ owner, reason, expires, contact }).flatMap(([name, text]) => (text === undefined ? [] : [`${name} ${text}`]));
  return parts.join(', ') || 'nothing is said of its purpose';
}

/** The kinds that the matrix of clients does not show. */
const BESIDE: readonly Opening['kind'][] = ['WITHOUT_SIDECAR', 'WITHOUT_IDENTITY', 'ANY_IDENTITY', 'NAMED_AT_GATEWAY'];

/** Who gets there by asking for something else, each alone, so that one who comes or goes is told. */
function doorOpenings({ doors }: DependencyReport): Opening[] {
  return doors.flatMap(({ target, access }) => access.map((one): Opening => ({
    kind: 'DOOR', who: accessName(one), why: `asking for ${targetKey(target)}, they get there ${wayText(one)}`, except: [], because: one.because,
  })));
}

/** What appears or goes with the dependency itself is no news. */
function openingChanges(before: Report, after: Report): OpeningChange[] {
  const [was, is] = [byHost(before), byHost(after)];
  const known = ofEach((dependency): readonly Opening[] => (
    [...dependency.openings.filter(({ kind }) => BESIDE.includes(kind)), ...doorOpenings(dependency)]));
  return [...is].sort(([a], [b]) => compareTexts(a, b)).flatMap(([host, now]): OpeningChange[] => {
    const old = was.get(host);
    return old === undefined ? known(now).filter(({ kind }) => kind !== 'WITHOUT_SIDECAR').map(opening => ({ kind: 'APPEARED', host, opening })) : [
      ...known(now).flatMap(opening => beyond(known(old), opening)).map((opening): OpeningChange => ({ kind: 'APPEARED', host, opening })),
      ...known(old).flatMap(opening => beyond(known(now), opening)).map((opening): OpeningChange => ({ kind: 'GONE', host, opening })),
    ];
  });
}

/** Guards that are gone, that allow something else, or that are new: they hold for all gateways, in the input or not. */
function guardChanges(old: MeshView, now: MeshView): OpeningChange[] {
  const [was, is] = [old, now].map(view => new Map(guardsIn(view).map(guard => [`${guard.policy.name} ${guard.resource}`, guard])));
  const change = (kind: OpeningChange['kind'], guard: Guard, what: string): OpeningChange => ({
    kind, host: '*', opening: { kind: 'TENANT', who: writersOf([guard.resource]), why: `${guard.policy.kind} ${guard.policy.name} ${what}`, except: [], because: [cause(guard.policy)] },
  });
  return [
    ...[...was].flatMap(([key, guard]) => {
      const after = is.get(key);
      return after === undefined ? [change('APPEARED', guard, 'no longer refuses them anything')]
        : after.decides === guard.decides ? [] : [change('APPEARED', after, 'decides otherwise than before: compare its expressions and what it is for')];
    }),
    ...[...is].filter(([key]) => !was.has(key)).map(([, guard]) => change('GONE', guard, 'refuses them what it does not allow')),
  ];
}

/** What an opening has beyond others: nothing when one of them covers it, and the namespaces that one leaves out when it is the same elsewhere. */
function beyond(others: readonly Opening[], opening: Opening): Opening[] {
  const twins = others.filter(({ kind, who, why }) => kind === opening.kind && who === opening.who && (kind !== 'DOOR' || why === opening.why));
  const lacks = twins.map(({ except }) => except.filter(namespace => !opening.except.includes(namespace)));
  const [least] = [...lacks].sort((a, b) => a.length - b.length);
  return least === undefined ? [opening] : least.length === 0 ? [] : [{ ...opening, who: `${opening.who}, in ${least.join(', ')}`, except: [] }];
}
