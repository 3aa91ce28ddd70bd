import type { KubeObject } from './kube';

/** Whether an object is the private ServiceEntry of a gateway, or a rule for it. */
export function isUpstream(object: KubeObject): boolean {
  return /\.upstream\.\d+(\.|$)/.test(object.metadata.name);
}
