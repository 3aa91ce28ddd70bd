import { labelsOf, record, records, strings, text } from './fields';

type Labels = { readonly [label: string]: string };

/** A label selector of Kubernetes, with its expressions. */
export interface LabelSelector {
  readonly isForAll: boolean;
  /** One of the labels that it asks for, as `<label>=<value>`; undefined when it has expressions only. */
  readonly label?: string;
  selects(labels: Labels): boolean;
  /** The same for labels that may not be all; undefined when the others decide. */
  fits(labels: Labels, areAll: boolean): boolean | undefined;
  /** Whether it looks at no other label than one. */
  asksOnly(label: string): boolean;
}

export function selectorOf(value: unknown): LabelSelector {
  const written = record(value);
  const exact = labelsOf(written.matchLabels);
  const expressions = records(written.matchExpressions).map(({ key, operator, values }) => ({
    key: text(key) ?? '', operator: text(operator) ?? '', values: strings(values),
  }));
  const asked = [...Object.entries(exact).map(([key, wanted]) => ({ key, operator: 'In', values: [wanted] })), ...expressions];
  const fits = (labels: Labels, areAll: boolean) => {
    // `constructor` is a label like any other.
    const labelOf = (key: string) => (Object.hasOwn(labels, key) ? labels[key] : undefined);
    const held = asked.map(({ key, operator, values }) => (areAll || labelOf(key) !== undefined ? holds(operator, values, labelOf(key)) : undefined));
    return held.includes(false) ? false : held.includes(undefined) ? undefined : true;
  };
  return {
    // A label whose value is no text selects something, though nobody knows what.
    isForAll: Object.keys(record(written.matchLabels)).length === 0 && expressions.length === 0,
    label: Object.entries(exact)[0]?.join('='),
    selects: labels => fits(labels, true) === true,
    fits,
    asksOnly: label => asked.every(({ key }) => key === label),
  };
}

function holds(operator: string, values: readonly string[], label: string | undefined): boolean {
  switch (operator) {
    case 'In': return label !== undefined && values.includes(label);
    case 'NotIn': return label === undefined || !values.includes(label);
    case 'Exists': return label !== undefined;
    case 'DoesNotExist': return label === undefined;
    default: return false;
  }
}
