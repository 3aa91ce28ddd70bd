/** Vertices on which several others depend alike. cdk8s has an edge for each pair. */
export class Targets {
  private readonly all: ReadonlySet<number>;

  public constructor(public readonly members: readonly number[]) {
    this.all = new Set(members);
  }

  public needs(vertex: number): boolean {
    return this.all.has(vertex);
  }
}

export type Edge = number | Targets;

/** What each vertex depends on, by the numbers of the vertices: those before this one are written first. */
export type Edges = readonly (readonly Edge[] | undefined)[];

/** How far the walk is with a vertex; with a new one it is at 0. */
const [OPEN, DONE] = [1, 2];

/** Where the walk is at a vertex that it has not left. */
interface Step {
  readonly vertex: number;
  edge: number;
  member: number;
}

/** Walks through the dependencies of some vertices, each once: what a vertex depends on comes before it. A dependency on itself is none. */
export class DependencyWalk {
  /** The vertices that were left, in this order. */
  public readonly order: number[] = [];

  private readonly states: Uint8Array;
  /** How many of the first members of targets are done. */
  private readonly passed = new Map<Targets, number>();

  /**
   * @param start the first vertex of the walk
   * @param end the first vertex behind its last
   * @param limit the first vertex whose dependencies are not followed
   */
  public constructor(private readonly edges: Edges, private readonly start: number, private readonly end: number, private readonly limit = end) {
    this.states = new Uint8Array(end - start);
  }

  /**
   * Follows the dependencies of a vertex.
   *
   * @param goal where the walk stops
   * @returns the vertices from the first to the goal, or to one that is met a second time
   */
  public follow(first: number, goal?: number): number[] | undefined {
    const trail: Step[] = [];
    const open = (vertex: number) => {
      this.states[vertex - this.start] = OPEN;
      trail.push({ vertex, edge: 0, member: 0 });
    };
    if (!this.isDone(first)) {
      open(first);
    }
    for (let step = trail.at(-1); step; step = trail.at(-1)) {
      const next = this.next(step);
      if (next === undefined) {
        this.states[step.vertex - this.start] = DONE;
        this.order.push(step.vertex);
        trail.pop();
      } else if (next === goal || this.states[next - this.start] === OPEN) {
        return [...trail.map(({ vertex }) => vertex), next];
      } else {
        open(next);
      }
    }
    return undefined;
  }

  /** The next vertex that a vertex depends on and that the walk has not left. */
  private next(step: Step): number | undefined {
    const edges = step.vertex < this.limit ? this.edges[step.vertex] ?? [] : [];
    for (; step.edge < edges.length; step.edge++, step.member = 0) {
      const members = this.membersOf(edges[step.edge], step);
      while (step.member < members.length) {
        const vertex = members[step.member++];
        if (vertex !== step.vertex && !this.isDone(vertex)) {
          return vertex;
        }
      }
    }
    return undefined;
  }

  /** The members of targets, of which a vertex passes over those that others have passed: together they look at each once. */
  private membersOf(edge: Edge, step: Step): readonly number[] {
    if (typeof edge === 'number') {
      return [edge];
    }
    const { members } = edge;
    let passed = this.passed.get(edge) ?? 0;
    while (passed < members.length && this.isDone(members[passed])) {
      passed++;
    }
    this.passed.set(edge, passed);
    step.member = Math.max(step.member, passed);
    return members;
  }

  /** A vertex that is not of this walk counts as done. */
  private isDone(vertex: number): boolean {
    return vertex < this.start || vertex >= this.end || this.states[vertex - this.start] === DONE;
  }
}

/** Those of the given vertices on which none from start to end depends. A dependency on itself counts, as in cdk8s. */
export function independent(edges: Edges, start: number, end: number, vertices: readonly number[]): readonly number[] {
  const needed = new Uint8Array(end);
  const known = new Map<Targets, number>();
  for (let source = start; source < end; source++) {
    for (const edge of edges[source] ?? []) {
      if (typeof edge === 'number') {
        needed[edge] = 1;
      } else if (!known.has(edge)) {
        known.set(edge, source);
        edge.members.filter(member => member !== source).forEach(member => needed[member] = 1);
      } else if (known.get(edge) !== source && edge.needs(known.get(edge)!)) {
        // The first source did not need itself, and this one does.
        needed[known.get(edge)!] = 1;
      }
    }
  }
  return vertices.filter(vertex => !needed[vertex]);
}

/** A cycle, as cdk8s tells of it: the one that is closed first when dependencies are added vertex by vertex. It begins and ends with the same vertex. */
export function cycleIn(edges: Edges): number[] | undefined {
  const isCyclic = (limit: number) => {
    const walk = new DependencyWalk(edges, 0, edges.length, limit);
    return edges.some((_, vertex) => walk.follow(vertex) !== undefined);
  };
  if (!isCyclic(edges.length)) {
    return undefined;
  }
  let [without, withCycle] = [0, edges.length];
  while (withCycle - without > 1) {
    const middle = Math.floor((without + withCycle) / 2);
    [without, withCycle] = isCyclic(middle) ? [without, middle] : [middle, withCycle];
  }
  const source = withCycle - 1;
  const walk = new DependencyWalk(edges, 0, edges.length, source);
  const target = neededBy(edges, source).find(vertex => walk.follow(vertex, source))!;
  const before = (vertex: number) => (vertex < source ? neededBy(edges, vertex) : []);
  const trail = new RouteSearch(before, source).from(target) ?? new DependencyWalk(edges, 0, edges.length, source).follow(target, source)!;
  return [...trail, target];
}

function neededBy(edges: Edges, vertex: number): number[] {
  const all = (edges[vertex] ?? []).flatMap(edge => (typeof edge === 'number' ? [edge] : edge.members));
  return [...new Set(all)].filter(needed => needed !== vertex);
}

/** A search like that of cdk8s, which goes on when it found the goal and then forgets vertices on the way, and which may take for ever. */
class RouteSearch {
  private static readonly MOST = 4_000;

  private readonly route: number[] = [];
  private steps = 0;

  public constructor(private readonly neighbours: (vertex: number) => readonly number[], private readonly goal: number) {}

  /** Undefined if it takes too long. */
  public from(vertex: number): number[] | undefined {
    this.visit(vertex);
    return this.steps > RouteSearch.MOST ? undefined : this.route;
  }

  private visit(vertex: number): boolean {
    if (++this.steps > RouteSearch.MOST) {
      return true;
    }
    this.route.push(vertex);
    let isFound = false;
    for (const needed of this.neighbours(vertex)) {
      if (needed === this.goal) {
        this.route.push(needed);
        return true;
      }
      isFound = this.visit(needed);
    }
    if (!isFound) {
      this.route.pop();
    }
    return isFound;
  }
}
