import { Acknowledgement, acknowledgementsOf, isReason } from '../findings/acknowledgement';
import { ACKNOWLEDGE } from '../private/annotations';
import { compareTexts } from '../private/order';
import { CATALOGUE } from '../rules/catalogue';
import { Cause, cause } from '../trace/hop';
import { identityOf } from '../view/mesh-object';
import { MeshView } from '../view/mesh-view';

/** Somebody accepts what a rule finds, or no longer does. It opens no access: it is there to be read. */
export interface AcknowledgementChange {
  readonly kind: 'ADDED' | 'REMOVED';
  readonly acknowledgement: Acknowledgement;
  /** Where it is written. */
  readonly because: Cause;
}

export function acknowledgementChanges(old: MeshView, now: MeshView): AcknowledgementChange[] {
  const [was, is] = [writtenIn(old), writtenIn(now)];
  const changes = (kind: AcknowledgementChange['kind'], some: ReturnType<typeof writtenIn>, others: ReturnType<typeof writtenIn>) => [...some]
    .filter(([key]) => !others.has(key)).sort(([a], [b]) => compareTexts(a, b))
    .map(([, acknowledgement]) => ({ kind, acknowledgement, because: cause(acknowledgement.at, ['metadata', 'annotations', ACKNOWLEDGE]) }));
  return [...changes('ADDED', is, was), ...changes('REMOVED', was, is)];
}

/** Those that have an effect, by what they say. */
function writtenIn({ objects }: MeshView): Map<string, Acknowledgement> {
  const all = objects.flatMap(acknowledgementsOf).filter(({ reason }) => isReason(reason));
  return new Map(all.map(one => [JSON.stringify([identityOf(one.at), one.id, one.field, one.reason]), one]));
}

/** A rule for a person: those of an organisation are not in the input. */
export function ruleText({ id }: Pick<Acknowledgement, 'id'>): string {
  return [id, ...CATALOGUE.filter(rule => rule.id === id).map(({ name }) => name)].join(' ');
}
