import { countOf, LintResult } from './lint-result';
import { visibleJson } from '../private/visible';

/** What was found, for programs. Members are added and never renamed. */
export function asJson(result: LintResult): string {
  const { findings, problems, notes, faults, objects, files, facts } = result;
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
      object: { group: object.group, kind: object.kind, namespace: object.namespace, name: object.name },
      field,
      message,
      fix,
      why: rule.why,
      acknowledge,
      acknowledged,
    })),
    problems,
    notes,
    faults,
    mesh: facts,
  })}\n`;
}
