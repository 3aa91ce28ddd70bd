import { Answer, Verdict, verdictText, wayText } from './answer';
import { dependencyName, Target, targetKey } from './dependency';
import { expiryProblem } from './expiry';
import { namesText } from './names';
import { Opening, openingText } from './opening';
import { AccessGroup, accessName, allAccessOf, DependencyReport, groupNames, groupsOf, Report, waysOf } from './report';
import { serverCheckText } from './server-check';
import { Sources } from './sources';
import { commonOpenings, declarations, ownOpenings, portsText, remarksOn, remarkText, UNKNOWN_TO_REPORT } from './summary';
import { problemText, unreadText } from './unread';
import { plural } from '../private/plural';
import { visible } from '../private/visible';
import { Problem } from '../reading/problem';
import { Cause } from '../trace/hop';

/** A report for a pull request. */
export function asMarkdown(report: Report): string {
  const { view, dependencies, clients } = report;
  const common = commonOpenings(report);
  const remarks = remarksOn(report);
  return `${[
    '# Who reaches what outside the mesh',
    `${plural(dependencies.length, 'dependency', 'dependencies')}, ${plural(clients.length, 'client')}. What sidecars do with what they do not know: ${view.facts.outboundTrafficPolicy}.${
      view.today === undefined ? '' : ` Judged by ${view.today}.`}`,
    ...unreadLines(report.unread, unreadText(report.unread)),
    ...remarks.length === 0 ? [] : ['## Look at first', list(remarks.map(remark => safe(remarkText(remark, dependencies.length))))],
    ...dependencies.length === 0 ? ['The input declares nothing outside the mesh.'] : ['## Dependencies', overview(dependencies)],
    ...dependencies.map(dependency => section(dependency, common, report.sources)),
    ...common.length === 0 ? [] : ['## Who else could, for every dependency', list(common.map(opening => openingLine(opening, report.sources)))],
    '## What this report does not know',
    list(UNKNOWN_TO_REPORT.map(safe)),
  ].join('\n\n')}\n`;
}

/** What could not be read, before everything else. */
export function unreadLines(unread: readonly Problem[], text: string | undefined): string[] {
  return text === undefined ? [] : [`**${safe(text)}.**`, list(unread.map(problem => safe(problemText(problem))))];
}

function overview(dependencies: readonly DependencyReport[]): string {
  return table(['Dependency', 'Ports', 'Way', 'Reached by', 'Owner', 'Reason', 'Expires'], dependencies.map(dependency => [
    safe(dependencyName(dependency)), safe(portsText(dependency)), safe(waysText(dependency)), safe(reachedBy(dependency)),
    safe(dependency.purpose.owner ?? ''), safe(dependency.purpose.reason ?? ''), safe(expiryText(dependency)),
  ]));
}

/** The ways by which anybody reaches a dependency, for a person. */
export function waysText(dependency: DependencyReport): string {
  const { gateways, isDirect, isUnchecked } = waysOf(dependency);
  return [...gateways.map(name => `gateway ${name}`), ...isDirect ? ['directly'] : [], ...isUnchecked ? ['directly, past the rules'] : []].join('; ')
    || (dependency.access.some(({ verdict }) => verdict === 'UNKNOWN') ? 'not known' : 'nobody reaches it');
}

/** Those who reach a dependency, for a person: first those whom its objects let through. */
export function reachedBy(dependency: DependencyReport): string {
  const named = (verdict: Verdict) => {
    const found = allAccessOf(dependency).filter(one => one.verdict === verdict);
    const clients = [...new Map(found.map(one => [JSON.stringify([one.client, one.workloads]), one])).values()];
    return clients.length === 0 ? undefined : namesText(groupNames({ clients }, dependency));
  };
  const [reaching, passing, unknown] = [named('REACHES'), named('DIRECT'), named('UNKNOWN')];
  return [
    ...reaching === undefined ? [] : [reaching],
    ...passing === undefined ? [] : [`unchecked: ${passing}`],
    ...unknown === undefined ? [] : [`not known: ${unknown}`],
  ].join('; ') || 'nobody';
}

export function expiryText({ purpose, isExpired }: Pick<DependencyReport, 'purpose' | 'isExpired'>): string {
  const problem = expiryProblem(purpose);
  return `${purpose.expires ?? ''}${isExpired ? ' (expired)' : ''}${problem === undefined ? '' : ` (${problem})`}`;
}

/** Why a dependency exists, as pairs of what and text. */
export function purposeRows({ purpose, ...dependency }: DependencyReport): (readonly [what: string, text: string])[] {
  const rows: (readonly [string, string | undefined])[] = [
    ['Owner', purpose.owner], ['Reason', purpose.reason], ['Contact', purpose.contact], ['Expires', expiryText({ purpose, isExpired: dependency.isExpired }) || undefined],
  ];
  return rows.flatMap(([what, text]) => (text === undefined ? [] : [[what, text] as const]));
}

function section(dependency: DependencyReport, common: readonly Opening[], sources: Sources): string {
  const own = ownOpenings(dependency, common);
  return [
    `## ${safe(dependencyName(dependency))}`,
    [
      ...dependency.hosts.length > 3 ? [`Hosts: ${safe(dependency.hosts.join(', '))}`] : [],
      `Ports: ${safe(portsText(dependency))}`,
      ...purposeRows(dependency).map(([what, text]) => `${what}: ${safe(text)}`),
      ...declarations(dependency).map(({ object, file, line, visibleTo }) => `Declared by ${safe(object)} (${safe(file)}${line === undefined ? '' : `:${line}`}), shown to: ${safe(visibleTo)}`),
      ...dependency.isInMesh ? ['It is a machine of the mesh.'] : [],
    ].map(line => `- ${line}`).join('\n'),
    table(['Who', 'Result', 'Way', 'Why', 'Decided by'], groupsOf(dependency).flatMap(group => rowsOf(group, dependency, sources))),
    ...dependency.doors.length === 0 ? [] : [`${DOORS}:\n\n${list(doorLines(dependency).map(({ text, because }) => `${safe(text)}${lineOfPlaces(because, sources)}`))}`],
    ...own.length === 0 ? [] : [`Who else could:\n\n${list(own.map(opening => openingLine(opening, sources)))}`],
  ].join('\n\n');
}

/** What is over the doors of a dependency. */
export const DOORS = 'Who gets there by asking for something else';

/** Each other name that leads to a dependency, with those who get there by it. */
export function doorLines({ doors }: Pick<DependencyReport, 'doors'>): { readonly text: string; readonly because: readonly Cause[] }[] {
  return doors.flatMap(({ target, access }) => groupsOf({ access, targets: [target] }).flatMap(({ clients, answers }) => (
    answers.map(({ answer }) => ({
      text: `${namesText(clients.map(accessName), 12)}, to ${targetKey(target)}: ${[wayText(answer), reasonText(answer)].join('; ')}`,
      because: answer.because,
    })))));
}

function rowsOf(group: AccessGroup, dependency: DependencyReport, sources: Sources): string[][] {
  const who = namesText(groupNames(group, dependency), 12);
  return group.answers.map(({ answer, targets }) => [
    `${safe(who)}${targetsText(targets) === '' ? '' : `, ${safe(targetsText(targets))}`}`, `**${safe(verdictText(answer))}**`, safe(wayText(answer)), safe(reasonText(answer)), placesText(answer.because, sources),
  ]);
}

export function targetsText(targets: readonly Target[]): string {
  return targets.length === 0 ? '' : `to ${namesText(targets.map(targetKey), 4)}`;
}

/** Why, with the conditions and what the last proxy adds. */
export function reasonText({ why, conditions, besides, tls, server }: Pick<Answer, 'why' | 'conditions' | 'besides' | 'tls' | 'server'>): string {
  return [
    why, ...conditions, ...besides, ...tls === '' ? [] : [`the last proxy adds TLS (${tls})${server === undefined ? '' : `: it ${serverCheckText(server)}`}`],
  ].join('; ');
}

function placesText(causes: readonly Cause[], sources: Sources): string {
  return causes.slice(0, 4).map(cause => {
    const { object, file, line } = sources.of(cause);
    return `${safe(object)} (${safe(file)}${line === undefined ? '' : `:${line}`})`;
  }).join('<br>') + (causes.length > 4 ? `<br>and ${causes.length - 4} more` : '');
}

function openingLine(opening: Opening, sources: Sources): string {
  return `${safe(openingText(opening))}${lineOfPlaces(opening.because, sources)}`;
}

function lineOfPlaces(because: readonly Cause[], sources: Sources): string {
  return because.length === 0 ? '' : `<br>${placesText(because, sources)}`;
}

export function list(lines: readonly string[]): string {
  return lines.map(line => `- ${line}`).join('\n');
}

/** Without columns that are empty. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const used = header.map((_, i) => i).filter(i => rows.some(row => row[i] !== ''));
  return [header, header.map(() => '---'), ...rows].map(row => used.map(i => row[i])).map(row => `| ${row.join(' | ')} |`).join('\n');
}

/** Text of a manifest, as text: neither Markdown nor HTML, and nobody is mentioned. */
export function safe(text: string): string {
  return visible(text.replaceAll(/[\s\u0000-\u001f\u007f\u2028\u2029]+/g, ' ')).replaceAll(/[\\`*_[\]|~#!$]/g, '\\$&').replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
    .replaceAll('@', '&#64;').replaceAll('://', ':&#47;/');
}
