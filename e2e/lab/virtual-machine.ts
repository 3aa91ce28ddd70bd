import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Kube } from './kube';
import type { Machine } from './machine';
import type { Parts } from './parts';
import { Proxy } from './proxy';

export interface VirtualMachineOptions {
  readonly namespace: string;
  /** The service account that an operator has made a token of, for the machine. */
  readonly account: string;
  readonly labels: Record<string, string>;
  /** The WorkloadGroup that the agent registers the machine with; without one, somebody has written its WorkloadEntry. */
  readonly group?: string;
  /** `spec.probe` of the group, which `istioctl x workload entry configure` copies to the machine. */
  readonly readinessProbe?: unknown;
}

export interface MachineContext {
  readonly kube: Kube;
  readonly parts: Parts;
}

/**
 * A machine outside the cluster that has joined the mesh. No kubelet, no Pod: Istio's agent and Envoy run on it, with the files that `istioctl x workload entry
 * configure` makes. istiod is reached at its own address; a real machine reaches it through an east-west gateway.
 */
export class VirtualMachine {
  static async join({ kube, parts }: MachineContext, machine: Machine, options: VirtualMachineOptions): Promise<VirtualMachine> {
    const { namespace, account, labels, group } = options;
    const proxy = await Proxy.start({
      kube,
      machine,
      kind: 'sidecar',
      pod: machine.name,
      namespace,
      account,
      labels,
      workload: group ?? machine.name,
      virtualMachine: { environment: group === undefined ? {} : { ISTIO_META_AUTO_REGISTER_GROUP: group }, readinessProbe: options.readinessProbe },
      dnsCapture: false,
      agent: parts.pilotAgent,
      envoy: parts.envoy,
      bootstrap: parts.bootstrap,
    });
    await proxy.ready();
    return new VirtualMachine(machine, options, proxy);
  }

  private constructor(readonly machine: Machine, private readonly options: VirtualMachineOptions, readonly proxy: Proxy) {}

  get address(): string { return this.machine.address; }

  get principal(): string {
    return `spiffe://cluster.local/ns/${this.options.namespace}/sa/${this.options.account}`;
  }

  /** Copies its logs and the configuration of its sidecar to a folder that stays. */
  async keep(folder: string): Promise<void> {
    fs.mkdirSync(folder, { recursive: true });
    fs.copyFileSync(this.proxy.log.file, path.join(folder, 'access.log'));
    fs.copyFileSync(path.join(this.machine.folder, 'proxy.log'), path.join(folder, 'proxy.log'));
    fs.writeFileSync(path.join(folder, 'config-dump.json'), await this.proxy.configDump());
  }

  /** Stops the agent; what else runs on the machine goes on. */
  async leave(): Promise<void> {
    await this.proxy.stop();
  }
}
