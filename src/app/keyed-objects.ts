import { ApiObject } from 'cdk8s';
import { Construct, IConstruct } from 'constructs';
import { validates } from '../private/validation';

/**
 * Objects that become known one by one, each under a key. They are written in the order of their keys and not of the calls; which of them are
 * written is asked at synth. An object stays once it was made, so that a patch of it is never lost.
 */
export class KeyedObjects extends Construct {
  /** In the order of their keys: cdk8s asks for the children many times for each chart. */
  private objects: readonly { readonly key: string; readonly object: ApiObject }[] = [];

  public constructor(
    scope: Construct,
    id: string,
    private readonly make: (scope: Construct, key: string) => ApiObject,
    shows: (key: string) => boolean = () => true,
    hidden = '',
  ) {
    super(scope, id);
    const children = () => this.objects.filter(({ key }) => shows(key)).map(({ object }) => object);
    // cdk8s writes the children of a construct in the order of their creation.
    Object.defineProperty(this.node, 'children', { get: children });
    validates(this, () => this.objects.filter(({ key, object }) => !shows(key) && isPatched(object))
      .map(({ object }) => `the patch of '${object.node.path}' would be lost, because the object is not written${hidden}: remove it`));
  }

  public ensure(key: string): void {
    if (!this.objects.some(known => known.key === key)) {
      // An id that every object of JavaScript has is taken, as cdk8s sees it.
      const object = this.make(this, key in {} ? `${key}-` : key);
      this.objects = [...this.objects, { key, object }].sort((a, b) => (a.key < b.key ? -1 : 1));
    }
  }
}

/** Whether somebody patched an object. */
export function isPatched(object: ApiObject): boolean {
  return patchesOf(object).length > 0;
}

/** The patches of an object; none of any other construct. */
export function patchesOf(construct: IConstruct): readonly unknown[] {
  return (construct as { readonly patches?: unknown[] }).patches ?? [];
}
