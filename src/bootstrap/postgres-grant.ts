import { checkPrivileges, checkSqlName, SqlNames } from './sql-name';
import { Check, checkInstance } from '../private/check';
import { Fail, refuseAbstract, within } from '../private/fail';
import { GrantModel } from '../private/model';

/**
 * What a user of a PostgreSQL may do with a table.
 *
 * @see https://www.postgresql.org/docs/current/ddl-priv.html
 */
export enum PostgresPrivilege {
  /** Reading rows. */
  SELECT = 'SELECT',
  /** Adding rows. */
  INSERT = 'INSERT',
  /** Changing rows. */
  UPDATE = 'UPDATE',
  /** Deleting rows. */
  DELETE = 'DELETE',
  /** Emptying the table. */
  TRUNCATE = 'TRUNCATE',
  /** Foreign keys that refer to the table. */
  REFERENCES = 'REFERENCES',
  /** Triggers of the table. */
  TRIGGER = 'TRIGGER',
}

/**
 * Privileges that a `PostgresBootstrap` grants to a user, beside those to connect to the database and to use the schema. Creates: nothing.
 *
 * @see https://www.postgresql.org/docs/current/sql-grant.html
 */
export abstract class PostgresGrant {
  /**
   * Privileges on one table of the schema. It has to exist once the statements have run.
   *
   * @param table the table's name, as PostgreSQL stores it: in lower case, unless it was created in quotation marks
   * @param privileges at least one
   */
  public static onTable(table: string, ...privileges: PostgresPrivilege[]): PostgresGrant {
    return new OnTable(table, privileges);
  }

  /**
   * Privileges on every table that is in the schema when the Job has run its statements. Tables that are made later come with its next run.
   *
   * @param privileges at least one
   */
  public static onTables(...privileges: PostgresPrivilege[]): PostgresGrant {
    return new OnTables(privileges);
  }

  /** Every sequence of the schema (`USAGE`): what an `INSERT` into a table with a `serial` column needs. */
  public static onSequences(): PostgresGrant {
    return new OnSequences();
  }

  protected constructor() {
    refuseAbstract(new.target === PostgresGrant, 'PostgresGrant', 'onTable(), onTables() or onSequences()');
  }

  /** @internal */
  public abstract _bind(fail: Fail): GrantModel;
}

export const checkPostgresGrant: Check = (fail, property, value) => {
  checkInstance(PostgresGrant, 'PostgresGrant.onTable("orders", PostgresPrivilege.SELECT), onTables() or onSequences()')(fail, property, value);
  (value as PostgresGrant)._bind(within(fail, property));
};

class OnTable extends PostgresGrant {
  public constructor(private readonly table: string, private readonly privileges: readonly PostgresPrivilege[]) {
    super();
  }

  public _bind(fail: Fail): GrantModel {
    checkSqlName(fail, 'table', this.table, SqlNames.POSTGRES);
    checkPrivileges(fail, 'PostgresGrant.onTable()', this.privileges, PostgresPrivilege, 'PostgresPrivilege.SELECT');
    return { on: 'table', table: this.table, privileges: this.privileges };
  }
}

class OnTables extends PostgresGrant {
  public constructor(private readonly privileges: readonly PostgresPrivilege[]) {
    super();
  }

  public _bind(fail: Fail): GrantModel {
    checkPrivileges(fail, 'PostgresGrant.onTables()', this.privileges, PostgresPrivilege, 'PostgresPrivilege.SELECT');
    return { on: 'database', privileges: this.privileges };
  }
}

class OnSequences extends PostgresGrant {
  public constructor() {
    super();
  }

  public _bind(): GrantModel {
    return { on: 'sequences', privileges: ['USAGE'] };
  }
}
