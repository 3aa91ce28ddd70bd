import { isAddress } from './application';
import { labelsText } from './gateway-pods';
import { cause, Cause } from './hop';
import { endpointsOfEntry } from '../view/entry-endpoints';
import { selects } from '../view/fields';
import { KnownEndpoint, KnownPort, KnownService } from '../view/known-service';
import { MeshView } from '../view/mesh-view';
import { handWrittenEndpoints, hasWrittenEndpoints } from '../view/service-endpoints';

type Labels = { readonly [label: string]: string };

/** Where a proxy finds a service. */
export interface Upstream {
  /** As `<address or name>:<port>`. */
  readonly endpoints: readonly string[];
  readonly text: string;
  /** Why it finds nothing. */
  readonly lost?: string;
  /** Why nobody knows what it finds. */
  readonly unseen?: string;
  readonly causes: readonly Cause[];
  /** The addresses and ports, for NetworkPolicies; an address that is not known is undefined. */
  readonly places: readonly { readonly address?: string; readonly port: number }[];
  /** The pods of a Service. */
  readonly pods?: { readonly namespace: string; readonly labels: Labels };
}

/** Where a proxy sends what it has for a port of a service. */
export function upstreamOf(
  view: MeshView, service: KnownService, port: KnownPort, labels: Labels, at: 'sidecar' | 'gateway',
  dialled: { readonly host: string; readonly address?: string; readonly port: number; readonly isNobodys: boolean },
): Upstream {
  const { object, host, resolution } = service;
  const because = [cause(object, object.spec.resolution === undefined ? ['spec'] : ['spec', 'resolution'])];
  if (service.isKubernetes) {
    return inCluster(view, service, port, labels);
  }
  switch (resolution) {
    case 'NONE': return at === 'sidecar' ? {
      endpoints: [placeText(dialled.address ?? dialled.host, port.hasTarget ? Number(port.target) : dialled.port)],
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
      endpoints: [placeText(dialled.host, Number(port.target))], text: 'what the name of each connection or request resolves to', causes: because, places: [{ port: Number(port.target) }],
    };
    case 'STATIC': {
      const found = endpointsOfEntry(view, object, port).filter(({ labels: own }) => selects(labels, own ?? {}));
      const pods = podsOf(view, service, labels);
      return {
        endpoints: [...pods ? [`${host}:${port.number}`] : [], ...found.map(({ address, port: of }) => placeText(address, of))],
        text: pods ? `pods of ${host}${found.length > 0 ? ' and its endpoints' : ''}` : 'its endpoints',
        lost: pods || found.length > 0 ? undefined : service.selector ? 'no pod and no WorkloadEntry in the input has the labels that it selects' : 'it has no endpoint',
        causes: [cause(object, ['spec', service.selector ? 'workloadSelector' : 'endpoints'])],
        places: found,
        pods,
      };
    }
    default: {
      const found = endpointsOfEntry(view, object, port);
      // With DNS_ROUND_ROBIN a proxy has one name to ask for: of several workloads istiod takes the first.
      const named = resolution === 'DNS_ROUND_ROBIN' ? found.slice(0, 1) : found;
      const pods = podsOf(view, service, labels);
      const names = found.length > 0 || service.selector ? named : [{ address: host, port: Number(port.target) }];
      return {
        endpoints: [...pods ? [`${host}:${port.number}`] : [], ...names.map(({ address, port: of }) => placeText(address, of))],
        text: pods ? `pods of ${host}` : found.length > 0 ? 'what DNS says of its endpoints' : 'what DNS says of its host',
        lost: pods || names.length > 0 ? undefined : 'it has no endpoint',
        unseen: found.length === 0 && host.startsWith('*') ? `DNS is asked for ${host} as if it were a name, and istiod's webhook refuses such an entry without endpoints` : undefined,
        causes: found.length > 0 ? [cause(object, ['spec', 'endpoints'])] : because,
        places: names.map(({ address, port: of }) => ({ address: isAddress(address) ? address : undefined, port: of })),
        pods,
      };
    }
  }
}

/** Behind a Service: pods, what somebody wrote, or another name. */
function inCluster(view: MeshView, service: KnownService, port: KnownPort, labels: Labels): Upstream {
  const { object, host, namespace, resolution, selector = {} } = service;
  const of = view.serviceByHost.get(host);
  const itself = { endpoints: [`${host}:${port.number}`], places: [{ port: port.number }] };
  if (resolution === 'ALIAS') {
    return { ...itself, text: `the name that ${host} stands for`, causes: [cause(object, ['spec', 'externalName'])] };
  }
  const written = of === undefined ? [] : handWrittenEndpoints(view, of, port.number);
  if (of !== undefined && Object.keys(selector).length === 0) {
    const isSeen = hasWrittenEndpoints(view, of);
    return {
      endpoints: isSeen ? written.map(({ address, port: to }) => placeText(address, to)) : itself.endpoints,
      text: `the addresses that somebody wrote for ${isSeen ? 'it' : host}`,
      unseen: isSeen ? undefined : `${host} has no selector, and its endpoints are not in the input`,
      lost: isSeen && written.length === 0 ? `what somebody wrote for it has no address with port ${port.number}` : undefined,
      causes: [cause(object, ['spec'])],
      places: isSeen ? written.map(({ address, port: to }) => ({ address: isAddress(address) ? address : undefined, port: to })) : itself.places,
    };
  }
  return {
    endpoints: [...itself.endpoints, ...written.map(({ address, port: to }) => placeText(address, to))],
    text: `pods of ${host}${written.length > 0 ? ', and the addresses that somebody wrote for it' : ''}`,
    lost: resolution === 'PODS' && written.length === 0 ? withoutPods(view, service, labels) : undefined,
    causes: [cause(object, ['spec', 'selector'])],
    places: written,
    pods: service.selector && { namespace, labels: service.selector },
  };
}

/** Why a subset has no endpoint, where the input has pods of the Service. */
function withoutPods(view: MeshView, { namespace, selector = {} }: KnownService, labels: Labels): string | undefined {
  const found = [
    ...view.podsIn(namespace).selectedBy(selector).map(pod => pod.labels),
    ...view.workloadsIn(namespace).selectedBy(selector).map(entry => entry.labels),
  ];
  return found.length === 0 || Object.keys(labels).some(isAdded) || found.some(own => selects(labels, own)) ? undefined
    : `none of its pods in the input has the labels ${labelsText(labels)} of the subset`;
}

/** Whether a label is one that the cluster or istiod gives to pods, so that no template has it. */
function isAdded(label: string): boolean {
  return /(^|\.)(istio|kubernetes|k8s)\.io\//.test(label) && !label.startsWith('app.kubernetes.io/') || /-(hash|generation|uid)$|^job-name$/.test(label);
}

/** The pods of its namespace that an entry selects, beside WorkloadEntries, as far as a subset is for them. */
function podsOf(view: MeshView, { object: { namespace }, selector }: KnownService, subset: KnownEndpoint['labels'] & object): Upstream['pods'] {
  const isAny = selector && view.podsIn(namespace).selectedBy(selector).some(pod => selects(subset, pod.labels));
  return isAny ? { namespace, labels: { ...selector, ...subset } } : undefined;
}

export function placeText(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
