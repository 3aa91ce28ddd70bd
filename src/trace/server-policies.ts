import { couldSelect } from './gateway-pods';
import { endsBehind } from './network-cut';
import { AccessPolicy } from '../view/access-policy';
import { addTo } from '../view/lists';
import { MeshView } from '../view/mesh-view';

/** The AuthorizationPolicies that may hold at the pods behind a Service of the cluster. */
export function policiesBehind(
  view: MeshView, service: { readonly namespace: string; readonly labels: { readonly [label: string]: string } },
): readonly AccessPolicy[] {
  const byNamespace = view.once('policies by namespace', () => {
    const found = new Map<string, AccessPolicy[]>();
    view.accessPolicies.filter(({ hasTargetRefs, isDryRun, action }) => !hasTargetRefs && !isDryRun && action !== 'AUDIT')
      .forEach(policy => addTo(found, policy.object.namespace, policy));
    return found;
  });
  const pods = endsBehind(view, service).flatMap(end => ('pods' in end ? [{ labels: end.pods.labels, mayHaveMore: !end.pods.hasLabels }] : []));
  return [...new Set([service.namespace, view.facts.rootNamespace])].flatMap(namespace => byNamespace.get(namespace) ?? [])
    .filter(({ selector }) => pods.some(pod => couldSelect(selector, pod) !== 'no'));
}
