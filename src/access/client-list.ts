import { BoundClient } from './mesh-client';
import { quote } from '../private/fail';
import { AccessModel, ClientModel, LimitedModel, LimitModel, MeshModel, PortModel } from '../private/model';

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

  /** The clients as they are now: a workload's account may be set after it was named. Limits hold for a client however often it was named. */
  public models(): ClientModel[] {
    const models = this.clients.map(client => client.model());
    const limited = new Map(models.filter(({ limits }) => limits).map(model => [keyOf(model), model]));
    return models.map(model => limited.get(keyOf(model)) ?? model);
  }

  /** Whether a client may send some requests only. */
  public get isLimited(): boolean {
    return this.clients.some(({ limits }) => limits);
  }

  /** Clients whose identity is that of every pod of their namespace which has no account of its own. */
  public problemsOfDefaultAccount(): string[] {
    const shared = this.clients.filter(client => client.model().account === 'default' && !this.wholeNamespaces.includes(client.namespace ?? ''));
    return [...new Set(shared.map(({ workload, namespace }) => problemOfDefaultAccount(workload?.path ?? `${namespace}/default`)))];
  }

  /** Clients of which it is not clear what they may send. */
  public problemsOfLimits(): string[] {
    const models = this.clients.map(client => client.model());
    const limited = models.filter(({ limits }) => limits);
    const whole = new Set(limited.filter(({ account }) => account === undefined).map(({ namespace }) => namespace));
    const beside = models.find(({ namespace, account }) => account !== undefined && whole.has(namespace));
    // The first of each key stays: a Map has the last.
    const first = new Map([...limited].reverse().map(model => [keyOf(model), model]));
    return [
      ...beside ? [`its client ${quote(keyOf(beside))} would have the limits of its whole namespace: name the accounts of the namespace`] : [],
      ...limited.flatMap(model => this.problemOfLimits(model, first.get(keyOf(model))!) ?? []),
    ];
  }

  private problemOfLimits(client: ClientModel, first: ClientModel): string | undefined {
    if (JSON.stringify(first.limits) !== JSON.stringify(client.limits)) {
      return `its client ${quote(keyOf(client))} has two limits: name it once, with all 'methods' and 'paths'`;
    }
    return client.account !== undefined && this.wholeNamespaces.includes(client.namespace ?? '')
      ? `its client ${quote(keyOf(client))} has limits, and its whole namespace is a client as well: name the accounts of the namespace` : undefined;
  }

  /** The clients as a gateway recognises them, under the mesh's trust domain and each alias of it. */
  public access({ trustDomain, trustDomainAliases }: MeshModel): AccessModel {
    const namespaces = this.wholeNamespaces;
    const models = this.models();
    const accounts = models.filter(({ namespace }) => namespace !== undefined && !namespaces.includes(namespace));
    const trustDomains = [trustDomain, ...trustDomainAliases];
    const identities = trustDomains.flatMap(domain => accounts.map(({ namespace, account }) => `spiffe://${domain}/ns/${namespace}/sa/${account}`));
    return { identities: [...new Set(identities)].sort(), namespaces, limited: limitedOf(models, trustDomains) };
  }
}

/** What is wrong with a client that a gateway cannot tell from its neighbours. */
export function problemOfDefaultAccount(client: string): string {
  return `its client '${client}' runs as the account "default", as every pod without an account of its own does: give the workload one, or name the whole namespace with `
    + 'MeshClient.allIn()';
}

function keyOf({ namespace = '', account = '*' }: ClientModel): string {
  return `${namespace}/${account}`;
}

/** Clients with the same limits together, under each trust domain that the handshake admits them by: to rely on istiod's own list would leave limits out. */
function limitedOf(models: readonly ClientModel[], trustDomains: readonly string[]): LimitedModel[] {
  const groups = new Map<string, { readonly principals: Set<string>; readonly limits: LimitModel }>();
  for (const { namespace, account = '*', limits } of models) {
    if (limits) {
      const key = JSON.stringify(limits);
      const group = groups.get(key) ?? { principals: new Set(), limits };
      trustDomains.forEach(domain => group.principals.add(`${domain}/ns/${namespace}/sa/${account}`));
      groups.set(key, group);
    }
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, { principals, limits }]) => ({ principals: [...principals].sort(), limits }));
}
