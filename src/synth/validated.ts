import { App } from 'cdk8s';
import { IConstruct } from 'constructs';
import { patchesOf } from '../app/keyed-objects';
import { validationsOf } from '../private/validation';

/** An app whose constructs were validated, each once. */
export class Validated {
  public readonly constructs: readonly IConstruct[];
  private readonly count: number;

  /** @throws for an app with mistakes, with cdk8s's messages */
  public constructor(private readonly app: App) {
    this.constructs = app.node.findAll();
    this.count = countIn(this.constructs);
    const errors: string[] = [];
    for (const { node } of this.constructs) {
      for (const error of node.validate()) {
        errors.push(`[${node.path}] ${error}`);
      }
    }
    if (errors.length > 0) {
      throw new Error(`Validation failed with the following errors:\n  ${errors.join('\n  ')}`);
    }
  }

  /** Whether the app has the same constructs, validations and patches as when it was validated. */
  public isCurrent(): boolean {
    const constructs = this.app.node.findAll();
    return constructs.length === this.constructs.length && constructs.every((construct, i) => construct === this.constructs[i])
      && countIn(constructs) === this.count;
  }
}

function countIn(constructs: readonly IConstruct[]): number {
  return constructs.reduce((count, construct) => count + validationsOf(construct).length + patchesOf(construct).length, 0);
}
