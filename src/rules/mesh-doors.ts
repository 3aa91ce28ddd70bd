import { MeshModel } from '../private/model';
import { Destination, EgressDoor } from '../view/egress-door';
import { KUBERNETES_NETWORKING } from '../view/egress-policy';
import { addTo } from '../view/lists';
import { MeshView } from '../view/mesh-view';
import { PodTemplate } from '../view/pod-template';

/** NetworkPolicies that keep pods of the mesh from something. */
export interface Closed {
  /** One of those that keep the pods. */
  readonly by: EgressDoor;
  readonly namespace: string;
  /** Pods that are kept; undefined when it is every pod of the namespace, and none of them is there. */
  readonly pod?: PodTemplate;
}

/** Where istiod may be: 15012 is its port for proxies. */
export function controlPlaneOf({ controlPlane, rootNamespace }: MeshModel): Destination {
  const own = [rootNamespace, controlPlane.namespace];
  return { ports: [15012, controlPlane.port], protocol: 'TCP', isIn: namespace => own.includes(namespace) || namespace.includes('istio') };
}

/** What keeps pods with a proxy from a destination: each policy once. */
export function closedTo(view: MeshView, destination: Destination): Closed[] {
  const closed = new Map<EgressDoor, Closed>();
  const doors = doorsIn(view);
  const withSidecar = new Set(view.sidecars.map(({ object }) => object.namespace));
  const isOfMesh = (namespace: string) => (
    view.namespaces.hasSidecars(namespace) || withSidecar.has(namespace) && !view.namespaces.isAmbient(namespace));
  // Reading the pods renders every workload.
  const pods = new Map<string, PodTemplate[]>();
  if (doors.size > 0) {
    view.pods.filter(pod => doors.has(pod.namespace)).forEach(pod => addTo(pods, pod.namespace, pod));
  }
  for (const [namespace, all] of doors) {
    const forAll = all.filter(({ selector }) => selector.isForAll);
    const forSome = new Map<string | undefined, EgressDoor[]>();
    all.filter(({ selector }) => !selector.isForAll).forEach(door => addTo(forSome, door.selector.label, door));
    const known = new Set<string>();
    for (const pod of pods.get(namespace) ?? []) {
      const isInMesh = hasProxy(pod, isOfMesh(namespace));
      const key = JSON.stringify([pod.labels, isInMesh]);
      if (!known.has(key) && isInMesh) {
        const some = [undefined, ...Object.entries(pod.labels).map(label => label.join('='))].flatMap(label => forSome.get(label) ?? []);
        const holding = [...some.filter(({ selector }) => selector.selects(pod.labels)), ...forAll];
        keep(closed, holding, destination, { namespace, pod });
      }
      known.add(key);
    }
    if (!pods.has(namespace) && isOfMesh(namespace)) {
      keep(closed, forAll, destination, { namespace });
    }
  }
  return [...closed.values()];
}

function keep(closed: Map<EgressDoor, Closed>, holding: readonly EgressDoor[], destination: Destination, whom: Omit<Closed, 'by'>): void {
  const by = holding.find(({ limits }) => limits);
  if (by && !closed.has(by) && !holding.some(door => door.limits && door.mayOpen(destination))) {
    closed.set(by, { by, ...whom });
  }
}

function doorsIn(view: MeshView): Map<string, EgressDoor[]> {
  const doors = new Map<string, EgressDoor[]>();
  view.of(KUBERNETES_NETWORKING, 'NetworkPolicy').map(object => new EgressDoor(object)).filter(({ limits }) => limits)
    .forEach(door => addTo(doors, door.object.namespace, door));
  return doors;
}

/** Whether pods have a sidecar, or are a gateway, as far as it is said. */
function hasProxy({ injects, hostNetwork }: PodTemplate, isOfMesh: boolean): boolean {
  return !hostNetwork && (injects === 'true' || injects !== 'false' && isOfMesh);
}
