import { policiesOn } from './access-decision';
import { GatewayPods } from './gateway-pods';
import { GatewayListener } from './proxies';
import { MeshView } from '../view/mesh-view';
import { selectorOf } from '../view/pod-selector';

/** The pods behind the Service of a gateway that decide differently, as far as the input has them: connections reach any of them. */
export function variantsOf(view: MeshView, main: GatewayListener, all: readonly GatewayListener[]): readonly GatewayListener[] {
  const known = main.pods.pod === undefined ? [] : all.filter(({ pods }) => pods.pod !== undefined);
  const byDecision = new Map([main, ...known].reverse().map(variant => [decidedBy(view, variant.pods), variant]));
  return known.length < 2 ? [main] : [main, ...[...byDecision.values()].reverse().filter(variant => variant !== main)];
}

/** The labels of some pods that not all of the others have. */
export function ownLabels({ labels }: GatewayPods, all: readonly GatewayListener[]): GatewayPods['labels'] {
  return Object.fromEntries(Object.entries(labels).filter(([label, value]) => all.some(({ pods }) => pods.labels[label] !== value)));
}

/** What decides about the connections that arrive at some pods. */
function decidedBy(view: MeshView, pods: GatewayPods): string {
  return JSON.stringify([
    pods.port, pods.labels['security.istio.io/tlsMode'],
    pods.gateways.map(({ name }) => name),
    policiesOn(view, pods).map(({ policy: { object } }) => `${object.namespace}/${object.name}`),
    view.networkPoliciesIn(pods.namespace).filter(({ spec }) => selectorOf(spec.podSelector).selects(pods.labels)).map(({ name }) => name),
  ]);
}
