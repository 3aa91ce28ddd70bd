import { OpeningModel, PeerModel } from '../model';

/**
 * A NetworkPolicy for what pods connect to. It names no ingress: that stays as it is, the probes of the kubelet among it.
 *
 * @param selector labels of the pods; empty for every pod of the namespace
 * @param others labels of pods that have policies of their own
 */
export function renderNetworkPolicy(
  selector: { readonly [label: string]: string }, openings: readonly OpeningModel[], others: readonly { readonly [label: string]: string }[] = [],
): unknown {
  const peersOf = new Map<string, { readonly ports: unknown; readonly peers: Map<string, PeerModel> }>();
  for (const { ports, peers } of openings) {
    const rendered = ports && distinct(ports).map(({ number, protocol }) => ({ port: number, protocol }));
    const key = JSON.stringify(rendered ?? null);
    const group = peersOf.get(key) ?? { ports: rendered, peers: new Map() };
    peers.forEach(peer => group.peers.set(JSON.stringify(renderPeer(peer)), peer));
    peersOf.set(key, group);
  }
  return {
    podSelector: {
      matchLabels: Object.keys(selector).length > 0 ? { ...selector } : undefined,
      matchExpressions: others.length > 0 ? others.map(labels => Object.entries(labels)[0]).map(([key, value]) => ({ key, operator: 'NotIn', values: [value] })) : undefined,
    },
    policyTypes: ['Egress'],
    // By their text: the order of calls does not show.
    egress: sorted(peersOf).map(({ ports, peers }) => ({ to: sorted(peers).map(renderPeer), ports })),
  };
}

function renderPeer(peer: PeerModel) {
  return 'cidr' in peer ? { ipBlock: { cidr: peer.cidr, except: peer.except && [...peer.except] } } : {
    // Kubernetes itself gives every namespace this label.
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': peer.namespace } },
    podSelector: peer.labels && { matchLabels: { ...peer.labels } },
  };
}

function distinct<T>(items: readonly T[]): T[] {
  return sorted(new Map(items.map(item => [JSON.stringify(item), item])));
}

function sorted<T>(items: ReadonlyMap<string, T>): T[] {
  return [...items].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item);
}
