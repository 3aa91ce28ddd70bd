import { MeshObject } from './mesh-object';

/** The label with which the API server names every namespace. */
export const NAMESPACE_NAME = 'kubernetes.io/metadata.name';

/** What takes the connections of a pod. */
export type Plane = 'SIDECAR' | 'ZTUNNEL' | 'NONE';

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
    return labels['istio-injection'] === 'enabled' || labels['istio-injection'] === undefined && labels['istio.io/rev'] !== undefined && !this.saysAmbient(name);
  }

  /** Whether ztunnel takes the connections of its pods. */
  public isAmbient(name: string): boolean {
    return this.saysAmbient(name) || this.isMeshAmbient && this.known.get(name)?.labels['istio.io/dataplane-mode'] !== 'none' && !this.hasSidecars(name);
  }

  /**
   * What takes the connections of pods of a namespace, by the webhooks of Istio's chart; undefined when the Namespace is not there. Without a pod, of those that
   * say nothing themselves.
   */
  public planeOf(name: string, pod?: { readonly labels: MeshObject['labels']; readonly annotations: MeshObject['annotations'] }): Plane | undefined {
    const of = this.known.get(name)?.labels;
    if (of === undefined) {
      return undefined;
    }
    const own = pod?.labels ?? {};
    const injects = own['sidecar.istio.io/inject'] ?? pod?.annotations['sidecar.istio.io/inject'];
    // The webhooks for pods that ask themselves leave out every namespace with one of the two labels. An annotation asks for nothing where no webhook is called.
    const isAsked = of['istio-injection'] === undefined && of['istio.io/rev'] === undefined
      && (own['sidecar.istio.io/inject'] === 'true' || own['istio.io/rev'] !== undefined);
    if (injects !== 'false' && (this.hasSidecars(name) || isAsked)) {
      return 'SIDECAR';
    }
    const mode = own['istio.io/dataplane-mode'] ?? (this.isAmbient(name) ? 'ambient' : 'none');
    return mode === 'ambient' ? 'ZTUNNEL' : 'NONE';
  }

  /** Whether ztunnel takes the connections of any pod. */
  public get areSomeAmbient(): boolean {
    return this.isMeshAmbient || [...this.known.keys()].some(name => this.saysAmbient(name));
  }

  private saysAmbient(name: string): boolean {
    return this.known.get(name)?.labels['istio.io/dataplane-mode'] === 'ambient';
  }
}
