import { ApiObject, Chart } from 'cdk8s';
import { IConstruct } from 'constructs';
import { cycleIn, DependencyWalk, Edge, independent, Targets } from './dependency-walk';
import { addTo } from '../view/lists';

/** A construct of an app, by its number in the order of creation. */
interface Vertex {
  readonly construct: IConstruct;
  /** The closest chart; a chart itself. */
  readonly chart: IConstruct | undefined;
  /** The first number behind those of its subtree. */
  end: number;
}

interface Dependency {
  readonly source: IConstruct;
  readonly target: IConstruct;
}

/**
 * The order in which cdk8s writes the charts of an app, and the objects of each: what others depend on is first, otherwise what was created first. cdk8s
 * follows every path of dependencies, of which there may be exponentially many; here each construct is visited once.
 */
export class SynthOrder {
  private readonly vertices: Vertex[] = [];
  private readonly numbers = new Map<IConstruct, number>();
  private readonly edges: (Edge[] | undefined)[] = [];
  private isConnected = false;
  private paths?: ReadonlyMap<string, number>;

  /** @throws for a dependency with a construct that is in no chart, as cdk8s does, and for one of a construct on itself, of which cdk8s may write nothing */
  public constructor(private readonly root: IConstruct) {
    this.visit(root, undefined);
    this.connect(this.dependencies());
  }

  /** @throws for a cycle of dependencies, with the message of cdk8s */
  public charts(): Chart[] {
    const cycle = this.isConnected ? cycleIn(this.edges) : undefined;
    if (cycle) {
      throw new Error(`Dependency cycle detected: ${cycle.map(number => this.vertices[number].construct.node.path).join(' => ')}`);
    }
    // cdk8s keeps constructs in an object by their paths, and JavaScript has the keys that are numbers before all others.
    const first = this.root.node.children.filter(({ node }) => isArrayIndex(node.id)).map(construct => this.numbers.get(construct)!);
    const all = numbersFrom(0, this.vertices.length);
    const roots = first.length === 0 ? all : [...new Set([...first, ...all])];
    return this.walk(0, all.length, roots).map(number => this.vertices[number].construct).filter(construct => construct instanceof Chart) as Chart[];
  }

  /** The objects of a chart, without those of a chart in it. */
  public objectsOf(chart: Chart): ApiObject[] {
    const start = this.numbers.get(chart);
    if (start === undefined) {
      // Somebody's code removed it, or has charts of another app.
      return new SynthOrder(chart).objectsOf(chart);
    }
    const { end } = this.vertices[start];
    return this.walk(start, end, numbersFrom(start, end))
      .map(number => this.vertices[number])
      .filter(vertex => vertex.chart === chart && vertex.construct instanceof ApiObject)
      .map(({ construct }) => construct as ApiObject);
  }

  private walk(start: number, end: number, vertices: readonly number[]): readonly number[] {
    if (!this.isConnected) {
      return vertices;
    }
    const walk = new DependencyWalk(this.edges, start, end);
    independent(this.edges, start, end, vertices).forEach(vertex => walk.follow(vertex));
    return walk.order;
  }

  private visit(construct: IConstruct, above: IConstruct | undefined): void {
    const vertex: Vertex = { construct, chart: construct instanceof Chart ? construct : above, end: 0 };
    this.numbers.set(construct, this.vertices.length);
    this.vertices.push(vertex);
    for (const child of construct.node.children) {
      this.visit(child, vertex.chart);
    }
    vertex.end = this.vertices.length;
  }

  private dependencies(): Dependency[] {
    return this.vertices.flatMap(({ construct }) => construct.node.dependencies.map(target => ({ source: construct, target })));
  }

  /** Constructs depend on others as they say, and after that the objects below them on the objects below those. */
  private connect(dependencies: readonly Dependency[]): void {
    const edges = new Map<number, Edge[]>();
    for (const { source, target } of dependencies) {
      const [from, to] = [this.numbers.get(source)!, this.numberOf(target)];
      if (to.includes(from)) {
        throw new Error(`Dependency cycle detected: ${source.node.path} => ${source.node.path}: `
          + 'a construct cannot depend on itself; leave it out where addDependency() is called for several constructs');
      }
      to.forEach(number => addTo(edges, from, number));
    }
    const targets = new Map<IConstruct, Targets>();
    const sources = new Map<IConstruct, readonly number[]>();
    for (const { source, target } of dependencies) {
      const objects = sources.get(source) ?? this.objectsBelow(source);
      sources.set(source, objects);
      const known = targets.get(target) ?? new Targets(this.objectsBelow(target));
      targets.set(target, known);
      objects.forEach(number => addTo<number, Edge>(edges, number, known));
    }
    this.isConnected = edges.size > 0;
    this.vertices.forEach((_, number) => this.edges.push(edges.get(number)));
  }

  /** The numbers of the objects below a construct that are in the same chart as itself. */
  private objectsBelow(construct: IConstruct): number[] {
    const start = this.numbers.get(construct);
    const chart = Chart.of(construct);
    if (start === undefined) {
      return construct.node.findAll().filter(found => found instanceof ApiObject && Chart.of(found) === chart).flatMap(found => this.numberOf(found));
    }
    return numbersFrom(start, this.vertices[start].end)
      .filter(number => this.vertices[number].chart === chart && this.vertices[number].construct instanceof ApiObject);
  }

  /** None for a construct that is not written. cdk8s looks for the path of one of another app. */
  private numberOf(construct: IConstruct): number[] {
    const number = this.numbers.get(construct);
    if (number !== undefined) {
      return [number];
    }
    this.paths ??= new Map(this.vertices.map((vertex, i) => [vertex.construct.node.path, i]));
    const other = this.paths.get(construct.node.path);
    return other === undefined ? [] : [other];
  }
}

function numbersFrom(start: number, end: number): number[] {
  return Array.from({ length: end - start }, (_, i) => start + i);
}

function isArrayIndex(id: string): boolean {
  return /^(?:0|[1-9]\d*)$/.test(id) && Number(id) < 2 ** 32 - 1;
}
