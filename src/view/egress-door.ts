import { number, record, records, strings, text } from './fields';
import { MeshObject } from './mesh-object';
import { LabelSelector, selectorOf } from './pod-selector';
import { MeshModel } from '../private/model';

/** A part of the cluster that pods connect to. */
export interface Destination {
  /** The ports that it may have. */
  readonly ports: readonly number[];
  readonly protocol: 'TCP' | 'UDP';
  /** Whether it may be in a namespace. */
  isIn(namespace: string): boolean;
}

/** Where the cluster's DNS may be. It has other names in some clusters, and may run on the node. */
export function dnsOf({ clusterDns }: MeshModel, protocol: 'TCP' | 'UDP'): Destination {
  return { ports: [53, clusterDns.port], protocol, isIn: namespace => namespace === clusterDns.namespace || namespace === 'kube-system' || namespace.includes('dns') };
}

/** What a NetworkPolicy lets its pods connect to inside the cluster. Where it is not certain that something is closed, it counts as open. */
export class EgressDoor {
  public readonly selector: LabelSelector;
  /** Whether it limits what its pods connect to. */
  public readonly limits: boolean;

  public constructor(public readonly object: MeshObject) {
    const { spec } = object;
    const types = strings(spec.policyTypes);
    this.limits = types.includes('Egress') || types.length === 0 && spec.egress !== undefined;
    this.selector = selectorOf(spec.podSelector);
  }

  /** Whether it lets its pods connect to everything. */
  public get isOpen(): boolean {
    return !this.limits || records(this.object.spec.egress).some(({ to, ports }) => records(to).length === 0 && records(ports).length === 0);
  }

  public mayOpen(destination: Destination): boolean {
    return records(this.object.spec.egress).some(rule => {
      const peers = records(rule.to);
      const ports = records(rule.ports);
      return (ports.length === 0 || ports.some(port => isPort(port, destination)))
        && (peers.length === 0 || peers.some(peer => this.mayBe(peer, destination)));
    });
  }

  private mayBe(peer: { readonly [field: string]: unknown }, { isIn }: Destination): boolean {
    if (peer.ipBlock !== undefined) {
      return true;
    }
    if (peer.namespaceSelector === undefined) {
      return isIn(this.object.namespace);
    }
    const selector = selectorOf(peer.namespaceSelector);
    const name = 'kubernetes.io/metadata.name';
    // A namespace by its name is certain; one by other labels may be any that is not there.
    return selector.isForAll || !selector.asksOnly(name) || namesIn(peer.namespaceSelector, name).some(isIn);
  }
}

function namesIn(selector: unknown, label: string): string[] {
  const { matchLabels, matchExpressions } = record(selector);
  return [...strings([record(matchLabels)[label]]), ...records(matchExpressions).flatMap(({ values }) => strings(values))];
}

function isPort({ port, endPort, protocol }: { readonly [field: string]: unknown }, destination: Destination): boolean {
  if ((text(protocol) ?? 'TCP') !== destination.protocol) {
    return false;
  }
  const first = number(port);
  // A port by its name is one of the pods at the other end.
  return port === undefined || first === undefined || destination.ports.some(wanted => first <= wanted && wanted <= (number(endPort) ?? first));
}
