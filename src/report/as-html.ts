import { verdictText, wayText } from './answer';
import { doorLines, DOORS, purposeRows, reachedBy, reasonText, targetsText, waysText } from './as-markdown';
import { dependencyName } from './dependency';
import { expiryProblem } from './expiry';
import { escaped } from './html-text';
import { namesText } from './names';
import { Opening, openingText } from './opening';
import { PAGE_STYLE } from './page-style';
import { picture } from './picture';
import { AccessGroup, allAccessOf, DependencyReport, groupNames, groupsOf, Report } from './report';
import { Sources } from './sources';
import { commonOpenings, declarations, ownOpenings, portsText, remarksOn, remarkText, UNKNOWN_TO_REPORT } from './summary';
import { problemText, unreadText } from './unread';
import { plural } from '../private/plural';
import { Cause } from '../trace/hop';

/** A page that needs nothing but itself: no scripts, no network. */
export function asHtml(report: Report): string {
  const { dependencies, view, sources } = report;
  const common = commonOpenings(report);
  const remarks = remarksOn(report);
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<link rel="icon" href="data:,">
<title>Who reaches what outside the mesh</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
<main>
<h1>Who reaches what outside the mesh</h1>
<p class="dim">Read from the manifests${view.today === undefined ? '' : `, judged by ${escaped(view.today)}`}. It says what the configuration of Istio and the NetworkPolicies let through.</p>
${unread(report)}${numbers(report)}
${remarks.length === 0 ? '' : `<section class="look" aria-labelledby="look"><h2 id="look">Look at first</h2>${list(remarks.map(remark => escaped(remarkText(remark, dependencies.length))))}</section>`}
${dependencies.length === 0 ? '<p>The input declares nothing outside the mesh.</p>' : `<h2 id="picture">The picture</h2>
<figure tabindex="0" aria-label="The picture; it can be scrolled sideways on a small screen">
${picture(report)}
<figcaption>A line is a way that is open. Its colour is that of the namespace; dashed lines are ways that no object of the service opens. "every account" and "every namespace" stand for those that have no line of their own; the tables name the exceptions.</figcaption>
</figure>
<h2 id="dependencies">Dependencies</h2>
${overview(dependencies)}
${dependencies.map((dependency, i) => section(dependency, i, common, sources)).join('\n')}`}
${common.length === 0 ? '' : `<h2 id="others">Who else could, for every dependency</h2>
${openingList(common, sources)}`}
<h2 id="unknown">What this report does not know</h2>
${list(UNKNOWN_TO_REPORT.map(escaped))}
</main>
</body>
</html>
`;
}

function unread({ unread: problems }: Report): string {
  const text = unreadText(problems);
  return text === undefined ? '' : `<section class="look" aria-labelledby="unread"><h2 id="unread">${escaped(text)}</h2>${
    list(problems.map(problem => escaped(problemText(problem))))}</section>
`;
}

function numbers({ dependencies, clients, view }: Report): string {
  const gateways = new Set(dependencies.flatMap(dependency => allAccessOf(dependency).flatMap(({ gateway }) => gateway ?? [])));
  const accounts = clients.filter(({ account }) => account !== '*').length;
  return `<ul class="numbers">${[
    [dependencies.length, dependencies.length === 1 ? 'dependency' : 'dependencies'], [accounts, accounts === 1 ? 'named account' : 'named accounts'],
    [gateways.size, gateways.size === 1 ? 'gateway' : 'gateways'], [view.facts.outboundTrafficPolicy, 'for everything else'],
  ].map(([number, what]) => `<li><b>${escaped(String(number))}</b>${what}</li>`).join('')}</ul>`;
}

function overview(dependencies: readonly DependencyReport[]): string {
  return table('Every dependency, and who reaches it', ['Dependency', 'Ports', 'Way', 'Reached by', 'Owner', 'Reason', 'Expires'], dependencies.map((dependency, i) => [
    `<a href="#d${i}">${escaped(dependencyName(dependency))}</a>`, escaped(portsText(dependency)), escaped(waysText(dependency)), escaped(reachedBy(dependency)),
    escaped(dependency.purpose.owner ?? ''), escaped(dependency.purpose.reason ?? ''), expiry(dependency),
  ]));
}

function expiry({ purpose, isExpired }: DependencyReport): string {
  const tags = [...isExpired ? ['expired'] : [], ...[expiryProblem(purpose) ?? []].flat()];
  return [escaped(purpose.expires ?? ''), ...tags.map(tag => `<span class="tag expired">${escaped(tag)}</span>`)].join(' ');
}

function section(dependency: DependencyReport, index: number, common: readonly Opening[], sources: Sources): string {
  const own = ownOpenings(dependency, common);
  const facts: (readonly [string, string])[] = [
    ...dependency.hosts.length > 3 ? [['Hosts', escaped(dependency.hosts.join(', '))] as const] : [],
    ['Ports', escaped(portsText(dependency))],
    ...purposeRows(dependency).map(([what, text]) => [what, escaped(text)] as const),
    ...declarations(dependency).map(({ object, file, line, visibleTo }) => ['Declared by', `${escaped(object)}, shown to ${escaped(visibleTo)}${place(file, line)}`] as const),
    ...dependency.isInMesh ? [['Kind', 'a machine of the mesh'] as const] : [],
  ];
  return `<section class="dependency" aria-labelledby="d${index}">
<h2 id="d${index}">${escaped(dependencyName(dependency))}</h2>
<dl>${facts.map(([what, text]) => `<dt>${what}</dt><dd>${text}</dd>`).join('')}</dl>
${table(`Who reaches ${escaped(dependencyName(dependency))}`, ['Who', 'Result', 'Way', 'Why', 'Decided by'], groupsOf(dependency).flatMap(group => rowsOf(group, dependency, sources)))}
${dependency.doors.length === 0 ? '' : `<h3>${DOORS}</h3>${list(doorLines(dependency).map(({ text, because }) => `${escaped(text)}<br>${places(because, sources)}`))}`}
${own.length === 0 ? '' : `<h3>Who else could</h3>${openingList(own, sources)}`}
</section>`;
}

function rowsOf(group: AccessGroup, dependency: DependencyReport, sources: Sources): string[][] {
  const who = namesText(groupNames(group, dependency), 12);
  return group.answers.map(({ answer, targets }) => [
    escaped(`${who}${targets.length === 0 ? '' : `, ${targetsText(targets)}`}`), `<span class="tag ${answer.verdict}">${escaped(verdictText(answer))}</span>`, escaped(wayText(answer)),
    escaped(reasonText(answer)), places(answer.because, sources),
  ]);
}

function openingList(openings: readonly Opening[], sources: Sources): string {
  return list(openings.map(opening => `${escaped(openingText(opening))}${opening.because.length === 0 ? '' : `<br>${places(opening.because, sources)}`}`));
}

function places(causes: readonly Cause[], sources: Sources): string {
  return causes.slice(0, 4).map(cause => {
    const { object, file, line } = sources.of(cause);
    return `${escaped(object)}${place(file, line)}`;
  }).join('') + (causes.length > 4 ? `<span class="place">and ${plural(causes.length - 4, 'more', 'more')}</span>` : '');
}

function place(file: string, line: number | undefined): string {
  return `<span class="place">${escaped(file)}${line === undefined ? '' : `:${line}`}</span>`;
}

function list(items: readonly string[]): string {
  return `<ul>${items.map(item => `<li>${item}</li>`).join('')}</ul>`;
}

/** Labels are beside the cells on a phone, where there is no room for columns. */
function table(caption: string, all: readonly string[], cells: readonly (readonly string[])[]): string {
  const used = all.map((_, i) => i).filter(i => cells.some(row => row[i] !== ''));
  const header = used.map(i => all[i]);
  const rows = cells.map(row => used.map(i => row[i]));
  return `<table${all.length === 5 ? ' class="access"' : ''}><caption>${caption}</caption><thead><tr>${header.map(text => `<th scope="col">${text}</th>`).join('')}</tr></thead>
<tbody>${rows.map(row => `<tr>${row.map((text, i) => `<td data-label="${header[i]}">${text}</td>`).join('')}</tr>`).join('\n')}</tbody></table>`;
}
