import { IConstruct } from 'constructs';
import { canonicalAddress, isWildcard } from './check';
import { MeshModel, ServiceModel, WireProtocol } from './model';

/** What the registry knows of a service: enough to look at it when the app is synthesised. */
export interface RegisteredService {
  /** @internal */
  _model(): ServiceModel;
}

const DEFAULT_MESH: MeshModel = { apiVersion: 'v1', trustDomain: 'cluster.local', clusterDomain: 'cluster.local', dnsCapture: false };

/** One for each app: the mesh it is for, every service outside of it, and every name that can be taken only once. */
export class Registry {
  public static of(construct: IConstruct): Registry {
    const root = construct.node.root;
    let registry = registries.get(root);
    if (!registry) {
      registry = new Registry();
      registries.set(root, registry);
    }
    return registry;
  }

  private readonly registered: RegisteredService[] = [];
  private readonly owners = new Map<string, IConstruct>();
  private conflicts: Map<string, string[]> | undefined;
  private facts: { readonly mesh: MeshModel; readonly declared: boolean } | undefined;

  private constructor() {}

  public get services(): readonly RegisteredService[] {
    return this.registered;
  }

  public add(service: RegisteredService): void {
    this.registered.push(service);
    this.changed();
  }

  /** To be called by whatever changes a model: cdk8s validates the whole app once for every chart, the services are compared only once. */
  public changed(): void {
    this.conflicts = undefined;
  }

  /** The mesh; once it was read it cannot be declared any more, because objects were made for it. */
  public get mesh(): MeshModel {
    this.facts ??= { mesh: DEFAULT_MESH, declared: false };
    return this.facts.mesh;
  }

  /** Declares the mesh; says why not when it is too late for it. */
  public declareMesh(mesh: Partial<MeshModel>): 'declared already' | 'in use already with its defaults' | undefined {
    if (this.facts) {
      return this.facts.declared ? 'declared already' : 'in use already with its defaults';
    }
    const given = Object.entries(mesh).filter(([, value]) => value !== undefined);
    this.facts = { mesh: { ...DEFAULT_MESH, ...Object.fromEntries(given) }, declared: true };
    return undefined;
  }

  /** Takes a name that only one construct of the app may have; gives the construct that has it already, if there is one. */
  public claim(name: string, owner: IConstruct): IConstruct | undefined {
    const taken = this.owners.get(name);
    if (!taken) {
      this.owners.set(name, owner);
    }
    return taken;
  }

  public release(name: string): void {
    this.owners.delete(name);
  }

  /** What a service, given by its path, gets in the way of; to be asked when every call was made. */
  public conflictsOf(path: string): readonly string[] {
    this.conflicts ??= findConflicts(this.registered.map(service => service._model()), this.mesh.dnsCapture);
    return this.conflicts.get(path) ?? [];
  }
}

const registries = new WeakMap<IConstruct, Registry>();

/** The services that want one and the same thing (a host, a listener), by the namespace that sees them. */
class Slot {
  private readonly byNamespace = new Map<string, ServiceModel>();

  /** The service that is here already in a namespace that both are visible to. */
  public other(service: ServiceModel): { readonly other: ServiceModel; readonly namespace: string } | undefined {
    for (const namespace of service.visibleTo) {
      const other = this.byNamespace.get(namespace) ?? this.byNamespace.get('*') ?? (namespace === '*' ? first(this.byNamespace) : undefined);
      if (other && other !== service) {
        return { other, namespace };
      }
    }
    return undefined;
  }

  public put(service: ServiceModel): void {
    service.visibleTo.forEach(namespace => this.byNamespace.set(namespace, service));
  }
}

function first<V>(map: Map<string, V>): V | undefined {
  return map.values().next().value;
}

/**
 * Services that Istio would mix up without a word. Istio builds its listeners for each namespace from all the services visible there, and
 * where two want the same one, the younger is dropped and its connections end at the other.
 */
function findConflicts(services: readonly ServiceModel[], dnsCapture: boolean): Map<string, string[]> {
  const conflicts = new Map<string, string[]>();
  const say = ({ path }: ServiceModel, message: string) => conflicts.set(path, [...conflicts.get(path) ?? [], message]);
  const slots = new Map<string, Slot>();
  const put = (key: string, service: ServiceModel) => {
    const slot = slots.get(key) ?? new Slot();
    slots.set(key, slot);
    const taken = slot.other(service);
    if (!taken) {
      slot.put(service);
    }
    return taken;
  };
  for (const service of services) {
    for (const host of service.hosts) {
      const taken = put(`host ${host}`, service);
      if (taken) {
        say(service, `'host' "${host}" is declared by '${taken.other.path}' as well, visible in ${where(taken.namespace)}: `
          + 'declare it once, with all its ports, and name the clients with allowFrom()');
      }
    }
  }
  const eachListener = (protocol: WireProtocol, look: (service: ServiceModel, port: number, address: string) => ReturnType<Slot['other']>) => {
    for (const service of services) {
      for (const port of service.ports.filter(candidate => candidate.protocol === protocol)) {
        for (const address of listenersOf(service, dnsCapture)) {
          const taken = look(service, port.number, address);
          if (taken) {
            say(service, caughtTwice(service, port.number, address, taken.other, taken.namespace));
          }
        }
      }
    }
  };
  eachListener('TCP', (service, port, address) => put(`listener ${port} ${address}`, service));
  // Server names share a listener with each other, but not with TCP, which takes every connection that arrives there.
  eachListener('TLS', (service, port, address) => slots.get(`listener ${port} ${address}`)?.other(service));
  return conflicts;
}

const ANY = '*';

/** The addresses that the service makes listeners for in a sidecar; ANY is all of them. */
function listenersOf(service: ServiceModel, dnsCapture: boolean): string[] {
  if (service.addresses.length > 0) {
    return service.addresses.map(canonicalAddress);
  }
  return hasVirtualAddress(service, dnsCapture) ? [] : [ANY];
}

/** With DNS capture istiod gives each service without an address one of its own, and the name resolves to it inside the pod. */
function hasVirtualAddress(service: ServiceModel, dnsCapture: boolean): boolean {
  return dnsCapture && service.resolution !== 'NONE' && !service.hosts.some(isWildcard);
}

function caughtTwice(service: ServiceModel, port: number, address: string, other: ServiceModel, namespace: string): string {
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
