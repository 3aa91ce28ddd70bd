import { Fields, number, record, records, strings } from './fields';
import { addTo } from './lists';
import { MeshObject } from './mesh-object';
import { Namespaces } from './namespaces';
import { LabelSelector, selectorOf } from './pod-selector';
import { Network, networkOf } from '../private/network';

type Labels = { readonly [label: string]: string };

export type Direction = 'egress' | 'ingress';

/** Whom a rule of a NetworkPolicy is for: addresses, or pods. */
export interface PolicyPeer {
  /** A range, and what it leaves out; without a range, no address. */
  readonly block?: { readonly range?: Network; readonly gaps: readonly Network[] };
  /** The namespaces of the pods; undefined for that of the policy. */
  readonly namespaces?: LabelSelector;
  /** Undefined for every pod. */
  readonly pods?: LabelSelector;
}

/** A TCP port that a rule is for. */
export interface PolicyPort {
  /** A number, or the name of a port of pods; undefined for every port. */
  readonly first?: number | string;
  readonly last?: number;
}

export interface PolicyRule {
  /** Without any, everybody. */
  readonly peers: readonly PolicyPeer[];
  /** Undefined for every port. */
  readonly ports?: readonly PolicyPort[];
  readonly field: readonly (string | number)[];
}

/** A NetworkPolicy. */
export class NetworkPolicy {
  public readonly selector: LabelSelector;
  public readonly egress: readonly PolicyRule[];
  public readonly ingress: readonly PolicyRule[];
  private readonly about: readonly Direction[];

  public constructor(public readonly object: MeshObject) {
    const { spec } = object;
    const types = strings(spec.policyTypes).map(type => type.toLowerCase());
    this.about = (['egress', 'ingress'] as const).filter(direction => (
      types.includes(direction) || types.length === 0 && (direction === 'ingress' || spec.egress !== undefined)));
    this.selector = selectorOf(spec.podSelector);
    this.egress = rulesOf(object, 'egress', 'to');
    this.ingress = rulesOf(object, 'ingress', 'from');
  }

  public isAbout(direction: Direction): boolean {
    return this.about.includes(direction);
  }
}

function rulesOf({ spec }: MeshObject, direction: Direction, peers: string): PolicyRule[] {
  return records(spec[direction]).map((rule, i) => ({
    peers: records(rule[peers]).map(peerOf),
    ports: records(rule.ports).length === 0 ? undefined : records(rule.ports).filter(({ protocol }) => (protocol ?? 'TCP') === 'TCP').map(portOf),
    field: ['spec', direction, i],
  }));
}

function peerOf({ ipBlock, namespaceSelector, podSelector }: Fields): PolicyPeer {
  const { cidr, except } = record(ipBlock);
  return {
    block: ipBlock === undefined ? undefined : { range: typeof cidr === 'string' ? networkOf(cidr)[0] : undefined, gaps: strings(except).flatMap(networkOf) },
    namespaces: namespaceSelector === undefined ? undefined : selectorOf(namespaceSelector),
    pods: podSelector === undefined ? undefined : selectorOf(podSelector),
  };
}

function portOf({ port, endPort }: Fields): PolicyPort {
  return { first: port === undefined ? undefined : number(port) ?? String(port), last: number(endPort) };
}

/** Whether pods may be among those that a rule is for, in a policy of a namespace; in doubt they are. */
export function maySelect(
  known: Namespaces, { peers }: PolicyRule, own: string, { namespace, labels }: { readonly namespace: string; readonly labels: Labels },
): boolean {
  return peers.length === 0 || peers.some(({ block, namespaces, pods }) => block !== undefined
    || (namespaces === undefined ? namespace === own : namespaces.fits(known.labelsOf(namespace), known.of(namespace) !== undefined) !== false)
    && pods?.selects(labels) !== false);
}

/** The NetworkPolicies of one namespace. */
export class PoliciesOfNamespace {
  private readonly byLabel = new Map<string, NetworkPolicy[]>();
  private readonly others: readonly NetworkPolicy[];
  private readonly places: ReadonlyMap<NetworkPolicy, number>;

  public constructor(public readonly all: readonly NetworkPolicy[]) {
    all.forEach(policy => policy.selector.label === undefined || addTo(this.byLabel, policy.selector.label, policy));
    this.others = all.filter(({ selector }) => selector.label === undefined);
    this.places = new Map(all.map((policy, i) => [policy, i]));
  }

  /** Those that select pods with some labels, or may when these are not all. */
  public selecting(labels: Labels, areAll: boolean): readonly NetworkPolicy[] {
    const found = Object.entries(labels).flatMap(label => this.byLabel.get(label.join('=')) ?? []);
    const candidates = areAll ? [...this.others, ...found].sort((a, b) => this.places.get(a)! - this.places.get(b)!) : this.all;
    return candidates.filter(({ selector }) => selector.fits(labels, areAll) !== false);
  }
}
