import { LabelTable } from './label-table';
import { NamespaceSidecar } from './namespace-sidecar';

type Labels = { readonly [label: string]: string };

/** The Sidecars of one namespace, in the order of istiod. */
export class SidecarsOfNamespace {
  /** That of the workloads which no other one selects. */
  public readonly ofOthers?: NamespaceSidecar;
  private readonly selecting: LabelTable<NamespaceSidecar>;

  public constructor(sidecars: readonly NamespaceSidecar[]) {
    this.ofOthers = sidecars.find(({ workloadSelector }) => workloadSelector === undefined);
    this.selecting = new LabelTable(sidecars.flatMap(sidecar => (
      sidecar.workloadSelector === undefined ? [] : [[sidecar.workloadSelector, sidecar] as const])));
  }

  /** The one of a workload, if there is any. */
  public of(labels: Labels): NamespaceSidecar | undefined {
    return this.selecting.selecting(labels)[0] ?? this.ofOthers;
  }
}
