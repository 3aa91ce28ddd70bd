import { MeshObject } from './mesh-object';

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

  /** Whether its pods get sidecars. */
  public hasSidecars(name: string): boolean {
    const labels = this.known.get(name)?.labels ?? {};
    return labels['istio-injection'] === 'enabled' || labels['istio-injection'] === undefined && labels['istio.io/rev'] !== undefined && !this.saysAmbient(name);
  }

  /** Whether ztunnel takes the connections of its pods. */
  public isAmbient(name: string): boolean {
    return this.saysAmbient(name) || this.isMeshAmbient && this.known.get(name)?.labels['istio.io/dataplane-mode'] !== 'none' && !this.hasSidecars(name);
  }

  /** Whether ztunnel takes the connections of any pod. */
  public get areSomeAmbient(): boolean {
    return this.isMeshAmbient || [...this.known.keys()].some(name => this.saysAmbient(name));
  }

  private saysAmbient(name: string): boolean {
    return this.known.get(name)?.labels['istio.io/dataplane-mode'] === 'ambient';
  }
}
