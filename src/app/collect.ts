import { ApiObject, App, Chart, YamlOutputType } from 'cdk8s';
import { IConstruct } from 'constructs';
import { MeshObject } from '../view/mesh-object';

/** Every object of an app, in the order in which it is written; foreign ones (raw ApiObjects, Include, Helm) like our own. */
export function collect(root: IConstruct, ownerOf: (object: ApiObject) => IConstruct): MeshObject[] {
  const { yamlOutputType } = root as App;
  const objects = root.node.findAll().filter(ApiObject.isApiObject) as ApiObject[];
  return objects.map(object => new CollectedObject(object, ownerOf(object), yamlOutputType));
}

/** The construct that an object of an app was collected from. */
export function constructOf(object: MeshObject): IConstruct {
  return (object as CollectedObject).owner;
}

class CollectedObject implements MeshObject {
  public readonly group: string;
  public readonly kind: string;
  public readonly name: string;
  public readonly namespace: string;
  public readonly file?: string;
  private rendered?: MeshObject['spec'];

  public constructor(private readonly object: ApiObject, public readonly owner: IConstruct, output: YamlOutputType | undefined) {
    this.group = object.apiVersion.includes('/') ? object.apiVersion.split('/')[0] : '';
    this.kind = object.kind;
    this.name = object.name;
    this.namespace = object.metadata.namespace ?? '';
    this.file = fileOf(object, output);
  }

  public get origin() {
    return { path: this.owner.node.path };
  }

  public get spec() {
    this.rendered ??= (this.object.toJson() as { readonly spec?: MeshObject['spec'] }).spec ?? {};
    return this.rendered;
  }
}

/** The file that cdk8s writes an object to when it writes one file for each. */
function fileOf(object: ApiObject, output: YamlOutputType | undefined): string | undefined {
  const name = `${object.kind}.${object.name}`.replace(/[^0-9a-zA-Z-_.]/g, '');
  switch (output) {
    case YamlOutputType.FILE_PER_RESOURCE: return name;
    case YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE: return `${Chart.of(object).node.path}/${name}`;
    default: return undefined;
  }
}
