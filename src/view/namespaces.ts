import { DATAPLANE_MODE, INJECT, INJECTION, REVISION } from './istio-labels';
import { MeshObject } from './mesh-object';
import { PodTemplate } from './pod-template';

/** The label with which the API server names every namespace. */
export const NAMESPACE_NAME = 'kubernetes.io/metadata.name';

/** What takes the connections of a pod. */
export type Plane = 'SIDECAR' | 'ZTUNNEL' | 'NONE';

/** The namespaces of Kubernetes whose pods istiod gives no sidecars, whatever their labels say. */
export const WITHOUT_SIDECARS: ReadonlySet<string> = new Set(['kube-system', 'kube-public', 'kube-node-lease', 'local-path-storage']);

/** Whether a label names a revision: the webhook of none is called for an empty one. */
function isNamed(revision: string | undefined): boolean {
  return revision !== undefined && revision !== '';
}

/** What the labels of a namespace say of the proxies of its pods; of a namespace that is not there, nothing is known. */
export class Namespaces {
  private readonly known: ReadonlyMap<string, MeshObject>;

  public constructor(namespaces: readonly MeshObject[], private readonly isMeshAmbient: boolean) {
    this.known = new Map(namespaces.map(object => [object.name, object]));
  }

  /** The object, if it is there. */
  public of(name: string): MeshObject | undefined {
    return this.known.get(name);
  }

  /** Its labels, one of which the API server writes. */
  public labelsOf(name: string): MeshObject['labels'] {
    return { ...this.known.get(name)?.labels, [NAMESPACE_NAME]: name };
  }

  /** Whether its pods get sidecars. */
  public hasSidecars(name: string): boolean {
    const labels = this.known.get(name)?.labels ?? {};
    const isAsked = labels[INJECTION] === 'enabled' || labels[INJECTION] === undefined && isNamed(labels[REVISION]) && !this.saysAmbient(name);
    return isAsked && !WITHOUT_SIDECARS.has(name);
  }

  /** Whether ztunnel takes the connections of its pods. */
  public isAmbient(name: string): boolean {
    return this.saysAmbient(name) || this.isMeshAmbient && this.known.get(name)?.labels[DATAPLANE_MODE] !== 'none' && !this.hasSidecars(name);
  }

  /**
   * What takes the connections of pods of a namespace, by the webhooks of Istio's chart; undefined when the Namespace is not there. Without a pod, of those that
   * say nothing themselves.
   */
  public planeOf(name: string, pod?: PodTemplate): Plane | undefined {
    const of = this.known.get(name)?.labels;
    if (of === undefined) {
      return undefined;
    }
    const own = pod?.labels ?? {};
    // The webhooks for pods that ask themselves leave out every namespace with one of the two labels. An annotation asks for nothing where no webhook is called.
    const isAsked = of[INJECTION] === undefined && of[REVISION] === undefined
      && (own[INJECT] === 'true' || isNamed(own[REVISION])) && !WITHOUT_SIDECARS.has(name);
    if (pod?.injects !== 'false' && (this.hasSidecars(name) || isAsked)) {
      return 'SIDECAR';
    }
    const mode = own[DATAPLANE_MODE] ?? (this.isAmbient(name) ? 'ambient' : 'none');
    return mode === 'ambient' ? 'ZTUNNEL' : 'NONE';
  }

  /** Whether ztunnel takes the connections of any pod. */
  public get areSomeAmbient(): boolean {
    return this.isMeshAmbient || [...this.known.keys()].some(name => this.saysAmbient(name));
  }

  private saysAmbient(name: string): boolean {
    return this.known.get(name)?.labels[DATAPLANE_MODE] === 'ambient';
  }
}
