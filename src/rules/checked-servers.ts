import { allowedBy } from './allowing';
import { identityCondition } from '../view/access-match';
import { AccessRule } from '../view/access-policy';
import { GatewayServer } from '../view/gateway';
import { GatewayWorkload } from '../view/gateway-workload';
import { MeshObject } from '../view/mesh-object';
import { MeshView } from '../view/mesh-view';

/** A server of a Gateway that takes some clients only. */
export interface CheckedServer {
  readonly server: GatewayServer;
  /** What names the clients. */
  readonly object: MeshObject;
}

/** Every such server: by the names in the handshake, or by policies. */
export function checkedServers(view: MeshView): readonly CheckedServer[] {
  return view.once('checked servers', () => [...byNames(view), ...byPolicies(view)]);
}

function byNames(view: MeshView): CheckedServer[] {
  return view.gatewayServers.filter(({ tls }) => tls?.mode === 'ISTIO_MUTUAL' && tls.subjectAltNames.length > 0).map(server => ({ server, object: server.object }));
}

function byPolicies(view: MeshView): CheckedServer[] {
  const found: CheckedServer[] = [];
  const known = new Map<GatewayWorkload, Set<GatewayServer>>();
  const add = (rule: AccessRule, workload: GatewayWorkload, object: MeshObject) => {
    const named = known.get(workload) ?? new Set();
    known.set(workload, named);
    // One rule without a server name is for all of them.
    if (named.size < workload.servers.length) {
      allowedBy(rule, workload, view.gatewayPlaces.servicesOf(workload)).filter(server => !named.has(server)).forEach(server => {
        named.add(server);
        found.push({ server, object });
      });
    }
  };
  for (const policy of view.accessPolicies.filter(({ action, isDryRun }) => ['ALLOW', 'DENY'].includes(action) && !isDryRun)) {
    const naming = policy.rules.filter(rule => rule.sources.length > 0 || identityCondition(rule) !== undefined);
    const workloads = naming.length === 0 ? [] : view.gatewayWorkloads.policedBy(policy);
    workloads.forEach(workload => naming.forEach(rule => add(rule, workload, policy.object)));
  }
  return found;
}
