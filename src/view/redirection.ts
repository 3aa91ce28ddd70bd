import { AddressList } from './address-list';
import { record } from './fields';
import { PodTemplate } from './pod-template';

/** What of the connections of a pod goes to its sidecar; all of them when left out. */
const TRAFFIC = 'traffic.sidecar.istio.io/';

/** Whether it is certain that the connections of a pod to an address and port go to the sidecar that it has. */
export function takesFrom({ annotations }: PodTemplate, address: string, port: number): boolean {
  const setting = (name: string) => annotations[`${TRAFFIC}${name}`];
  const ports = (name: string) => (setting(name) ?? '').split(',').map(item => item.trim());
  if (setting('excludeInterfaces') || ports('excludeOutboundPorts').includes(String(port)) || new AddressList(setting('excludeOutboundIPRanges') ?? '').has(address) !== false) {
    return false;
  }
  return ports('includeOutboundPorts').includes(String(port)) || new AddressList(setting('includeOutboundIPRanges') ?? '*').has(address) === true;
}

/** The annotation by which a pod says how its connections get to the sidecar; NONE is not at all. */
export const INTERCEPTION = 'sidecar.istio.io/interceptionMode';

/** The user, and the group, that the sidecar runs as: its connections do not go through it. */
export const PROXY_USER = 1337;

/** What makes a container run as the proxy does; what it says itself comes before what its pod says. */
export function runsAsProxy({ containers, securityContext }: PodTemplate): { readonly setting: string; readonly field: string } | undefined {
  return ['runAsUser', 'runAsGroup'].flatMap(setting => {
    const own = containers.map(container => record(container.securityContext)[setting]);
    return own.includes(PROXY_USER) ? [{ setting, field: 'containers' }]
      : own.some(value => value === undefined) && securityContext[setting] === PROXY_USER ? [{ setting, field: 'securityContext' }] : [];
  })[0];
}

/** The annotation in which a pod has what it changes of the containers that istiod adds. */
const OVERRIDES = 'proxy.istio.io/overrides';

interface ReplacedSidecar {
  readonly what: string;
  readonly field: readonly string[];
}

/**
 * Where a pod puts something else in the place of what istiod adds to take its connections: istiod lets what the pod says of a container of these names hold over
 * its own. A proxy whose image is left to istiod (`auto`) is one that somebody gave other resources.
 */
export function replacesSidecar({ object, annotations, containers }: PodTemplate): ReplacedSidecar | undefined {
  // A Pod of a cluster was read after istiod had added its containers; in a template anybody may have written that.
  if (object.kind === 'Pod' && annotations['sidecar.istio.io/status'] !== undefined) {
    return undefined;
  }
  if (annotations[OVERRIDES] !== undefined) {
    return { what: `the annotation ${OVERRIDES}`, field: ['metadata', 'annotations', OVERRIDES] };
  }
  const own = containers.find(({ name, image, command, args }) => (
    (name === 'istio-init' || name === 'istio-proxy') && (command !== undefined || args !== undefined || image !== undefined && image !== 'auto')));
  return own && { what: `its container "${String(own.name)}"`, field: ['spec', own.name === 'istio-init' ? 'initContainers' : 'containers'] };
}

/** Whether nothing of a pod that istiod gives a sidecar goes through it, by what the pod says itself. */
export function passesSidecar(pod: PodTemplate): boolean {
  return pod.annotations[INTERCEPTION] === 'NONE' || runsAsProxy(pod) !== undefined || agentTemplateOf(pod) !== undefined || replacesSidecar(pod) !== undefined;
}

/** The same, or not what it opens to some ports, or to addresses that nobody knows. */
export function passesSidecarTo(pod: PodTemplate, ports: ReadonlySet<number>): boolean {
  const setting = (name: string) => pod.annotations[`${TRAFFIC}${name}`];
  const only = setting('includeOutboundIPRanges');
  const excluded = [...(setting('excludeOutboundPorts') ?? '').split(','), ...(pod.annotations['traffic.istio.io/excludeOutboundPorts'] ?? '').split(',')];
  return passesSidecar(pod) || only !== undefined && only.trim() !== '*' || setting('excludeInterfaces') !== undefined
    || new AddressList(setting('excludeOutboundIPRanges') ?? '').has('0.0.0.0') === true || excluded.some(port => ports.has(Number(port.trim() || NaN)))
    || /interceptionMode["']?:\s*["']?NONE/.test(pod.annotations['proxy.istio.io/config'] ?? '');
}

/** The annotation of a pod that names what istiod injects. */
export const TEMPLATES = 'inject.istio.io/templates';

/** What istiod is told to inject; without any, a sidecar. */
export function templatesOf({ annotations }: Pick<PodTemplate, 'annotations'>): string[] {
  return (annotations[TEMPLATES] ?? '').split(',').map(name => name.trim()).filter(name => name !== '');
}

/** The template by which a pod gets Istio's agent for gRPC and no proxy, so that nothing is redirected; undefined for any other pod. */
export function agentTemplateOf(pod: Pick<PodTemplate, 'annotations'>): string | undefined {
  const templates = templatesOf(pod);
  return templates.includes('sidecar') ? undefined : templates.find(name => name === 'grpc-agent' || name === 'grpc-simple');
}
