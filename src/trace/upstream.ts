import { isAddress } from './application';
import { cause, Cause } from './hop';
import { number, selects } from '../view/fields';
import { endpointsOfEntry, KnownEndpoint, KnownPort, KnownService } from '../view/known-service';
import { MeshView } from '../view/mesh-view';
import { handWrittenEndpoints } from '../view/service-endpoints';
import { workloadsSelectedBy } from '../view/workload-entry';

/** Where a proxy finds a service. */
export interface Upstream {
  /** As `<address or name>:<port>`. */
  readonly endpoints: readonly string[];
  readonly text: string;
  /** Why it finds nothing. */
  readonly lost?: string;
  readonly causes: readonly Cause[];
  /** The addresses and ports, for NetworkPolicies; an address that is not known is undefined. */
  readonly places: readonly { readonly address?: string; readonly port: number }[];
  /** The pods of a Service. */
  readonly pods?: { readonly namespace: string; readonly labels: { readonly [label: string]: string } };
}

/** Where a proxy sends what it has for a port of a service. */
export function upstreamOf(
  view: MeshView, service: KnownService, port: KnownPort, labels: { readonly [label: string]: string }, at: 'sidecar' | 'gateway',
  dialled: { readonly host: string; readonly address?: string; readonly port: number; readonly isNobodys: boolean },
): Upstream {
  const { object, host, resolution } = service;
  const because = [cause(object, object.spec.resolution === undefined ? ['spec'] : ['spec', 'resolution'])];
  if (service.isKubernetes) {
    const of = view.serviceByHost.get(host);
    const written = of === undefined ? [] : handWrittenEndpoints(view, of, port.number);
    const hasPods = Object.keys(service.selector ?? {}).length > 0;
    return written.length > 0 && !hasPods ? {
      endpoints: written.map(({ address, port: to }) => place(address, to)),
      text: 'the addresses that somebody wrote for it',
      causes: [cause(object, ['spec'])],
      places: written.map(({ address, port: to }) => ({ address: isAddress(address) ? address : undefined, port: to })),
    } : {
      endpoints: [`${host}:${port.number}`, ...written.map(({ address, port: to }) => place(address, to))],
      text: resolution === 'ALIAS' ? `the name that ${host} stands for` : `pods of ${host}${written.length > 0 ? ', and the addresses that somebody wrote for it' : ''}`,
      causes: [cause(object, ['spec', 'selector'])],
      places: written,
      pods: service.selector && { namespace: service.namespace, labels: service.selector },
    };
  }
  switch (resolution) {
    case 'NONE': return at === 'sidecar' ? {
      endpoints: [place(dialled.address ?? dialled.host, port.hasTarget ? Number(port.target) : dialled.port)],
      text: 'the address that the application dialled',
      lost: dialled.isNobodys ? 'the address that was dialled is one that istiod allocates, which nobody has' : undefined,
      causes: because,
      places: [{ address: dialled.address, port: port.hasTarget ? Number(port.target) : dialled.port }],
    } : {
      endpoints: [],
      places: [],
      causes: because,
      text: 'the address that was dialled',
      lost: 'behind a gateway the address that was dialled is the gateway itself, so `resolution: NONE` has no endpoint',
    };
    case 'DYNAMIC_DNS': return {
      endpoints: [place(dialled.host, Number(port.target))], text: 'what the name of each connection or request resolves to', causes: because, places: [{ port: Number(port.target) }],
    };
    case 'STATIC': {
      const found = [...endpointsOfEntry(object, port), ...workloads(view, service, port)].filter(({ labels: own }) => selects(labels, own ?? {}));
      const pods = podsOf(view, service, labels);
      return {
        endpoints: [...pods ? [`${host}:${port.number}`] : [], ...found.map(({ address, port: of }) => place(address, of))],
        text: pods ? `pods of ${host}${found.length > 0 ? ' and its endpoints' : ''}` : 'its endpoints',
        lost: pods || found.length > 0 ? undefined : service.selector ? 'no pod and no WorkloadEntry in the input has the labels that it selects' : 'it has no endpoint',
        causes: [cause(object, ['spec', service.selector ? 'workloadSelector' : 'endpoints'])],
        places: found,
        pods,
      };
    }
    default: {
      const found = [...endpointsOfEntry(object, port), ...workloads(view, service, port)];
      // With DNS_ROUND_ROBIN a proxy has one name to ask for: of several workloads istiod takes the first.
      const named = resolution === 'DNS_ROUND_ROBIN' ? found.slice(0, 1) : found;
      const pods = podsOf(view, service, labels);
      const names = found.length > 0 || service.selector ? named : [{ address: host, port: Number(port.target) }];
      return {
        endpoints: [...pods ? [`${host}:${port.number}`] : [], ...names.map(({ address, port: of }) => place(address, of))],
        text: pods ? `pods of ${host}` : found.length > 0 ? 'what DNS says of its endpoints' : 'what DNS says of its host',
        lost: pods || names.length > 0 ? undefined : 'it has no endpoint',
        causes: found.length > 0 ? [cause(object, ['spec', 'endpoints'])] : because,
        places: names.map(({ address, port: of }) => ({ address: isAddress(address) ? address : undefined, port: of })),
        pods,
      };
    }
  }
}

function workloads(view: MeshView, { object, selector }: KnownService, port: KnownPort): KnownEndpoint[] {
  return selector === undefined ? [] : workloadsSelectedBy(view, object.namespace, selector).map(({ address, labels, ports }) => {
    const own = port.name === undefined ? undefined : number(ports[port.name]);
    return { address, labels, port: own ?? Number(port.target) };
  });
}

/** The pods of its namespace that an entry selects, beside WorkloadEntries, as far as a subset is for them. */
function podsOf(view: MeshView, { object: { namespace }, selector }: KnownService, subset: KnownEndpoint['labels'] & object): Upstream['pods'] {
  const isAny = selector && view.pods.some(pod => pod.namespace === namespace && selects(selector, pod.labels) && selects(subset, pod.labels));
  return isAny ? { namespace, labels: { ...selector, ...subset } } : undefined;
}

function place(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
