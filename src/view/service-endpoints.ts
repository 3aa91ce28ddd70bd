import { number, records, strings, text } from './fields';
import { KubeService } from './kube-service';
import { MeshView } from './mesh-view';

/** The label by which an EndpointSlice names its Service. */
const SERVICE_NAME = 'kubernetes.io/service-name';

/** The addresses that somebody wrote for a port of a Service without a selector. */
export function handWrittenEndpoints(
  view: MeshView, { object, ports, selector }: KubeService, port: number,
): { readonly address: string; readonly port: number }[] {
  // Kubernetes writes those of a Service with a selector: they are its pods.
  if (Object.keys(selector).length > 0) {
    return [];
  }
  const of = ports.find(candidate => candidate.number === port);
  const portIn = (listed: unknown) => {
    const fitting = records(listed).find(({ name }) => (text(name) ?? '') === (of?.name ?? ''));
    return fitting && (number(fitting.port) ?? (typeof of?.targetPort === 'number' ? of.targetPort : port));
  };
  const inNamespace = (group: string, kind: string) => view.of(group, kind).filter(({ namespace }) => namespace === object.namespace);
  const endpoints = inNamespace('', 'Endpoints').filter(({ name }) => name === object.name).flatMap(({ spec }) => records(spec.subsets).flatMap(subset => {
    const own = portIn(subset.ports);
    return own === undefined ? [] : records(subset.addresses).flatMap(({ ip }) => (typeof ip === 'string' ? [{ address: ip, port: own }] : []));
  }));
  const slices = inNamespace('discovery.k8s.io', 'EndpointSlice').filter(({ labels }) => labels[SERVICE_NAME] === object.name).flatMap(({ spec }) => {
    const own = portIn(spec.ports);
    return own === undefined ? [] : records(spec.endpoints).flatMap(({ addresses }) => strings(addresses).map(address => ({ address, port: own })));
  });
  return [...new Map([...endpoints, ...slices].map(place => [`${place.address}:${place.port}`, place])).values()];
}
