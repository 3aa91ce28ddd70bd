import { checkDistinct, checkList, checkNotEmpty, checkOneOf } from '../private/check';
import { Fail, quote } from '../private/fail';

/** What a kind of server takes as the name of a database, a schema or a table. */
export interface SqlNaming {
  readonly server: string;
  readonly most: number;
  /** The databases of the server itself. */
  readonly taken: readonly string[];
}

// Both servers take more in quotation marks. These work without them as well, in every tool and every driver.
const NAME = /^[A-Za-z0-9_-]+$/;

export const SqlNames = {
  MYSQL: { server: 'MySQL', most: 64, taken: ['mysql', 'information_schema', 'performance_schema', 'sys'] },
  POSTGRES: { server: 'PostgreSQL', most: 63, taken: ['postgres', 'template0', 'template1'] },
};

export function checkSqlName(fail: Fail, property: string, name: unknown, { server, most }: SqlNaming): void {
  if (typeof name !== 'string' || !NAME.test(name) || name.length > most) {
    fail(`'${property}' must be a name that ${server} takes (letters, digits, "_" and "-", at most ${most}), got ${quote(name)}`);
  }
}

export function checkDatabase(fail: Fail, name: string, names: SqlNaming): void {
  checkSqlName(fail, 'database', name, names);
  if (names.taken.includes(name.toLowerCase())) {
    fail(`'database' must be a database of the application, got ${quote(name)}, which is the server's own: write another name`);
  }
}

export function checkPrivileges(
  fail: Fail, what: string, privileges: readonly string[], known: { readonly [name: string]: string }, example: string,
): void {
  checkNotEmpty(fail, what, privileges, example);
  checkList(checkOneOf(known), example)(fail, 'privileges', privileges);
  checkDistinct(fail, 'privileges', privileges);
}
