import {
  accepts, Acknowledgement, acknowledgementsOf, GivenAcknowledgements, isReason, NONE_GIVEN, NOT_JUDGED, RULE_ID, writeAcknowledgement,
} from './acknowledgement';
import { asMeant } from './as-meant';
import { ACKNOWLEDGE } from '../private/annotations';
import { nearest } from '../private/nearest';
import { acknowledgementUnused } from '../rules/acknowledgement-unused';
import { CATALOGUE } from '../rules/catalogue';
import { Finding, Fix, Rule } from '../rules/rule';
import { MeshObject, UnreadableObject } from '../view/mesh-object';
import { MeshView } from '../view/mesh-view';

/** A finding, and the rule that it is of. */
export interface Found extends Finding {
  readonly rule: Rule;
  /** The reason for which somebody accepted it: it is listed, and neither stops synth nor counts. */
  readonly acknowledged?: string;
}

/** What rules said, and which of them failed. */
export interface Look {
  readonly found: readonly Found[];
  /** Rules that are at fault themselves, and not the objects; the message of the error has their id. */
  readonly faults: readonly { readonly rule: Rule; readonly error: Error }[];
}

/**
 * Lets rules look at a view, in the order of the rules and of what each finds. Acknowledgements are those of the objects' annotations and those that are given.
 *
 * @throws an error with the rule's id when a rule throws, which is a fault of the rule and not of the objects; for an object that cannot be read
 */
export function findingsIn(view: MeshView, rules: readonly Rule[] = CATALOGUE, given: GivenAcknowledgements = NONE_GIVEN): Found[] {
  const { found, faults: [fault] } = lookAt(view, rules, given);
  if (fault) {
    throw fault.error;
  }
  return [...found];
}

/** The same for somebody who wants to know what the other rules find when one fails. */
export function lookAt(view: MeshView, rules: readonly Rule[] = CATALOGUE, given: GivenAcknowledgements = NONE_GIVEN): Look {
  const written = writtenIn(view);
  const used = new Set<Acknowledgement>();
  const acknowledged = (rule: Rule, { object, or = [], field }: Finding): string | undefined => {
    const all = rule.isFinal ? [] : [object, ...or].flatMap(one => [...written.get(one) ?? [], ...given.of(one)]);
    const matching = all.filter(acknowledgement => accepts(acknowledgement, rule.id, field));
    matching.forEach(acknowledgement => used.add(acknowledgement));
    return matching[0]?.reason;
  };
  const looked = new Map<Rule, readonly Found[]>();
  const faults: Look['faults'][number][] = [];
  for (const rule of rules) {
    try {
      looked.set(rule, foundBy(rule, view).map(finding => ({ ...finding, rule, acknowledged: acknowledged(rule, finding) })));
    } catch (error) {
      if (error instanceof UnreadableObject) {
        throw error;
      }
      const message = `rule ${rule.id} ${rule.name} failed, which is a fault of the rule: ${(error as Error).message}`;
      faults.push({ rule, error: new Error(message, { cause: error }) });
    }
  }
  if (looked.has(acknowledgementUnused)) {
    const all = [...[...written.values()].flat(), ...given.all];
    looked.set(acknowledgementUnused, all.filter(acknowledgement => !used.has(acknowledgement))
      .flatMap(acknowledgement => problemOf(acknowledgement, rules, [...looked.keys()]))
      .map(finding => ({ ...finding, rule: acknowledgementUnused })));
  }
  return { found: [...looked.values()].flat(), faults };
}

/** The acknowledgements of annotations. */
function writtenIn({ objects }: MeshView): ReadonlyMap<MeshObject, readonly Acknowledgement[]> {
  const written = new Map<MeshObject, readonly Acknowledgement[]>();
  for (const object of objects) {
    const found = acknowledgementsOf(object);
    if (found.length > 0) {
      written.set(object, found);
    }
  }
  return written;
}

/** What a rule finds however a value was meant that nobody can read, and a field that is misspelt: the slip is told once, and not again by what follows from it. */
function foundBy(rule: Rule, view: MeshView): readonly Finding[] {
  const found = rule.check(view);
  const whatever = found.length === 0 ? [] : [...view.readings, ...asMeant(view)].map(reading => new Set(rule.check(reading).map(placeOf)));
  return found.filter(finding => whatever.every(places => places.has(placeOf(finding))));
}

function placeOf({ object, field = [] }: Finding): string {
  return JSON.stringify([object.origin.path, ...field]);
}

/** Why an acknowledgement has no effect; nothing when the rule that it is of does not look this time, and for what no rule judges. */
function problemOf(acknowledgement: Acknowledgement, rules: readonly Rule[], looked: readonly Rule[]): Finding[] {
  const { id } = acknowledgement;
  if (id.startsWith(NOT_JUDGED)) {
    return [];
  }
  const rule = rules.find(candidate => candidate.id === id);
  const known = [...CATALOGUE, ...rules].map(candidate => candidate.id);
  if (rule !== undefined && !looked.includes(rule)) {
    return [];
  }
  if (rule === undefined && (known.includes(id) || (isForeign(id) && !rules.some(candidate => isForeign(candidate.id))))) {
    return [];
  }
  if (rule === undefined) {
    const meant = nearest(id, known);
    return [withoutEffect(acknowledgement, 'names no rule', `write the id of a rule${meant === undefined ? '' : `, such as "${meant}"`}, and a reason behind ":"`)];
  }
  if (rule.isFinal) {
    return [withoutEffect(acknowledgement, `has no effect: findings of ${id} ${rule.name} cannot be acknowledged`, 'mend what it reports, and remove the acknowledgement')];
  }
  return [unmatched(acknowledgement, 'matches no finding')];
}

/** What is said of an acknowledgement that matches nothing. */
export function unmatched(acknowledgement: Acknowledgement, message: string): Finding {
  const { id, field, reason, words } = acknowledgement;
  const tell = (said: string, fix: string) => withoutEffect(acknowledgement, said, fix);
  if (words !== undefined) {
    return tell('has no ":" and no reason behind it, and has no effect', `write it as "${writeAcknowledgement({ id, field, reason: words })}"`);
  }
  return !isReason(reason)
    ? tell('has no reason, and has no effect', `write it as "${writeAcknowledgement({ id, field, reason: '<the reason>' })}"`)
    : tell(message, field === undefined ? 'remove it, so that it cannot hide a later one' : 'write the field as the finding has it, or remove it');
}

export function withoutEffect({ at, text }: Acknowledgement, message: string, fix: string): Finding {
  return { object: at, message: `${text} ${message}`, fix, field: ['metadata', 'annotations', ACKNOWLEDGE] };
}

/** Whether an id is one of an organisation's rules. */
export function isForeign(id: string): boolean {
  return RULE_ID.test(id) && !id.startsWith('MX') && !id.startsWith(NOT_JUDGED);
}

/** What to write instead, in the words of the reader. */
export function fixFor(language: 'code' | 'yaml', fix: Fix): string {
  return typeof fix === 'string' ? fix : fix[language];
}
