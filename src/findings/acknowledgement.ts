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

/** The place in an object behind an id; and both, with their end. */
const ONE_PLACE = /^(?:spec|[a-z]\w*[.[][^\s:;]*)$/;
const PLACE = String.raw`(?:\s+(?:spec|[a-z]\w*[.[][^\s:;]*))?\s*:`;

/** How ids begin of what was not judged. */
export const NOT_JUDGED = 'NJ-';

/** How the rules of the catalogue are called, and what was not judged; in small letters they are read, too. */
const OWN_ID = /^(?:mx\d{4}|nj-[a-z-]+)$/i;

/** Between two of them on one line: a reason may have a `;` or `,` of its own, and the number of a ticket behind a comma. */
const BETWEEN = new RegExp(String.raw`\n|;(?=\s*(?:[A-Z][A-Z0-9_-]*|mx\d{4}|[Nn][Jj]-[a-z-]+)${PLACE})|,(?=\s*(?:(?:MX|mx)\d{4}|[Nn][Jj]-[A-Za-z-]+)${PLACE})`);

/** An acknowledgement as somebody writes it. */
export interface WrittenAcknowledgement {
  readonly id: string;
  /** The place of the findings in the object, such as `spec.ports[0]`; every place when left out. */
  readonly field?: string;
  readonly reason: string;
  /** What stands behind the id or the place where a colon and the reason belong. */
  readonly words?: string;
}

/** The ids, fields and reasons of a text, one on each line or divided by `;`. What has no id or no reason is given with the other one empty. */
export function parseAcknowledgements(text: string): WrittenAcknowledgement[] {
  return text.split(BETWEEN).map(part => part.trim()).filter(part => part !== '').map(part => {
    const colon = part.indexOf(':');
    const head = colon < 0 ? part : part.slice(0, colon).trim();
    const [first, second, ...more] = head.split(/\s+/);
    const id = OWN_ID.test(first) ? first.toUpperCase() : first;
    if (colon < 0) {
      const field = second !== undefined && ONE_PLACE.test(second) ? second : undefined;
      return { id, field, reason: '', words: [second, ...more].slice(field === undefined ? 0 : 1).join(' ') || undefined };
    }
    const reason = part.slice(colon + 1).trim();
    return second === undefined ? { id, reason } : more.length > 0 ? { id: head, reason } : { id, field: second, reason };
  });
}

/** Whether somebody wrote one, and did not leave what stands for one: `lint` prints `<reason>`. */
export function isReason(reason: string): boolean {
  return !/^(?:<[^<>]*>)?$/.test(reason);
}

/** An acknowledgement as it is written in an annotation. */
export function writeAcknowledgement({ id, field, reason }: WrittenAcknowledgement): string {
  return `${field === undefined ? id : `${id} ${field}`}: ${reason}`;
}

/** Whether the findings of a rule at a place of an object are accepted. */
export function accepts({ id, field, reason }: WrittenAcknowledgement, rule: string, place: readonly (string | number)[] = []): boolean {
  return id === rule && isReason(reason) && (field === undefined || field === fieldText(place));
}

/** What the annotation of an object acknowledges. */
export function acknowledgementsOf(object: MeshObject): Acknowledgement[] {
  const text = object.annotations[ACKNOWLEDGE];
  return typeof text !== 'string' ? [] : parseAcknowledgements(text).map(written => (
    { ...written, at: object, text: `'${ACKNOWLEDGE}' ${JSON.stringify(textOf(written))}` }));
}

function textOf({ words, ...written }: WrittenAcknowledgement): string {
  const text = writeAcknowledgement(written).replace(/: $/, '');
  return words === undefined ? text : `${text} ${words}`;
}
