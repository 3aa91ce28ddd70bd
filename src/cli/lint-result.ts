import { LintGap } from './lint-gaps';
import { MeshModel } from '../private/model';
import { plural } from '../private/plural';
import { Problem } from '../reading/problem';
import { Finding, Rule, Severity } from '../rules/rule';

/** A finding, as every format writes it. */
export interface LintFinding {
  readonly rule: Rule;
  readonly file: string;
  readonly line?: number;
  readonly object: Finding['object'];
  /** Where in the object, such as `spec.ports[0]`; empty for the object as a whole. */
  readonly field: string;
  readonly message: string;
  readonly fix: string;
  /** What somebody writes to accept it; undefined when nobody can. */
  readonly acknowledge?: string;
  /** The reason for which somebody accepted it; it does not count. */
  readonly acknowledged?: string;
}

/** What `lint` has to say. */
export interface LintResult {
  readonly findings: readonly LintFinding[];
  /** What the rules that looked could not judge. */
  readonly gaps: readonly LintGap[];
  readonly problems: readonly Problem[];
  /** What a reader has to know besides. */
  readonly notes: readonly string[];
  /** Rules that failed, which is no fault of the manifests. */
  readonly faults: readonly string[];
  readonly objects: number;
  readonly files: readonly string[];
  readonly facts: MeshModel;
  /** The rules that looked. */
  readonly rules: readonly Rule[];
  /** The version of this program. */
  readonly version: string;
}

/** The name of an object, for a person. */
export function nameOf({ kind, namespace, name }: Finding['object']): string {
  return `${kind} ${namespace === '' ? '' : `${namespace}/`}${name === '' ? '(without a name)' : name}`;
}

export function placeOf({ file, line }: { readonly file: string; readonly line?: number }): string {
  return line === undefined ? file : `${file}:${line}`;
}

/** How many there are that nobody accepted. */
export function countOf(findings: readonly LintFinding[], ...severities: Severity[]): number {
  return findings.filter(({ rule, acknowledged }) => severities.includes(rule.severity) && acknowledged === undefined).length;
}

/** What was found, in one line. */
export function summaryOf({ findings, gaps, problems, faults, objects }: LintResult): string {
  const open = gaps.filter(gap => !isAcknowledged(gap)).length;
  return [
    `${plural(countOf(findings, 'ERROR'), 'error')}, ${plural(countOf(findings, 'WARNING'), 'warning')} in ${plural(objects, 'object')}`,
    ...findings.some(isAcknowledged) ? [`${plural(findings.filter(isAcknowledged).length, 'finding')} acknowledged`] : [],
    ...open > 0 ? [`${plural(open, 'thing')} not judged`] : [],
    ...gaps.length > open ? [`${plural(gaps.length - open, 'thing')} not judged and acknowledged`] : [],
    ...problems.length > 0 ? [`${plural(problems.length, 'part')} of the input could not be read`] : [],
    ...faults.length > 0 ? [`${plural(faults.length, 'rule')} failed`] : [],
  ].join('; ');
}

export function isAcknowledged({ acknowledged }: Pick<LintFinding, 'acknowledged'>): boolean {
  return acknowledged !== undefined;
}

