import { ApiObject } from 'cdk8s';
import { IConstruct } from 'constructs';
import { Rendering } from './rendering';

/**
 * What objects were rendered as when the rules looked, for whoever writes them afterwards: resolving the values of an object is most of what rules cost. Each
 * is given away once, because who gets it may change it.
 */
export class RenderedObjects {
  private readonly known = new Map<ApiObject, unknown>();
  private readonly rendering: Rendering;

  public constructor(root: IConstruct) {
    this.rendering = new Rendering(root);
  }

  public of(object: ApiObject): unknown {
    const json = this.rendering.of(object);
    this.known.set(object, json);
    return json;
  }

  public take(object: ApiObject): unknown {
    const found = this.known.get(object);
    this.known.delete(object);
    return found;
  }
}
