import { firstOfEach } from './lint-gaps';
import { isAcknowledged, LintFinding, LintResult, nameOf, placeOf, summaryOf } from './lint-result';
import { Style } from './style';
import { ACKNOWLEDGE } from '../private/annotations';
import { plural } from '../private/plural';
import { visible } from '../private/visible';

/** What was found, for a person: one file after the other. */
export function asText(result: LintResult, style: Style): string {
  const blocks = result.findings.map((finding, i) => {
    const isNewFile = i > 0 && result.findings[i - 1].file !== finding.file;
    return `${isNewFile ? '\n' : ''}${blockOf(finding, style)}\n`;
  });
  const parts = [blocks.join(''), gapsText(result, style), acceptText(result, style), `${style('bold', summaryOf(result))}\n`];
  return parts.filter(part => part !== '').join('\n');
}

/** What was not judged: a line for each kind. */
function gapsText({ gaps }: LintResult, style: Style): string {
  const lines = firstOfEach(gaps).map(({ gap: { message, fix, acknowledge, count, places: [place] }, more }) => (
    `  ${style('bold', visible(placeOf(place)))}  ${visible(nameOf(place.object))}${count > 1 ? ` and ${plural(count - 1, 'more place')}` : ''}: `
    + `${visible(message)}; ${fix}${more > 0 ? ` (and ${plural(more, 'other')} of the kind: see --json)` : ''}\n    ${style('dim', `accept: ${acknowledge}`)}\n`));
  return lines.length === 0 ? '' : `${style('bold', 'Not judged:')}\n${lines.join('')}`;
}

/** Where to write that something is accepted: the annotation, with the text behind `accept:`. */
export function howToAccept(line: string): string {
  return `annotation ${ACKNOWLEDGE}: "${line}"`;
}

/** How to accept what has a line `accept:`, once for all of them. */
function acceptText({ findings, gaps }: LintResult, style: Style): string {
  const isOpen = findings.some(finding => finding.acknowledge !== undefined && !isAcknowledged(finding)) || gaps.some(gap => !isAcknowledged(gap));
  return !isOpen ? '' : style('dim', 'To accept one, write its line "accept:", with your reason, at its object: '
    + `${howToAccept('<the line>')}\n(in code: MeshFindings.of(construct).acknowledge()). More about an id: lint --explain ID`) + '\n';
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
