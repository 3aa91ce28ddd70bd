import { ANY_OTHER, byClient, Client, clientKey, isEveryOther, isPattern } from './client';
import { namedIn } from './named';
import { KnownPods, selectedIn } from './selected';
import { clientsIn } from './shown-clients';
import { MeshView } from '../view/mesh-view';

/** More of each kind than a reader looks through. */
const MOST = 200;

/** Those who stand for accounts and pods that the input describes and does not show: by patterns of names, and by labels. */
export interface Representatives {
  readonly clients: readonly Client[];
  /** What is not asked about, where that would be too much. */
  readonly leftOut: readonly string[];
}

/** Whoever matches a pattern of a policy, and pods with labels that something selects by and no workload has. */
export function representativesIn(view: MeshView): Representatives {
  const { matching, everywhere, namespaces } = namedIn(view);
  const selected = selectedIn(view);
  const pods = new KnownPods(view);
  const patterns = namespaces.filter(isPattern);
  const all = [...new Set([...clientsIn(view).map(({ namespace }) => namespace), ...patterns])];
  const wide: Omit<Client, 'namespace'>[] = [
    ...everywhere.map(account => ({ account })),
    ...selected.filter(({ namespace }) => namespace === undefined).map(({ labels }) => ({ account: ANY_OTHER, labels })),
  ];
  const isMuch = wide.length * all.length > MOST;
  const single: Client[] = [
    ...patterns.map(namespace => ({ namespace, account: ANY_OTHER })), ...matching,
    ...selected.flatMap(({ namespace, labels }) => (namespace === undefined ? [] : [{ namespace, account: ANY_OTHER, labels }])),
  ];
  const found: Client[] = [
    ...(isMuch ? [ANY_OTHER] : all).flatMap(namespace => wide.map(client => ({ namespace, ...client }))), ...single.sort(byClient).slice(0, MOST),
  ];
  const known = new Set(clientsIn(view).map(clientKey));
  const fresh = found.filter(client => !known.has(clientKey(client)) && (client.labels === undefined || !pods.have(client.namespace, client.labels)));
  return {
    clients: [...new Map(fresh.map(client => [clientKey(client), client])).values()],
    leftOut: [
      ...isMuch ? ['Accounts by patterns and pods by labels, where they are of every namespace, are asked about in unknown namespaces alone: there are too many.'] : [],
      ...single.length > MOST ? [`Of ${single.length} patterns of names and labels that no workload of the input has, ${MOST} are asked about.`] : [],
    ],
  };
}

/** Who a representative would be if nothing told it apart. */
export function plainOf(client: Client): Client {
  return { namespace: isEveryOther(client) ? ANY_OTHER : client.namespace, account: ANY_OTHER };
}
