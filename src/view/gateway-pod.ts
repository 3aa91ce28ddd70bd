import { Fields, selects, strings, text } from './fields';
import { INSTALLED_GATEWAYS } from './installed-gateways';
import { PodTemplate } from './pod-template';
import { templatesOf } from './redirection';

/** Whether the proxy of a pod is that of a gateway: istiod injects one, or a container runs it. */
export function hasRouter(pod: PodTemplate): boolean {
  return templatesOf(pod).includes('gateway') || pod.containers.some(isRouter);
}

/**
 * Whether a pod is a gateway and nothing else. That a Gateway selects it says nothing: anybody may write one. A container beside the proxy of a gateway is a client,
 * whose connections nothing redirects.
 */
export function isGatewayAlone(pod: PodTemplate): boolean {
  return (hasRouter(pod) || [...INSTALLED_GATEWAYS.values()].some(labels => selects(labels, pod.labels)))
    && pod.containers.every(isProxy);
}

/** Whether a container is Istio's proxy: the name alone is anybody's. */
function isProxy(container: Fields): boolean {
  const image = text(container.image) ?? 'auto';
  return (container.name === 'istio-proxy' || isRouter(container)) && (image === 'auto' || image.includes('proxyv2'));
}

/** Whether a container runs the proxy of a gateway. */
export function isRouter({ args }: Fields): boolean {
  return strings(args).includes('router');
}
