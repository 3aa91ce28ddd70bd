import { ApiObject } from 'cdk8s';
import { IConstruct } from 'constructs';
import { Rendering } from './rendering';

/**
 * What objects were rendered as when the rules looked, for whoever writes them afterwards: resolving the values of an object is most of what rules cost. Each
 * is given away once, because who gets it may change it.
 */
export class Renderings {
  private readonly known = new Map<ApiObject, { readonly json: unknown; readonly metadata: string }>();

  private readonly rendering: Rendering;

  public constructor(root: IConstruct) {
    this.rendering = new Rendering(root);
  }

  public of(object: ApiObject): unknown {
    const json = this.rendering.of(object);
    this.known.set(object, { json, metadata: metadataOf(object) });
    return json;
  }

  /** Nothing for an object that has changed in a way that its construct does not tell of. */
  public take(object: ApiObject): unknown {
    const found = this.known.get(object);
    this.known.delete(object);
    return found?.metadata === metadataOf(object) ? found.json : undefined;
  }
}

/** Labels and annotations may be added at any time. */
function metadataOf({ metadata }: ApiObject): string {
  return JSON.stringify({ ...metadata, apiObject: undefined });
}
