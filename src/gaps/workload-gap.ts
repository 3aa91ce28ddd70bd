import { GapKind, NOT_THERE } from './gap';
import { labelsOf, record, selects } from '../view/fields';
import { labelledIn } from '../view/labels-by-place';
import { MeshObject } from '../view/mesh-object';

export const workloadGap: GapKind = {
  name: 'workload',
  rules: ['MX0216', 'MX0803'],
  state: NOT_THERE,
  open: 'whether the selector has its labels',
  fix: 'add the workloads of the namespace',
  find: view => {
    const entries = view.entries.map(({ object }) => ({ object, field: ['spec', 'workloadSelector'], selector: labelsOf(record(object.spec.workloadSelector).labels) }));
    const policies = view.accessPolicies.filter(policy => !policy.hasTargetRefs && view.gatewayWorkloads.policedBy(policy).length === 0)
      .map(({ object, selector }) => ({ object, field: ['spec', 'selector'], selector }));
    const all = [...entries, ...policies].filter(({ selector }) => Object.keys(selector).length > 0);
    const known = all.length === 0 ? [] : labelledIn(view, ({ spec }) => labelsOf(spec.labels));
    const places = new Set(known.map(({ namespace }) => namespace));
    // A policy of the root namespace is for the pods of every one.
    const isKnown = ({ namespace }: MeshObject, selector: Labels) => (
      places.has(namespace) || namespace === view.facts.rootNamespace && known.some(({ labels }) => selects(selector, labels)));
    return all.filter(({ object, selector }) => !isKnown(object, selector))
      .map(({ object, field }) => ({ object, field, on: `a workload of namespace ${object.namespace}` }));
  },
};

type Labels = { readonly [label: string]: string };
