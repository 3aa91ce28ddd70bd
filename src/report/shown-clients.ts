import { ANY_OTHER, byClient, Client, clientKey, isPattern } from './client';
import { namedIn } from './named';
import { isGatewayAlone } from '../view/gateway-pod';
import { addTo } from '../view/lists';
import { MeshView } from '../view/mesh-view';
import { PodTemplate } from '../view/pod-template';

/** Every identity that the input shows, sorted. */
export function clientsIn(view: MeshView, more: readonly Client[] = []): Client[] {
  const found = new Map<string, Client>();
  const add = (client: Client) => found.set(clientKey(client), client);
  const named = namedIn(view);
  named.accounts.forEach(add);
  workloadsIn(view).forEach(({ namespace, account }) => add({ namespace, account }));
  more.forEach(add);
  const names = named.namespaces.filter(namespace => !isPattern(namespace));
  const all = new Set([...namespacesIn(view), ...names, ...[...found.values()].map(({ namespace }) => namespace)]);
  all.forEach(namespace => add({ namespace, account: ANY_OTHER }));
  return [...found.values()].sort(byClient);
}

/** The pods that may be clients: all but those of gateways. */
export function workloadsIn(view: MeshView): PodTemplate[] {
  return view.pods.filter(pod => !isGatewayAlone(pod));
}

export function workloadsByClient(view: MeshView): Map<string, PodTemplate[]> {
  const found = new Map<string, PodTemplate[]>();
  workloadsIn(view).forEach(pod => addTo(found, clientKey({ namespace: pod.namespace, account: pod.account }), pod));
  return found;
}

function namespacesIn(view: MeshView): string[] {
  const exported = [...view.entries, ...view.routes, ...view.trafficRules].flatMap(({ visibleTo }) => visibleTo).filter(name => name !== ANY_OTHER);
  const sources = view.routes.flatMap(({ rules }) => rules.flatMap(({ matches }) => matches.flatMap(({ sourceNamespace }) => sourceNamespace ?? [])));
  return [...exported, ...sources, ...view.objects.map(({ namespace }) => namespace).filter(name => name !== ''), ...view.of('', 'Namespace').map(({ name }) => name)];
}
