import { Fields, labelsOf, number, record, records, strings, text } from './fields';
import { hostsIn } from './host-name';
import { KubeService } from './kube-service';
import { MeshObject } from './mesh-object';
import { serviceVisibleTo, visibleTo } from './visibility';
import { isCidr, isIp, singleAddress } from '../private/check';
import { MeshModel } from '../private/model';

/** How a sidecar listens on a port: for connections, for requests, or for both, when nothing says which. */
export type ListenerClass = 'TCP' | 'HTTP' | 'AUTO';

/** What stands for every address. */
export const ANY_ADDRESS = '0.0.0.0';

/** A port of a service, as the proxies read it. */
export interface KnownPort {
  readonly number: number;
  readonly name?: string;
  /** The port on the endpoints, or the name of one of pods. */
  readonly target: number | string;
  /** Whether it says so itself: else it is the port that was dialled, where nothing else is known of it. */
  readonly hasTarget: boolean;
  /** In Istio's words; empty when nothing says which. */
  readonly protocol: string;
  /** Undefined when proxies have no listener for it. */
  readonly class?: ListenerClass;
  readonly isTls: boolean;
  readonly field: readonly (string | number)[];
}

/** Something that a proxy connects to. */
export interface KnownEndpoint {
  /** An address or a name. */
  readonly address: string;
  readonly port: number;
  readonly labels?: { readonly [label: string]: string };
}

/** What istiod makes of a host at one of its addresses: of a ServiceEntry or of a Service. */
export interface KnownService {
  readonly object: MeshObject;
  readonly host: string;
  readonly namespace: string;
  /** An address, a range, `ANY_ADDRESS`, or a name that stands for the address that the cluster or the mesh gives it. */
  readonly address: string;
  /** Whether the address is one that istiod allocates. */
  readonly isAllocated: boolean;
  readonly isKubernetes: boolean;
  /** `NONE`, `STATIC`, `DNS`, `DNS_ROUND_ROBIN`, `DYNAMIC_DNS`; `PODS` or `HEADLESS` for a Service, `ALIAS` for one of type ExternalName. */
  readonly resolution: string;
  readonly ports: readonly KnownPort[];
  readonly visibleTo: readonly string[];
  /** The labels of the pods or WorkloadEntries that carry it. */
  readonly selector?: { readonly [label: string]: string };
  /** The name by which istiod sorts services of one age. */
  readonly sortName: string;
}

/** The services of a ServiceEntry: one for each host and address. */
export function servicesOfEntry(object: MeshObject, facts: MeshModel): KnownService[] {
  const { spec } = object;
  const resolution = text(spec.resolution) ?? 'NONE';
  const ports = records(spec.ports).map((port, i) => entryPort(port, i));
  const addresses = strings(spec.addresses).filter(address => isIp(address) || isCidr(address)).map(address => singleAddress(address) ?? address);
  const selector = spec.workloadSelector === undefined ? undefined : labelsOf(record(spec.workloadSelector).labels);
  const given = strings(spec.addresses).length > 0;
  const seenBy = visibleTo(object, facts);
  return hostsIn(spec.hosts).flatMap(host => {
    const allocated = !given && allocates(object, facts, resolution, host);
    const places = given ? addresses : [allocated ? allocatedAddress(host) : ANY_ADDRESS];
    return places.map((address): KnownService => ({
      object,
      host,
      namespace: object.namespace,
      address,
      isAllocated: allocated,
      isKubernetes: false,
      resolution,
      ports,
      visibleTo: seenBy,
      selector,
      sortName: host,
    }));
  });
}

/** The service that a Service of the cluster is. */
export function serviceOfCluster(service: KubeService, facts: MeshModel): KnownService {
  const { object, host, type, selector } = service;
  const address = text(object.spec.clusterIP);
  const exported = (object.annotations['networking.istio.io/exportTo'] ?? '').split(',').map(name => name.trim()).filter(name => name !== '');
  const isHeadless = address === 'None';
  const isAlias = type === 'ExternalName';
  return {
    object,
    host,
    namespace: object.namespace,
    address: isHeadless || isAlias ? ANY_ADDRESS : address !== undefined && isIp(address) ? address : clusterAddress(host),
    isAllocated: false,
    isKubernetes: true,
    resolution: isAlias ? 'ALIAS' : isHeadless ? 'HEADLESS' : 'PODS',
    ports: service.ports.flatMap(({ name, number: port, targetPort, protocol }, i): KnownPort[] => {
      const raw = records(object.spec.ports)[i];
      return raw.protocol === 'UDP' || raw.protocol === 'SCTP' ? [] : [{
        number: port, name, target: targetPort, hasTarget: true, ...readProtocol(clusterProtocol(protocol, port)), field: ['spec', 'ports', i],
      }];
    }),
    visibleTo: serviceVisibleTo(object, exported, facts),
    selector,
    sortName: object.name,
  };
}

/** What stands for the address that istiod allocates to a host. */
export function allocatedAddress(host: string): string {
  return `the address that istiod allocates to ${host}`;
}

/** What stands for the address that the cluster gives a Service. */
export function clusterAddress(host: string): string {
  return `the cluster's address of ${host}`;
}

/** With the label an entry says for itself whether it is one that istiod allocates an address to. */
function allocates(object: MeshObject, facts: MeshModel, resolution: string, host: string): boolean {
  return facts.dnsCapture && facts.ipAutoAllocate && resolution !== 'NONE' && !host.startsWith('*')
    && object.labels['networking.istio.io/enable-autoallocate-ip'] !== 'false';
}

function entryPort(port: Fields, i: number): KnownPort {
  const of = number(port.number) ?? NaN;
  return { number: of, name: text(port.name), target: number(port.targetPort) ?? of, hasTarget: port.targetPort !== undefined, ...readProtocol(text(port.protocol) ?? ''), field: ['spec', 'ports', i] };
}

/** Ports whose protocols speak server-first: Istio takes them for TCP when a Service does not say what they are. */
const TCP_PORTS = [25, 53, 3306, 27017];

const APP_PROTOCOLS = new Map([['kubernetes.io/h2c', 'http2'], ['kubernetes.io/ws', 'http'], ['kubernetes.io/wss', 'https']]);

function clusterProtocol(read: string, port: number): string {
  const protocol = APP_PROTOCOLS.get(read) ?? read.split('-')[0];
  return PROTOCOLS.includes(protocol.toUpperCase()) ? protocol : TCP_PORTS.includes(port) ? 'tcp' : '';
}

const HTTP = ['HTTP', 'HTTP2', 'GRPC', 'GRPC-WEB', 'HTTP_PROXY'];
const OPAQUE = ['TCP', 'TLS', 'HTTPS', 'MONGO', 'REDIS', 'MYSQL'];
const PROTOCOLS = [...HTTP, ...OPAQUE, 'UDP'];

function readProtocol(written: string): Pick<KnownPort, 'protocol' | 'class' | 'isTls'> {
  const protocol = PROTOCOLS.includes(written.toUpperCase()) ? written.toUpperCase() : '';
  return {
    protocol,
    class: HTTP.includes(protocol) ? 'HTTP' : OPAQUE.includes(protocol) ? 'TCP' : protocol === '' ? 'AUTO' : undefined,
    isTls: protocol === 'TLS' || protocol === 'HTTPS',
  };
}
