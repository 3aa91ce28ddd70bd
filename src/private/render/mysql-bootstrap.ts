import { MYSQL_SCRIPT } from './bootstrap-script';
import { BootstrapModel, DatabaseUserModel, GrantModel } from '../model';

/** Rights with which a user is an administrator of the server. */
const ADMINISTRATORS = ['SUPER', 'CREATE USER', 'SYSTEM_USER', 'SET USER', 'RELOAD', 'SHUTDOWN'];

/** The ConfigMap of a bootstrap: the script, and its SQL in the order in which it runs. */
export function renderMysqlFiles(model: BootstrapModel): { [file: string]: string } {
  return {
    'bootstrap.sh': MYSQL_SCRIPT,
    '1-check.sql': checks(model),
    '2-database.sql': `${MODE}CREATE DATABASE IF NOT EXISTS ${identifier(model.database)} CHARACTER SET utf8mb4;\n`,
    ...model.statements.length > 0 ? { '3-statements.sql': statements(model.statements) } : {},
    '4-tables.sql': tables(model),
    '5-users.sql': MODE + model.users.map((user, index) => userSql(model, user, index)).join(''),
  };
}

// QUOTE() writes backslashes, which the mode NO_BACKSLASH_ESCAPES would not read; ANSI_QUOTES would read texts as identifiers.
const MODE = 'SET SESSION sql_mode = \'STRICT_TRANS_TABLES\';\n';
// MariaDB says so in its version, and has tables of its own.
const VERSION = 'SET @mariadb = VERSION() LIKE \'%MariaDB%\', @roles = VERSION() NOT LIKE \'5.%\';\n';

/** Each statement goes to the server as one, so that a procedure may have ";" in it. */
function statements(all: readonly string[]): string {
  let delimiter = '//';
  while (all.some(statement => statement.includes(delimiter))) {
    delimiter += '/';
  }
  return [`DELIMITER ${delimiter}`, ...all.map(statement => `${statement.replace(/[;\s]+$/, '')}\n${delimiter}`), ''].join('\n');
}

function checks({ database, users }: BootstrapModel): string {
  // Rows without a user hold for every user: what an installation of MySQL or MariaDB does for databases that are called test.
  const everybody = problem(`every user of the server has privileges on database ${database}: delete the rows of mysql.db that have no user, or PUBLIC`,
    `EXISTS (SELECT * FROM mysql.db WHERE User IN ('', 'PUBLIC') AND ${text(database)} LIKE Db)`);
  return MODE + VERSION + everybody + users.map((user, index) => {
    const name = `@username${index}`;
    const found = (what: string, condition: string) => problem(`the user of Secret "${user.secretName}" ${what}`, condition);
    const grantee = `HEX(GRANTEE) = HEX(CONCAT('''', ${name}, '''@''%'''))`;
    return [
      found('has a name that is too long: MySQL takes 32 characters, MariaDB 80', `CHAR_LENGTH(${name}) > IF(@mariadb, 80, 32)`),
      found('has an account for some hosts as well, which would be used for connections from there: drop it',
        `EXISTS (SELECT * FROM mysql.user WHERE HEX(User) = HEX(${name}) AND Host <> '%')`),
      found('is an administrator of the server: give the application a user of its own', 'EXISTS (SELECT * FROM information_schema.USER_PRIVILEGES WHERE '
        + `${grantee} AND (IS_GRANTABLE = 'YES' OR PRIVILEGE_TYPE IN (${ADMINISTRATORS.map(text).join(', ')})))`),
      `SET @query = IF(@mariadb, 'SELECT COUNT(*) INTO @granted FROM mysql.roles_mapping WHERE HEX(User) = HEX(${name}) AND Host = ''%''',\n`
        + `  IF(@roles, 'SELECT COUNT(*) INTO @granted FROM mysql.role_edges WHERE HEX(TO_USER) = HEX(${name})', 'SELECT 0 INTO @granted'));\n${EXECUTE}`,
      found('has roles, whose privileges it would keep: revoke them', '@granted > 0'),
      ...user.plugin === 'caching_sha2_password'
        ? [found(`wants the plugin ${user.plugin}, which this MariaDB does not have: leave \'authentication\' out`, '@mariadb')] : [],
    ].join('');
  }).join('');
}

function tables({ database, users }: BootstrapModel): string {
  const named = [...new Set(users.flatMap(({ grants }) => grants.flatMap(({ table }) => table ?? [])))].sort();
  return MODE + named.map(table => problem(`table ${table} is not in database ${database}, and a user is to have privileges on it: create it in 'statements'`,
    `NOT EXISTS (SELECT * FROM information_schema.TABLES WHERE TABLE_SCHEMA = ${text(database)} AND TABLE_NAME = ${text(table)})`)).join('');
}

function userSql({ database }: BootstrapModel, { grants, plugin }: DatabaseUserModel, index: number): string {
  const quotedName = `QUOTE(@username${index})`;
  const account = `${quotedName}, '@', QUOTE('%')`;
  const how = plugin === undefined ? text(' IDENTIFIED BY ') : `IF(VERSION() LIKE '%MariaDB%', ' IDENTIFIED BY ', ${text(` IDENTIFIED WITH ${plugin} BY `)})`;
  const login = `${account}, ${how}, QUOTE(@password${index})`;
  return [
    run(`'CREATE USER IF NOT EXISTS ', ${login}`),
    run(`'ALTER USER ', ${login}`),
    `SELECT COUNT(*) INTO @more FROM (\n${more(database, grants, `@username${index}`).join('\n  UNION ALL ')}) AS others;\n`,
    // Only when there is something to revoke: until the next statement the user has nothing.
    `SET @query = IF(@more = 0, 'DO 0', CONCAT('REVOKE ALL PRIVILEGES, GRANT OPTION FROM ', ${account}));\n${EXECUTE}`,
    ...grants.map(grant => run(`${text(`GRANT ${privilegesOf(grant)} ON ${placeOf(database, grant)} TO `)}, ${account}`)),
  ].join('');
}

/** What the user has beside the grants, wherever it is written. */
function more(database: string, grants: readonly GrantModel[], name: string): string[] {
  const grantee = `HEX(GRANTEE) = HEX(CONCAT('''', ${name}, '''@''%'''))`;
  const wanted = (grant: GrantModel, place: string) => (grant.privileges === 'ALL'
    ? place : `${place} AND PRIVILEGE_TYPE IN (${grant.privileges.map(text).join(', ')})`);
  const except = (conditions: readonly string[]) => [...conditions.map(condition => `(${condition})`), 'FALSE'].join(' OR ');
  const ofDatabase = grants.filter(({ on }) => on === 'database').map(grant => wanted(grant, `TABLE_SCHEMA = ${text(pattern(database))}`));
  const ofTables = grants.filter(({ on }) => on === 'table')
    .map(grant => wanted(grant, `TABLE_SCHEMA = ${text(database)} AND TABLE_NAME = ${text(grant.table!)}`));
  const select = (table: string, condition: string) => `SELECT 1 FROM information_schema.${table} WHERE ${grantee} AND (${condition})`;
  return [
    select('USER_PRIVILEGES', 'PRIVILEGE_TYPE <> \'USAGE\''),
    select('SCHEMA_PRIVILEGES', `IS_GRANTABLE = 'YES' OR NOT (${except(ofDatabase)})`),
    select('TABLE_PRIVILEGES', `IS_GRANTABLE = 'YES' OR NOT (${except(ofTables)})`),
    // What a table's privileges are made of is listed for each of its columns as well.
    `SELECT 1 FROM mysql.columns_priv WHERE HEX(User) = HEX(${name})`,
    `SELECT 1 FROM mysql.procs_priv WHERE HEX(User) = HEX(${name})`,
    `SELECT 1 FROM mysql.proxies_priv WHERE HEX(User) = HEX(${name})`,
  ];
}

function privilegesOf({ privileges }: GrantModel): string {
  return privileges === 'ALL' ? 'ALL PRIVILEGES' : privileges.join(', ');
}

function placeOf(database: string, { table }: GrantModel): string {
  return table === undefined ? `${identifier(pattern(database))}.*` : `${identifier(database)}.${identifier(table)}`;
}

/** Of a whole database GRANT takes a pattern, in which "_" is any character. */
function pattern(database: string): string {
  return database.replace(/[_%]/g, '\\$&');
}

function run(parts: string): string {
  return `SET @query = CONCAT(${parts});\n${EXECUTE}`;
}

const EXECUTE = 'PREPARE query FROM @query; EXECUTE query; DEALLOCATE PREPARE query;\n';

function problem(message: string, condition: string): string {
  return `SELECT ${text(message)} FROM DUAL WHERE ${condition};\n`;
}

function identifier(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}

function text(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll('\'', '\'\'')}'`;
}
