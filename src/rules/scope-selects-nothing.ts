import { Finding, Rule, where } from './rule';
import { EgressDoor } from '../view/egress-door';
import { KUBERNETES_NETWORKING } from '../view/egress-policy';
import { labelsOf, record } from '../view/fields';
import { labelledIn, LabelsByPlace } from '../view/labels-by-place';
import { addTo } from '../view/lists';
import { MeshObject } from '../view/mesh-object';
import { MeshView } from '../view/mesh-view';

type Labels = { readonly [label: string]: string };

export const scopeSelectsNothing: Rule = {
  id: 'MX0612',
  name: 'scope-selects-nothing',
  severity: 'WARNING',
  title: 'A Sidecar, or a NetworkPolicy of egress, selects no pod of its namespace.',
  why: 'It limits nobody: the pods that it is meant for connect to whatever the mesh and the other policies let them.',
  fix: 'Write labels of the pods, in their namespace.',
  related: ['KIA0004'],
  check: view => [...sidecars(view), ...policies(view)],
};

function sidecars(view: MeshView): Finding[] {
  const selecting = view.allSidecars.filter(({ isForAll }) => !isForAll);
  const places = new LabelsByPlace();
  // Machines of the mesh have a Sidecar too.
  const all = selecting.length === 0 ? [] : labelledIn(view, ({ spec, labels }) => ({ ...labelsOf(spec.labels), ...labels }));
  all.forEach(({ namespace, labels }) => places.add(namespace, labels));
  behindServices(view, selecting).forEach(({ namespace, labels }) => places.add(namespace, labels));
  return selecting.filter(({ object: { namespace }, workloadSelector }) => (
    places.has(namespace) && !places.isSelected(namespace, workloadSelector!) && isWritten(view, namespace, workloadSelector!)))
    .map(({ object }) => findingOf(object, 'workloadSelector'));
}

/** Whether the labels are of the kind that people write: one that no pod of the input has may be Kubernetes', Istio's or an operator's. */
function isWritten(view: MeshView, namespace: string, selector: Labels): boolean {
  const written = view.once(`labels of pods in ${namespace}`, () => new Set(view.podsIn(namespace).all.flatMap(({ labels }) => Object.keys(labels))));
  return Object.keys(selector).every(label => written.has(label));
}

/** What is behind the Services of some namespaces: it is somewhere, though its pods are not among the objects. */
function behindServices(view: MeshView, of: readonly { readonly object: MeshObject }[]): { readonly namespace: string; readonly labels: Labels }[] {
  const namespaces = new Set(of.map(({ object }) => object.namespace));
  return view.services.filter(({ object, selector }) => namespaces.has(object.namespace) && Object.keys(selector).length > 0)
    .map(({ object, selector }) => ({ namespace: object.namespace, labels: selector }));
}

function policies(view: MeshView): Finding[] {
  const all = view.of(KUBERNETES_NETWORKING, 'NetworkPolicy').map(object => new EgressDoor(object));
  // One that names no label is for what others are not for, and there may be nothing of it.
  const limiting = all.filter(({ limits, selector }) => limits && selector.label !== undefined);
  const elsewhere = new Map<string, Labels[]>();
  behindServices(view, limiting).forEach(({ namespace, labels }) => addTo(elsewhere, namespace, labels));
  return limiting.filter(({ object: { namespace, spec }, selector }) => {
    const pods = view.podsIn(namespace);
    const exact = labelsOf(record(spec.podSelector).matchLabels);
    return pods.all.length > 0 && !pods.selectedBy(exact).some(({ labels }) => selector.selects(labels))
      && !elsewhere.get(namespace)?.some(labels => selector.selects(labels)) && isWritten(view, namespace, exact);
  }).map(({ object }) => findingOf(object, 'podSelector'));
}

function findingOf(object: MeshObject, field: string): Finding {
  return {
    object,
    field: ['spec', field],
    message: `'${field}' matches none of the pods of ${where(object.namespace)}: the ${object.kind} limits nobody`,
    fix: 'write labels of the pods, in the namespace that they are in',
  };
}
