import { Cause, cause } from './hop';
import { contains, networkOf } from '../private/network';
import { Fields, number, record, records, strings } from '../view/fields';
import { MeshObject } from '../view/mesh-object';
import { MeshView } from '../view/mesh-view';
import { selectorOf } from '../view/pod-selector';

type Labels = { readonly [label: string]: string };

/** Pods that connect, or that are connected to. */
export interface NetworkPeer {
  readonly namespace: string;
  readonly labels: Labels;
  /** Whether the labels are all that the pods have. */
  readonly hasLabels: boolean;
}

/** Where a connection goes in the network: pods, or an address; without one, an address that nobody knows. */
export type NetworkEnd = { readonly pods: NetworkPeer } | { readonly address?: string };

/** What NetworkPolicies do to a connection. */
export interface NetworkDecision {
  readonly isCut: boolean;
  readonly text: string;
  readonly causes: readonly Cause[];
  readonly notes: readonly string[];
}

/** What NetworkPolicies of both ends do; undefined when none is about the connection. */
export function networkDecision(view: MeshView, from: NetworkPeer, to: NetworkEnd, port: number): NetworkDecision | undefined {
  const out = side(view, 'egress', from, to, port);
  const into = 'pods' in to ? side(view, 'ingress', to.pods, { pods: from }, port) : undefined;
  return out?.isCut ? out : into?.isCut ? into : out ?? into;
}

function side(view: MeshView, direction: 'egress' | 'ingress', of: NetworkPeer, end: NetworkEnd, port: number): NetworkDecision | undefined {
  const about = view.egressPolicies.map(({ object }) => object).filter(object => object.namespace === of.namespace && isAbout(object, direction));
  const sure = about.filter(({ spec }) => {
    const selector = selectorOf(spec.podSelector);
    return (of.hasLabels || selector.isForAll) && selector.selects(of.labels);
  });
  const unsure = of.hasLabels ? [] : about.filter(object => !sure.includes(object));
  const notes = unsure.map(({ origin }) => `'${origin.path}' may limit it too: the labels of the pods are not known`);
  if (sure.length === 0) {
    return notes.length > 0 ? { isCut: false, text: 'no NetworkPolicy of every pod cuts it', causes: [], notes } : undefined;
  }
  const open = sure.flatMap(object => records(object.spec[direction]).map((rule, i) => ({ object, rule, field: ['spec', direction, i] })))
    .find(({ object, rule }) => opens(view, object, direction, rule, end, port));
  return open
    ? { isCut: false, text: 'a NetworkPolicy lets it through', causes: [cause(open.object, open.field)], notes }
    : {
      isCut: true,
      text: direction === 'egress' ? `no NetworkPolicy of its pods lets it out to ${endText(end)} on port ${port}`
        : `no NetworkPolicy of the pods in "${of.namespace}" lets it in on port ${port}`,
      causes: sure.map(object => cause(object, ['spec', direction])),
      notes,
    };
}

function isAbout({ spec }: MeshObject, direction: 'egress' | 'ingress'): boolean {
  const types = strings(spec.policyTypes).map(type => type.toLowerCase());
  return types.includes(direction) || types.length === 0 && (direction === 'ingress' || spec.egress !== undefined);
}

function opens(view: MeshView, { namespace }: MeshObject, direction: 'egress' | 'ingress', rule: Fields, end: NetworkEnd, port: number): boolean {
  const peers = records(direction === 'egress' ? rule.to : rule.from);
  return opensPort(rule, port) && (peers.length === 0 || peers.some(peer => isPeer(view, namespace, peer, end)));
}

function opensPort({ ports }: Fields, port: number): boolean {
  const all = records(ports);
  return all.length === 0 || all.some(({ protocol, port: given, endPort }) => {
    const first = number(given);
    return (protocol ?? 'TCP') === 'TCP' && (given === undefined || first !== undefined && first <= port && port <= (number(endPort) ?? first));
  });
}

function isPeer(view: MeshView, own: string, peer: Fields, end: NetworkEnd): boolean {
  if ('pods' in end) {
    const { namespace, labels } = end.pods;
    const { namespaceSelector } = peer;
    const inNamespace = namespaceSelector === undefined ? namespace === own
      : selectorOf(namespaceSelector).selects(labelsOfNamespace(view, namespace));
    return peer.ipBlock === undefined && inNamespace && (peer.podSelector === undefined || selectorOf(peer.podSelector).selects(labels));
  }
  const { cidr, except } = record(peer.ipBlock);
  const [range] = typeof cidr === 'string' ? networkOf(cidr) : [];
  // An address that nobody knows is let out by any range.
  return range !== undefined && (end.address === undefined || networkOf(end.address).some(inner => contains(range, inner)
    && !strings(except).flatMap(networkOf).some(gap => contains(gap, inner))));
}

/** The API server labels every namespace with its name. */
function labelsOfNamespace(view: MeshView, name: string): Labels {
  return { ...view.namespaces.of(name)?.labels, 'kubernetes.io/metadata.name': name };
}

function endText(end: NetworkEnd): string {
  return 'pods' in end ? `the pods in "${end.pods.namespace}"` : end.address ?? 'addresses outside';
}
