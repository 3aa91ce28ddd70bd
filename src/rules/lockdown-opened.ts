import { Finding, Rule, where } from './rule';

export const lockdownOpened: Rule = {
  id: 'MX0604',
  name: 'lockdown-opened',
  severity: 'ERROR',
  title: 'A NetworkPolicy opens every address to pods of a namespace that is locked down.',
  why: 'NetworkPolicies add up: the pods that it selects reach every address, whatever the lock-down says.',
  fix: 'Remove it, or name what the pods need in `peers` of the `EgressLockdown`.',
  related: [],
  check: view => {
    const locked = new Set(view.sidecars.filter(({ isClosed }) => isClosed).map(({ object }) => object.namespace));
    const policies = view.egressPolicies;
    const closed = new Map(policies.filter(({ limits, isForAll, opensEverything }) => limits && isForAll && !opensEverything)
      .map(({ object }) => [object.namespace, object]));
    return policies.filter(({ object, opensEverything }) => opensEverything && locked.has(object.namespace)).flatMap(({ object }): Finding[] => {
      const lockdown = closed.get(object.namespace);
      return lockdown ? [{
        object,
        message: `opens every address to pods of ${where(object.namespace)}, which '${lockdown.origin.path}' locks down: remove it, or give the lock-down 'peers'`,
      }] : [];
    });
  },
};
