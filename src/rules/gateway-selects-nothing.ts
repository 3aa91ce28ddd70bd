import { Finding, Rule, selectorText, where } from './rule';
import { quote } from '../private/fail';
import { selects } from '../view/fields';
import { GatewayConfig } from '../view/gateway';
import { hasRouter } from '../view/gateway-pod';
import { MeshView } from '../view/mesh-view';
import { PodTemplate } from '../view/pod-template';
import { MESH, RouteMatch } from '../view/route';
import { routerMissedBy } from '../view/router-pod';

export const gatewaySelectsNothing: Rule = {
  id: 'MX0313',
  name: 'gateway-selects-nothing',
  severity: 'ERROR',
  title: 'A Gateway selects none of the gateway\'s pods.',
  why: 'No proxy uses the Gateway, so nothing listens on its ports.',
  fix: 'Write labels of the gateway\'s pods into `selector`.',
  related: ['IST0101', 'KIA0302'],
  check: view => {
    const lost = view.gateways.filter(gateway => Object.keys(gateway.selector).length > 0 && view.gatewayPlaces.podsOf(gateway).length === 0);
    return lost.flatMap((gateway): Finding[] => {
      const [pod] = expected(view, gateway.name, gateway.object.namespace);
      const selector = Object.entries(gateway.selector).map(label => label.join('=')).join(', ');
      return pod ? [{
        object: gateway.object,
        field: ['spec', 'selector'],
        message: `'selector' ${quote(selector)} selects no pod; the gateway's pods in ${where(pod.namespace)} ('${pod.object.origin.path}') have the labels `
          + quote(Object.entries(pod.labels).map(label => label.join('=')).join(', ')),
        fix: isSharedByService(view, gateway, pod) ? `write ${selectorText(gateway.selector)} into the labels of those pods: their Service selects it as well` : 'write labels that those pods have',
      }] : [];
    });
  },
};

/** The pods that should take a Gateway: those behind the Service that the same VirtualService sends to, or those of a gateway in its own namespace. */
function expected(view: MeshView, name: string, namespace: string): readonly PodTemplate[] {
  const routes = new Set(view.names.legsAt(name).map(({ route }) => route).filter(({ gateways }) => gateways.includes(MESH)));
  // A rule for the sidecars and the gateway alike sends to where both of them connect, such as the versions of a canary.
  const isToGateway = ({ gateways }: RouteMatch) => gateways.includes(MESH) && !gateways.includes(name);
  const hosts = [...routes].flatMap(({ rules, hosts: own }) => rules.filter(({ matches }) => matches.some(isToGateway))
    .flatMap(({ destinations }) => destinations.map(({ host }) => host).filter(host => !own.includes(host))));
  for (const host of hosts) {
    const service = view.serviceByHost.get(host);
    const missed = service && routerMissedBy(view, service);
    const isSelecting = service !== undefined && Object.keys(service.selector).length > 0;
    const behind = isSelecting ? view.podsIn(service.object.namespace).selectedBy(service.selector) : [];
    if (behind.length > 0 || missed !== undefined) {
      return missed ? [missed] : behind;
    }
  }
  return view.podsIn(namespace).all.filter(hasRouter);
}

/** Whether a Service beside the pods misses them in the same way, so that the slip is in their labels. */
function isSharedByService(view: MeshView, { selector }: GatewayConfig, { namespace }: PodTemplate): boolean {
  return view.services.some(service => service.object.namespace === namespace && Object.keys(service.selector).length > 0
    && selects(service.selector, selector) && view.podsIn(namespace).selectedBy(service.selector).length === 0);
}
