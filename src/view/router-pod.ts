import { Fields, strings } from './fields';
import { KubeService } from './kube-service';
import { MeshView } from './mesh-view';
import { PodTemplate } from './pod-template';
import { templatesOf } from './redirection';
import { SlipTable } from '../private/slip-table';

/** Whether the proxy of a pod is that of a gateway: istiod injects one, or a container runs it. */
export function hasRouter(pod: PodTemplate): boolean {
  return templatesOf(pod).includes('gateway') || pod.containers.some(isRouter);
}

/** Whether a container runs the proxy of a gateway. */
export function isRouter({ args }: Fields): boolean {
  return strings(args).includes('router');
}

/** The pods of a gateway that a Service selects but for a slip; undefined where it selects any pod, or none is like it. */
export function routerMissedBy(view: MeshView, { object, selector }: KubeService): PodTemplate | undefined {
  const labels = Object.entries(selector);
  const pods = view.podsIn(object.namespace);
  return labels.length === 0 || pods.selectedBy(selector).length > 0 ? undefined
    : pods.all.find(pod => hasRouter(pod) && labels.every(([label, value]) => (
      pod.labels[label] === value || new SlipTable([pod.labels[label] ?? '']).meantBy(value) !== undefined)));
}
