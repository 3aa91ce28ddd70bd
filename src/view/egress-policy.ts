import { record, records, strings } from './fields';
import { MeshObject } from './mesh-object';
import { selectorOf } from './pod-selector';
import { contains, Network, networkOf } from '../private/network';

/** The API group of NetworkPolicies. */
export const KUBERNETES_NETWORKING = 'networking.k8s.io';

/** A range of addresses, and what it leaves out. */
interface Block {
  readonly range: Network;
  readonly except: readonly Network[];
}

/** A rule of a NetworkPolicy: where pods may connect to. */
interface EgressRule {
  /** Without any, to everything. */
  readonly ranges: readonly Block[];
  readonly isOpen: boolean;
  /** Whether it opens the pods of every namespace. */
  readonly isForEveryPod: boolean;
  /** Undefined for every port. */
  readonly ports?: readonly { readonly first: number; readonly last: number }[];
  /** Ports of every protocol. */
  readonly countOfPorts: number;
}

/** More ports than anything that a pod connects to has. */
const MOST_PORTS = 1000;

/** A larger share of all addresses than any network has, and every cloud together. */
const LARGE_SHARE = 1 / 8;

/** A NetworkPolicy, as far as it says where pods connect to. */
export class EgressPolicy {
  /** Whether it says anything of egress. */
  public readonly limits: boolean;
  /** Whether it is for every pod of its namespace. */
  public readonly isForAll: boolean;
  private readonly rules: readonly EgressRule[];

  public constructor(public readonly object: MeshObject) {
    const { spec } = object;
    const types = strings(spec.policyTypes);
    this.limits = types.includes('Egress') || types.length === 0 && spec.egress !== undefined;
    this.isForAll = selectorOf(spec.podSelector).isForAll;
    this.rules = this.limits ? records(spec.egress).map(ruleOf) : [];
  }

  /** What it lets pods connect to on most ports, when that is more than anybody can name; undefined when it opens nothing of the kind. */
  public get opensAlmostAll(): string | undefined {
    const wide = this.rules.filter(({ countOfPorts }) => countOfPorts > MOST_PORTS);
    return wide.some(({ isOpen }) => isOpen) ? 'every address' : wide.some(({ ranges }) => isLarge(ranges)) ? 'most addresses'
      : wide.some(({ isForEveryPod }) => isForEveryPod) ? 'the pods of every namespace' : undefined;
  }

  /** Whether it lets pods connect to an address, or to any one at all, on a TCP port. */
  public admits(address: string | undefined, port: number): boolean {
    return this.rules.some(({ isOpen, ranges, ports }) => (ports === undefined || ports.some(({ first, last }) => first <= port && port <= last))
      && (isOpen || (address === undefined ? ranges.length > 0 : networkOf(address).some(inner => ranges.some(({ range, except }) => (
        contains(range, inner) && !except.some(gap => contains(gap, inner))))))));
  }
}

function ruleOf(rule: { readonly [field: string]: unknown }): EgressRule {
  const peers = records(rule.to);
  const blocks = peers.map(peer => record(peer.ipBlock)).filter(({ cidr }) => typeof cidr === 'string');
  const ports = records(rule.ports);
  return {
    isOpen: peers.length === 0,
    isForEveryPod: peers.some(({ namespaceSelector, podSelector }) => (
      namespaceSelector !== undefined && selectorOf(namespaceSelector).isForAll && selectorOf(podSelector).isForAll)),
    ranges: blocks.flatMap(({ cidr, except }) => networkOf(cidr as string).map(range => ({ range, except: strings(except).flatMap(networkOf) }))),
    // A port by its name is one of pods; of an address nothing is known then.
    ports: ports.length === 0 ? undefined : ports.filter(({ protocol }) => (protocol ?? 'TCP') === 'TCP').map(({ port, endPort }) => (
      port === undefined ? { first: 0, last: 65535 } : { first: Number(port), last: Number(endPort ?? port) })),
    countOfPorts: ports.length === 0 ? Infinity : ports.reduce((sum, { port, endPort }) => (
      sum + (port === undefined ? Infinity : endPort === undefined ? 1 : Number(endPort) - Number(port) + 1)), 0),
  };
}

/** Whether ranges of one family are together more than a network has. */
function isLarge(ranges: readonly Block[]): boolean {
  const sizeOf = ({ length }: Network) => 2 ** -length;
  const shareOf = (family: string) => ranges.filter(({ range }) => range.first.kind() === family)
    .reduce((sum, { range, except }) => sum + sizeOf(range) - except.reduce((gaps, gap) => gaps + sizeOf(gap), 0), 0);
  return shareOf('ipv4') >= LARGE_SHARE || shareOf('ipv6') >= LARGE_SHARE;
}
