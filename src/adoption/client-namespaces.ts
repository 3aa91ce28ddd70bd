import { ExternalEntry } from '../view/external-entry';
import { MeshView } from '../view/mesh-view';

/** The namespaces whose workloads use a service, as far as the input shows them: of one for everybody its own and those with pods. Not those of gateways and istiod. */
export function clientNamespaces(view: MeshView, { object, visibleTo }: ExternalEntry): readonly string[] {
  const infrastructure = new Set([view.facts.rootNamespace, ...view.gatewayPlaces.namespaces]);
  const seeing = visibleTo.includes('*') ? [object.namespace, ...view.pods.map(({ namespace }) => namespace)] : visibleTo;
  return [...new Set(seeing)].filter(namespace => namespace === object.namespace || !infrastructure.has(namespace)).sort();
}
