import { ApiObject } from 'cdk8s';
import { IConstruct } from 'constructs';
import { metadataFieldsOf, Rendering } from './rendering';

/** What an object of the library was rendered as, and its metadata then: whoever has the object may add to these. */
interface Kept {
  readonly json: unknown;
  readonly metadata: readonly unknown[];
}

/**
 * What objects were rendered as when the rules looked, for whoever writes them afterwards: resolving the values of an object is most of what rules cost. Each
 * is given away once, because who gets it may change it. Of objects of somebody else only plain data is kept, and only until somebody's code is asked for a
 * value: it may change any object that is written after its own.
 */
export class RenderedObjects {
  private readonly own = new Map<ApiObject, Kept>();
  private readonly foreign = new Map<ApiObject, unknown>();
  private readonly rendering: Rendering;
  private isForeignKept = true;

  /** @param isOwn tells objects that take what was kept when they are written, whoever writes them */
  public constructor(root: IConstruct, private readonly isOwn: (object: ApiObject) => boolean = () => true) {
    this.rendering = new Rendering(root);
  }

  public of(object: ApiObject): unknown {
    const { json, isPlain, hasPlainMetadata } = this.rendering.of(object);
    const isOwn = this.isOwn(object);
    if (!(isOwn ? hasPlainMetadata : isPlain)) {
      this.forgetForeign();
    }
    if (isOwn) {
      this.own.set(object, { json, metadata: stateOf(object) });
    } else if (!isPlain) {
      return asData(json);
    } else if (this.isForeignKept) {
      this.foreign.set(object, json);
    }
    return json;
  }

  /** The metadata of an object alone. */
  public metadataOf(object: ApiObject): unknown {
    const { json, isPlain } = this.rendering.metadataOf(object);
    if (!isPlain) {
      this.forgetForeign();
    }
    return json;
  }

  /** To be called when somebody's code was asked for a value. */
  public forgetForeign(): void {
    this.isForeignKept = false;
    this.foreign.clear();
  }

  public take(object: ApiObject): unknown {
    const own = this.own.get(object);
    const found = own === undefined ? this.foreign.get(object) : isSame(own.metadata, stateOf(object)) ? own.json : undefined;
    this.own.delete(object);
    this.foreign.delete(object);
    return found;
  }
}

/** What the metadata of an object consists of. */
function stateOf(object: ApiObject): unknown[] {
  const state: unknown[] = [];
  // Asked for twice of each object of an app: without a list for each field.
  const fields = metadataFieldsOf(object);
  for (const field of Object.keys(fields)) {
    const value = fields[field];
    state.push(field);
    if (typeof value !== 'object' || value === null) {
      state.push(value);
    } else {
      for (const key of Object.keys(value)) {
        state.push(key, (value as { readonly [key: string]: unknown })[key]);
      }
    }
  }
  return state;
}

function isSame(one: readonly unknown[], other: readonly unknown[]): boolean {
  return one.length === other.length && one.every((value, i) => value === other[i]);
}

/** What Kubernetes reads of a manifest that somebody's code made: a Date, for one, is a text. */
function asData(json: unknown): unknown {
  try {
    return JSON.parse(JSON.stringify(json));
  } catch {
    return json;
  }
}
