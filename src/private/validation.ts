import { Chart } from 'cdk8s';
import { IConstruct, IValidation } from 'constructs';

/** Validations of the library, which look at an app and never change it. */
const OWN = new WeakSet<IValidation>();

/** Lets a construct say at synth what is wrong with it. */
export function validates(construct: IConstruct, problems: () => string[]): void {
  const validation = { validate: problems };
  OWN.add(validation);
  construct.node.addValidation(validation);
}

/** Whether code of somebody else takes part in the validation of a construct: it may do anything, such as add a label. */
export function isValidatedByOthers(construct: IConstruct): boolean {
  return validationsOf(construct).some(validation => !OWN.has(validation));
}

/** What takes part in the validation of a construct; what cannot be told from it counts as one of somebody else. */
export function validationsOf(construct: IConstruct): readonly IValidation[] {
  const { node } = construct;
  const validations = (node as unknown as { readonly _validations?: unknown })._validations ?? [];
  return Array.isArray(validations) ? validations as IValidation[] : [{ validate: () => node.validate() }];
}

/* eslint-disable @typescript-eslint/unbound-method */
const toJsonOfEvery = Chart.prototype.toJson;

/** Whether a chart has its own way of giving its objects, or somebody gave all charts one: it may change some first. */
export function isWrittenByItself(construct: IConstruct): boolean {
  return construct instanceof Chart && construct.toJson !== toJsonOfEvery;
}
/* eslint-enable @typescript-eslint/unbound-method */
