import { PodPolicies } from './access-decision';
import { GatewayPods } from './gateway-pods';
import { MeshView } from '../view/mesh-view';

/** Some of the pods behind the Service of a gateway. */
export interface Variant {
  readonly pods: GatewayPods;
  /** What decides about the connections that arrive there, as text that can be compared. */
  readonly decides: string;
}

/** The pods behind the Service of a gateway that decide differently, as far as the input has them: connections reach any of them. */
export function variantsOf<V extends Variant>(main: V, all: readonly V[]): readonly V[] {
  const known = main.pods.pod === undefined ? [] : all.filter(({ pods }) => pods.pod !== undefined);
  if (known.length < 2) {
    return [main];
  }
  const byDecision = new Map([main, ...known].reverse().map(variant => [variant.decides, variant]));
  return [main, ...[...byDecision.values()].reverse().filter(variant => variant !== main)];
}

/** The labels of some pods that not all of the others have. */
export function ownLabels({ labels }: GatewayPods, all: readonly Variant[]): GatewayPods['labels'] {
  return Object.fromEntries(Object.entries(labels).filter(([label, value]) => all.some(({ pods }) => pods.labels[label] !== value)));
}

/** What decides about the connections that arrive at some pods, as text that can be compared. */
export function decidedBy(view: MeshView, pods: GatewayPods, policies: PodPolicies): string {
  return JSON.stringify([
    pods.port, pods.labels['security.istio.io/tlsMode'],
    pods.gateways.map(({ name }) => name),
    policies.all.map(({ policy: { object } }) => `${object.namespace}/${object.name}`),
    view.networkPoliciesIn(pods.namespace).selecting(pods.labels, true).map(({ object: { name } }) => name),
  ]);
}
