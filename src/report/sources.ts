import { lineOf } from '../reading/file-object';
import { Cause, nameOf } from '../trace/hop';
import { MeshObject } from '../view/mesh-object';
import { MeshView } from '../view/mesh-view';

/** An object that decides something, where somebody finds it. */
export interface Source {
  /** Kind, namespace and name. */
  readonly object: string;
  readonly file: string;
  readonly line?: number;
  /** Such as `spec.rules[0]`; empty for the object as a whole. */
  readonly field: string;
}

/** Where the objects of a view, and their fields, are in the files. */
export class Sources {
  private readonly objects = new Map<string, MeshObject>();
  private readonly known = new Map<string, Source>();

  public constructor(view: MeshView) {
    view.objects.forEach(object => this.objects.set(`${object.origin.path} ${nameOf(object)}`, object));
  }

  public of({ object, path, field, steps }: Cause): Source {
    const key = JSON.stringify([path, object, field]);
    const found = this.objects.get(`${path} ${object}`);
    const source = this.known.get(key) ?? { object, file: found?.origin.file ?? path, line: found && lineOf(found, steps), field };
    this.known.set(key, source);
    return source;
  }
}

export function sourceText({ object, file, line, field }: Source): string {
  return `${object}${field === '' ? '' : ` ${field}`} (${file}${line === undefined ? '' : `:${line}`})`;
}
