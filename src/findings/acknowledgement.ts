import { ACKNOWLEDGE } from '../private/annotations';
import { fieldText } from '../view/fields';
import { MeshObject } from '../view/mesh-object';

/** Somebody's word that the findings of a rule are accepted, and why. */
export interface Acknowledgement extends WrittenAcknowledgement {
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

/** The place in an object behind an id, and the end of both. */
const PLACE = String.raw`(?:\s+(?:spec|[a-z]\w*[.[][^\s:;]*))?\s*:`;

/** Between two of them on one line: a reason may have a `;` or `,` of its own, and the number of a ticket behind a comma. */
const BETWEEN = new RegExp(String.raw`\n|;(?=\s*[A-Z][A-Z0-9_-]*${PLACE})|,(?=\s*MX\d{4}${PLACE})`);

/** An acknowledgement as somebody writes it. */
export interface WrittenAcknowledgement {
  readonly id: string;
  /** The place of the findings in the object, such as `spec.ports[0]`; every place when left out. */
  readonly field?: string;
  readonly reason: string;
}

/** The ids, fields and reasons of a text, one on each line or divided by `;`. What has no id or no reason is given with the other one empty. */
export function parseAcknowledgements(text: string): WrittenAcknowledgement[] {
  return text.split(BETWEEN).map(part => part.trim()).filter(part => part !== '').map(part => {
    const colon = part.indexOf(':');
    const [head, reason] = colon < 0 ? [part, ''] : [part.slice(0, colon).trim(), part.slice(colon + 1).trim()];
    const [id, field, ...more] = head.split(/\s+/);
    return field === undefined || more.length > 0 ? { id: head, reason } : { id, field, reason };
  });
}

/** An acknowledgement as it is written in an annotation. */
export function writeAcknowledgement({ id, field, reason }: WrittenAcknowledgement): string {
  return `${field === undefined ? id : `${id} ${field}`}: ${reason}`;
}

/** Whether the findings of a rule at a place of an object are accepted. */
export function accepts({ id, field, reason }: WrittenAcknowledgement, rule: string, place: readonly (string | number)[] = []): boolean {
  return id === rule && reason !== '' && (field === undefined || field === fieldText(place));
}

/** What the annotation of an object acknowledges. */
export function acknowledgementsOf(object: MeshObject): Acknowledgement[] {
  const text = object.annotations[ACKNOWLEDGE];
  return typeof text !== 'string' ? [] : parseAcknowledgements(text).map(written => (
    { ...written, at: object, text: `'${ACKNOWLEDGE}' ${JSON.stringify(writeAcknowledgement(written).replace(/: $/, ''))}` }));
}
