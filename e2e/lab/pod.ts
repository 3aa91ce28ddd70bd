import * as path from 'node:path';
import { Failure } from './failure';
import type { Kube, KubeObject } from './kube';
import { Machine } from './machine';
import type { Network } from './network';
import { nodeWith } from './node';
import type { Parts } from './parts';
import type { CommandOptions, Outcome, Service } from './processes';
import { Proxy } from './proxy';

export interface PodOptions {
  readonly name: string;
  readonly namespace: string;
  readonly account: string;
  readonly labels: Record<string, string>;
  /** The Deployment it belongs to. */
  readonly workload?: string;
  /** What runs beside the application; a router is a gateway. */
  readonly proxy?: 'sidecar' | 'router' | 'none';
  readonly dnsCapture?: boolean;
  /** Environment of the proxy, as its container has it. */
  readonly proxyEnvironment?: Readonly<Record<string, string>>;
  /** The annotation `proxy.istio.io/config`. */
  readonly proxyConfig?: Readonly<Record<string, unknown>>;
  /** `hostAliases`: addresses by name. */
  readonly hostAliases?: Readonly<Record<string, string>>;
  readonly ports?: readonly { readonly name?: string; readonly containerPort: number }[];
}

export interface PodContext {
  readonly kube: Kube;
  readonly network: Network;
  readonly folder: string;
  readonly parts: Parts;
}

/** A pod: its object in the API, its namespaces on this machine, its proxy. */
export class Pod {
  static async start(context: PodContext, options: PodOptions): Promise<Pod> {
    const { namespace, account } = options;
    const { kube } = context;
    await kube.put({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: account, namespace } });
    const machine = await Machine.start(context.network, path.join(context.folder, namespace), {
      name: options.name,
      search: [`${namespace}.svc.cluster.local`, 'svc.cluster.local', 'cluster.local'],
      hosts: options.hostAliases,
    });
    const pod = new Pod(context, options, machine);
    await pod.register();
    if (options.proxy !== 'none') {
      pod.runningProxy = await Proxy.start({
        kube,
        machine,
        kind: options.proxy ?? 'sidecar',
        pod: options.name,
        namespace,
        account,
        labels: pod.labels,
        workload: options.workload ?? options.name,
        dnsCapture: options.dnsCapture ?? false,
        environment: options.proxyEnvironment ?? {},
        config: options.proxyConfig,
        agent: context.parts.pilotAgent,
        envoy: context.parts.envoy,
        bootstrap: context.parts.bootstrap,
      });
      await pod.runningProxy.ready();
    }
    await pod.report(true);
    return pod;
  }

  private runningProxy?: Proxy;

  private constructor(private readonly context: PodContext, private readonly options: PodOptions, readonly machine: Machine) {}

  get name(): string { return this.options.name; }
  get namespace(): string { return this.options.namespace; }
  get account(): string { return this.options.account; }
  get address(): string { return this.machine.address; }

  get principal(): string {
    return `spiffe://cluster.local/ns/${this.namespace}/sa/${this.account}`;
  }

  get proxy(): Proxy {
    if (!this.runningProxy) { throw new Failure(`pod ${this.name} has no proxy`); }
    return this.runningProxy;
  }

  get hasProxy(): boolean {
    return this.runningProxy !== undefined;
  }

  get labels(): Record<string, string> {
    // the injector puts this label on sidecar pods only; on a gateway it would break plaintext servers
    return { ...this.options.labels, ...((this.options.proxy ?? 'sidecar') === 'sidecar' ? { 'security.istio.io/tlsMode': 'istio' } : {}) };
  }

  /** Runs a command where the application runs: behind the sidecar. */
  exec(argv: readonly string[], options: CommandOptions = {}): Promise<Outcome> {
    return this.machine.exec(argv, options);
  }

  /** Runs a program of Node where the application runs, with the drivers of the parts at hand. */
  node(program: string, argv: readonly string[], options: Omit<CommandOptions, 'env'> = {}): Promise<Outcome> {
    const { command, env } = nodeWith(this.context.parts.drivers, program);
    return this.exec([...command, ...argv], { ...options, env });
  }

  service(name: string, argv: readonly string[], env: Record<string, string>): Service {
    return this.machine.service(name, argv, env);
  }

  /** Ends everything in it at once, and then takes its object away, as a node does with a pod that was killed. */
  async kill(): Promise<void> {
    await this.machine.kill();
    await this.context.kube.delete(this.object);
  }

  private get object(): KubeObject {
    const { name, namespace, account, ports } = this.options;
    return {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace, labels: this.labels },
      spec: {
        serviceAccountName: account,
        // For namespaces that enforce a Pod Security Standard. Whether the pods of a set satisfy it, the conformance says.
        securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
        containers: [{
          name: 'app',
          image: 'lab',
          ports: (ports ?? []).map((port) => ({ ...port, protocol: 'TCP' })),
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
        }],
      },
    };
  }

  private async register(): Promise<void> {
    await this.context.kube.put(this.object);
    await this.report(false);
  }

  private async report(ready: boolean): Promise<void> {
    const address = this.machine.address;
    await this.context.kube.status(this.object, {
      phase: 'Running',
      podIP: address,
      podIPs: [{ ip: address }],
      hostIP: this.context.network.gateway,
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
    });
  }
}
