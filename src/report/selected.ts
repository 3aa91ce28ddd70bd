import { Fields, labelsOf, record, records, selects, strings } from '../view/fields';
import { addTo } from '../view/lists';
import { MeshView } from '../view/mesh-view';
import { selectorOf } from '../view/pod-selector';
import { MESH } from '../view/route';

type Labels = { readonly [label: string]: string };

/** Pods that something selects, and that no workload of the input makes. */
export interface SelectedPods {
  readonly labels: Labels;
  /** Undefined for every namespace. */
  readonly namespace?: string;
}

/** The pods that the rules of clients select by labels, once each. */
export function selectedIn(view: MeshView): SelectedPods[] {
  const found = new Map<string, SelectedPods>();
  const add = (namespace: string | undefined, labels: Labels | undefined) => {
    if (labels !== undefined && Object.keys(labels).length > 0) {
      found.set(JSON.stringify([namespace, Object.entries(labels).sort()]), { namespace, labels });
    }
  };
  view.allSidecars.forEach(({ object, workloadSelector }) => add(object.namespace, workloadSelector));
  view.trafficRules.forEach(({ object, workloadSelector }) => add(object.namespace, workloadSelector));
  for (const { visibleTo, rules } of view.routes) {
    for (const { gateways, sourceNamespace, sourceLabels } of rules.flatMap(({ matches }) => matches)) {
      const namespaces = sourceNamespace === undefined ? visibleTo : [sourceNamespace];
      namespaces.filter(() => gateways.includes(MESH)).forEach(namespace => add(namespace === '*' ? undefined : namespace, sourceLabels));
    }
  }
  view.egressPolicies.filter(({ limits }) => limits).forEach(({ object }) => add(object.namespace, askedBy(object.spec.podSelector)));
  // Whom gateways let in.
  [...view.gatewayPlaces.namespaces].flatMap(namespace => view.networkPoliciesIn(namespace).all).forEach(({ object: { namespace, spec } }) => (
    records(spec.ingress).flatMap(({ from }) => records(from)).forEach(({ namespaceSelector, podSelector }) => (
      add(namespaceSelector === undefined ? namespace : undefined, askedBy(podSelector))))));
  return [...found.values()];
}

/** Whether a workload of a namespace has the labels. */
export class KnownPods {
  private readonly byNamespace = new Map<string, Labels[]>();

  public constructor(view: MeshView) {
    view.pods.forEach(({ namespace, labels }) => addTo(this.byNamespace, namespace, labels));
  }

  public have(namespace: string, labels: Labels): boolean {
    return this.byNamespace.get(namespace)?.some(known => selects(labels, known)) ?? false;
  }
}

/** Labels that a selector of Kubernetes selects, of those that it asks for; undefined when it selects nothing. */
export function askedBy(selector: unknown): Labels | undefined {
  const { matchLabels, matchExpressions } = record(selector);
  const of = ({ key, operator, values }: Fields): [string, string][] => (
    operator === 'In' ? [[String(key), strings(values)[0] ?? '']] : operator === 'Exists' ? [[String(key), ANY_VALUE]] : []);
  const labels = { ...Object.fromEntries(records(matchExpressions).flatMap(of)), ...labelsOf(matchLabels) };
  return selectorOf(selector).selects(labels) ? labels : undefined;
}

/** Stands for the value of a label that only has to be there. */
const ANY_VALUE = '(any)';
