import { ApiObject, Chart } from 'cdk8s';
import { SynthOrder } from './synth-order';
import { isWrittenByItself } from '../private/validation';

/** A manifest, as far as its file has a name. */
export interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name?: string };
}

export type Render = (object: ApiObject) => unknown;

/** What the objects of an app are written as, each rendered once. */
export class Manifests {
  public constructor(private readonly order: SynthOrder, private readonly render: Render) {}

  /** The manifests of a chart; those of its own, where its class has them. */
  public ofChart(chart: Chart): (Manifest | undefined)[] {
    return isWrittenByItself(chart) ? Object.values(chart.toJson() as Manifest[]) : this.order.objectsOf(chart).map(object => this.ofObject(object));
  }

  public ofObject(object: ApiObject): Manifest {
    return this.render(object) as Manifest;
  }
}
