import { ApiObject } from 'cdk8s';
import { IConstruct } from 'constructs';
import { isPatched } from './keyed-objects';
import { metadataFieldsOf, Rendering } from './rendering';
import { Fields } from '../view/fields';

/** What an object of the library was rendered as. */
interface Kept {
  readonly json: unknown;
  /** The metadata that it had then, where what was rendered does not show it: something in it is made late, or patched. */
  readonly metadata?: readonly unknown[];
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

  /** Whether nobody's code was asked for a value of what is kept. */
  public get isOfPlainData(): boolean {
    return this.isForeignKept;
  }

  public of(object: ApiObject): unknown {
    const { json, isPlain, hasPlainMetadata } = this.rendering.of(object);
    const isOwn = this.isOwn(object);
    if (!(isOwn ? hasPlainMetadata : isPlain)) {
      this.forgetForeign();
    }
    if (isOwn) {
      this.own.set(object, { json, metadata: hasPlainMetadata && !isPatched(object) ? undefined : stateOf(object) });
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
    const found = own === undefined ? this.foreign.get(object) : isCurrent(own, object) ? own.json : undefined;
    this.own.delete(object);
    this.foreign.delete(object);
    return found;
  }
}

/** Whether an object has the metadata that it was rendered with: whoever has the object may add to these. */
function isCurrent({ json, metadata }: Kept, object: ApiObject): boolean {
  return metadata === undefined ? isRenderedAs(metadataFieldsOf(object), (json as { readonly metadata: Fields }).metadata)
    : isSame(metadata, stateOf(object));
}

/** Whether plain metadata is rendered as this; what is empty is not rendered. */
function isRenderedAs(value: unknown, rendered: unknown): boolean {
  if (typeof value !== 'object' || value === null) {
    return (value ?? undefined) === rendered;
  }
  if (Array.isArray(value) !== Array.isArray(rendered ?? value)) {
    return false;
  }
  // A list has its places as keys.
  const known = (rendered ?? NO_FIELDS) as Fields;
  let missing = Object.keys(known).length;
  for (const key of Object.keys(value)) {
    if (!isRenderedAs((value as Fields)[key], known[key])) {
      return false;
    }
    missing -= known[key] === undefined ? 0 : 1;
  }
  return missing === 0;
}

const NO_FIELDS: Fields = {};

/** What metadata consists of that is not plain. */
function stateOf(object: ApiObject): unknown[] {
  return Object.entries(metadataFieldsOf(object)).flatMap(([field, value]) => (
    typeof value === 'object' && value !== null ? [field, ...Object.entries(value).flat()] : [field, value]));
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
