import { parseDocument } from 'yaml';
import { isBesideGateway } from './gateway-pods';
import { Cause, cause } from './hop';
import { AddressList } from '../view/address-list';
import { record, selects } from '../view/fields';
import { DATAPLANE_MODE, INJECT, REVISION } from '../view/istio-labels';
import { MeshView } from '../view/mesh-view';
import { PodTemplate } from '../view/pod-template';
import { agentTemplateOf, INTERCEPTION, PROXY_USER, replacesSidecar, runsAsProxy, TEMPLATES } from '../view/redirection';

/** Who connects. */
export interface TraceClient {
  readonly namespace: string;
  readonly account: string;
  /**
   * The labels of its pods, or some of them when a workload in the input has more.
   *
   * @default - those of the workload in the input that runs as the account, if there is one
   */
  readonly labels?: { readonly [label: string]: string };
  /**
   * One of its pods.
   *
   * @default - the first in the input that runs as the account and has the labels
   */
  readonly pod?: PodTemplate;
}

/** A client, with what the input has of its pods. */
export interface Capture extends TraceClient {
  readonly labels: { readonly [label: string]: string };
  /** Whether the labels are known, or merely none were found. */
  readonly hasLabels: boolean;
  readonly pod?: PodTemplate;
  /** The accounts of the workloads in the namespace, when none of them runs as the client. */
  readonly instead: readonly string[];
  /** Other workloads of the account, whose pods have other labels or other settings of the sidecar. */
  readonly others: readonly PodTemplate[];
}

export function captureOf(view: MeshView, client: TraceClient): Capture {
  const inNamespace = view.podsIn(client.namespace);
  const pods = inNamespace.runningAs(client.account);
  const chosen = client.pod ? [client.pod] : client.labels ? labelled(pods, client.labels) : pods;
  const [pod] = chosen;
  const labels = client.pod ? client.labels ?? client.pod.labels : pod?.labels ?? client.labels;
  return {
    ...client,
    labels: labels ?? {},
    hasLabels: labels !== undefined,
    pod,
    instead: pods.length > 0 ? [] : inNamespace.accounts,
    others: othersOf(chosen),
  };
}

/** Those that differ from the first. */
function othersOf([first, ...more]: readonly PodTemplate[]): PodTemplate[] {
  const kind = more.length === 0 ? '' : kindOf(first);
  return more.filter(other => kindOf(other) !== kind);
}

/** The pods that have exactly these labels, or else those that have more. */
function labelled(pods: readonly PodTemplate[], wanted: Capture['labels']): readonly PodTemplate[] {
  const having = pods.filter(({ labels }) => selects(wanted, labels));
  const exact = having.filter(({ labels }) => selects(labels, wanted));
  return exact.length > 0 || Object.keys(wanted).length === 0 ? exact : having;
}

/** What of a pod decides about its connections, as text that can be compared. */
function kindOf(pod: PodTemplate): string {
  return JSON.stringify([Object.entries(pod.labels).sort(), captureSettings(pod)]);
}

/** Why connections do not pass a sidecar, in plain words, and what decides it. */
export interface Bypass {
  readonly text: string;
  readonly causes: readonly Cause[];
  /** For which connections, when it is not for all. */
  readonly condition?: string;
}

/** Why a connection does not pass the sidecar, if it does not, or some do not. */
export function bypass(view: MeshView, { pod, namespace }: Capture, address: string, port: number): Bypass | undefined {
  const whole = withoutSidecar(view, namespace, pod);
  if (whole || !pod) {
    return whole;
  }
  const annotated = (name: string) => annotationOf(pod, name);
  const setting = (name: string) => pod.annotations[`${TRAFFIC}${name}`];
  if (listed(setting('excludeOutboundPorts')).includes(String(port))) {
    return { text: `port ${port} is not redirected to the sidecar`, causes: annotated('excludeOutboundPorts') };
  }
  const interfaces = listed(setting('excludeInterfaces'));
  // A pod has one interface, unless somebody adds others: by its name it is that one.
  if (interfaces.includes('eth0')) {
    return { text: 'what leaves by eth0 is not redirected to the sidecar', causes: annotated('excludeInterfaces') };
  }
  const what = address === '' ? 'the address' : address;
  const [excluded, included] = ['excludeOutboundIPRanges', 'includeOutboundIPRanges'].map(name => setting(name));
  const isExcluded = new AddressList(excluded ?? '').has(address);
  const isIncluded = listed(setting('includeOutboundPorts')).includes(String(port)) || new AddressList(included ?? '*').has(address);
  const leftOut = { text: `${what} is not redirected to the sidecar`, causes: annotated('excludeOutboundIPRanges') };
  const notAmong = { text: `${what} is not among the addresses that are redirected to the sidecar`, causes: annotated('includeOutboundIPRanges') };
  return isExcluded === true ? leftOut
    : isIncluded === false ? notAmong
      : isExcluded === 'perhaps' ? { ...leftOut, condition: `if the address is in ${excluded}` }
        : isIncluded === 'perhaps' ? { ...notAmong, condition: `if the address is not in ${included}` }
          : interfaces.length === 0 ? undefined
            : { text: `what leaves by ${interfaces.join(', ')} is not redirected to the sidecar`, causes: annotated('excludeInterfaces'), condition: `if it leaves by ${interfaces.join(', ')}` };
}

/** Why no connection passes a sidecar, if none does: of a pod, or of those of a namespace that say nothing themselves. */
export function withoutSidecar(view: MeshView, namespace: string, pod?: PodTemplate): Bypass | undefined {
  const unlabelled = view.namespaces.planeOf(namespace, pod) === 'NONE' ? {
    text: `namespace "${namespace}" has no sidecars: it has no label that asks for them (istio-injection, istio.io/rev)`,
    causes: [cause(view.namespaces.of(namespace)!, ['metadata', 'labels'])],
  } : undefined;
  if (!pod) {
    return unlabelled;
  }
  if (pod.hostNetwork) {
    return { text: 'the pod has the network of its node, so it has no sidecar', causes: [cause(pod.object, [...pod.field, 'hostNetwork'])] };
  }
  if (isBesideGateway(pod)) {
    return { text: 'the proxy of the pod is one of a gateway, which takes no connections of the containers beside it', causes: [cause(pod.object, [...pod.field, 'containers'])] };
  }
  if (pod.injects === 'false') {
    return { text: 'the pod opts out of the sidecar', causes: [cause(pod.object, [...pod.field.slice(0, -1), 'metadata'])] };
  }
  const agent = agentTemplateOf(pod);
  if (agent !== undefined) {
    return {
      text: `the template "${agent}" adds Istio's agent for gRPC, and no proxy that takes its connections: what its own gRPC library does as the mesh says (xds:///) is not followed`,
      causes: [cause(pod.object, [...pod.field.slice(0, -1), 'metadata', 'annotations', TEMPLATES])],
    };
  }
  if (interceptionOf(pod) === 'NONE') {
    const name = pod.annotations[INTERCEPTION] === undefined ? PROXY_CONFIG : INTERCEPTION;
    return { text: 'nothing is redirected to the sidecar', causes: [cause(pod.object, [...pod.field.slice(0, -1), 'metadata', 'annotations', name])] };
  }
  // The rules of istio-init let the user and the group of the proxy pass.
  const asProxy = runsAsProxy(pod);
  if (asProxy) {
    const who = asProxy.setting === 'runAsUser' ? 'user' : 'group';
    return { text: `a container runs as ${who} ${PROXY_USER}, whose connections are not redirected to the sidecar`, causes: [cause(pod.object, [...pod.field, asProxy.field])] };
  }
  const replaced = replacesSidecar(pod);
  if (replaced && unlabelled === undefined) {
    return {
      text: `${replaced.what} may put something else in the place of what takes its connections to the sidecar`,
      causes: [cause(pod.object, [...pod.field.slice(0, -1), ...replaced.field])],
    };
  }
  return unlabelled;
}

/** What a pod that has a sidecar keeps from it, whoever has the address. */
export function exclusionsOf(pod: PodTemplate): Bypass[] {
  const setting = (name: string) => pod.annotations[`${TRAFFIC}${name}`];
  const excluded = (name: string, what: string) => listed(setting(name)).map(one => (
    { text: `${what}${one} is not redirected to the sidecar`, causes: annotationOf(pod, name) }));
  const only = setting('includeOutboundIPRanges');
  return [
    ...excluded('excludeOutboundPorts', 'port '), ...excluded('excludeOutboundIPRanges', ''), ...excluded('excludeInterfaces', 'what leaves by '),
    ...only === undefined || only === '*' ? [] : [{
      text: `no address${listed(only).length === 0 ? '' : ` but those of ${listed(only).sort().join(', ')}`} is redirected to the sidecar`,
      causes: annotationOf(pod, 'includeOutboundIPRanges'),
    }],
  ];
}

const TRAFFIC = 'traffic.sidecar.istio.io/';

function annotationOf(pod: PodTemplate, name: string): Cause[] {
  return [cause(pod.object, [...pod.field.slice(0, -1), 'metadata', 'annotations', `${TRAFFIC}${name}`])];
}

const PROXY_CONFIG = 'proxy.istio.io/config';

/** How connections get to the sidecar: the annotation of its own comes before the settings of the proxy, which are YAML. */
function interceptionOf({ annotations }: PodTemplate): unknown {
  const read = (yaml: string) => record(parseDocument(yaml, { logLevel: 'silent' }).toJS());
  return annotations[INTERCEPTION] ?? (annotations[PROXY_CONFIG]?.includes('NONE') ? read(annotations[PROXY_CONFIG]).interceptionMode : undefined);
}

/** What of a pod decides whether its connections pass a sidecar, beside its labels. */
export function captureSettings(pod: PodTemplate): unknown {
  const settings = Object.entries(pod.annotations).filter(([name]) => name.includes('sidecar.istio.io/') || name === PROXY_CONFIG || name === TEMPLATES).sort(([a], [b]) => (a < b ? -1 : 1));
  return [settings, pod.hostNetwork, isBesideGateway(pod), runsAsProxy(pod), replacesSidecar(pod)];
}

/** The labels of a pod that decide what takes its connections. */
export const PLANE_LABELS: readonly string[] = [INJECT, REVISION, DATAPLANE_MODE];

function listed(value: string | undefined): string[] {
  return (value ?? '').split(',').map(item => item.trim()).filter(item => item !== '');
}
