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
  /** The ports of each protocol; undefined for every port of all of them. */
  readonly windows?: readonly Window[];
}

interface Window {
  readonly protocol: string;
  readonly first: number;
  readonly last: number;
}

/** More ports than anything that a pod connects to has. */
const MOST_PORTS = 1000;

/** A larger share of all addresses than any network has, and every cloud together. */
const LARGE_SHARE = 1 / 8;

/** A NetworkPolicy, as far as it says where pods connect to. */
export class EgressPolicy {
  /** What policies that hold for the same pods let them connect to on most ports, as `opensAlmostAll`: what their rules open adds up. */
  public static openAlmostAll(policies: readonly EgressPolicy[]): string | undefined {
    const rules = policies.flatMap(policy => policy.rules);
    const isWide = (isOpened: (of: readonly EgressRule[]) => boolean) => countOfPorts(rules, isOpened) > MOST_PORTS;
    return isWide(of => of.some(({ isOpen }) => isOpen)) ? 'every address'
      : isWide(of => of.some(({ isOpen }) => isOpen) || isLarge(of.flatMap(({ ranges }) => ranges))) ? 'most addresses'
        : isWide(of => of.some(({ isForEveryPod }) => isForEveryPod)) ? 'the pods of every namespace' : undefined;
  }

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
    return EgressPolicy.openAlmostAll([this]);
  }

  /** Whether it lets pods connect to an address, or to any one at all, on a TCP port. */
  public admits(address: string | undefined, port: number): boolean {
    return this.rules.some(({ isOpen, ranges, windows }) => (
      windows === undefined || windows.some(({ protocol, first, last }) => protocol === 'TCP' && first <= port && port <= last))
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
    windows: ports.length === 0 ? undefined : ports.map(({ protocol, port, endPort }) => ({
      protocol: String(protocol ?? 'TCP'), ...port === undefined ? ALL_PORTS : windowOf(port, endPort),
    })),
  };
}

const ALL_PORTS = { first: 0, last: 65535 };

/** A port by its name is one of pods, whichever; of an address nothing is known then. */
function windowOf(port: unknown, endPort: unknown): Pick<Window, 'first' | 'last'> {
  const first = Number(port);
  return Number.isFinite(first) ? { first, last: Number(endPort ?? port) } : { first: 0, last: 0 };
}

/** On how many ports, of all protocols together, the rules that hold there open something. */
function countOfPorts(rules: readonly EgressRule[], isOpened: (of: readonly EgressRule[]) => boolean): number {
  const everywhere = rules.filter(({ windows }) => windows === undefined);
  if (isOpened(everywhere)) {
    return Infinity;
  }
  const limited = rules.flatMap(rule => (rule.windows ?? []).map(window => ({ rule, window })));
  const counts = [...new Set(limited.map(({ window }) => window.protocol))].map(name => {
    const own = limited.filter(({ window }) => window.protocol === name);
    const edges = [...new Set(own.flatMap(({ window: { first, last } }) => [first, last + 1]))].sort((a, b) => a - b);
    return edges.slice(1).reduce((sum, next, i) => {
      const held = own.filter(({ window: { first, last } }) => first <= edges[i] && edges[i] <= last).map(({ rule }) => rule);
      return held.length > 0 && isOpened([...everywhere, ...held]) ? sum + next - edges[i] : sum;
    }, 0);
  });
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Whether ranges of one family are together more than a network has. */
function isLarge(ranges: readonly Block[]): boolean {
  const sizeOf = ({ length }: Network) => 2 ** -length;
  const shareOf = (blocks: readonly Block[], family: string) => blocks.filter(({ range }) => range.first.kind() === family)
    .reduce((sum, { range, except }) => sum + sizeOf(range) - except.reduce((gaps, gap) => gaps + sizeOf(gap), 0), 0);
  const areLarge = (blocks: readonly Block[]) => shareOf(blocks, 'ipv4') >= LARGE_SHARE || shareOf(blocks, 'ipv6') >= LARGE_SHARE;
  return areLarge(ranges) && areLarge(withoutRepeated(ranges));
}

/** Those that no other one has in whole, the largest first. */
function withoutRepeated(ranges: readonly Block[]): Block[] {
  const kept: Block[] = [];
  for (const block of [...ranges].sort((a, b) => a.range.length - b.range.length)) {
    const isIn = ({ range, except }: Block) => contains(range, block.range)
      && !except.some(gap => (contains(gap, block.range) || contains(block.range, gap)) && !block.except.some(own => contains(own, gap)));
    if (!kept.some(isIn)) {
      kept.push(block);
    }
  }
  return kept;
}
