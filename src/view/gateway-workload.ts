import { knowsClients, readsRequests, seesServerName, serverNamesOf } from './access-match';
import { AccessPolicy, AccessRule } from './access-policy';
import { selects } from './fields';
import { GatewayConfig, GatewayServer } from './gateway';
import { HostIndex } from './host-index';

type Labels = { readonly [label: string]: string };

/** Pods, as far as their labels are known. */
export interface LabelledPods {
  readonly labels: Labels;
  /** Undefined when it is not known. */
  readonly namespace?: string;
}

/** What the charts of Istio give the pods of their gateways. Policies and Gateways name one or the other of the two labels. */
const INSTALLED: readonly LabelledPods[] = ['ingressgateway', 'egressgateway'].map(name => ({ labels: { app: `istio-${name}`, istio: name } }));

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
  public readonly pods: LabelledPods[] = [];

  private hosts?: HostIndex<GatewayServer>;
  private whole?: ServersOfRule;

  public constructor(public readonly selector: Labels) {}

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

  /** The namespaces that its pods are known to be in. */
  public get namespaces(): ReadonlySet<string> {
    return new Set(this.pods.map(({ namespace }) => namespace).filter(namespace => namespace !== undefined));
  }
}

/** The gateways of a mesh, and the policies that are for their pods. */
export class GatewayWorkloads {
  public readonly all: readonly GatewayWorkload[];
  /** Those whose pods may have a label, by the label. */
  private readonly byLabel = new Map<string, Set<GatewayWorkload>>();

  /** @param pods of which some are of gateways */
  public constructor(gateways: readonly GatewayConfig[], pods: readonly LabelledPods[], private readonly rootNamespace: string) {
    const workloads = new Map<string, GatewayWorkload>();
    for (const { selector, servers } of gateways) {
      const key = servers[0]?.workload ?? '';
      const workload = workloads.get(key) ?? new GatewayWorkload(selector);
      workload.servers.push(...servers);
      workloads.set(key, workload);
    }
    this.all = [...workloads.values()].filter(({ servers, selector }) => servers.length > 0 && Object.keys(selector).length > 0);
    this.all.forEach(workload => this.index(workload.selector, workload));
    for (const some of [...pods, ...INSTALLED]) {
      const of = Object.entries(some.labels).flatMap(label => [...this.byLabel.get(keyOf(label)) ?? []]);
      for (const workload of new Set(of.filter(({ selector }) => selects(selector, some.labels)))) {
        workload.pods.push(some);
      }
    }
    this.all.forEach(workload => workload.pods.forEach(({ labels }) => this.index(labels, workload)));
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
      return isThere && (selects(selector, workload.selector) || selects(workload.selector, selector)
        || workload.pods.some(({ labels, namespace }) => selects(selector, labels) && (isMeshWide || namespace === undefined || namespace === object.namespace)));
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
