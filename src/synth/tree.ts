import { App } from 'cdk8s';
import { IConstruct, IValidation } from 'constructs';
import { patchesOf } from '../app/keyed-objects';
import { validationsOf } from '../private/validation';

/** What `constructs` keeps to itself. */
interface Hidden {
  readonly _children?: object;
  readonly _dependencies?: ReadonlySet<unknown>;
}

/** What cdk8s reads of a construct before it writes a chart. */
class Part {
  private readonly children: readonly IConstruct[];
  private readonly dependencies: readonly IConstruct[];
  private readonly validations: readonly IValidation[];
  private readonly validationCount: number;
  private readonly patches: readonly unknown[];
  private readonly patchCount: number;
  /** Where `constructs` keeps the children and dependencies of a construct that has none: asking for these makes a list each time. */
  private readonly hidden?: Required<Hidden>;

  public constructor(public readonly construct: IConstruct) {
    const { node } = construct;
    [this.children, this.dependencies] = [node.children, node.dependencies];
    [this.validations, this.patches] = [validationsOf(construct), patchesOf(construct)];
    [this.validationCount, this.patchCount] = [this.validations.length, this.patches.length];
    const { _children, _dependencies } = node as unknown as Hidden;
    if (_children && _dependencies?.size === 0 && !Object.hasOwn(node, 'children') && this.children.length === 0) {
      this.hidden = { _children, _dependencies };
    }
  }

  public isCurrent(): boolean {
    return this.validations.length === this.validationCount && this.patches.length === this.patchCount
      && (this.hidden === undefined ? this.hasSameOthers() : this.hidden._dependencies.size === 0 && Object.keys(this.hidden._children).length === 0);
  }

  private hasSameOthers(): boolean {
    const { children, dependencies } = this.construct.node;
    return isSame(children, this.children) && isSame(dependencies, this.dependencies);
  }
}

/** The constructs of an app at some time. It may be compared with what the app is now before each chart, and makes next to nothing new for that. */
export class Tree {
  private readonly parts: Part[] = [];
  /** The first number of each construct, and the first behind those of its subtree. */
  private readonly ranges = new Map<IConstruct, readonly [number, number]>();

  public constructor(private readonly app: App) {
    this.add(app);
  }

  /** Whether everything below a construct, or in the app, is what it was. */
  public isCurrent(root: IConstruct = this.app): boolean {
    const [start, end] = this.ranges.get(root) ?? [0, 0];
    for (let number = start; number < end; number++) {
      if (!this.parts[number].isCurrent()) {
        return false;
      }
    }
    return start < end;
  }

  private add(construct: IConstruct): void {
    const start = this.parts.length;
    this.parts.push(new Part(construct));
    for (const child of construct.node.children) {
      this.add(child);
    }
    this.ranges.set(construct, [start, this.parts.length]);
  }
}

function isSame(some: readonly unknown[], others: readonly unknown[]): boolean {
  return some.length === others.length && some.every((one, i) => one === others[i]);
}
