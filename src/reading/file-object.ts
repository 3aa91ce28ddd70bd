import { Chunk } from './chunk';
import { lineOfPath } from './place';
import { readYaml } from './yaml-value';
import { createdIn } from '../view/age';
import { Fields, labelsOf, record, text, valueAt } from '../view/fields';
import { Doubt, groupAndVersionOf, MeshObject, Origin, specIn } from '../view/mesh-object';

/** Where an object was read: the text, and the way to it in there. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly chunk: Chunk;
  readonly path: readonly (string | number)[];
}

/** An object that was read from a file. */
export class FileObject implements MeshObject {
  public readonly group: string;
  public readonly version: string;
  public readonly kind: string;
  public readonly name: string;
  public readonly namespace: string;
  public readonly labels: MeshObject['labels'];
  public readonly annotations: MeshObject['annotations'];
  public readonly created?: string;
  public readonly origin: Origin;
  public readonly spec: MeshObject['spec'];
  public readonly beside: readonly string[];

  public constructor(manifest: Fields, private readonly place: Place, namespace: string, public readonly doubts?: readonly Doubt[]) {
    const metadata = record(manifest.metadata);
    ({ group: this.group, version: this.version } = groupAndVersionOf(manifest.apiVersion));
    this.kind = String(manifest.kind);
    this.name = text(metadata.name) ?? '';
    // An empty one is none, as charts write it.
    this.namespace = text(metadata.namespace) || namespace;
    this.labels = labelsOf(metadata.labels);
    this.annotations = labelsOf(metadata.annotations);
    this.created = createdIn(metadata);
    this.origin = { path: `${place.file}:${place.line}`, file: place.file, line: place.line };
    this.spec = specIn(manifest);
    this.beside = Object.keys(manifest);
  }

  /** All of it, as it was written. */
  public get manifest(): Fields {
    return record(valueAt(readYaml(this.place.chunk.text).value, this.place.path));
  }

  /** The line of one of its fields, or of the nearest one around it that is written. */
  public lineOf(field: readonly (string | number)[]): number {
    return lineOfPath(this.place.chunk, [...this.place.path, ...field]);
  }
}

/** The line of a field of an object, or of the object; undefined for an object that was read from no file. */
export function lineOf(object: MeshObject, field: readonly (string | number)[] = []): number | undefined {
  return field.length > 0 && object instanceof FileObject ? object.lineOf(field) : object.origin.line;
}
