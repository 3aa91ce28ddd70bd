import { Finding, Rule, where } from './rule';
import { EgressPolicy } from '../view/egress-policy';
import { addTo } from '../view/lists';
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
      ...joined(view.egressPolicies.filter(({ object, opensAlmostAll }) => view.lockdowns.has(object.namespace) && !opensAlmostAll))
        .flatMap(({ last, others, opened }) => finding(last.object, `opens ${opened}, together with '${others[0].object.origin.path}', to`, 'remove one of them')),
      ...view.allSidecars.filter(({ workloadSelector, letsPass }) => workloadSelector && (letsPass ?? view.facts.outboundTrafficPolicy === 'ALLOW_ANY'))
        .flatMap(({ object }) => finding(object, 'has \'outboundTrafficPolicy\' ALLOW_ANY for', 'write REGISTRY_ONLY')),
    ];
  },
};

interface Joined {
  readonly last: EgressPolicy;
  readonly others: readonly EgressPolicy[];
  readonly opened: string;
}

/** NetworkPolicies for the same pods, or for all, that open almost everything only together. */
function joined(policies: readonly EgressPolicy[]): Joined[] {
  const groups = new Map<string, EgressPolicy[]>();
  policies.forEach(policy => addTo(groups, keyOf(policy), policy));
  const openedBy = (of: readonly EgressPolicy[]) => EgressPolicy.openAlmostAll(of);
  return [...groups.values()].flatMap((own): Joined[] => {
    const { object, isForAll } = own[0];
    const forAll = isForAll ? [] : policies.filter(other => other.isForAll && other.object.namespace === object.namespace);
    const opened = openedBy(forAll) === undefined ? openedBy([...forAll, ...own]) : undefined;
    return opened === undefined ? [] : [{ last: own[own.length - 1], others: [...own.slice(0, -1), ...forAll], opened }];
  });
}

function keyOf({ object, isForAll }: EgressPolicy): string {
  return JSON.stringify([object.namespace, isForAll ? '' : object.spec.podSelector]);
}
