import { httpPropertiesOf, readsRequests } from '../view/access-match';
import { AccessPolicy, AccessRule } from '../view/access-policy';
import { strings } from '../view/fields';
import { GatewayServer } from '../view/gateway';
import { GatewayWorkload } from '../view/gateway-workload';
import { addTo } from '../view/lists';
import { MeshView } from '../view/mesh-view';

/** The ALLOW policies that hold at each gateway; one of them makes everything else denied. */
export function allowingAt(view: MeshView): Map<GatewayWorkload, AccessPolicy[]> {
  const allowing = new Map<GatewayWorkload, AccessPolicy[]>();
  // A policy of a trial run decides nothing.
  const policies = view.accessPolicies.filter(({ action, isDryRun }) => action === 'ALLOW' && !isDryRun);
  policies.forEach(policy => view.gatewayWorkloads.policedBy(policy).forEach(workload => addTo(allowing, workload, policy)));
  return allowing;
}

/** The servers of which a rule of an ALLOW policy can match something, whoever the clients are. */
export function allowedBy(rule: AccessRule, workload: GatewayWorkload): readonly GatewayServer[] {
  const { all } = workload.serversOf(rule);
  const hosts = rule.operations.map(operation => strings(operation.hosts));
  const named = hosts.length === 0 || hosts.some(names => names.length === 0) ? all : both(all, workload.serving(hosts.flat()), workload);
  return httpPropertiesOf(rule).length > 0 ? named.filter(readsRequests) : named;
}

function both(some: readonly GatewayServer[], others: readonly GatewayServer[], { servers }: GatewayWorkload): readonly GatewayServer[] {
  if (some === servers) {
    return others;
  }
  const known = new Set(some);
  return others.filter(server => known.has(server));
}
