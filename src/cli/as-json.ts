import { countOf, LintFinding, LintResult } from './lint-result';
import { visibleJson } from '../private/visible';

/** What was found, for programs. Members are added and never renamed. */
export function asJson(result: LintResult): string {
  const { findings, gaps, problems, notes, faults, objects, files, facts } = result;
  return `${visibleJson({
    version: 1,
    errors: countOf(findings, 'ERROR'),
    warnings: countOf(findings, 'WARNING'),
    objects,
    files,
    findings: findings.map(({ rule, file, line, object, field, message, fix, acknowledge, acknowledged }) => ({
      id: rule.id,
      name: rule.name,
      severity: rule.severity,
      file,
      line,
      object: objectOf(object),
      field,
      message,
      fix,
      why: rule.why,
      acknowledge,
      acknowledged,
    })),
    notJudged: gaps.map(({ places, ...gap }) => ({ ...gap, places: places.map(({ object, ...place }) => ({ ...place, object: objectOf(object) })) })),
    problems,
    notes,
    faults,
    mesh: facts,
  })}\n`;
}

function objectOf({ group, kind, namespace, name }: LintFinding['object']): object {
  return { group, kind, namespace, name };
}
