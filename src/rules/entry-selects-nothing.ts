import { Finding, Rule, where } from './rule';
import { labelsOf, record, selects } from '../view/fields';
import { addTo } from '../view/lists';
import { NETWORKING } from '../view/mesh-object';
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
  const places = new Set<string>();
  const byLabel = new Map<string, Labels[]>();
  const add = (namespace: string, labels: Labels) => {
    places.add(namespace);
    Object.entries(labels).forEach(label => addTo(byLabel, JSON.stringify([namespace, label]), labels));
  };
  view.pods.forEach(({ namespace, labels }) => add(namespace, labels));
  view.of(NETWORKING, 'WorkloadEntry').forEach(({ namespace, labels, spec }) => add(namespace, { ...labelsOf(spec.labels), ...labels }));
  view.of(NETWORKING, 'WorkloadGroup').forEach(({ namespace, spec }) => add(namespace, labelsOf(record(spec.metadata).labels)));
  return selecting.filter(({ object: { namespace }, selector }) => {
    const [label] = Object.entries(selector);
    // What is in another input may have the labels, until something of the namespace is in this one.
    return places.has(namespace) && !(byLabel.get(JSON.stringify([namespace, label])) ?? []).some(labels => selects(selector, labels));
  }).map(({ object, selector }): Finding => ({
    object,
    field: ['spec', 'workloadSelector'],
    message: `'workloadSelector' ${Object.entries(selector).map(([name, value]) => `"${name}: ${value}"`).join(', ')} is on no pod and no WorkloadEntry of ${where(object.namespace)}: `
      + 'the host has no endpoint',
    fix: 'write labels of the pods or WorkloadEntries of the same namespace',
  }));
}
