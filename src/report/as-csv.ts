import { verdictText, wayText } from './answer';
import { clientName } from './client';
import { Report } from './report';
import { sourceText } from './sources';

const HEADER = [
  'dependency', 'port', 'protocol', 'client', 'client_namespace', 'client_account', 'workloads', 'verdict', 'result', 'way', 'why', 'conditions', 'decided_by',
  'ends_at', 'owner', 'reason', 'expires', 'expired', 'contact',
];

/** One row for each client and each host and port (RFC 4180), for a table of calculations. */
export function asCsv({ dependencies, sources }: Report): string {
  const rows = dependencies.flatMap(({ access, purpose, isExpired }) => access.map(one => [
    one.target.host, String(one.target.port), one.target.protocol, clientName(one.client), one.client.namespace, one.client.account, one.workloads.join('; '),
    one.verdict, verdictText(one), wayText(one), one.why, one.conditions.join('; '), one.because.map(cause => sourceText(sources.of(cause))).join('; '),
    one.endpoints.join('; '), purpose.owner ?? '', purpose.reason ?? '', purpose.expires ?? '', isExpired ? 'yes' : 'no', purpose.contact ?? '',
  ]));
  return [HEADER, ...rows].map(row => `${row.map(cell).join(',')}\r\n`).join('');
}

function cell(text: string): string {
  // A cell that begins like a formula is one to a spreadsheet, whoever wrote it.
  const safe = /^[\s]*[=+\-@]|^[\t\r\n]/.test(text) ? `'${text}` : text;
  return /[",\r\n;']/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
