import { ANY_OTHER, Client } from '../report/client';
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

/** The clients of a namespace: its accounts, or whoever is there where the input shows none. */
export function clientsIn(view: MeshView, namespace: string): Client[] {
  return (accountsByNamespace(view).get(namespace) ?? [ANY_OTHER]).map(account => ({ namespace, account }));
}
