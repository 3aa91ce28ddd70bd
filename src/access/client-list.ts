import { BoundClient } from './mesh-client';
import { AccessModel, ClientModel, MeshModel, PortModel } from '../private/model';

/** The clients of one service. A client stays once it was named. */
export class ClientList {
  private readonly clients: BoundClient[] = [];

  public get isEmpty(): boolean {
    return this.clients.length === 0;
  }

  public add(client: BoundClient): void {
    this.clients.push(client);
  }

  /** Workloads that are not, or not any more, what the objects for them say. */
  public problems(): string[] {
    return [...new Set(this.clients.flatMap(client => client.workload?.problemsOfIdentity() ?? []))];
  }

  /** Workloads that resolve the host of a service to something else than they have to. */
  public problemsOfNames(service: string): string[] {
    return [...new Set(this.clients.flatMap(client => client.workload?.problemsOfNames(service) ?? []))];
  }

  /** The namespaces that have clients, sorted; undefined for a workload without a namespace. */
  public get namespaces(): readonly (string | undefined)[] {
    return [...new Set(this.clients.map(client => client.namespace))].sort();
  }

  /** The namespaces that are clients as a whole, sorted. */
  public get wholeNamespaces(): readonly string[] {
    return [...new Set(this.clients.filter(client => client.wholeNamespace).map(client => client.namespace!))].sort();
  }

  /** What keeps connections of the clients from their sidecars, and so from a gateway. */
  public bypassesOf(ports: readonly PortModel[], effect?: string): string[] {
    return [...new Set(this.clients.flatMap(client => client.workload?.bypassesOf(ports, effect) ?? []))];
  }

  /** The clients that no workload was named for. */
  public withoutWorkload(): ClientModel[] {
    return this.clients.filter(client => client.workload === undefined).map(client => client.model());
  }

  /** The clients as they are now: a workload's account may be set after it was named. */
  public models(): ClientModel[] {
    return this.clients.map(client => client.model());
  }

  /** The clients as a gateway recognises them, under the mesh's trust domain and each alias of it. */
  public access({ trustDomain, trustDomainAliases }: MeshModel): AccessModel {
    const namespaces = this.wholeNamespaces;
    const accounts = this.models().filter(({ namespace }) => namespace !== undefined && !namespaces.includes(namespace));
    const identities = [trustDomain, ...trustDomainAliases]
      .flatMap(domain => accounts.map(({ namespace, account }) => `spiffe://${domain}/ns/${namespace}/sa/${account}`));
    return { identities: [...new Set(identities)].sort(), namespaces };
  }
}
