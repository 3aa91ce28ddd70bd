import { isDate } from '../private/date';
import { Purpose } from '../view/purpose';

/** Whether a dependency has ended by a day. */
export function isExpiredBy({ expires }: Purpose, today: string | undefined): boolean {
  return today !== undefined && daysIn(expires).some(day => isDate(day) && day < today);
}

/** Why the end of a dependency never comes; undefined when it is a day, or nothing is said of it. */
export function expiryProblem({ expires }: Purpose): string | undefined {
  return daysIn(expires).every(isDate) ? undefined : 'no date, so it never expires';
}

/** What several objects say is joined. */
function daysIn(expires: string | undefined): string[] {
  return expires === undefined ? [] : expires.split(', ');
}
