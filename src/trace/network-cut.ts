import { Cause, cause, nameOf } from './hop';
import { contains, Network, networkOf } from '../private/network';
import { MeshObject } from '../view/mesh-object';
import { MeshView } from '../view/mesh-view';
import { Direction, NetworkPolicy, PolicyPeer, PolicyRule } from '../view/network-policy';
import { PodTemplate } from '../view/pod-template';

type Labels = { readonly [label: string]: string };

/** Pods that connect, or that are connected to. */
export interface NetworkPeer {
  readonly namespace: string;
  readonly labels: Labels;
  /** Whether the labels are all that the pods have. */
  readonly hasLabels: boolean;
  /** One of them, if the input has it. */
  readonly pod?: PodTemplate;
}

/** Where a connection goes in the network: pods, or an address or a range; without one, an address that nobody knows. */
export type NetworkEnd = { readonly pods: NetworkPeer } | { readonly address?: string };

/** An end with its port; of pods it may be the name of one, or not known. */
export interface NetworkPlace {
  readonly end: NetworkEnd;
  readonly port?: number | string;
}

/** What NetworkPolicies do to a connection. */
export interface NetworkDecision {
  readonly isCut: boolean;
  readonly text: string;
  readonly causes: readonly Cause[];
  readonly notes: readonly string[];
  /** What has to hold for it to get through, and the input does not show. */
  readonly conditions: readonly string[];
}

/** Whether something holds, or what that depends on. */
type Answer = boolean | readonly string[];

/** What NetworkPolicies of both ends do; undefined when none is about the connection. */
export function networkDecision(view: MeshView, from: NetworkPeer, { end, port }: NetworkPlace): NetworkDecision | undefined {
  const out = side(view, 'egress', from, end, port);
  const into = 'pods' in end ? side(view, 'ingress', end.pods, { pods: from }, port) : undefined;
  const cut = [out, into].find(decision => decision?.isCut);
  if (cut || !out || !into) {
    return cut ?? out ?? into;
  }
  const [first, second] = out.conditions.length > 0 ? [out, into] : [into, out];
  return { ...first, notes: [...first.notes, ...second.notes], conditions: [...first.conditions, ...second.conditions] };
}

/** What they do to connections that may go to each of several places. */
export function networkDecisionOf(view: MeshView, from: NetworkPeer, places: readonly NetworkPlace[]): NetworkDecision | undefined {
  const decisions = places.map(place => networkDecision(view, from, place));
  const cut = decisions.find(decision => decision?.isCut);
  const passing = decisions.filter(decision => !decision?.isCut);
  const unsure = passing.find(decision => decision !== undefined && decision.conditions.length > 0);
  if (passing.length === 0 || cut === undefined) {
    return cut ?? unsure ?? passing.find(decision => decision !== undefined);
  }
  return {
    isCut: false,
    text: `some of its endpoints are cut off: ${cut.text}`,
    causes: cut.causes,
    notes: unsure?.notes ?? [],
    conditions: ['if it goes to an endpoint that NetworkPolicies let it through to: some they do not', ...unsure?.conditions ?? []],
  };
}

/** What is behind a Service: the pods of the input, or else some whose labels hold at least what it selects. */
export function endsBehind(view: MeshView, { namespace, labels }: { readonly namespace: string; readonly labels: Labels }): NetworkEnd[] {
  const found = view.podsIn(namespace).selectedBy(labels);
  return found.length === 0 ? [{ pods: { namespace, labels, hasLabels: false } }]
    : found.map(pod => ({ pods: { namespace, labels: pod.labels, hasLabels: true, pod } }));
}

/** Whether some pods of a namespace, whatever their labels, are let out to a place; or what that depends on. */
export function letsOutAnyOf(view: MeshView, namespace: string, { end, port }: NetworkPlace): boolean | 'perhaps' {
  const policies = view.networkPoliciesIn(namespace).all.filter(policy => policy.isAbout('egress'));
  const answer = !policies.some(({ selector }) => selector.isForAll)
    || some(policies.map(policy => opensFor(view, policy, 'egress', arrivalAt(end, port)).answer));
  return typeof answer === 'boolean' ? answer : 'perhaps';
}

function side(
  view: MeshView, direction: Direction, of: NetworkPeer, end: NetworkEnd, port: number | string | undefined,
): NetworkDecision | undefined {
  const arrival = arrivalAt(end, port, direction === 'ingress' ? of.pod : 'pods' in end ? end.pods.pod : undefined);
  const about = view.networkPoliciesIn(of.namespace).selecting(of.labels, of.hasLabels).filter(policy => policy.isAbout(direction)).map(policy => (
    { object: policy.object, isSure: policy.selector.fits(of.labels, of.hasLabels) === true, ...opensFor(view, policy, direction, arrival) }));
  const sure = about.filter(({ isSure }) => isSure);
  const unsure = about.filter(({ isSure }) => !isSure);
  const notes = unsure.map(({ object }) => `'${object.origin.path}' may limit it too: the labels of the pods are not known`);
  const decision = (text: string, causes: readonly Cause[], conditions: readonly string[] = []): NetworkDecision => (
    { isCut: false, text, causes, notes, conditions });
  const open = sure.find(({ answer }) => answer === true);
  if (about.length === 0) {
    return undefined;
  }
  if (open) {
    return decision('a NetworkPolicy lets it through', [cause(open.object, open.field)]);
  }
  const whose = direction === 'egress' ? 'its pods' : 'the pods that it goes to';
  if (sure.length === 0) {
    // One of them may be for the pods: alone it decides.
    const limiting = unsure.filter(({ answer }) => answer !== true);
    return limiting.length === 0 ? decision('no NetworkPolicy of every pod cuts it', []) : decision(
      `${nameOf(limiting[0].object)} may cut it`, limiting.map(({ object }) => cause(object, ['spec', direction])),
      [`unless ${namesOf(limiting)} cuts it off: ${labelsOf(whose)}`]);
  }
  const perhaps = about.filter(({ answer }) => answer !== false);
  if (perhaps.length > 0) {
    const doubts = perhaps.flatMap(({ answer, isSure }) => [...typeof answer === 'boolean' ? [] : answer, ...isSure ? [] : [labelsOf(whose)]]);
    return decision(`${nameOf(perhaps[0].object)} may let it through`, perhaps.map(({ object, field }) => cause(object, field)),
      [`if ${namesOf(perhaps)} lets it through: ${[...new Set(doubts)].join(', ')}`]);
  }
  const at = port === undefined ? '' : ` on port ${port}`;
  const text = direction === 'egress' ? `no NetworkPolicy of its pods lets it out to ${endText(end)}${at}`
    : `no NetworkPolicy of the pods in "${of.namespace}" lets it in${at}`;
  const causes = sure.map(({ object }) => cause(object, ['spec', direction]));
  return of.pod?.hostNetwork ? decision(text, causes, ['unless the network applies NetworkPolicies to pods with `hostNetwork`, which most do not'])
    : { ...decision(text, causes), isCut: true };
}

function labelsOf(whose: string): string {
  return `which labels ${whose} have is not in the input`;
}

function namesOf(policies: readonly { readonly object: MeshObject }[]): string {
  const names = policies.map(({ object }) => nameOf(object));
  return names.length > 3 ? `${names.slice(0, 3).join(', ')} or one of ${names.length - 3} more` : names.join(' or ');
}

interface Opened {
  readonly answer: Answer;
  /** Where the rule is that opens, or may. */
  readonly field: readonly (string | number)[];
}

/** What a policy is asked about. */
interface Arrival {
  readonly end: NetworkEnd;
  /** The address or range of an end that is no pod. */
  readonly wanted?: Network;
  readonly port?: number | string;
  /** The pod that is connected to, if the input has it. */
  readonly target?: PodTemplate;
}

function arrivalAt(end: NetworkEnd, port: Arrival['port'], target?: PodTemplate): Arrival {
  const [wanted] = 'pods' in end || end.address === undefined ? [] : networkOf(end.address);
  return { end, wanted, port, target };
}

/** Whether a policy lets a connection through, were it for the pods. */
function opensFor(view: MeshView, policy: NetworkPolicy, direction: Direction, arrival: Arrival): Opened {
  const { namespace } = policy.object;
  const { end, port, target } = arrival;
  const rules = policy[direction].map(({ peers, ports, field }): Opened => {
    const isPeer = peers.length === 0 || some(peers.map(peer => peerAnswer(view, namespace, direction, peer, arrival)));
    return { answer: all([isPeer, opensPort(ports, port, direction === 'ingress' || 'pods' in end, target)]), field };
  });
  const found = rules.find(({ answer }) => answer === true) ?? rules.find(({ answer }) => answer !== false);
  return { answer: found === undefined ? false : some(rules.map(({ answer }) => answer)), field: found?.field ?? ['spec', direction] };
}

/** A port by its name is one of the pods that are connected to; an address has none. */
function opensPort(ports: PolicyRule['ports'], port: number | string | undefined, isOfPods: boolean, target: PodTemplate | undefined): Answer {
  const dialled = typeof port === 'string' ? target?.portNamed(port) ?? port : port;
  return ports === undefined || some(ports.map(({ first, last }): Answer => {
    if (first === undefined) {
      return true;
    }
    const unknown = (name: string) => [`which port of the pods is called "${name}" is not in the input`];
    if (dialled === undefined) {
      return ['which port of the pods it goes to is not in the input'];
    }
    if (typeof first === 'number') {
      return typeof dialled === 'string' ? unknown(dialled) : first <= dialled && dialled <= (last ?? first);
    }
    return first === port || isOfPods && (target === undefined ? unknown(first) : target.portNamed(first) === dialled);
  }));
}

function peerAnswer(view: MeshView, own: string, direction: Direction, { block, namespaces, pods }: PolicyPeer, { end, wanted }: Arrival): Answer {
  if (!('pods' in end)) {
    return blockAnswer(block, wanted);
  }
  const { namespace, labels, hasLabels } = end.pods;
  if (block !== undefined) {
    return [`which addresses ${direction === 'egress' ? 'the pods' : 'its pods'} have is not in the input`];
  }
  const doubt = (held: boolean | undefined, text: string): Answer => held ?? [`which labels ${text} is not in the input`];
  const place = direction === 'egress' ? 'the namespace of the pods has' : 'its namespace has';
  return all([
    namespaces === undefined ? namespace === own
      : doubt(namespaces.fits(view.namespaces.labelsOf(namespace), view.namespaces.of(namespace) !== undefined), place),
    pods === undefined || doubt(pods.fits(labels, hasLabels), direction === 'egress' ? 'the pods have' : 'its pods have'),
  ]);
}

function blockAnswer(block: PolicyPeer['block'], wanted: Network | undefined): Answer {
  if (block?.range === undefined) {
    return false;
  }
  const { range, gaps } = block;
  if (wanted === undefined) {
    return range.length === 0 && gaps.length === 0 || ['which address the service has is not in the input'];
  }
  const part = ['only a part of its addresses is let through'];
  if (!contains(range, wanted)) {
    return contains(wanted, range) ? part : false;
  }
  return gaps.some(gap => contains(gap, wanted)) ? false : gaps.some(gap => contains(wanted, gap)) ? part : true;
}

function endText(end: NetworkEnd): string {
  return 'pods' in end ? `the pods in "${end.pods.namespace}"` : end.address ?? 'addresses outside';
}

function some(answers: readonly Answer[]): Answer {
  const doubts = answers.flatMap(answer => (typeof answer === 'boolean' ? [] : answer));
  return answers.includes(true) || (doubts.length === 0 ? false : doubts);
}

function all(answers: readonly Answer[]): Answer {
  const doubts = answers.flatMap(answer => (typeof answer === 'boolean' ? [] : answer));
  return !answers.includes(false) && (doubts.length === 0 || doubts);
}
