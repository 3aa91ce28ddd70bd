import { verdictText, wayText } from './answer';
import { clientName } from './client';
import { targetKey } from './dependency';
import { expiryProblem } from './expiry';
import { DependencyReport, Report } from './report';
import { Sources, sourceText } from './sources';
import { visibleLines } from '../private/visible';
import { Problem } from '../reading/problem';

const HEADER = [
  'dependency', 'port', 'protocol', 'asked_for', 'client', 'client_namespace', 'client_account', 'workloads', 'verdict', 'result', 'way', 'why', 'conditions', 'decided_by',
  'ends_at', 'owner', 'reason', 'expires', 'expired', 'contact',
];

/** The row of what could not be read. */
const UNREAD: { readonly [column: string]: (problem: Problem) => string } = {
  dependency: () => '(could not be read)',
  verdict: () => 'UNKNOWN',
  result: () => 'not known',
  why: ({ message }) => message,
  decided_by: ({ file, line }) => `${file}${line === undefined ? '' : `:${line}`}`,
};

/** One row for each client and each host and port (RFC 4180), for a table of calculations; in parts, as there may be a million. Where a client asks for something else, the port is that of what it asks for. */
export function* asCsv({ dependencies, sources, unread }: Report): Iterable<string> {
  // A comment is nothing that RFC 4180 knows.
  yield textOf([HEADER, ...unread.map(problem => HEADER.map(column => UNREAD[column]?.(problem) ?? ''))]);
  for (const dependency of dependencies) {
    yield textOf(rowsOf(dependency, sources));
  }
}

function rowsOf({ access, doors, hosts, purpose, isExpired }: DependencyReport, sources: Sources): string[][] {
  const asked = [
    ...access.map(one => ({ one, host: one.target.host, askedFor: '' })),
    ...doors.flatMap(door => door.access.map(one => ({ one, host: hosts[0], askedFor: targetKey(door.target) }))),
  ];
  return asked.map(({ one, host, askedFor }) => [
    host, String(one.target.port), one.target.protocol, askedFor, clientName(one.client), one.client.namespace, one.client.account, one.workloads.join('; '),
    one.verdict, verdictText(one), wayText(one), one.why, [...one.conditions, ...one.besides].join('; '), one.because.map(cause => sourceText(sources.of(cause))).join('; '),
    one.endpoints.join('; '), purpose.owner ?? '', purpose.reason ?? '', purpose.expires ?? '', isExpired ? 'yes' : expiryProblem(purpose) ?? 'no', purpose.contact ?? '',
  ]);
}

function textOf(rows: readonly (readonly string[])[]): string {
  return rows.map(row => `${row.map(cell).join(',')}\r\n`).join('');
}

function cell(written: string): string {
  const text = visibleLines(written);
  // A cell that begins like a formula is one to a spreadsheet, whoever wrote it.
  const safe = /^[\s]*[=+\-@＝＋－＠]|^[\t\r\n]/.test(text) ? `'${text}` : text;
  return /[",\r\n;']/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
