import { ApiObject } from 'cdk8s';
import { IConstruct } from 'constructs';
import { Rendering } from './rendering';

/**
 * What objects were rendered as when the rules looked, for whoever writes them afterwards: resolving the values of an object is most of what rules cost. Each
 * is given away once, because who gets it may change it. Of objects of somebody else only plain data is kept: code that makes a value is asked once more when
 * the object is written, as it is where nothing was kept.
 */
export class RenderedObjects {
  private readonly known = new Map<ApiObject, unknown>();
  private readonly rendering: Rendering;

  /** @param isOwn tells objects that take what was kept when they are written, whoever writes them */
  public constructor(root: IConstruct, private readonly isOwn: (object: ApiObject) => boolean = () => true) {
    this.rendering = new Rendering(root);
  }

  public of(object: ApiObject): unknown {
    const { json, isPlain } = this.rendering.of(object);
    if (!isPlain && !this.isOwn(object)) {
      return asData(json);
    }
    this.known.set(object, json);
    return json;
  }

  public take(object: ApiObject): unknown {
    const found = this.known.get(object);
    this.known.delete(object);
    return found;
  }
}

/** What Kubernetes reads of a manifest that somebody's code made: a Date, for one, is a text. */
function asData(json: unknown): unknown {
  try {
    return JSON.parse(JSON.stringify(json));
  } catch {
    return json;
  }
}
