import { GapKind, NOT_THERE } from './gap';
import { labelsOf, record } from '../view/fields';
import { NETWORKING } from '../view/mesh-object';
import { MeshView } from '../view/mesh-view';

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
    const places = all.length === 0 ? new Set() : placesOfWorkloads(view);
    return all.filter(({ object }) => !places.has(object.namespace))
      .map(({ object, field }) => ({ object, field, on: `a workload of namespace ${object.namespace}` }));
  },
};

/** The namespaces of which something that has labels of workloads is among the objects. */
function placesOfWorkloads(view: MeshView): ReadonlySet<string> {
  const all = [...view.pods, ...view.of(NETWORKING, 'WorkloadEntry'), ...view.of(NETWORKING, 'WorkloadGroup')];
  // A policy of the root namespace is for the workloads of every one.
  return new Set([...all.map(({ namespace }) => namespace), ...all.length > 0 ? [view.facts.rootNamespace] : []]);
}
