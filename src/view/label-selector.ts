import { labelsOf, record, records, selects, strings, text } from './fields';

type Labels = { readonly [label: string]: string };

/** Whether a Kubernetes label selector matches; an empty one matches everything. */
export function selectorMatches(selector: unknown, labels: Labels): boolean {
  const { matchLabels, matchExpressions } = record(selector);
  return selects(labelsOf(matchLabels), labels) && records(matchExpressions).every(expression => {
    const value = labels[text(expression.key) ?? ''];
    switch (text(expression.operator)) {
      case 'In': return value !== undefined && strings(expression.values).includes(value);
      case 'NotIn': return value === undefined || !strings(expression.values).includes(value);
      case 'Exists': return value !== undefined;
      case 'DoesNotExist': return value === undefined;
      default: return false;
    }
  });
}

/** Whether it says anything. */
export function isEmptySelector(selector: unknown): boolean {
  const { matchLabels, matchExpressions } = record(selector);
  return Object.keys(record(matchLabels)).length === 0 && records(matchExpressions).length === 0;
}
