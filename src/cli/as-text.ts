import { LintFinding, LintResult, nameOf, placeOf, summaryOf } from './lint-result';
import { Style } from './style';
import { visible } from '../private/visible';

/** What was found, for a person: one file after the other. */
export function asText(result: LintResult, style: Style): string {
  const blocks = result.findings.map((finding, i) => {
    const isNewFile = i > 0 && result.findings[i - 1].file !== finding.file;
    return `${isNewFile ? '\n' : ''}${blockOf(finding, style)}\n`;
  });
  return `${blocks.join('')}${blocks.length > 0 ? '\n' : ''}${style('bold', summaryOf(result))}\n`;
}

function blockOf(finding: LintFinding, style: Style): string {
  const { rule, object, message, fix, acknowledge, acknowledged } = finding;
  const severity = acknowledged === undefined ? style(rule.severity === 'ERROR' ? 'red' : 'yellow', rule.severity) : style('dim', 'acknowledged');
  return [
    `${style('bold', visible(placeOf(finding)))}  ${severity}  ${rule.id} ${rule.name}  ${style('dim', visible(nameOf(object)))}`,
    `  ${visible(message)}`,
    ...acknowledged !== undefined ? [`  reason: ${visible(acknowledged)}`]
      : [`  fix: ${visible(fix)}`, ...acknowledge === undefined ? [] : [`  ${style('dim', `accept: ${visible(acknowledge)}`)}`]],
  ].join('\n');
}
