import { labelsOf, record, records, selects, strings, text } from './fields';

/** A label selector of Kubernetes, with its expressions. */
export interface LabelSelector {
  readonly isForAll: boolean;
  /** One of the labels that it asks for, as `<label>=<value>`; undefined when it has expressions only. */
  readonly label?: string;
  selects(labels: { readonly [label: string]: string }): boolean;
  /** Whether it looks at no other label than one. */
  asksOnly(label: string): boolean;
}

export function selectorOf(value: unknown): LabelSelector {
  const written = record(value);
  const exact = labelsOf(written.matchLabels);
  const expressions = records(written.matchExpressions).map(({ key, operator, values }) => ({
    key: text(key) ?? '', operator: text(operator) ?? '', values: strings(values),
  }));
  return {
    // A label whose value is no text selects something, though nobody knows what.
    isForAll: Object.keys(record(written.matchLabels)).length === 0 && expressions.length === 0,
    label: Object.entries(exact)[0]?.join('='),
    selects: labels => selects(exact, labels) && expressions.every(({ key, operator, values }) => {
      switch (operator) {
        case 'In': return labels[key] !== undefined && values.includes(labels[key]);
        case 'NotIn': return labels[key] === undefined || !values.includes(labels[key]);
        case 'Exists': return labels[key] !== undefined;
        case 'DoesNotExist': return labels[key] === undefined;
        default: return false;
      }
    }),
    asksOnly: label => [...Object.keys(exact), ...expressions.map(({ key }) => key)].every(key => key === label),
  };
}
