import { LintFinding, LintResult, nameOf, placeOf } from './lint-result';
import { visibleLines } from '../private/visible';
import { addTo } from '../view/lists';

/** What was found, as results of tests: a suite for each file, and one for what could not be read. */
export function asJunit({ findings, gaps, problems, faults, files }: LintResult): string {
  const byFile = new Map<string, LintFinding[]>(files.map(file => [file, []]));
  findings.forEach(finding => addTo(byFile, finding.file, finding));
  const unread = new Set(problems.map(({ file }) => file));
  const errors = [
    ...problems.map(problem => testCase(placeOf(problem), 'can be read', 'error', problem.message, problem.message)),
    ...faults.map(fault => testCase('rules', fault.split(',')[0], 'error', fault, fault)),
  ];
  // Of a file of which a part is missing nobody knows that there is nothing to find.
  const known = [...byFile].filter(([file, found]) => found.length > 0 || !unread.has(file));
  const suites = [
    ...known.map(([file, found]) => suite(file, found.length > 0 ? found.map(caseOf) : [testCase(file, 'no findings')])),
    ...gaps.length > 0 ? [suite('not judged', gaps.map(gapCase))] : [],
    ...errors.length > 0 ? [suite('reading', errors)] : [],
  ];
  return ['<?xml version="1.0" encoding="UTF-8"?>', `<testsuites name="cdk8s-istio-egress lint"${countsOf(suites.flatMap(({ cases }) => cases))}>`,
    ...suites.map(({ text }) => text), '</testsuites>', ''].join('\n');
}

interface Case {
  readonly text: string;
  readonly kind?: 'failure' | 'error';
}

interface Suite {
  readonly text: string;
  readonly cases: readonly Case[];
}

function suite(name: string, cases: readonly Case[]): Suite {
  return { cases, text: [`  <testsuite name="${escape(name)}"${countsOf(cases)}>`, ...cases.map(({ text }) => text), '  </testsuite>'].join('\n') };
}

function countsOf(cases: readonly Case[]): string {
  const count = (kind: Case['kind']) => cases.filter(one => one.kind === kind).length;
  return ` tests="${cases.length}" failures="${count('failure')}" errors="${count('error')}"`;
}

/** What was accepted and a warning do not fail; its text is there for who looks. */
function caseOf(finding: LintFinding): Case {
  const { rule, object, message, fix, acknowledged } = finding;
  const text = `${placeOf(finding)}\n${message}\n${acknowledged === undefined ? `fix: ${fix}` : `acknowledged: ${acknowledged}`}`;
  const name = `${rule.id} ${rule.name}: ${nameOf(object)} (${placeOf(finding)})`;
  return rule.severity === 'ERROR' && acknowledged === undefined ? testCase(finding.file, name, 'failure', message, text) : testCase(finding.file, name, undefined, message, text);
}

/** What nobody judged did not fail: whoever looks reads why. */
function gapCase({ dependsOn, message, fix, acknowledged, places }: LintResult['gaps'][number]): Case {
  const where = places.map(place => `${placeOf(place)} ${nameOf(place.object)}`).join('\n');
  return testCase('not judged', dependsOn, undefined, message, `${message}; ${acknowledged === undefined ? fix : `acknowledged: ${acknowledged}`}\n${where}`);
}

function testCase(classname: string, name: string, kind?: Case['kind'], message = '', text = ''): Case {
  const content = kind !== undefined ? `<${kind} message="${escape(message)}">${escape(text)}</${kind}>` : text === '' ? '' : `<system-out>${escape(text)}</system-out>`;
  return { kind, text: `    <testcase classname="${escape(classname)}" name="${escape(name)}">${content}</testcase>` };
}

/** Text of XML, in which everything is seen; what XML cannot have at all is left out. */
function escape(text: string): string {
  const names: { readonly [char: string]: string } = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\n': '&#10;' };
  return visibleLines(text).replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '').replace(/[&<>"\n]/g, char => names[char]);
}
