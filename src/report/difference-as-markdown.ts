import { Access } from './access';
import { AcknowledgementChange, ruleText } from './acknowledgement-change';
import { isOpen, verdictText, waysIn, wayText } from './answer';
import { list, reasonText, safe, table, unreadLines } from './as-markdown';
import { Client } from './client';
import { targetKey } from './dependency';
import { AccessChange, ChangeKind, DependencyChange, Difference, isOpening, OPENING, OpeningChange, opens, OTHERS } from './difference';
import { namesText } from './names';
import { openingText } from './opening';
import { OutboundChange, outboundName } from './outbound';
import { namesOf } from './report';
import { serverCheckText } from './server-check';
import { Sources, sourceText } from './sources';
import { UNKNOWN_TO_REPORT } from './summary';
import { unreadText } from './unread';
import { plural } from '../private/plural';
import { addTo } from '../view/lists';

const TITLES: { readonly [kind in ChangeKind]: readonly [title: string, text: string] } = {
  OPENED: ['Opened', 'These clients did not reach these services before, and do now.'],
  UNCHECKED: ['Past the rules now', 'These clients passed the objects of the service before, and now nothing looks at their connections.'],
  REDIRECTED: ['Leads to other addresses', 'The name is the same; the connections end somewhere else.'],
  WIDENED: ['On another condition', 'These clients reach it on a condition, as before, and the condition is another one: compare the rules.'],
  UNVERIFIED: ['Less is asked of the server', 'The last proxy took the certificate of the service alone, or was stricter: another server can answer in its place.'],
  UNSURE: ['Not shown by the input', 'Whether these clients reach it cannot be told from the new input.'],
  MOVED: ['Takes another way', 'Reached before and after, in another way.'],
  NARROWED: ['Fewer requests are let through', 'Reached before without conditions.'],
  CHECKED: ['No longer past the rules', 'Nothing looked at the connections of these clients before; now they pass the objects of the service.'],
  VERIFIED: ['More is asked of the server', 'The last proxy is stricter with the certificate of the server.'],
  CLOSED: ['Closed', 'Reached before, and no longer.'],
};

/** What a change opens and closes, for a pull request. */
export function differenceAsMarkdown(difference: Difference): string {
  const { access, dependencies, openings, outbound, network, acknowledgements, before, after, clients } = difference;
  const of = (kind: ChangeKind) => access.filter(change => change.kind === kind);
  const section = (kind: ChangeKind) => (of(kind).length === 0 ? [] : [`## ${isOpening({ kind }) ? 'Warning: ' : ''}${TITLES[kind][0]}`, TITLES[kind][1], changes(of(kind), clients, before.sources, after.sources)]);
  const appeared = openings.filter(({ kind }) => kind === 'APPEARED');
  const gone = openings.filter(({ kind }) => kind === 'GONE');
  const [byPolicy, byPod] = [false, true].map(isPast => outbound.filter(({ past }) => (past !== undefined) === isPast));
  const isWhole = before.unread.length + after.unread.length === 0;
  const isAlike = access.length + dependencies.length + openings.length + outbound.length + network.length + acknowledgements.length === 0;
  const [mode, newMode] = [before.view.facts.outboundTrafficPolicy, after.view.facts.outboundTrafficPolicy];
  return `${[
    '# What this change opens and closes',
    ...unreadLines(before.unread, unreadText(before.unread, 'the state before is without them')),
    ...unreadLines(after.unread, unreadText(after.unread, 'the state now is without them')),
    isAlike ? isWhole ? 'Nobody reaches more or less than before.' : 'What could be read differs in nothing; of the rest it is not known.' : `**${verdictOf(difference)}.** ${summary(difference)}`,
    ...mode === newMode ? [] : [`What sidecars do with what they do not know: ${mode} before, ${newMode} now.`],
    ...OPENING.flatMap(section),
    ...appeared.length === 0 ? [] : ['## Warning: who else could now', openingLines(appeared)],
    ...outboundLines('## Warning: whose sidecars let everything pass now', 'They have ALLOW_ANY: their pods connect to any address that no object has, past the rules.', byPolicy, 'OPENED', after.sources),
    ...outboundLines('## Warning: who passes the sidecar by now', 'Where no sidecar takes their connections, pods connect to any address, past the rules.', byPod, 'OPENED', after.sources),
    ...outboundLines('## Warning: whom NetworkPolicies no longer hold', 'Their pods connect to almost any address, except where a sidecar keeps them from it.', network, 'OPENED', after.sources),
    ...acknowledgementLines('## Look at: what this change accepts', 'The rules of lint find it, and somebody accepts it from now on.', acknowledgements, 'ADDED', after.sources),
    ...dependencies.length === 0 ? [] : ['## Dependencies', dependencyTable(dependencies)],
    ...OTHERS.flatMap(section),
    ...gone.length === 0 ? [] : ['## Who else no longer could', openingLines(gone)],
    ...outboundLines('## Whose sidecars no longer let everything pass', 'They have REGISTRY_ONLY now.', byPolicy, 'CLOSED', after.sources),
    ...outboundLines('## Who no longer passes the sidecar by', 'Their sidecars keep them from what they do not know. Before:', byPod, 'CLOSED', after.sources),
    ...outboundLines('## Whom NetworkPolicies hold', 'Their pods connect to what the policies name, with a sidecar or without.', network, 'CLOSED', after.sources),
    ...acknowledgementLines('## No longer accepted', 'An acknowledgement is gone: what it accepted, or its words.', acknowledgements, 'REMOVED', before.sources),
    '## What this comparison does not know',
    list(UNKNOWN_TO_REPORT.map(safe)),
  ].join('\n\n')}\n`;
}

function outboundLines(title: string, text: string, all: readonly OutboundChange[], of: OutboundChange['kind'], sources: Sources): string[] {
  const some = all.filter(({ kind }) => kind === of);
  return some.length === 0 ? [] : [title, safe(text), list(some.map(({ place, past, because }) => (
    [safe(`${outboundName(place)}${past === undefined ? '' : `: ${past}`}`), ...because.map(one => safe(sourceText(sources.of(one))))].join('<br>'))))];
}

function acknowledgementLines(title: string, text: string, all: readonly AcknowledgementChange[], of: AcknowledgementChange['kind'], sources: Sources): string[] {
  const some = all.filter(({ kind }) => kind === of);
  return some.length === 0 ? [] : [title, safe(text), table(['Object', 'Rule', 'Place', 'Reason', 'Written in'], some.map(({ acknowledgement, because }) => {
    const { object, file, line } = sources.of(because);
    return [object, ruleText(acknowledgement), acknowledgement.field ?? 'everywhere', acknowledgement.reason, line === undefined ? file : `${file}:${line}`].map(safe);
  }))];
}

function verdictOf(difference: Difference): string {
  const isSure = [...difference.outbound, ...difference.network].some(({ kind }) => kind === 'OPENED') || difference.openings.some(({ kind }) => kind === 'APPEARED') || difference.access.some(change => isOpening(change) && !['UNSURE', 'WIDENED'].includes(change.kind));
  return isSure ? 'It opens access' : opens(difference) ? 'Whether it opens access is not known' : 'It opens nothing';
}

function summary({ access, dependencies, openings, outbound, network, acknowledgements }: Difference): string {
  const count = (kinds: readonly ChangeKind[]) => access.filter(({ kind }) => kinds.includes(kind)).length;
  const parts = [
    [count(['OPENED']), 'opened'], [count(['UNCHECKED', 'REDIRECTED', 'WIDENED', 'UNVERIFIED', 'UNSURE']), 'to be looked at'], [count(['MOVED']), 'moved'], [count(['CLOSED', 'NARROWED', 'CHECKED', 'VERIFIED']), 'closed'],
  ] as const;
  const accepted = acknowledgements.filter(({ kind }) => kind === 'ADDED').length;
  const changed = parts.filter(([number]) => number > 0).map(([number, what]) => `${number} ${what}`).join(', ');
  const isBeside = openings.length + outbound.length + network.length > 0;
  const same = isBeside ? 'What the input declares is reached as before; what else pods connect to, or who else could, is not the same' : 'No access of a client changes';
  return `${changed === '' ? same : `Of pairs of a client and a service: ${changed}`}; ${plural(dependencies.length, 'change')} of dependencies${accepted === 0 ? '' : `; ${plural(accepted, 'new acknowledgement')}`}.`;
}

/** Clients that change alike are one row. */
function changes(all: readonly AccessChange[], clients: readonly Client[], before: Sources, after: Sources): string {
  const groups = new Map<string, AccessChange[]>();
  for (const change of all) {
    const key = JSON.stringify([targetKey(change.target), stateText(change.before), stateText(change.after), placeOf(change, before, after)]);
    addTo(groups, key, change);
  }
  return table(['Service', 'Who', 'Before', 'Now', 'Decided by'], [...groups.values()].map(group => {
    const [first] = group;
    const who = namesText(namesOf(group.map(({ client, after: { workloads } }) => ({ client, workloads })), clients), 12);
    return [safe(targetKey(first.target)), safe(who), safe(stateText(first.before)), safe(stateText(first.after)), placeOf(first, before, after)];
  }));
}

/** What is open by its way, what is not by the reason. */
export function stateText(access: Access): string {
  const ends = access.endpoints.length === 0 || access.verdict === 'DIRECT' ? '' : `, ends at ${namesText(access.endpoints, 4)}`;
  const checks = new Set(waysIn(access).map(({ server }) => (server === undefined ? 'adds no TLS' : serverCheckText(server))));
  const each = checks.size > 1 ? `; of its ways, the last proxy ${[...checks].join(', or ')}` : '';
  return isOpen(access) ? `${verdictText(access)}, ${wayText(access)}${ends}: ${reasonText(access)}${each}`
    : `${verdictText(access)}${access.verdict === 'ELSEWHERE' ? ends : ''}: ${access.why}`;
}

/** Where it is decided: of what is gone, in the old files. */
function placeOf({ kind, ...change }: AccessChange, was: Sources, is: Sources): string {
  const [before, after] = [change.before, change.after].map(access => (kind === 'UNVERIFIED' || kind === 'VERIFIED'
    ? waysIn(access).flatMap(({ server }) => server?.because ?? []) : access.because));
  const [causes, sources] = after.length > 0 ? [after, is] : [before, was];
  return causes.slice(0, 3).map(cause => {
    const { object, file, line } = sources.of(cause);
    return `${safe(object)} (${safe(file)}${line === undefined ? '' : `:${line}`})`;
  }).join('<br>');
}

const DEPENDENCY: { readonly [kind in DependencyChange['kind']]: string } = { ADDED: 'added', REMOVED: 'removed', MOVED: 'takes another way', PURPOSE: 'another purpose' };

function dependencyTable(dependencies: readonly DependencyChange[]): string {
  return table(['Dependency', 'Change', 'Before', 'Now'], dependencies.map(({ kind, host, ports, before = '', after = '' }) => (
    [`${safe(host)} (${ports.join(', ')})`, DEPENDENCY[kind], safe(before), safe(after)])));
}

/** Those who get to a service by one door, as one opening. */
function doorsTogether(openings: readonly OpeningChange[]): OpeningChange[] {
  const found = new Map<string, OpeningChange>();
  for (const change of openings) {
    const { host, opening: { kind, who, why } } = change;
    const key = JSON.stringify([host, kind, why, ...kind === 'DOOR' ? [] : [who, found.size]]);
    const known = found.get(key);
    found.set(key, known ? { ...known, opening: { ...known.opening, who: `${known.opening.who}, ${who}` } } : change);
  }
  return [...found.values()];
}

function openingLines(all: readonly OpeningChange[]): string {
  const hosts = new Map<string, string[]>();
  doorsTogether(all).forEach(({ host, opening }) => hosts.set(openingText(opening), [...hosts.get(openingText(opening)) ?? [], host]));
  return list([...hosts].map(([text, of]) => `${safe(of[0] === '*' ? 'whatever is behind a gateway' : namesText(of))}: ${safe(text)}`));
}
