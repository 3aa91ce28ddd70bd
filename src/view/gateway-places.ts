import { selects } from './fields';
import { GatewayConfig } from './gateway';
import { isGatewayAlone } from './gateway-pod';
import { namespaceOfService } from './host-name';
import { KubeService } from './kube-service';
import { addTo } from './lists';
import { Leg } from './name-index';
import { PodTemplate } from './pod-template';
import { MESH, Route } from './route';
import { TrafficRule } from './traffic-rule';

interface Labels {
  readonly [label: string]: string;
}

interface Workload {
  readonly key: string;
  readonly selector: Labels;
}

/** What shows where gateways are. */
interface GatewaysOfMesh {
  readonly gateways: readonly GatewayConfig[];
  readonly services: readonly KubeService[];
  /** Reading them renders every workload. */
  readonly pods: readonly PodTemplate[];
  readonly trafficRules: readonly TrafficRule[];
  readonly routes: readonly Route[];
  readonly names: { readonly detours: readonly Leg[] };
  readonly facts: { readonly clusterDomain: string };
  servicesSelecting(namespace: string, labels: Labels): readonly KubeService[];
}

/** Where the pods of Gateways run, and behind which Services, as far as the objects show it. */
export class GatewayPlaces {
  private readonly workloads = new Map<string, Workload>();
  private readonly byLabel = new Map<string, Workload[]>();
  private readonly keysByHost = new Map<string, Set<string>>();
  private readonly hostsByKey = new Map<string, Set<string>>();
  private readonly servicesByKey = new Map<string, Set<KubeService>>();
  private readonly namespacesByKey = new Map<string, Set<string>>();
  private readonly podsByKey = new Map<string, PodTemplate[]>();
  private readonly gatewayPods = new Set<PodTemplate>();
  private readonly withGateways = new Set<string>();
  /** The namespaces with pods that are no gateways. */
  private readonly withClients = new Set<string>();
  /** The namespaces of all Gateways' pods. */
  private readonly all = new Set<string>();
  private own?: ReadonlySet<string>;

  private readonly clusterDomain: string;

  public constructor(view: GatewaysOfMesh) {
    const { gateways, services, trafficRules, routes, names: { detours }, facts: { clusterDomain } } = view;
    this.clusterDomain = clusterDomain;
    gateways.forEach(gateway => this.know(gateway));
    if (gateways.length === 0) {
      return;
    }
    services.forEach(service => this.matching(service.selector).forEach(key => this.place(key, service)));
    for (const pod of view.pods) {
      const keys = this.matching(pod.labels);
      const before = keys.length === 0 ? [] : view.servicesSelecting(pod.namespace, pod.labels);
      keys.forEach(key => {
        addTo(this.podsByKey, key, pod);
        this.at(key, pod.namespace);
        before.forEach(service => this.place(key, service));
      });
    }
    // That a Gateway selects a pod says nothing of it: anybody may write one, and sidecars do not read it.
    for (const pod of view.pods) {
      if (!mayBeGateway(pod)) {
        this.withClients.add(pod.namespace);
      } else if (this.matching(pod.labels).length > 0) {
        this.gatewayPods.add(pod);
        this.withGateways.add(pod.namespace);
      }
    }
    const known = new Set(services.map(({ host }) => host));
    // The labels of a subset are on some pods of its host.
    for (const { host, subsets } of trafficRules) {
      subsets.forEach(({ labels }) => this.matching(labels).forEach(key => this.behind(key, host)));
    }
    for (const host of new Set(detours.flatMap(({ rule }) => rule.destinations.map(destination => destination.host)))) {
      if (namespaceOfService(host, clusterDomain) !== undefined && !known.has(host)) {
        // Istio's charts label the pods of a gateway by the name of its release, which is that of the Service.
        const [name] = host.split('.');
        this.matching({ app: name, istio: name.replace(/^istio-/, '') }).forEach(key => this.behind(key, host));
      }
    }
    const keyOf = new Map(gateways.map(gateway => [gateway.name, gateway.workload]));
    const detoursOf = new Map<Route, Leg[]>();
    detours.forEach(leg => addTo(detoursOf, leg.route, leg));
    // A VirtualService for the sidecars and one Gateway sends the first to the pods of the second.
    for (const route of routes) {
      const keys = new Set(route.gateways.filter(name => name !== MESH).map(name => keyOf.get(name)).filter(key => key !== undefined));
      const [key] = keys;
      if (keys.size === 1) {
        (detoursOf.get(route) ?? []).forEach(({ rule }) => rule.destinations.filter(({ host }) => (
          namespaceOfService(host, clusterDomain) !== undefined && !known.has(host))).forEach(({ host }) => this.behind(key, host)));
      }
    }
  }

  /** What is at the pods of a Service: the selectors of Gateways, as `GatewayServer.workload` has them. */
  public workloadsAt(host: string): ReadonlySet<string> {
    return this.keysByHost.get(host) ?? NOTHING;
  }

  /** The full names of the Services in front of a Gateway's pods. */
  public hostsOf({ workload }: GatewayConfig): ReadonlySet<string> {
    return this.hostsByKey.get(workload) ?? NOTHING;
  }

  /** Those Services that are among the objects. */
  public servicesOf({ workload }: Pick<GatewayConfig, 'workload'>): ReadonlySet<KubeService> {
    return this.servicesByKey.get(workload) ?? new Set();
  }

  /** The namespaces of a Gateway's pods; empty when nothing shows them. */
  public namespacesOf({ workload }: GatewayConfig): ReadonlySet<string> {
    return this.namespacesByKey.get(workload) ?? NOTHING;
  }

  /** The pods of a Gateway that are among the objects. */
  public podsOf({ workload }: GatewayConfig): readonly PodTemplate[] {
    return this.podsByKey.get(workload) ?? [];
  }

  /** Whether a pod is one of a gateway: a Gateway is for it, and it is nothing else. */
  public isOfGateway(pod: PodTemplate): boolean {
    return this.gatewayPods.has(pod);
  }

  /** Whether the input has pods of a namespace that are no gateways. */
  public hasClients(namespace: string): boolean {
    return this.withClients.has(namespace);
  }

  /** Whether nothing in the input says that a namespace has no gateway: its pods are not shown, or one of them is a gateway. */
  public mayHaveGateways(namespace: string): boolean {
    return !this.hasClients(namespace) || this.withGateways.has(namespace);
  }

  /** The namespaces that gateways have for themselves, as far as the input shows their pods. */
  public get namespaces(): ReadonlySet<string> {
    return this.own ??= new Set([...this.all].filter(namespace => !this.withClients.has(namespace)));
  }

  private know({ selector, workload: key }: GatewayConfig): void {
    if (this.workloads.has(key)) {
      return;
    }
    const workload = { key, selector };
    this.workloads.set(key, workload);
    const [first] = Object.entries(selector).sort(([a], [b]) => (a < b ? -1 : 1));
    // One without labels is for every pod of the mesh: that says nothing of a place.
    if (first !== undefined) {
      addTo(this.byLabel, first.join('='), workload);
    }
  }

  private matching(labels: Labels): string[] {
    const found: string[] = [];
    for (const label of Object.keys(labels)) {
      for (const { key, selector } of this.byLabel.get(`${label}=${labels[label]}`) ?? []) {
        if (selects(selector, labels)) {
          found.push(key);
        }
      }
    }
    return found;
  }

  private place(key: string, service: KubeService): void {
    this.servicesByKey.set(key, (this.servicesByKey.get(key) ?? new Set()).add(service));
    this.behind(key, service.host);
  }

  private behind(key: string, host: string): void {
    this.keysByHost.set(host, (this.keysByHost.get(host) ?? new Set()).add(key));
    this.hostsByKey.set(key, (this.hostsByKey.get(key) ?? new Set()).add(host));
    this.at(key, namespaceOfService(host, this.clusterDomain));
  }

  private at(key: string, namespace: string | undefined): void {
    if (namespace !== undefined) {
      this.namespacesByKey.set(key, (this.namespacesByKey.get(key) ?? new Set()).add(namespace));
      this.all.add(namespace);
    }
  }
}

const NOTHING: ReadonlySet<string> = new Set();

/** What an input has of the pods of a gateway may be no more than their labels. */
function mayBeGateway(pod: PodTemplate): boolean {
  return isGatewayAlone(pod) || pod.containers.length === 0;
}
