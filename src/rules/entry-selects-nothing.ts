import { Finding, Rule, selectorText, where } from './rule';
import { labelsOf, record } from '../view/fields';
import { labelledIn, LabelsByPlace } from '../view/labels-by-place';
import { MeshView } from '../view/mesh-view';

type Labels = { readonly [label: string]: string };

export const entrySelectsNothing: Rule = {
  id: 'MX0216',
  name: 'entry-selects-nothing',
  severity: 'WARNING',
  title: 'A ServiceEntry has a `workloadSelector` that selects no workload of its namespace.',
  why: 'The host has no endpoints: connections to it are closed, and requests end with 503 (UH, no healthy upstream).',
  fix: 'Write labels of the pods or WorkloadEntries, in the namespace that they are in.',
  related: [],
  check: view => {
    const selecting = view.entries.map(({ object }) => ({ object, selector: labelsOf(record(object.spec.workloadSelector).labels) }))
      .filter(({ selector }) => Object.keys(selector).length > 0);
    return selecting.length === 0 ? [] : withoutWorkloads(view, selecting);
  },
};

function withoutWorkloads(view: MeshView, selecting: readonly { readonly object: Finding['object']; readonly selector: Labels }[]): Finding[] {
  const places = new LabelsByPlace();
  labelledIn(view, ({ spec, labels }) => ({ ...labelsOf(spec.labels), ...labels })).forEach(({ namespace, labels }) => places.add(namespace, labels));
  // What is in another input may have the labels, until something of the namespace is in this one.
  const lost = selecting.filter(({ object: { namespace }, selector }) => places.has(namespace) && !places.isSelected(namespace, selector));
  return lost.map(({ object, selector }): Finding => ({
    object,
    field: ['spec', 'workloadSelector'],
    message: `'workloadSelector' ${selectorText(selector)} is on no pod and no WorkloadEntry of ${where(object.namespace)}: `
      + 'the host has no endpoint',
    fix: 'write labels of the pods or WorkloadEntries of the same namespace',
  }));
}
