import { Finding, Rule } from './rule';
import { PURPOSE } from '../private/annotations';
import { isDate } from '../private/date';
import { quote } from '../private/fail';
import { MeshObject } from '../view/mesh-object';
import { purposeOf } from '../view/purpose';

export const dependencyExpired: Rule = {
  id: 'MX0903',
  name: 'dependency-expired',
  severity: 'WARNING',
  title: 'A dependency is past the day on which it was to end.',
  why: 'The mesh knows no such day: the host stays reachable until somebody removes it. The rule goes by the day that it is given (`--today`), never by the clock.',
  fix: 'Remove the dependency, or agree on another day with its owner.',
  related: [],
  // The day is what somebody agreed on: another one says so to everybody.
  isFinal: true,
  check: view => [...view.dependencies, ...view.services].flatMap(({ object }) => expired(object, view.today)),
};

function expired(object: MeshObject, today: string | undefined): Finding[] {
  if (object.annotations[PURPOSE.expires] === undefined) {
    return [];
  }
  const { expires, owner } = purposeOf(object);
  const field = ['metadata', 'annotations', PURPOSE.expires];
  if (expires === undefined) {
    return [];
  }
  if (!isDate(expires)) {
    return [{ object, field, message: `'${PURPOSE.expires}' ${quote(expires)} is no date, so it never expires`, fix: 'write a day like "2027-01-31"' }];
  }
  return today === undefined || expires >= today ? [] : [{
    object,
    field,
    message: `${object.kind} ${quote(object.name)} was to end on ${quote(expires)}, and it is ${today}`,
    fix: { code: `remove it, or give another 'expires'${askOwner(owner)}`, yaml: `remove it, or write another '${PURPOSE.expires}'${askOwner(owner)}` },
  }];
}

function askOwner(owner: string | undefined): string {
  return owner === undefined ? '' : `, as its owner ${quote(owner)} says`;
}
