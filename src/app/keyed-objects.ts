import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';

/**
 * Objects that become known one by one, each under a key. They are written in the order of their keys and not of the calls; which of them are
 * written is asked at synth. An object stays once it was made, so that a patch of it is never lost.
 */
export class KeyedObjects extends Construct {
  private readonly objects = new Map<string, ApiObject>();

  public constructor(
    scope: Construct,
    id: string,
    private readonly make: (scope: Construct, key: string) => ApiObject,
    shows: (key: string) => boolean = () => true,
    hidden = '',
  ) {
    super(scope, id);
    const children = () => [...this.objects.keys()].sort().filter(shows).map(key => this.objects.get(key)!);
    // cdk8s writes the children of a construct in the order of their creation.
    Object.defineProperty(this.node, 'children', { get: children });
    this.node.addValidation({
      validate: () => [...this.objects].filter(([key, object]) => !shows(key) && isPatched(object))
        .map(([, object]) => `the patch of '${object.node.path}' would be lost, because the object is not written${hidden}: remove it`),
    });
  }

  public ensure(key: string): void {
    if (!this.objects.has(key)) {
      // An id that every object of JavaScript has is taken, as cdk8s sees it.
      this.objects.set(key, this.make(this, key in {} ? `${key}-` : key));
    }
  }
}

function isPatched(object: ApiObject): boolean {
  return ((object as unknown as { patches?: unknown[] }).patches ?? []).length > 0;
}
