import { Cause, cause } from './hop';
import { byAgeAndName } from '../view/age';
import { selects } from '../view/fields';
import { GatewayConfig } from '../view/gateway';
import { hasRouter, isGatewayAlone } from '../view/gateway-pod';
import { INSTALLED_GATEWAYS } from '../view/installed-gateways';
import { KubeService } from '../view/kube-service';
import { MeshView } from '../view/mesh-view';
import { PodTemplate } from '../view/pod-template';
import { routerMissedBy } from '../view/router-pod';

type Labels = { readonly [label: string]: string };

/** The pods of a gateway, as far as the input shows them. */
export interface GatewayPods {
  readonly namespace: string;
  readonly labels: Labels;
  /** Whether the pods may have more labels than these. */
  readonly mayHaveMore: boolean;
  /** The Service that led there, if it is in the input. */
  readonly service?: KubeService;
  readonly pod?: PodTemplate;
  /** Why the Service leads to none of them. */
  readonly lost?: string;
  /** Whether nothing is known of the Service: the ports of the pods are taken for its own. */
  readonly isAssumed: boolean;
  /** Where connections enter the pods; undefined when the Service lacks the port. */
  readonly port?: number;
  /** The Gateways that bind to the pods, in the order of istiod. */
  readonly gateways: readonly GatewayConfig[];
  readonly causes: readonly Cause[];
  readonly notes: readonly string[];
  /** The port of the pods for one of a Service; the port itself when no Service has it. */
  portOf(port: number): number;
}

/** The ports of the Services that Istio's charts install. */
const CHART_PORTS: { readonly [port: number]: number } = { 80: 8080, 443: 8443 };

/** The port of such a Service for one of its pods, where that is another. */
export function chartServicePort(port: number): number[] {
  return Object.entries(CHART_PORTS).filter(([, target]) => target === port).map(([of]) => Number(of));
}

/** Ports that every proxy of Istio listens on for itself: metrics, health and the like. */
const OWN_PORTS = [15000, 15020, 15021, 15090];

/** The gateways behind a port of a Service; none when it is another service, or when nothing in the input says that it is a gateway. */
export function gatewaysBehind(view: MeshView, host: string, port: number): readonly GatewayPods[] {
  const service = view.serviceByHost.get(host);
  return service ? known(view, service, port) : assumed(view, host, port);
}

function known(view: MeshView, service: KubeService, port: number): GatewayPods[] {
  const { object, selector } = service;
  if (Object.keys(selector).length === 0) {
    return [];
  }
  const missed = routerMissedBy(view, service);
  const pods = missed ? [missed] : view.podsIn(object.namespace).selectedBy(selector);
  const lost = missed && `it selects no pod, and those of the gateway ('${missed.object.origin.path}') have the labels ${labelsText(missed.labels)}`;
  const of = service.ports.find(candidate => candidate.number === port);
  const variants: { readonly labels: Labels; readonly pod?: PodTemplate }[] = pods.length > 0
    ? pods.map(pod => ({ labels: pod.labels, pod })) : [{ labels: { ...INSTALLED_GATEWAYS.get(object.name), ...selector } }];
  return variants.flatMap(({ labels, pod }): GatewayPods[] => {
    const gateways = bindingTo(view, labels);
    const target = of && numberOf(of.targetPort, pod, port);
    if (gateways.length === 0 && (!isGateway(service, pod) || target !== undefined && OWN_PORTS.includes(target))) {
      return [];
    }
    const selecting = view.servicesSelecting(object.namespace, labels);
    const ports = selecting.flatMap(({ ports: all }) => all).reverse();
    const targets = new Map(ports.map(({ number: own, targetPort }) => [own, numberOf(targetPort, pod, own)]));
    return [{
      namespace: object.namespace,
      labels,
      mayHaveMore: pod === undefined,
      isAssumed: false,
      service,
      pod,
      lost,
      port: target,
      portOf: given => targets.get(given) ?? given,
      gateways,
      causes: [cause(object, lost ? ['spec', 'selector'] : of ? ['spec', 'ports', service.ports.indexOf(of)] : ['spec', 'ports']), ...pod ? [cause(pod.object)] : []],
      notes: [],
    }];
  });
}

/**
 * Whether the proxy of a pod is one that Gateways configure, so that without any it listens for nothing. The pods say it, or the name of the Service:
 * what is left of a gateway in an input may look like any Deployment.
 */
function isGateway({ object }: KubeService, pod: PodTemplate | undefined): boolean {
  return INSTALLED_GATEWAYS.has(object.name) || pod !== undefined && hasRouter(pod);
}

/** Whether the proxy of a pod is one of a gateway, which takes no connections of the containers beside it. */
export function isBesideGateway(pod: PodTemplate): boolean {
  return hasRouter(pod) && !isGatewayAlone(pod);
}

/** Gateways that have a server on the port, when the Service is not in the input; each selector stands for pods of its own. */
function assumed(view: MeshView, host: string, port: number): GatewayPods[] {
  const [name, namespace, svc] = host.split('.');
  if (svc !== 'svc' || !host.endsWith(`.svc.${view.facts.clusterDomain}`)) {
    return [];
  }
  const chart: Labels | undefined = INSTALLED_GATEWAYS.get(name);
  const target = (of: number) => (chart ? CHART_PORTS[of] ?? of : of);
  const selectors = new Map(view.gateways.filter(({ servers }) => servers.some(server => server.port === port || target(port) === server.port))
    .map(({ selector }) => [JSON.stringify(Object.entries(selector).sort()), selector]));
  const fitting = [...selectors.values()].filter(selector => !chart || compatible(selector, chart));
  return fitting.map(selector => ({
    namespace,
    labels: { ...selector, ...chart },
    mayHaveMore: true,
    isAssumed: chart === undefined,
    port: target(port),
    portOf: target,
    gateways: bindingTo(view, { ...selector, ...chart }),
    causes: [],
    notes: [chart
      ? `Service ${namespace}/${name} is not in the input: taken for the one that Istio's chart installs${
        CHART_PORTS[port] === undefined ? `, with port ${port} added to it: the chart's has ${Object.keys(CHART_PORTS).join(' and ')}, and without the port nothing arrives` : ''}`
      : `Service ${namespace}/${name} is not in the input: taken for that of the pods with ${labelsText(selector)}, which have a server on port ${port}`],
  }));
}

function bindingTo(view: MeshView, labels: Labels): GatewayConfig[] {
  return view.gateways.filter(({ selector }) => selects(selector, labels)).sort((a, b) => byAgeAndName(a.object, b.object));
}

function compatible(one: Labels, other: Labels): boolean {
  return Object.entries(one).every(([label, value]) => other[label] === undefined || other[label] === value);
}

/** Whether a selector fits the labels that are known, or could when there are more. */
export function couldSelect(selector: Labels, { labels, mayHaveMore }: Pick<GatewayPods, 'labels' | 'mayHaveMore'>): 'yes' | 'perhaps' | 'no' {
  return selects(selector, labels) ? 'yes' : mayHaveMore && compatible(selector, labels) ? 'perhaps' : 'no';
}

export function labelsText(labels: Labels): string {
  const written = Object.entries(labels).map(([label, value]) => `${label}=${value}`).sort();
  return written.length === 0 ? 'any labels' : written.join(',');
}

function numberOf(target: number | string, pod: PodTemplate | undefined, port: number): number {
  return typeof target === 'number' ? target : pod?.portNamed(target) ?? port;
}
