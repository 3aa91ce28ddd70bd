import { Fields, labelsOf, record, text } from './fields';
import { MeshObject } from './mesh-object';

/** A WorkloadEntry that something selects. */
export interface SelectedWorkload {
  readonly address: string;
  /** Those of `spec` and of `metadata`, which come first. */
  readonly labels: { readonly [label: string]: string };
  /** By the names of ports. */
  readonly ports: Fields;
}

/** As a list; one without an address is none. */
export function workloadOf({ spec, labels }: MeshObject): SelectedWorkload[] {
  const address = text(spec.address);
  return address === undefined ? [] : [{ address, labels: { ...labelsOf(spec.labels), ...labels }, ports: record(spec.ports) }];
}
