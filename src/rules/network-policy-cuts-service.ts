import { Finding, Rule, where } from './rule';
import { quote } from '../private/fail';
import { EgressPolicy } from '../view/egress-policy';
import { ExternalEntry } from '../view/external-entry';
import { addTo, MeshView } from '../view/mesh-view';
import { namesNamespace } from '../view/visibility';

export const networkPolicyCutsService: Rule = {
  id: 'MX0603',
  name: 'network-policy-cuts-service',
  severity: 'ERROR',
  title: 'The NetworkPolicies of a namespace keep it from a service that is declared for it.',
  why: 'The sidecars know the service and connect to it, and the network drops the connection: it ends with a timeout that no log explains.',
  fix: 'Declare the service with `ExternalService` or one of its kinds, which an `EgressLockdown` knows, or open its addresses and ports.',
  related: [],
  check: view => {
    const policies = new Map<string, EgressPolicy[]>();
    for (const policy of view.egressPolicies) {
      addTo(policies, policy.object.namespace, policy);
    }
    return [...policies].flatMap(([namespace, all]) => {
      const closing = all.find(({ limits, isForAll }) => limits && isForAll);
      return closing ? view.entries.flatMap(entry => cut(view, namespace, closing, all, entry)) : [];
    });
  },
};

function cut(view: MeshView, namespace: string, closing: EgressPolicy, policies: readonly EgressPolicy[], entry: ExternalEntry): Finding[] {
  if (!namesNamespace(entry.object, namespace) || view.isUpstream(entry)) {
    return [];
  }
  const known = entry.endpoints.length > 0 ? entry.endpoints : entry.isResolvedByName ? [] : entry.addresses;
  const addresses = known.length > 0 ? known : [undefined];
  const port = entry.ports.find(({ number, target }) => !view.isRouted(entry, entry.hosts[0], number)
    && addresses.some(address => !policies.some(policy => policy.admits(address, target))));
  return port ? [{
    object: closing.object,
    message: `keeps the pods of ${where(namespace)} from ${quote(entry.hosts[0])} on port ${port.target}, which '${entry.object.origin.path}' declares for them`,
    fix: { code: 'declare it with ExternalService or one of its kinds, or open its addresses', yaml: 'open its addresses and this port' },
  }] : [];
}
