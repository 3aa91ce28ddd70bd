import { hasRouter } from './gateway-pod';
import { KubeService } from './kube-service';
import { addTo } from './lists';
import { MeshView } from './mesh-view';
import { PodTemplate } from './pod-template';
import { isSlipOf, SlipTable } from '../private/slip-table';

/** The pods of a gateway that a Service selects but for a slip; undefined where it selects any pod, or none is like it. */
export function routerMissedBy(view: MeshView, { object: { namespace }, selector }: KubeService): PodTemplate | undefined {
  const isMissing = Object.keys(selector).length > 0 && view.podsIn(namespace).selectedBy(selector).length === 0;
  return isMissing ? view.once(`routers in ${namespace}`, () => new Routers(view.podsIn(namespace).all.filter(hasRouter))).likely(selector) : undefined;
}

/** The pods of the gateways of a namespace, by what their labels may be written as. */
class Routers {
  private readonly byLabel = new Map<string, Map<string, PodTemplate[]>>();
  private readonly slips = new Map<string, SlipTable>();

  public constructor(pods: readonly PodTemplate[]) {
    for (const pod of pods) {
      for (const [label, value] of Object.entries(pod.labels)) {
        const byValue = this.byLabel.get(label) ?? new Map<string, PodTemplate[]>();
        this.byLabel.set(label, byValue);
        addTo(byValue, value, pod);
      }
    }
  }

  /** One that has the labels of a selector, each as it is written or but for a slip. */
  public likely(selector: PodTemplate['labels']): PodTemplate | undefined {
    const labels = Object.entries(selector);
    const found = labels.map(([label, value]) => this.labelled(label, value));
    const [fewest = []] = found.sort((a, b) => sizeOf(a) - sizeOf(b));
    return fewest.flat().find(pod => labels.every(([label, value]) => pod.labels[label] === value || isSlipOf(value, pod.labels[label] ?? '')));
  }

  /** Those with each value that may be meant. */
  private labelled(label: string, value: string): readonly (readonly PodTemplate[])[] {
    const byValue = this.byLabel.get(label) ?? new Map<string, PodTemplate[]>();
    const slips = this.slips.get(label) ?? new SlipTable(byValue.keys());
    this.slips.set(label, slips);
    return [value, ...slips.allMeantBy(value)].map(one => byValue.get(one) ?? []);
  }
}

function sizeOf(lists: readonly (readonly PodTemplate[])[]): number {
  return lists.reduce((sum, { length }) => sum + length, 0);
}
