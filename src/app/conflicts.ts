import { canonicalAddress } from '../private/check';
import { ServiceModel, WireProtocol } from '../private/model';

/**
 * Services that Istio would mix up without a word: the ones that came later, with what to say about each. Istio builds its listeners for each
 * namespace from all the services visible there, and where two want the same one, the younger is dropped and its connections end at the other.
 */
export function findConflicts(services: readonly ServiceModel[], dnsCapture: boolean): Map<ServiceModel, string[]> {
  const conflicts = new Map<ServiceModel, string[]>();
  const say = (service: ServiceModel, message: string) => conflicts.set(service, [...conflicts.get(service) ?? [], message]);
  const slots = new Map<string, Slot>();
  const put = (key: string, service: ServiceModel, namespaces: readonly string[]) => {
    const slot = slots.get(key) ?? new Slot();
    slots.set(key, slot);
    return slot.put(service, namespaces);
  };

  for (const service of services) {
    for (const host of service.hosts) {
      const taken = put(`host ${host}`, service, service.visibleTo);
      if (taken) {
        say(service, declaredTwice(host, taken));
      }
    }
  }

  const eachListener = (protocol: WireProtocol, look: (service: ServiceModel, port: number, address: string) => Taken | undefined) => {
    for (const service of services) {
      for (const port of service.ports.filter(candidate => candidate.protocol === protocol)) {
        for (const address of listenersOf(service, dnsCapture)) {
          const taken = look(service, port.number, address);
          if (taken) {
            say(service, caughtTwice(service, port.number, address, taken));
          }
        }
      }
    }
  };
  eachListener('TCP', (service, port, address) => put(`listener ${port} ${address}`, service, service.visibleTo));
  // On a port without an address server names share a listener with each other, but not with TCP, which takes every connection that arrives there.
  // On an address they do not: there the first service has it, whatever the server name.
  eachListener('TLS', (service, port, address) => (address === ANY
    ? slots.get(`listener ${port} ${address}`)?.find(service.visibleTo)
    : put(`listener ${port} ${address}`, service, service.visibleTo)));
  return conflicts;
}

/** Who has what a service wants, and where. */
interface Taken {
  readonly other: ServiceModel;
  readonly namespace: string;
}

/** The services that want one and the same thing (a host, a listener), by the namespace that sees them. */
class Slot {
  private readonly byNamespace = new Map<string, ServiceModel>();

  /** Takes the slot for a service, or gives the one that has it. */
  public put(service: ServiceModel, namespaces: readonly string[]): Taken | undefined {
    const taken = this.find(namespaces);
    if (!taken) {
      namespaces.filter(namespace => !this.byNamespace.has(namespace)).forEach(namespace => this.byNamespace.set(namespace, service));
    }
    return taken;
  }

  public find(namespaces: readonly string[]): Taken | undefined {
    for (const namespace of namespaces) {
      const other = this.byNamespace.get(namespace) ?? this.byNamespace.get('*') ?? (namespace === '*' ? first(this.byNamespace) : undefined);
      if (other) {
        return { other, namespace };
      }
    }
    return undefined;
  }
}

function first<V>(map: Map<string, V>): V | undefined {
  return map.values().next().value;
}

const ANY = '*';

/** The addresses that the service makes listeners for in a sidecar; ANY is all of them. */
function listenersOf(service: ServiceModel, dnsCapture: boolean): string[] {
  if (service.addresses.length > 0) {
    return service.addresses.map(canonicalAddress);
  }
  // With DNS capture istiod gives each service an address of its own, and the name resolves to it inside the pod. Not to one without resolution, but that
  // one speaks TLS, and then there is nobody who takes all of a port.
  return dnsCapture ? [] : [ANY];
}

function declaredTwice(host: string, { other, namespace }: Taken): string {
  return `'host' "${host}" is declared by '${other.path}' as well, visible in ${where(namespace)}: `
    + 'declare it once, with all its ports, and name the clients with allowFrom()';
}

function caughtTwice(service: ServiceModel, port: number, address: string, { other, namespace }: Taken): string {
  if (address !== ANY) {
    return `address "${address}" with port ${port} is declared by '${other.path}' as well, visible in ${where(namespace)}: `
      + 'all its connections would end at one of the two; declare one service for one address and port';
  }
  return `port ${port} of "${service.hosts[0]}" has no address of its own, and every address of port ${port} already goes to "${other.hosts[0]}" `
    + `('${other.path}') in ${where(namespace)}: connections would silently end at the wrong one; give the addresses with Resolution.ipAddresses() `
    + 'or \'addresses\', or call Mesh.declare(app, { dnsCapture: true }) when the sidecars run with DNS capture';
}

function where(namespace: string): string {
  return namespace === '*' ? 'every namespace' : namespace === '' ? 'the chart\'s namespace' : `namespace "${namespace}"`;
}
