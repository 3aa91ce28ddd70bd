import { LabelledThings } from './labelled-things';
import { addTo } from './lists';
import { PodTemplate } from './pod-template';

type Labels = { readonly [label: string]: string };

/** What the pods of one namespace are made of. */
export class PodsOfNamespace {
  /** Sorted. */
  public readonly accounts: readonly string[];
  /** Whether some have the network of their node. */
  public readonly hasHostNetwork: boolean;
  private readonly byAccount = new Map<string, PodTemplate[]>();
  private readonly labelled: LabelledThings<PodTemplate>;

  public constructor(public readonly all: readonly PodTemplate[]) {
    all.forEach(pod => addTo(this.byAccount, pod.account, pod));
    this.accounts = [...this.byAccount.keys()].sort();
    this.hasHostNetwork = all.some(({ hostNetwork }) => hostNetwork);
    this.labelled = new LabelledThings(all);
  }

  public runningAs(account: string): readonly PodTemplate[] {
    return this.byAccount.get(account) ?? [];
  }

  /** Those that a selector matches. */
  public selectedBy(selector: Labels): readonly PodTemplate[] {
    return this.labelled.selectedBy(selector);
  }
}
