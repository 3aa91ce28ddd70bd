import { checkPrivileges, checkSqlName, SqlNames } from './sql-name';
import { Check, checkInstance } from '../private/check';
import { Fail, quote, refuseAbstract, within } from '../private/fail';
import { GrantModel } from '../private/model';

/**
 * What a user of a MySQL or MariaDB may do in one database. None of them reaches further than the database, and none can be handed on.
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/privileges-provided.html
 */
export enum MysqlPrivilege {
  /** Reading rows. */
  SELECT = 'SELECT',
  /** Adding rows. */
  INSERT = 'INSERT',
  /** Changing rows. */
  UPDATE = 'UPDATE',
  /** Deleting rows. */
  DELETE = 'DELETE',
  /** Creating tables. */
  CREATE = 'CREATE',
  /** Changing tables. */
  ALTER = 'ALTER',
  /** Deleting tables and views, and emptying tables. */
  DROP = 'DROP',
  /** Creating and deleting indexes. */
  INDEX = 'INDEX',
  /** Foreign keys that refer to the tables. */
  REFERENCES = 'REFERENCES',
  /** Triggers of the tables. */
  TRIGGER = 'TRIGGER',
  /** Creating views. */
  CREATE_VIEW = 'CREATE VIEW',
  /** Reading how views are defined. */
  SHOW_VIEW = 'SHOW VIEW',
  /** Temporary tables. Of a whole database only. */
  CREATE_TEMPORARY_TABLES = 'CREATE TEMPORARY TABLES',
  /** Locking tables that the user may read. Of a whole database only. */
  LOCK_TABLES = 'LOCK TABLES',
  /** Calling procedures and functions. Of a whole database only. */
  EXECUTE = 'EXECUTE',
  /** Creating procedures and functions. Of a whole database only. */
  CREATE_ROUTINE = 'CREATE ROUTINE',
  /** Changing and deleting procedures and functions. Of a whole database only. */
  ALTER_ROUTINE = 'ALTER ROUTINE',
  /** Scheduled events. Of a whole database only. */
  EVENT = 'EVENT',
}

const OF_DATABASES: readonly MysqlPrivilege[] = [
  MysqlPrivilege.CREATE_TEMPORARY_TABLES, MysqlPrivilege.LOCK_TABLES, MysqlPrivilege.EXECUTE, MysqlPrivilege.CREATE_ROUTINE,
  MysqlPrivilege.ALTER_ROUTINE, MysqlPrivilege.EVENT,
];

/**
 * Privileges that a `MysqlBootstrap` grants to a user. Creates: nothing.
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/grant.html
 */
export abstract class MysqlGrant {
  /**
   * Privileges on one table. It has to exist once the statements have run.
   *
   * @param table the table's name
   * @param privileges at least one
   */
  public static onTable(table: string, ...privileges: MysqlPrivilege[]): MysqlGrant {
    return new OnTable(table, privileges);
  }

  /**
   * Privileges on every table of the database, those that are made later among them.
   *
   * @param privileges at least one
   */
  public static onDatabase(...privileges: MysqlPrivilege[]): MysqlGrant {
    return new OnDatabase(privileges);
  }

  /** Everything in the database (`ALL PRIVILEGES`), but not the right to hand it on. */
  public static allOnDatabase(): MysqlGrant {
    return new AllOnDatabase();
  }

  protected constructor() {
    refuseAbstract(new.target === MysqlGrant, 'MysqlGrant', 'onTable(), onDatabase() or allOnDatabase()');
  }

  /** @internal */
  public abstract _bind(fail: Fail): GrantModel;
}

export const checkMysqlGrant: Check = (fail, property, value) => {
  checkInstance(MysqlGrant, 'MysqlGrant.onTable("ratings", MysqlPrivilege.SELECT), onDatabase() or allOnDatabase()')(fail, property, value);
  (value as MysqlGrant)._bind(within(fail, property));
};

class OnTable extends MysqlGrant {
  public constructor(private readonly table: string, private readonly privileges: readonly MysqlPrivilege[]) {
    super();
  }

  public _bind(fail: Fail): GrantModel {
    checkSqlName(fail, 'table', this.table, SqlNames.MYSQL);
    checkPrivileges(fail, 'MysqlGrant.onTable()', this.privileges, MysqlPrivilege, 'MysqlPrivilege.SELECT');
    const wrong = this.privileges.find(privilege => OF_DATABASES.includes(privilege));
    if (wrong !== undefined) {
      fail(`'privileges' has ${quote(wrong)}, which is a privilege of a whole database: grant it with MysqlGrant.onDatabase()`);
    }
    return { on: 'table', table: this.table, privileges: this.privileges };
  }
}

class OnDatabase extends MysqlGrant {
  public constructor(private readonly privileges: readonly MysqlPrivilege[]) {
    super();
  }

  public _bind(fail: Fail): GrantModel {
    checkPrivileges(fail, 'MysqlGrant.onDatabase()', this.privileges, MysqlPrivilege, 'MysqlPrivilege.SELECT');
    return { on: 'database', privileges: this.privileges };
  }
}

class AllOnDatabase extends MysqlGrant {
  public constructor() {
    super();
  }

  public _bind(): GrantModel {
    return { on: 'database', privileges: 'ALL' };
  }
}
