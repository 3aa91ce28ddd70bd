import { knowsClients, readsRequests, seesServerName, serverNamesOf } from './access-match';
import { AccessPolicy, AccessRule } from './access-policy';
import { selects } from './fields';
import { GatewayConfig, GatewayServer } from './gateway';
import { GatewayPlaces } from './gateway-places';
import { HostIndex } from './host-index';
import { INSTALLED_GATEWAYS } from './installed-gateways';

type Labels = { readonly [label: string]: string };

/** Some servers of a gateway, with what rules ask of them. */
export class ServersOfRule {
  /** Those that carry connections, and read no requests. */
  public readonly connections: readonly GatewayServer[];
  /** Whether any of them knows who its clients are. */
  public readonly knowClients: boolean;

  public constructor(public readonly all: readonly GatewayServer[]) {
    this.connections = all.filter(server => !readsRequests(server));
    this.knowClients = all.some(knowsClients);
  }
}

/** The pods of a gateway, with everything that Gateways make them serve. */
export class GatewayWorkload {
  public readonly servers: GatewayServer[] = [];

  private hosts?: HostIndex<GatewayServer>;
  private whole?: ServersOfRule;

  /**
   * @param workload the pods, as text that can be compared
   * @param namespaces those that its pods are known to be in
   * @param pods the labels that its pods are known to have
   */
  public constructor(
    public readonly workload: string, public readonly selector: Labels, public readonly namespaces: ReadonlySet<string>,
    public readonly pods: readonly Labels[],
  ) {}

  /** The servers with a host that one of some names, as policies write them, can stand for. */
  public serving(names: readonly string[]): readonly GatewayServer[] {
    if (!this.hosts) {
      this.hosts = new HostIndex();
      for (const server of this.servers) {
        server.hosts.forEach(host => this.hosts!.add(host, server));
      }
    }
    // A port behind a host counts for nothing.
    return this.hosts.find(names.map(name => name.replace(/:(\d+|\*)$/, '')));
  }

  /** The servers whose clients a rule is for, by its server names. */
  public serversOf(rule: AccessRule): ServersOfRule {
    const names = serverNamesOf(rule);
    if (names === undefined) {
      this.whole ??= new ServersOfRule(this.servers);
      return this.whole;
    }
    return new ServersOfRule(this.serving(names).filter(seesServerName));
  }
}

/** The gateways of a mesh, and the policies that are for their pods. */
export class GatewayWorkloads {
  public readonly all: readonly GatewayWorkload[];
  /** Those whose pods may have a label, by the label. */
  private readonly byLabel = new Map<string, Set<GatewayWorkload>>();

  public constructor(gateways: readonly GatewayConfig[], places: GatewayPlaces, private readonly rootNamespace: string) {
    const workloads = new Map<string, GatewayWorkload>();
    for (const gateway of gateways.filter(({ servers, selector }) => servers.length > 0 && Object.keys(selector).length > 0)) {
      const { selector, servers } = gateway;
      const workload = workloads.get(gateway.workload) ?? new GatewayWorkload(gateway.workload, selector, places.namespacesOf(gateway), [
        ...places.podsOf(gateway).map(({ labels }) => labels), ...[...places.servicesOf(gateway)].map(service => service.selector),
        ...[...INSTALLED_GATEWAYS.values()].filter(labels => selects(selector, labels)),
      ]);
      servers.forEach(server => workload.servers.push(server));
      workloads.set(gateway.workload, workload);
    }
    this.all = [...workloads.values()];
    this.all.forEach(workload => [workload.selector, ...workload.pods].forEach(labels => this.index(labels, workload)));
  }

  /**
   * The gateways whose pods a policy is for. Where their pods are is not always known: a policy with a selector is taken to be in the right namespace then, one
   * without is not.
   */
  public policedBy({ object, selector, hasTargetRefs }: AccessPolicy): readonly GatewayWorkload[] {
    if (hasTargetRefs) {
      return [];
    }
    const isMeshWide = object.namespace === this.rootNamespace;
    const [label] = Object.entries(selector);
    if (!label) {
      return this.all.filter(({ namespaces }) => isMeshWide || namespaces.has(object.namespace));
    }
    return [...this.byLabel.get(keyOf(label)) ?? []].filter(workload => {
      const isThere = isMeshWide || workload.namespaces.size === 0 || workload.namespaces.has(object.namespace);
      return isThere && (selects(workload.selector, selector) || [workload.selector, ...workload.pods].some(labels => selects(selector, labels)));
    });
  }

  private index(labels: Labels, workload: GatewayWorkload): void {
    for (const label of Object.entries(labels)) {
      const key = keyOf(label);
      this.byLabel.set(key, (this.byLabel.get(key) ?? new Set()).add(workload));
    }
  }
}

function keyOf([label, value]: [string, string]): string {
  return `${label}=${value}`;
}
