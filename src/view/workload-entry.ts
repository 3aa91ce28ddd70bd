import { Fields, labelsOf, record, selects, text } from './fields';
import { NETWORKING } from './mesh-object';
import { MeshView } from './mesh-view';

/** A WorkloadEntry that something selects. */
export interface SelectedWorkload {
  readonly address: string;
  readonly labels: { readonly [label: string]: string };
  /** By the names of ports. */
  readonly ports: Fields;
}

/** The WorkloadEntries of a namespace that a selector matches. Their labels are those of `spec` and of `metadata`, which come first. */
export function workloadsSelectedBy(view: MeshView, namespace: string, selector: { readonly [label: string]: string }): SelectedWorkload[] {
  return view.of(NETWORKING, 'WorkloadEntry').filter(object => object.namespace === namespace).flatMap(({ spec, labels: own }) => {
    const [labels, address] = [{ ...labelsOf(spec.labels), ...own }, text(spec.address)];
    return address !== undefined && selects(selector, labels) ? [{ address, labels, ports: record(spec.ports) }] : [];
  });
}
