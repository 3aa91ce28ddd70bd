import { Fields, number, records, strings, text } from './fields';
import { KnownService } from './known-service';
import { KubeService } from './kube-service';
import { MeshObject } from './mesh-object';
import { MeshView } from './mesh-view';
import { isIp } from '../private/check';

interface WrittenEndpoint {
  readonly address: string;
  readonly port: number;
}

/** The addresses that somebody wrote for a port of a Service, beside those of its pods. */
export function handWrittenEndpoints(
  view: MeshView, { object, ports, selector }: KubeService, port: number,
): WrittenEndpoint[] {
  const isSelecting = Object.keys(selector).length > 0;
  const of = ports.find(candidate => candidate.number === port);
  const portIn = (listed: unknown) => {
    const fitting = records(listed).find(({ name }) => (text(name) ?? '') === (of?.name ?? ''));
    return fitting && (number(fitting.port) ?? (typeof of?.targetPort === 'number' ? of.targetPort : port));
  };
  const { whole, slices: parts } = view.endpointsOf(object);
  // Kubernetes writes the Endpoints of a Service with a selector over; slices add up.
  const endpoints = (isSelecting ? [] : whole).flatMap(({ spec }) => records(spec.subsets).flatMap(subset => {
    const own = portIn(subset.ports);
    return own === undefined ? [] : records(subset.addresses).flatMap(({ ip }) => (typeof ip === 'string' ? [{ address: ip, port: own }] : []));
  }));
  const slices = parts.filter(part => isWritten(part)).flatMap(({ spec }) => {
    const own = portIn(spec.ports);
    return own === undefined ? []
      : records(spec.endpoints).flatMap(({ addresses }) => strings(addresses).map(address => ({ address, port: own })));
  });
  // istiod takes them for a Service with an address of its own.
  const workloads = !isSelecting || object.spec.clusterIP === 'None' ? [] : view.workloadsIn(object.namespace).selectedBy(selector)
    .flatMap(({ address, ports: named }): WrittenEndpoint[] => {
      // The port of the Service has a name, by which istiod looks first.
      const own = of?.name === undefined ? undefined : number(named[of.name]);
      const target = own ?? (typeof of?.targetPort === 'string' ? number(named[of.targetPort]) : of?.targetPort);
      return target === undefined ? [] : [{ address, port: target }];
    });
  return [...new Map([...endpoints, ...slices, ...workloads].map(place => [`${place.address}:${place.port}`, place])).values()];
}

/** Where proxies listen for a port of a headless Service: at the addresses that somebody wrote. Those of its pods nobody knows. */
export function headlessAddresses(view: MeshView, { host, resolution }: KnownService, port: number): string[] {
  const service = resolution === 'HEADLESS' ? view.serviceByHost.get(host) : undefined;
  return service === undefined ? [] : handWrittenEndpoints(view, service, port).map(({ address }) => address).filter(isIp);
}

/**
 * Whether a slice is none that Kubernetes keeps for pods, and that istiod reads, which a name is not for. What its endpoints say of pods (`targetRef`) proves
 * nothing: istiod sends to the address that is written.
 */
function isWritten({ labels, spec }: MeshObject): boolean {
  return labels[MANAGED_BY] !== 'endpointslice-controller.k8s.io' && spec.addressType !== 'FQDN';
}

const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by';

/** Whether the input has endpoints of a Service, if not for each of its ports. */
export function hasWrittenEndpoints(view: MeshView, { object }: KubeService): boolean {
  const { whole, slices } = view.endpointsOf(object);
  return whole.length + slices.length > 0;
}

interface EndpointPorts {
  readonly object: MeshObject;
  readonly ports: readonly Fields[];
}

/** The Endpoints and EndpointSlices of a Service, with the ports that have addresses. */
export function portsOfEndpoints(view: MeshView, { object: service }: KubeService): EndpointPorts[] {
  const { whole, slices } = view.endpointsOf(service);
  return [
    ...whole.map(object => ({
      object, ports: records(object.spec.subsets).filter(({ addresses }) => records(addresses).length > 0).flatMap(({ ports }) => records(ports)),
    })),
    ...slices.filter(({ spec }) => records(spec.endpoints).length > 0).map(object => ({ object, ports: records(object.spec.ports) })),
  ];
}
