import { ACKNOWLEDGE } from '../private/annotations';
import { MeshObject } from '../view/mesh-object';

/** Somebody's word that the findings of a rule are accepted, and why. */
export interface Acknowledgement {
  readonly id: string;
  readonly reason: string;
  /** Where it is written: what is told of it when it matches nothing. */
  readonly at: MeshObject;
  /** In words, such as `'cdk8s-istio-egress/acknowledge' "MX0203: ..."`. */
  readonly text: string;
}

/** The acknowledgements of code, which hold for constructs and not for one object. */
export interface GivenAcknowledgements {
  readonly all: readonly Acknowledgement[];
  /** Those that hold for an object, the nearest first. */
  of(object: MeshObject): readonly Acknowledgement[];
}

export const NONE_GIVEN: GivenAcknowledgements = { all: [], of: () => [] };

/** How ids are written: those of the catalogue, and those of an organisation. */
export const RULE_ID = /^[A-Z][A-Z0-9_-]*$/;

/** Between two of them on one line: a reason may have a `;` or `,` of its own, and the number of a ticket behind a comma. */
const BETWEEN = /\n|;(?=\s*[A-Z][A-Z0-9_-]*\s*:)|,(?=\s*MX\d{4}\s*:)/;

/** The ids and reasons of a text, one on each line or divided by `;`. What has no id or no reason is given with the other one empty. */
export function parseAcknowledgements(text: string): { readonly id: string; readonly reason: string }[] {
  return text.split(BETWEEN).map(part => part.trim()).filter(part => part !== '').map(part => {
    const colon = part.indexOf(':');
    return colon < 0 ? { id: part, reason: '' } : { id: part.slice(0, colon).trim(), reason: part.slice(colon + 1).trim() };
  });
}

/** An acknowledgement as it is written in an annotation. */
export function writeAcknowledgement({ id, reason }: { readonly id: string; readonly reason: string }): string {
  return `${id}: ${reason}`;
}

/** What the annotation of an object acknowledges. */
export function acknowledgementsOf(object: MeshObject): Acknowledgement[] {
  const text = object.annotations[ACKNOWLEDGE];
  return typeof text !== 'string' ? [] : parseAcknowledgements(text).map(({ id, reason }) => (
    { id, reason, at: object, text: `'${ACKNOWLEDGE}' ${JSON.stringify(reason === '' ? id : `${id}: ${reason}`)}` }));
}
