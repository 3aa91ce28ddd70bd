import { Finding, Rule, where } from './rule';
import { quote } from '../private/fail';
import { EgressPolicy } from '../view/egress-policy';
import { Fields, number, records, strings } from '../view/fields';
import { GatewayConfig } from '../view/gateway';
import { KubeService } from '../view/kube-service';
import { addTo } from '../view/lists';
import { MeshObject } from '../view/mesh-object';
import { MeshView } from '../view/mesh-view';
import { PodTemplate } from '../view/pod-template';

type Labels = { readonly [label: string]: string };

export const networkPolicyCutsGateway: Rule = {
  id: 'MX0611',
  name: 'network-policy-cuts-gateway',
  severity: 'ERROR',
  title: 'NetworkPolicies of a gateway\'s pods block the port on which they serve a Gateway, or where they connect.',
  why: 'A NetworkPolicy sees the port of the pods, which is the `targetPort` of the Service: 8443 for 443 at the gateways of Istio\'s charts. The network drops what it does not open: clients wait for a timeout that no log explains.',
  fix: 'Open the port of the gateway\'s pods, and the addresses and ports that the gateway connects to. In this library, an `EgressGateway` that it deploys has a NetworkPolicy that does.',
  related: [],
  check: view => {
    const workloads = new Map<string, GatewayConfig[]>();
    view.gateways.filter(({ servers }) => servers.length > 0).forEach(gateway => addTo(workloads, gateway.servers[0].workload, gateway));
    return [...workloads.values()].flatMap(gateways => podsOf(view, gateways[0]).flatMap(pods => {
      const policies = new PoliciesOn(view, pods);
      return [...cutOff(policies, pods, gateways), ...cutFromOutside(view, policies, pods, gateways)];
    }));
  },
};

/** Pods of a gateway: a template, or what a Service of them selects where none is among the objects. */
interface Pods {
  readonly namespace: string;
  readonly labels: Labels;
  readonly template?: PodTemplate;
  readonly services: readonly KubeService[];
}

function podsOf(view: MeshView, gateway: GatewayConfig): Pods[] {
  const services = [...view.gatewayPlaces.servicesOf(gateway)];
  const templates = view.gatewayPlaces.podsOf(gateway);
  return templates.length > 0
    ? templates.map(template => {
      const { namespace, labels } = template;
      return { namespace, labels, template, services: services.filter(({ object }) => object.namespace === namespace) };
    })
    : services.map(service => ({ namespace: service.object.namespace, labels: service.selector, services: [service] }));
}

/** The NetworkPolicies that are, or may be, for some pods. */
class PoliciesOn {
  /** One that is, and says something of a direction. */
  public readonly closing: { readonly ingress?: MeshObject; readonly egress?: MeshObject };
  private readonly ingress: readonly MeshObject[];
  private readonly egress: readonly EgressPolicy[];

  public constructor(view: MeshView, private readonly pods: Pods) {
    const areAll = pods.template !== undefined;
    const about = view.networkPoliciesIn(pods.namespace).selecting(pods.labels, areAll).map(({ object, selector }) => (
      { object, fits: selector.fits(pods.labels, areAll), egress: new EgressPolicy(object) }));
    const sure = about.filter(({ fits }) => fits === true);
    this.closing = {
      ingress: sure.find(({ object }) => isAboutIngress(object))?.object,
      egress: sure.find(({ egress }) => egress.limits)?.object,
    };
    this.ingress = about.map(({ object }) => object).filter(isAboutIngress);
    this.egress = about.map(({ egress }) => egress).filter(({ limits }) => limits);
  }

  /** Whether anybody may come in on a port; in doubt somebody may. */
  public letsIn(port: number): boolean {
    return this.ingress.some(({ spec }) => records(spec.ingress).some(rule => opens(rule, port, this.pods)));
  }

  public letsOut(address: string | undefined, port: number): boolean {
    return this.egress.some(policy => policy.admits(address, port));
  }
}

/** What clients of a gateway do not reach: each port once. */
function cutOff(policies: PoliciesOn, pods: Pods, gateways: readonly GatewayConfig[]): Finding[] {
  const { ingress } = policies.closing;
  const servers = new Map(gateways.flatMap(gateway => gateway.servers).reverse().map(server => [server.port, server]));
  return ingress === undefined ? [] : [...servers.values()].flatMap((server): Finding[] => {
    const [port, ...others] = portsOfPods(server.port, pods);
    return port === undefined || others.length > 0 || policies.letsIn(port) ? [] : [{
      object: ingress,
      or: [server.object],
      field: ['spec', 'ingress'],
      message: `lets nobody in to port ${port} of the gateway's pods in ${where(pods.namespace)}, on which '${server.object.origin.path}' serves ${quote(server.hosts[0] ?? '*')}`,
      fix: `open TCP ${port}${port === server.port ? '' : `, which is the 'targetPort' of port ${server.port} of the Service`}`,
    }];
  });
}

/** What a gateway does not reach: each host and port once. */
function cutFromOutside(view: MeshView, policies: PoliciesOn, pods: Pods, gateways: readonly GatewayConfig[]): Finding[] {
  const { egress } = policies.closing;
  const legs = egress === undefined ? [] : gateways.flatMap(gateway => view.names.legsAt(gateway.name));
  const sent = new Map(legs.flatMap(({ route, rule }) => rule.destinations.map(to => [`${to.host} ${to.port}`, { route, to }] as const)));
  return [...sent.values()].flatMap(({ route, to: { host, port } }): Finding[] => {
    const entry = view.names.entriesOf(host).find(({ object }) => object.spec.location !== 'MESH_INTERNAL');
    const of = entry?.ports.find(({ number: own }) => (port === undefined ? entry.ports.length === 1 : own === port));
    const addresses = entry === undefined || entry.endpoints.length === 0 ? [undefined] : entry.endpoints;
    const isOpen = (target: number) => view.serviceByHost.has(host) || addresses.some(address => policies.letsOut(address, target));
    return entry === undefined || of === undefined || isOpen(of.target) ? [] : [{
      object: egress!,
      or: [entry.object],
      field: ['spec', 'egress'],
      message: `blocks port ${of.target} of ${quote(host)} for the gateway's pods in ${where(pods.namespace)}, and '${route.object.origin.path}' has the gateway connect there`,
      fix: `open TCP ${of.target} of its addresses`,
    }];
  });
}

function isAboutIngress({ spec }: MeshObject): boolean {
  const types = strings(spec.policyTypes).map(type => type.toLowerCase());
  return types.length === 0 || types.includes('ingress');
}

/** Where the pods listen for a server of a Gateway; none when that is not known. */
function portsOfPods(port: number, { services, template }: Pods): number[] {
  const targets = services.flatMap(({ ports }) => ports).filter(candidate => candidate.number === port).map(({ targetPort }) => (
    typeof targetPort === 'number' ? targetPort : named(targetPort, template) ?? NaN));
  return targets.some(Number.isNaN) ? [] : targets.length > 0 ? [...new Set(targets)] : [port];
}

function named(name: string, template: PodTemplate | undefined): number | undefined {
  return number(template?.containers.flatMap(({ ports }) => records(ports)).find(port => port.name === name)?.containerPort);
}

/** Whether a rule lets anybody in on a port; in doubt it does. */
function opens({ ports }: Fields, wanted: number, { template }: Pods): boolean {
  const given = records(ports);
  return given.length === 0 || given.filter(({ protocol }) => (protocol ?? 'TCP') === 'TCP').some(({ port, endPort }) => {
    const first = number(port) ?? (port === undefined ? undefined : named(String(port), template));
    return first === undefined || first <= wanted && wanted <= (number(endPort) ?? first);
  });
}
