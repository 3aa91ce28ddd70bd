import { record, records, strings } from './external-entry';
import { MeshObject } from './mesh-object';
import { contains, Network, networkOf } from '../private/network';

/** The API group of NetworkPolicies. */
export const KUBERNETES_NETWORKING = 'networking.k8s.io';

/** A rule of a NetworkPolicy: where pods may connect to. */
interface EgressRule {
  /** Without any, to everything. */
  readonly ranges: readonly { readonly range: Network; readonly except: readonly Network[] }[];
  readonly isOpen: boolean;
  /** Undefined for every port. */
  readonly ports?: readonly { readonly first: number; readonly last: number }[];
}

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
    const selector = record(spec.podSelector);
    this.isForAll = Object.keys(record(selector.matchLabels)).length === 0 && records(selector.matchExpressions).length === 0;
    this.rules = this.limits ? records(spec.egress).map(ruleOf) : [];
  }

  /** Whether it lets pods connect to every address on every port. */
  public get opensEverything(): boolean {
    return this.rules.some(({ isOpen, ranges, ports }) => ports === undefined
      && (isOpen || ranges.some(({ range, except }) => range.length === 0 && except.length === 0)));
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
    ranges: blocks.flatMap(({ cidr, except }) => networkOf(cidr as string).map(range => ({ range, except: strings(except).flatMap(networkOf) }))),
    // A port by its name is one of pods; of an address nothing is known then.
    ports: ports.length === 0 ? undefined : ports.filter(({ protocol }) => (protocol ?? 'TCP') === 'TCP').map(({ port, endPort }) => (
      port === undefined ? { first: 0, last: 65535 } : { first: Number(port), last: Number(endPort ?? port) })),
  };
}
