import { Access } from './access';
import { isOpen } from './answer';
import { Dependency, targetKey } from './dependency';
import { spelledAlike } from '../private/network';
import { isAddress } from '../trace/application';
import { upstreamOf } from '../trace/upstream';
import { MeshView } from '../view/mesh-view';

/** A dependency, and what becomes of its clients. */
export interface Asked extends Dependency {
  readonly access: readonly Access[];
}

/** Which dependency the services of proxies lead to. */
export class Owners {
  private readonly byHost = new Map<string, Set<Asked>>();
  private readonly byService = new Map<string, Set<Asked>>();
  private readonly byEndpoint = new Map<string, Set<Asked>>();
  private readonly spellings = new Map<string, string>();

  public constructor(private readonly view: MeshView, dependencies: readonly Asked[]) {
    const declared = new Set(dependencies.flatMap(({ hosts }) => hosts));
    for (const dependency of dependencies) {
      const add = (found: Map<string, Set<Asked>>, key: string) => found.set(key, (found.get(key) ?? new Set()).add(dependency));
      dependency.hosts.forEach(host => {
        add(this.byHost, host);
        add(this.byService, host);
      });
      // What a gateway sends to has a name of its own.
      dependency.access.filter(isOpen).flatMap(({ services }) => services).filter(host => !declared.has(host))
        .forEach(host => add(this.byService, host));
      this.spelled(this.endpointsOf(dependency)).forEach(endpoint => add(this.byEndpoint, endpoint));
    }
  }

  /** Whether a host is one of a dependency. */
  public declares(dependency: Asked, host: string): boolean {
    return this.byHost.get(host)?.has(dependency) ?? false;
  }

  /** Endpoints in the one spelling that all others of them are compared by. Every client of a service ends at the same ones. */
  public spelled(endpoints: readonly string[]): readonly string[] {
    return endpoints.map(endpoint => {
      const known = this.spellings.get(endpoint) ?? sameEndpoint(endpoint);
      this.spellings.set(endpoint, known);
      return known;
    });
  }

  /** The dependencies behind services of proxies: by their names, and by the endpoints where they end. */
  public of(services: readonly string[], endpoints: readonly string[]): ReadonlySet<Asked> {
    return new Set([
      ...services.flatMap(service => [...this.byService.get(service) ?? []]),
      ...this.spelled(endpoints).flatMap(endpoint => [...this.byEndpoint.get(endpoint) ?? []]),
    ]);
  }

  /**
   * Where connections to a dependency end: its names as well, which another entry may have for an endpoint.
   * Without those addresses at which a server asks for the name: they may be those of many.
   */
  private endpointsOf({ hosts, targets }: Dependency): string[] {
    const named = new Set(targets.filter(({ spoken }) => spoken === 'TLS' || spoken === 'HTTP').map(({ port }) => port));
    const ends = hosts.flatMap(host => (this.view.knownServicesByHost.get(host) ?? []).flatMap(service => service.ports.flatMap(port => {
      const dialled = { host, address: isAddress(service.address) ? service.address : undefined, port: port.number, isNobodys: false };
      const { endpoints } = upstreamOf(this.view, service, port, {}, 'sidecar', dialled);
      return named.has(port.number) ? endpoints.filter(endpoint => /[a-z]/i.test(endpoint) && !endpoint.startsWith('[')) : endpoints;
    })));
    return [...targets.map(targetKey), ...ends];
  }
}

/** An endpoint in the one spelling that all others of it are compared by. */
function sameEndpoint(endpoint: string): string {
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|(.*)):(\d+)$/.exec(endpoint) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined) {
    return endpoint;
  }
  return `${spelledAlike(host)}:${port}`;
}
