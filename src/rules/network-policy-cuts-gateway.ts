import { Finding, Rule, where } from './rule';
import { quote } from '../private/fail';
import { EgressPolicy } from '../view/egress-policy';
import { GatewayConfig, GatewayServer } from '../view/gateway';
import { KubeService } from '../view/kube-service';
import { addTo } from '../view/lists';
import { MeshObject } from '../view/mesh-object';
import { MeshView } from '../view/mesh-view';
import { NAMESPACE_NAME } from '../view/namespaces';
import { maySelect, NetworkPolicy, PolicyRule } from '../view/network-policy';
import { PodTemplate } from '../view/pod-template';
import { MESH, RouteDestination } from '../view/route';
import { namesNamespace, reaches } from '../view/visibility';

type Labels = { readonly [label: string]: string };

export const networkPolicyCutsGateway: Rule = {
  id: 'MX0611',
  name: 'network-policy-cuts-gateway',
  severity: 'ERROR',
  title: 'NetworkPolicies of a gateway\'s pods block the port on which they serve a Gateway, for all or for those who are sent there, or where they connect.',
  why: 'A NetworkPolicy sees the port of the pods, which is the `targetPort` of the Service: 8443 for 443 at the gateways of Istio\'s charts. The network drops what it does not open: clients wait for a timeout that no log explains.',
  fix: 'Open the port of the gateway\'s pods, and the addresses and ports that the gateway connects to. In this library, an `EgressGateway` that it deploys has a NetworkPolicy that does.',
  related: [],
  check: view => {
    const workloads = new Map<string, GatewayConfig[]>();
    view.gateways.filter(({ servers }) => servers.length > 0).forEach(gateway => addTo(workloads, gateway.servers[0].workload, gateway));
    return [...workloads.values()].flatMap(gateways => podsOf(view, gateways[0]).flatMap(pods => {
      const policies = new PoliciesOn(view, pods);
      return [...cutOff(view, policies, pods, gateways), ...cutFromOutside(view, policies, pods, gateways)];
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
  private readonly ingress: readonly NetworkPolicy[];
  private readonly egress: readonly EgressPolicy[];

  public constructor(view: MeshView, private readonly pods: Pods) {
    const areAll = pods.template !== undefined;
    const about = view.networkPoliciesIn(pods.namespace).selecting(pods.labels, areAll);
    const isSure = ({ selector }: NetworkPolicy) => selector.fits(pods.labels, areAll) === true;
    const egress = about.map(policy => ({ policy, of: new EgressPolicy(policy.object) })).filter(({ of }) => of.limits);
    this.ingress = about.filter(policy => policy.isAbout('ingress'));
    this.egress = egress.map(({ of }) => of);
    this.closing = {
      ingress: this.ingress.find(isSure)?.object,
      egress: egress.find(({ policy }) => isSure(policy))?.policy.object,
    };
  }

  /** The rules by which somebody may come in on a port; in doubt somebody may. */
  public openingsAt(port: number): { readonly policy: NetworkPolicy; readonly rule: PolicyRule }[] {
    return this.ingress.flatMap(policy => policy.ingress.filter(rule => opens(rule, port, this.pods)).map(rule => ({ policy, rule })));
  }

  public letsOut(address: string | undefined, port: number): boolean {
    return this.egress.some(policy => policy.admits(address, port));
  }
}

/** What clients of a gateway do not reach: each port once. */
function cutOff(view: MeshView, policies: PoliciesOn, pods: Pods, gateways: readonly GatewayConfig[]): Finding[] {
  const { ingress } = policies.closing;
  const servers = new Map(gateways.flatMap(gateway => gateway.servers).reverse().map(server => [server.port, server]));
  return ingress === undefined ? [] : [...servers.values()].flatMap((server): Finding[] => {
    const [port, ...others] = portsOfPods(server.port, pods);
    if (port === undefined || others.length > 0) {
      return [];
    }
    const openings = policies.openingsAt(port);
    const clients = openings.length > 0 ? clientsAt(view, server, pods) : [];
    const isOpen = openings.some(({ policy: { object }, rule }) => (
      clients.length === 0 || clients.some(pod => maySelect(view.namespaces, rule, object.namespace, pod))));
    const [first] = clients;
    const who = first === undefined ? 'nobody' : `none of the pods that are sent there, such as those of ${first.object.kind} ${quote(first.object.name)} in ${where(first.namespace)},`;
    return isOpen ? [] : [{
      object: ingress,
      or: [server.object],
      field: ['spec', 'ingress'],
      message: `lets ${who} in to port ${port} of the gateway's pods in ${where(pods.namespace)}, on which '${server.object.origin.path}' serves ${quote(server.hosts[0] ?? '*')}`,
      fix: `open TCP ${port}${port === server.port ? '' : `, which is the 'targetPort' of port ${server.port} of the Service`}${meantBy(view, openings)}`,
    }];
  });
}

/** The pods of namespaces which a host is declared for that VirtualServices send to a server. In doubt a pod is none. */
function clientsAt(view: MeshView, { port }: GatewayServer, { services }: Pods): PodTemplate[] {
  const legs = services.flatMap(({ host, ports }) => {
    const isThere = (to: RouteDestination) => to.host === host && (to.port ?? (ports.length === 1 ? ports[0].number : undefined)) === port;
    return view.names.legsTo(host).filter(({ rule, match }) => match.gateways.includes(MESH) && rule.destinations.some(isThere));
  });
  const namespaces = legs.flatMap(({ route, match }) => {
    const isSent = (name: string) => (
      reaches(route.visibleTo, name) && (match.sourceNamespace ?? name) === name && !view.gatewayPlaces.namespaces.has(name));
    return route.hosts.flatMap(host => view.names.entriesOf(host))
      .flatMap(entry => [entry.object.namespace, ...entry.visibleTo].filter(name => namesNamespace(entry, name) && isSent(name)));
  });
  return [...new Set(namespaces)].flatMap(name => view.podsIn(name).all)
    .filter(pod => !pod.hostNetwork && view.namespaces.planeOf(pod.namespace, pod) !== 'NONE');
}

/** The namespace that a misspelt one stands for. */
function meantBy(view: MeshView, openings: readonly { readonly rule: PolicyRule }[]): string {
  const prefix = `${NAMESPACE_NAME}=`;
  const labels = openings.flatMap(({ rule }) => rule.peers.flatMap(({ namespaces }) => namespaces?.label ?? []));
  const written = labels.filter(label => label.startsWith(prefix)).map(label => label.slice(prefix.length));
  const [slip] = written.flatMap(name => view.shownNamespaces.nearTo(name) ?? []);
  return slip === undefined ? openings.length > 0 ? ' to their namespace' : '' : `: did you mean namespace ${quote(slip)}?`;
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

/** Where the pods listen for a server of a Gateway; none when that is not known. */
function portsOfPods(port: number, { services, template }: Pods): number[] {
  const targets = services.flatMap(({ ports }) => ports).filter(candidate => candidate.number === port).map(({ targetPort }) => (
    typeof targetPort === 'number' ? targetPort : template?.portNamed(targetPort) ?? NaN));
  return targets.some(Number.isNaN) ? [] : targets.length > 0 ? [...new Set(targets)] : [port];
}

/** Whether a rule lets anybody in on a port; in doubt it does. */
function opens({ ports }: PolicyRule, wanted: number, { template }: Pods): boolean {
  return ports === undefined || ports.some(({ first: written, last }) => {
    const first = typeof written === 'string' ? template?.portNamed(written) : written;
    return first === undefined || first <= wanted && wanted <= (last ?? first);
  });
}
