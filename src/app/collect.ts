import { ApiObject, App, Chart, YamlOutputType } from 'cdk8s';
import { IConstruct } from 'constructs';
import { isPatched } from './keyed-objects';
import { RenderedObjects } from './rendered-objects';
import { createdIn } from '../view/age';
import { groupAndVersionOf, MeshObject, NETWORKING, specIn, UnreadableObject } from '../view/mesh-object';

/** Every object of an app, in the order in which it is written; foreign ones (raw ApiObjects, Include, Helm) like our own. */
export function collect(
  root: IConstruct, ownerOf: (object: ApiObject) => IConstruct, rendered = new RenderedObjects(root), constructs = root.node.findAll(),
): MeshObject[] {
  const { yamlOutputType } = root as App;
  const objects = constructs.filter(ApiObject.isApiObject) as ApiObject[];
  return objects.flatMap((object): MeshObject[] => {
    const [owner, file] = [ownerOf(object), fileOf(object, yamlOutputType)];
    if (!isRead(object)) {
      return [new LazyObject(object, owner, file, rendered)];
    }
    // A constructor writes what the user cannot: only a patch adds a field that the library does not know.
    const isTyped = owner !== object && !isPatched(object);
    return manifestsOf(rendered.of(object) as Manifest).map(manifest => new CollectedObject(object, manifest, owner, file, isTyped));
  });
}

/** The construct that an object of an app was collected from. */
export function constructOf(object: MeshObject): IConstruct {
  return (object as CollectedObject | LazyObject).owner;
}

/** The object of cdk8s that an object of an app was collected from: several, when that is a list. */
export function apiObjectOf(object: MeshObject): ApiObject {
  return (object as CollectedObject | LazyObject).source;
}

/** A manifest, as far as the mesh is concerned. */
type Manifest = {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: {
    readonly name?: string;
    readonly namespace?: string;
    readonly labels?: MeshObject['labels'];
    readonly annotations?: MeshObject['annotations'];
    readonly creationTimestamp?: unknown;
  };
  readonly spec?: MeshObject['spec'];
  readonly items?: readonly Manifest[];
};

/** The groups and kinds that most rules read; the others are rendered when a rule asks for more than their identity. */
const READ = [NETWORKING, 'security.istio.io', 'networking.k8s.io', 'cert-manager.io', 'external-secrets.io'];

function isRead({ apiVersion, kind }: ApiObject): boolean {
  return READ.includes(groupAndVersionOf(apiVersion).group) || ['Service', 'List'].includes(kind);
}

/** What an object is written as, after its patches; a list is the objects in it. */
function manifestsOf(manifest: Manifest): Manifest[] {
  return manifest.kind === 'List' && Array.isArray(manifest.items) ? manifest.items.filter(item => typeof item === 'object' && item !== null) : [manifest];
}

class CollectedObject implements MeshObject {
  public readonly group: string;
  public readonly version: string;
  public readonly kind: string;
  public readonly name: string;
  public readonly namespace: string;
  public readonly labels: MeshObject['labels'];
  public readonly annotations: MeshObject['annotations'];
  public readonly created?: string;
  public readonly origin: { readonly path: string };
  public readonly spec: MeshObject['spec'];
  public readonly beside?: readonly string[];

  public constructor(
    public readonly source: ApiObject, manifest: Manifest, public readonly owner: IConstruct, public readonly file: string | undefined,
    public readonly isTyped: boolean,
  ) {
    ({ group: this.group, version: this.version } = groupAndVersionOf(manifest.apiVersion));
    this.kind = String(manifest.kind);
    this.name = String(manifest.metadata?.name);
    this.namespace = manifest.metadata?.namespace ?? source.metadata.namespace ?? '';
    this.labels = manifest.metadata?.labels ?? {};
    this.annotations = manifest.metadata?.annotations ?? {};
    this.created = createdIn(manifest.metadata ?? {});
    this.origin = { path: owner.node.path };
    this.spec = specIn(manifest);
    this.beside = isTyped ? undefined : Object.keys(manifest);
  }
}

/** One that is rendered when its content is asked for. */
class LazyObject implements MeshObject {
  public readonly group: string;
  public readonly version: string;
  public readonly kind: string;
  public readonly name: string;
  public readonly namespace: string;
  public readonly origin: { readonly path: string };
  private manifest?: Manifest;

  public constructor(
    public readonly source: ApiObject, public readonly owner: IConstruct, public readonly file: string | undefined,
    private readonly known: RenderedObjects,
  ) {
    ({ group: this.group, version: this.version } = groupAndVersionOf(source.apiVersion));
    this.kind = source.kind;
    this.name = String(source.name);
    this.namespace = source.metadata.namespace ?? '';
    this.origin = { path: owner.node.path };
  }

  public get labels(): MeshObject['labels'] {
    return this.rendered.metadata?.labels ?? {};
  }

  public get annotations(): MeshObject['annotations'] {
    // Every rule run asks for them, and metadata is a small part of a workload.
    return (isPatched(this.source) ? this.rendered.metadata : this.ownMetadata)?.annotations ?? {};
  }

  public get spec(): MeshObject['spec'] {
    return specIn(this.rendered);
  }

  public get beside(): readonly string[] {
    return Object.keys(this.rendered);
  }

  private get ownMetadata(): Manifest['metadata'] {
    try {
      return this.known.metadataOf(this.source) as Manifest['metadata'];
    } catch {
      // The whole object fails as well, and says which it is.
      return this.rendered.metadata;
    }
  }

  private get rendered(): Manifest {
    try {
      return this.manifest ??= this.known.of(this.source) as Manifest;
    } catch (error) {
      throw new UnreadableObject((error as Error).message, { cause: error });
    }
  }
}

/** The file that cdk8s writes an object to when it writes one file for each. */
function fileOf(object: ApiObject, output: YamlOutputType | undefined): string | undefined {
  switch (output) {
    case YamlOutputType.FILE_PER_RESOURCE: return fileNameOf(object.kind, object.name);
    case YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE: return `${Chart.of(object).node.path}/${fileNameOf(object.kind, object.name)}`;
    default: return undefined;
  }
}

/** The name that cdk8s gives the file of one object. */
export function fileNameOf(kind: string, name: string | undefined): string {
  return `${kind}.${name}`.replace(/[^0-9a-zA-Z-_.]/g, '');
}
