import { createHash } from 'node:crypto';
import * as path from 'node:path';
import { LintFinding, LintResult, nameOf } from './lint-result';
import { visibleJson } from '../private/visible';
import { Problem } from '../reading/problem';
import { Rule, Severity } from '../rules/rule';
import { identityOf } from '../view/mesh-object';

const LEVEL: { readonly [severity in Severity]: string } = { ERROR: 'error', WARNING: 'warning' };

/**
 * What was found, for code scanning.
 *
 * @see https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 */
export function asSarif({ findings, gaps, problems, notes, faults, rules, version }: LintResult): string {
  const broken = new Set(findings.map(({ rule }) => rule));
  const named = rules.filter(rule => broken.has(rule));
  const indices = new Map(named.map(({ id }, i) => [id, i]));
  return `${visibleJson({
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{
      tool: { driver: { name: 'cdk8s-istio-egress', version, rules: [...named.map(descriptorOf), ...problems.length > 0 ? [UNREAD] : []] } },
      columnKind: 'utf16CodeUnits',
      invocations: [{
        executionSuccessful: problems.length + faults.length === 0,
        toolExecutionNotifications: [
          ...problems.map(problem => ({ level: 'error', message: { text: problem.message }, locations: [locationOf(problem)] })),
          ...gaps.map(({ message, fix, acknowledged, places }) => ({ level: 'note', message: { text: `not judged: ${message}; ${acknowledged === undefined ? fix : `acknowledged: ${acknowledged}`}` }, locations: places.map(locationOf) })),
          ...notes.map(text => ({ level: 'note', message: { text } })),
          ...faults.map(text => ({ level: 'error', message: { text } })),
        ],
      }],
      results: [...findings.map(finding => ({
        ruleId: finding.rule.id,
        ruleIndex: indices.get(finding.rule.id),
        level: LEVEL[finding.rule.severity],
        message: { text: `${finding.message}; ${finding.fix}` },
        locations: [{ ...locationOf(finding), logicalLocations: [{ fullyQualifiedName: nameOf(finding.object), kind: 'resource' }] }],
        ...finding.acknowledged === undefined ? {} : { suppressions: [{ kind: 'inSource', justification: finding.acknowledged }] },
        partialFingerprints: { 'ruleAndObject/v1': fingerprintOf(finding) },
      })), ...problems.map(problem => ({
        // Code scanning shows results alone.
        ruleId: UNREAD.id,
        ruleIndex: named.length,
        level: 'error',
        message: { text: problem.message },
        locations: [locationOf(problem)],
      }))],
    }],
  })}\n`;
}

/** What stands for the rules where nothing could be looked at. */
const UNREAD = {
  id: 'unread',
  name: 'unread',
  shortDescription: { text: 'A part of the input could not be read, or the API server or Istio\'s webhook refuses it.' },
  help: { text: 'What cannot be read is not judged. Correct it, and look again.' },
  defaultConfiguration: { level: 'error' },
};

function descriptorOf({ id, name, severity, title, why, fix, related }: Rule): object {
  return {
    id,
    name,
    shortDescription: { text: title },
    fullDescription: { text: why },
    help: { text: `${why}\n\n${fix}`, markdown: `${why}\n\n**What to write instead.** ${fix}` },
    defaultConfiguration: { level: LEVEL[severity] },
    properties: { tags: ['istio', 'egress', ...related] },
  };
}

function locationOf({ file, line }: Pick<Problem, 'file' | 'line'>): object {
  return { physicalLocation: { artifactLocation: { uri: uriOf(file) }, ...line === undefined ? {} : { region: { startLine: line } } } };
}

/** A relative reference, for code scanning looks for the files of a checkout; a colon in its first part would make it a scheme. */
function uriOf(named: string): string {
  const inside = path.isAbsolute(named) ? path.relative(process.cwd(), named) : '';
  const file = inside === '' || inside.startsWith('..') || path.isAbsolute(inside) ? named : inside.split(path.sep).join('/');
  const encoded = file.split('/').map(encodeURIComponent).join('/').replace(/^(?:\.\/)+/, '');
  return file.startsWith('/') ? `file://${encoded}` : encoded;
}

/** What stays when lines move: the rule, the object, and which of its findings. */
function fingerprintOf({ rule, object, field }: LintFinding): string {
  return createHash('sha256').update(`${rule.id} ${identityOf(object)} ${field}`).digest('hex').slice(0, 32);
}
