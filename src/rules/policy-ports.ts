import { Finding } from './rule';
import { AccessPolicy, AccessRule } from '../view/access-policy';
import { number, record, records, selects, strings } from '../view/fields';
import { KubeService } from '../view/kube-service';
import { LabelledThings } from '../view/labelled-things';
import { addTo } from '../view/lists';
import { NETWORKING } from '../view/mesh-object';
import { MeshView } from '../view/mesh-view';
import { PodTemplate } from '../view/pod-template';

type Labels = { readonly [label: string]: string };

/** A port that a policy names and that none of its pods listens on, as far as the objects show them. */
export interface StrangePort extends Required<Pick<Finding, 'object' | 'field'>> {
  readonly property: string;
  readonly value: number;
  /** Whether the rule is for what it does not name. */
  readonly isExcluded: boolean;
  /** Those of the pods, sorted; without those of the proxy. */
  readonly listened: readonly number[];
  /** The Service that has the port for its own, and the port of its pods. */
  readonly service?: { readonly service: KubeService; readonly target: number };
  /** Whether pods are among the objects, and not a Service of theirs alone. */
  readonly hasPods: boolean;
}

/** The ports that every proxy of Istio has for itself: health, metrics and the like. */
export const OWN_PORTS: readonly number[] = [15000, 15001, 15004, 15006, 15008, 15009, 15020, 15021, 15053, 15090];

/** What policies for certain pods say of ports. A proxy compares the port at which a connection arrives at the pod. */
export function strangePortsIn(view: MeshView): StrangePort[] {
  return namingIn(view).flatMap(({ policy, named, known }) => (
    known === undefined ? [] : named.filter(({ value }) => !known.ports.has(value) && !OWN_PORTS.includes(value)).map(port => ({
      ...port,
      object: policy.object,
      listened: [...known.ports].sort((a, b) => a - b),
      service: known.byServicePort.get(port.value),
      hasPods: known.hasPods,
    }))));
}

/** The policies for certain pods that name ports, where the objects do not show on which ones the pods listen. */
export function policiesOfUnknownPorts(view: MeshView): AccessPolicy[] {
  return namingIn(view).filter(({ known }) => known === undefined).map(({ policy }) => policy);
}

interface Naming {
  readonly policy: AccessPolicy;
  readonly named: readonly Named[];
  readonly known?: Listened;
}

function namingIn(view: MeshView): readonly Naming[] {
  return view.once('policies that name ports', () => readNaming(view));
}

function readNaming(view: MeshView): Naming[] {
  const naming = view.accessPolicies.filter(({ hasTargetRefs, selector }) => !hasTargetRefs && Object.keys(selector).length > 0)
    .map(policy => ({ policy, named: policy.rules.flatMap(namedPorts) })).filter(({ named }) => named.length > 0);
  const listeners = naming.length === 0 ? undefined : new Listeners(view);
  return naming.map(({ policy, named }) => ({ policy, named, known: listeners!.of(policy) }));
}

type Named = Pick<StrangePort, 'property' | 'value' | 'isExcluded' | 'field'>;

function namedPorts({ operations, conditions, field }: AccessRule): Named[] {
  const listed = (property: string, values: readonly string[], isExcluded: boolean, at: readonly (string | number)[]) => (
    values.map((value, i) => ({ property, value: Number(value), isExcluded, field: [...at, i] })).filter(({ value }) => Number.isInteger(value)));
  return [
    ...operations.flatMap((operation, i) => ['ports', 'notPorts'].flatMap(property => (
      listed(property, strings(operation[property]), property === 'notPorts', [...field, 'to', i, 'operation', property])))),
    ...conditions.flatMap(({ key, values, notValues }, i) => (key === 'destination.port' ? [
      ...listed(key, values, false, [...field, 'when', i, 'values']), ...listed(key, notValues, true, [...field, 'when', i, 'notValues']),
    ] : [])),
  ];
}

interface Listened {
  readonly ports: ReadonlySet<number>;
  readonly byServicePort: ReadonlyMap<number, NonNullable<StrangePort['service']>>;
  readonly hasPods: boolean;
}

/** The ports of pods, by the Services in front of them and by what they say themselves. */
class Listeners {
  private readonly pods: LabelledThings<PodTemplate>;
  /** By namespace and a label that they select. */
  private readonly services = new Map<string, KubeService[]>();
  /** Ports that a Sidecar has its workloads listen on, by namespace. */
  private readonly ingress = new Map<string, number[]>();
  /** The ports of Gateways, by the pods: many Gateways are for the same ones. */
  private readonly gateways = new Map<string, { readonly selector: Labels; readonly ports: Set<number> }>();
  /** What was found, by namespace and selector: a gateway has many policies. */
  private readonly found = new Map<string, Listened | undefined>();

  public constructor(private readonly view: MeshView) {
    this.pods = new LabelledThings(view.pods);
    view.services.forEach(service => Object.entries(service.selector).forEach(label => (
      new Set([service.object.namespace, view.facts.rootNamespace]).forEach(place => addTo(this.services, keyOf(place, label), service)))));
    for (const { selector, servers } of view.gateways.filter(gateway => gateway.servers.length > 0)) {
      const known = this.gateways.get(servers[0].workload) ?? { selector, ports: new Set<number>() };
      servers.forEach(({ port }) => known.ports.add(port));
      this.gateways.set(servers[0].workload, known);
    }
    view.of(NETWORKING, 'Sidecar').forEach(({ namespace, spec }) => records(spec.ingress).forEach(({ port }) => (
      addTo(this.ingress, namespace, number(record(port).number) ?? NaN))));
  }

  /** Undefined when it is not known where the pods of a policy listen. */
  public of({ object: { namespace }, selector }: AccessPolicy): Listened | undefined {
    const pods = JSON.stringify([namespace, Object.entries(selector).sort()]);
    if (!this.found.has(pods)) {
      this.found.set(pods, this.listened(namespace, selector));
    }
    return this.found.get(pods);
  }

  private listened(namespace: string, selector: Labels): Listened | undefined {
    const [first] = Object.entries(selector);
    // A policy of the root namespace is for pods of every namespace.
    const pods = (namespace === this.view.facts.rootNamespace ? this.pods : this.view.podsIn(namespace)).selectedBy(selector);
    const services = pods.length === 0 ? (this.services.get(keyOf(namespace, first)) ?? []).filter(service => selects(selector, service.selector))
      : [...new Set(pods.flatMap(pod => this.view.servicesSelecting(pod.namespace, pod.labels)))];
    const targets = services.flatMap(service => service.ports.flatMap(({ number: own, targetPort }) => (
      targetsOf(targetPort, pods).map(target => ({ service, own, target })))));
    const places = new Set([...pods.map(pod => pod.namespace), ...services.map(service => service.object.namespace)]);
    const labels = [...pods.map(pod => pod.labels), ...services.map(service => service.selector)];
    const ofSidecars = [...places].flatMap(place => this.ingress.get(place) ?? []);
    const ports = new Set([...targets.map(({ target }) => target), ...pods.flatMap(portsOf), ...this.serversOf(labels, services), ...ofSidecars]);
    return ports.size === 0 || targets.some(({ target }) => Number.isNaN(target)) ? undefined : {
      ports,
      hasPods: pods.length > 0,
      byServicePort: new Map(targets.filter(({ own, target }) => own !== target).map(({ own, ...of }) => [own, of])),
    };
  }

  /** The ports of Gateways that no Service has: the proxy listens on them as they are written. */
  private serversOf(labels: readonly Labels[], services: readonly KubeService[]): number[] {
    const own = new Set(services.flatMap(({ ports }) => ports.map(port => port.number)));
    return [...this.gateways.values()].filter(({ selector }) => labels.some(of => selects(selector, of)))
      .flatMap(({ ports }) => [...ports]).filter(port => !own.has(port));
  }
}

function keyOf(namespace: string, [name, value]: readonly [name: string, value: string]): string {
  return JSON.stringify([namespace, name, value]);
}

/** A number, or what containers call by that name; `NaN` when none of them does. */
function targetsOf(targetPort: number | string, pods: readonly PodTemplate[]): number[] {
  if (typeof targetPort === 'number') {
    return [targetPort];
  }
  const found = pods.flatMap(({ containers }) => containers.flatMap(({ ports }) => records(ports))).filter(({ name }) => name === targetPort)
    .map(({ containerPort }) => number(containerPort) ?? NaN);
  return found.length === 0 ? [NaN] : found;
}

/** What pods say of their ports: those of their containers, those that are probed, and that of their metrics. */
function portsOf({ containers, annotations }: PodTemplate): number[] {
  const probes = containers.flatMap(({ livenessProbe, readinessProbe, startupProbe }) => [livenessProbe, readinessProbe, startupProbe])
    .flatMap(probe => ['httpGet', 'tcpSocket', 'grpc'].map(how => record(record(probe)[how]).port));
  return [...containers.flatMap(({ ports }) => records(ports).map(({ containerPort }) => containerPort)), ...probes, annotations['prometheus.io/port']]
    .map(number).filter(port => port !== undefined);
}
