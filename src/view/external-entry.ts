import { records, strings, text } from './fields';
import { hostsIn } from './host-name';
import { MeshObject } from './mesh-object';
import { visibleTo } from './visibility';
import { canonicalAddress, isCidr, isIp } from '../private/check';
import { MeshModel } from '../private/model';

/** How proxies tell the connections of a port apart. */
export type PortClass = 'TCP' | 'TLS' | 'HTTP';

export interface EntryPort {
  readonly number: number;
  readonly name?: string;
  /** The port on the endpoints. */
  readonly target: number;
  readonly class: PortClass;
  /** As it is written, in upper case; empty when proxies are to find out. */
  readonly protocol: string;
  /** Where it is in the ServiceEntry. */
  readonly field: readonly (string | number)[];
}

/** What stands for every address of a port. */
export const ANY = '*';

/** A ServiceEntry, read as istiod reads it. */
export class ExternalEntry {
  public readonly hosts: readonly string[];
  public readonly ports: readonly EntryPort[];
  /** One spelling for each address or network. */
  public readonly addresses: readonly string[];
  /** The addresses that proxies connect to without the client having dialled them. */
  public readonly endpoints: readonly string[];
  public readonly visibleTo: readonly string[];
  /** In Istio's words; NONE when it is left out. */
  public readonly resolution: string;

  public constructor(public readonly object: MeshObject, private readonly facts: MeshModel) {
    const { spec } = object;
    this.hosts = hostsIn(spec.hosts);
    this.ports = records(spec.ports).map((port, i) => ({
      number: Number(port.number),
      name: text(port.name),
      target: Number(port.targetPort ?? port.number),
      class: classOf(port.protocol),
      protocol: String(port.protocol ?? '').toUpperCase(),
      field: ['spec', 'ports', i],
    }));
    this.addresses = strings(spec.addresses).map(address => (isIp(address) || isCidr(address) ? canonicalAddress(address) : address));
    this.endpoints = records(spec.endpoints).flatMap(({ address }) => (typeof address === 'string' && isIp(address) ? [canonicalAddress(address)] : []));
    this.visibleTo = visibleTo(object, facts);
    this.resolution = String(spec.resolution ?? 'NONE');
  }

  /** Whether the addresses behind the name are not known at synth. */
  public get isResolvedByName(): boolean {
    return this.resolution.startsWith('DNS') || this.resolution === 'DYNAMIC_DNS';
  }

  /** The addresses that a sidecar listens on for one of its ports; ANY is all of them. */
  public listenersOf(port: EntryPort): readonly string[] {
    // One listener of a port serves every host of HTTP, whatever their addresses.
    if (port.class === 'HTTP') {
      return [ANY];
    }
    if (this.addresses.length > 0) {
      return this.addresses;
    }
    // With DNS capture istiod allocates an address, and the name resolves to it inside the pod. An entry without resolution gets none.
    return this.facts.dnsCapture && this.facts.ipAutoAllocate && this.resolution !== 'NONE' ? [] : [ANY];
  }
}

function classOf(protocol: unknown): PortClass {
  const name = String(protocol ?? '').toUpperCase();
  if (['HTTP', 'HTTP2', 'GRPC', 'GRPC-WEB'].includes(name)) {
    return 'HTTP';
  }
  return ['TLS', 'HTTPS'].includes(name) ? 'TLS' : 'TCP';
}
