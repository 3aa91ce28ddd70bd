/** Where a connection has several ways, one of them. */
export class Forks {
  /** The branch that was taken at each fork. */
  public readonly taken: number[] = [];
  /** How many each fork had. */
  public readonly sizes: number[] = [];

  public constructor(private readonly script: readonly number[]) {}

  public get hasLeftMainWay(): boolean {
    return this.taken.some(branch => branch > 0);
  }

  /** The branch to take; the first is the main way. */
  public choose<T>(branches: readonly T[]): T {
    if (branches.length === 1) {
      return branches[0];
    }
    const branch = this.script[this.taken.length] ?? 0;
    this.taken.push(branch);
    this.sizes.push(branches.length);
    return branches[branch];
  }
}

/** Goes the main way, and then each other way once: whoever goes asks at every fork which branch to take. */
export function everyWay<T>(go: (forks: Forks) => T, most: number): { readonly main: T; readonly others: readonly T[]; readonly hasMore: boolean } {
  const found: T[] = [];
  const scripts: number[][] = [[]];
  while (scripts.length > 0 && found.length < most) {
    const script = scripts.shift()!;
    const forks = new Forks(script);
    found.push(go(forks));
    for (let at = script.length; at < forks.taken.length; at++) {
      for (let branch = 1; branch < forks.sizes[at]; branch++) {
        scripts.push([...forks.taken.slice(0, at), branch]);
      }
    }
  }
  const [main, ...others] = found;
  return { main, others, hasMore: scripts.length > 0 };
}
