import { MeshView } from '../view/mesh-view';

/** The accounts of each namespace that the input shows: of workloads, and those that policies and Gateways name. */
export function accountsByNamespace(view: MeshView): ReadonlyMap<string, readonly string[]> {
  return view.once('accounts by namespace', () => {
    const found = new Map<string, Set<string>>();
    const know = (namespace: string, account: string) => found.set(namespace, (found.get(namespace) ?? new Set()).add(account));
    view.pods.forEach(({ namespace, account }) => know(namespace, account));
    const named = JSON.stringify([...view.accessPolicies, ...view.gateways].map(({ object }) => object.spec));
    for (const [, namespace, account] of named.matchAll(/\/ns\/([a-z0-9-]+)\/sa\/([a-z0-9-.]+)"/g)) {
      know(namespace, account);
    }
    return new Map([...found].map(([namespace, accounts]) => [namespace, [...accounts].sort()]));
  });
}
