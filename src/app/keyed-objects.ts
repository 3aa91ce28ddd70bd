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
  ) {
    super(scope, id);
    const children = () => [...this.objects.keys()].sort().filter(shows).map(key => this.objects.get(key)!);
    // cdk8s writes the children of a construct in the order of their creation.
    Object.defineProperty(this.node, 'children', { get: children });
  }

  public ensure(key: string): void {
    if (!this.objects.has(key)) {
      this.objects.set(key, this.make(this, key));
    }
  }
}
