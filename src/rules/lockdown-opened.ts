import { Finding, Rule, where } from './rule';
import { MeshObject } from '../view/mesh-object';

export const lockdownOpened: Rule = {
  id: 'MX0604',
  name: 'lockdown-opened',
  severity: 'ERROR',
  title: 'A NetworkPolicy or a Sidecar opens almost everything to pods of a locked-down namespace.',
  why: 'NetworkPolicies add up: the pods that one selects reach what it opens, whatever the others close. The Sidecar of a namespace does not apply to workloads with a Sidecar of their own.',
  fix: 'Remove it, or open only what the pods need. In this library, `peers` of the `EgressLockdown` does that. One port of every address, or one network on every port, is not reported.',
  related: [],
  check: view => {
    const finding = (object: MeshObject, does: string, cure: string): Finding[] => {
      const lockdown = view.lockdowns.get(object.namespace);
      return lockdown ? [{
        object,
        message: `${does} pods of ${where(object.namespace)}, which '${lockdown.origin.path}' locks down`,
        fix: { code: `${cure}, or give the lock-down 'peers'`, yaml: `${cure}, or open what the pods need and nothing else` },
      }] : [];
    };
    return [
      ...view.egressPolicies.flatMap(({ object, opensAlmostAll }) => (opensAlmostAll ? finding(object, `opens ${opensAlmostAll} to`, 'remove it') : [])),
      ...view.allSidecars.filter(({ workloadSelector, isClosed }) => workloadSelector && !(isClosed ?? view.facts.outboundTrafficPolicy === 'REGISTRY_ONLY'))
        .flatMap(({ object }) => finding(object, 'has \'outboundTrafficPolicy\' ALLOW_ANY for', 'write REGISTRY_ONLY')),
    ];
  },
};
