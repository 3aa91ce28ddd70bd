import { ApiObject, App, Chart } from 'cdk8s';
import { IConstruct } from 'constructs';
import { connectCharts } from './chart-dependencies';
import { SynthOrder } from './synth-order';
import { Tree } from './tree';
import { Validated } from './validated';
import { AppMesh } from '../app/app-mesh';
import { Rendering } from '../app/rendering';
import { isWrittenByItself } from '../private/validation';

/** A manifest, as far as its file has a name. */
export interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name?: string };
}

/**
 * What the objects of an app are written as, each rendered once, when its turn comes. cdk8s connects and validates the whole app before each chart; this does so
 * where the app is not what it was, because somebody's code was asked for a value or a manifest, or took part in the validation.
 */
export class Manifests {
  private order!: SynthOrder;
  private tree!: Tree;
  private rendering!: Rendering;
  /** Whether a validation changed what had been validated. */
  private isValidated!: boolean;
  /** Whether code of somebody had its turn since the app was looked at. */
  private mayDiffer = true;

  public constructor(private readonly app: App, validated: Validated) {
    this.look(validated);
  }

  /**
   * The charts as they are now.
   *
   * @throws for a cycle of dependencies, with the message of cdk8s
   */
  public charts(): readonly Chart[] {
    this.refresh(this.app);
    const charts = this.order.charts();
    return hasOwnCharts(this.app) ? this.app.charts : charts;
  }

  /** The manifests of a chart; those of its own, where its class has them. */
  public ofChart(chart: Chart): (Manifest | undefined)[] {
    if (this.mayDiffer) {
      this.prepare();
    }
    if (isWrittenByItself(chart) || chart.node.root !== this.app) {
      this.wasAsked();
      return Object.values(chart.toJson() as Manifest[]);
    }
    return this.objectsOf(chart).map(object => this.ofObject(object));
  }

  /** The objects of a chart as they are now. */
  public objectsOf(chart: Chart): readonly ApiObject[] {
    this.refresh(chart);
    return this.order.objectsOf(chart);
  }

  public ofObject(object: ApiObject): Manifest {
    return (AppMesh.find(this.app)?.takeRendered(object) ?? this.rendered(object)) as Manifest;
  }

  /** What cdk8s does before each chart. */
  private prepare(): void {
    if (this.isValidated && this.tree.isCurrent()) {
      this.rendering = new Rendering(this.app);
    } else {
      connectCharts(this.app.node.findAll());
      this.look(new Validated(this.app));
    }
    this.mayDiffer = !this.isValidated;
  }

  private look(validated: Validated): void {
    this.isValidated = validated.isCurrent();
    this.order = new SynthOrder(this.app);
    this.tree = new Tree(this.app);
    this.rendering = new Rendering(this.app);
  }

  private rendered(object: ApiObject): unknown {
    this.rendering = this.mayDiffer ? new Rendering(this.app) : this.rendering;
    const { json, isPlain } = this.rendering.of(object);
    if (!isPlain) {
      this.wasAsked();
    }
    return json;
  }

  /** Code of somebody had its turn. */
  private wasAsked(): void {
    this.mayDiffer = true;
    AppMesh.find(this.app)?.forgetForeign();
  }

  /** Finds the order again where something below a construct is not what it was. */
  private refresh(root: IConstruct): void {
    if (this.mayDiffer && !this.tree.isCurrent(root)) {
      this.order = new SynthOrder(this.app);
      this.tree = new Tree(this.app);
    }
  }
}

const CHARTS = Object.getOwnPropertyDescriptor(App.prototype, 'charts')?.get;

/** Whether a subclass or somebody else decides which charts there are. */
function hasOwnCharts(app: App): boolean {
  let owner: object | null = app;
  while (owner !== null && !Object.hasOwn(owner, 'charts')) {
    owner = Object.getPrototypeOf(owner) as object | null;
  }
  return owner !== null && Object.getOwnPropertyDescriptor(owner, 'charts')?.get !== CHARTS;
}
