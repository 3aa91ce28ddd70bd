import { POSTGRES_SCRIPT } from './bootstrap-script';
import { BootstrapModel, DatabaseUserModel, GrantModel } from '../model';

/** The ConfigMap of a bootstrap: the script, and its SQL in the order in which it runs. */
export function renderPostgresFiles(model: BootstrapModel): { [file: string]: string } {
  const schema = identifier(model.schema);
  return {
    'bootstrap.sh': POSTGRES_SCRIPT,
    '1-check.sql': model.users.map((user, index) => checks(model, user, index)).join(''),
    '2-database.sql': `SELECT ${text(`CREATE DATABASE ${identifier(model.database)}`)} WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = ${text(model.database)}) \\gexec\n`,
    '3-schema.sql': `SET client_min_messages = warning;\nCREATE SCHEMA IF NOT EXISTS ${schema};\nSET search_path = ${schema};\n`,
    ...model.statements.length > 0 ? { '3-statements.sql': `${model.statements.map(statement => statement.replace(/[;\s]+$/, '')).join('\n;\n\n')}\n` } : {},
    '4-users.sql': closed(model) + model.users.map((user, index) => userSql(model, user, index)).join(''),
  };
}

/** Everything but the password is in catalogs that all databases share. */
function checks({ database }: BootstrapModel, { secretName }: DatabaseUserModel, index: number): string {
  const found = (what: string, condition: string) => (
    `SELECT ${text(`the user of Secret "${secretName}" ${what}`)} WHERE EXISTS (SELECT FROM pg_roles AS r WHERE rolname = :'username' AND ${condition});\n`);
  const depends = (type: string, more: string) => (
    `EXISTS (SELECT FROM pg_shdepend WHERE refclassid = 'pg_authid'::regclass AND refobjid = r.oid AND deptype = '${type}'${more})`);
  return [
    `SELECT convert_from(decode(:'username${index}', 'hex'), 'UTF8') AS username \\gset\n`,
    found('is an administrator of the server: give the application a user of its own', '(rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls)'),
    found('owns objects, and may do everything with them: give them to another role with REASSIGN OWNED', depends('o', '')),
    found(`has privileges in another database than ${database}: give each database a user of its own`,
      depends('a', ` AND dbid NOT IN (0, coalesce((SELECT oid FROM pg_database WHERE datname = ${text(database)}), 0))`)),
  ].join('');
}

/** Takes away what PostgreSQL gives everybody. */
function closed({ database, schema }: BootstrapModel): string {
  return `RESET ROLE;
SET standard_conforming_strings = on;
SET search_path = pg_catalog;
SET password_encryption = 'scram-sha-256';
REVOKE ALL ON DATABASE ${identifier(database)} FROM PUBLIC;
REVOKE CREATE ON SCHEMA ${identifier(schema)} FROM PUBLIC;
DO $bootstrap$
DECLARE
  found text;
BEGIN
  IF has_database_privilege('public', ${text(database)}, 'CONNECT') THEN
    RAISE EXCEPTION ${text(`every user may connect to database ${database}, and the admin may not change that: make the admin its owner`)};
  END IF;
  IF has_schema_privilege('public', ${text(schema)}, 'CREATE') THEN
    RAISE EXCEPTION ${text(`every user may create objects in schema ${schema}, and the admin may not change that: give another 'schema'`)};
  END IF;
${everybody(database, schema)}END $bootstrap$;
`;
}

/**
 * What everybody may do besides. Objects of extensions, which PostGIS and others open on purpose, are left out; functions that run with the rights of their caller
 * give nobody more than that.
 */
function everybody(database: string, schema: string): string {
  const isReached = `n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND (n.nspname = ${text(schema)} OR has_schema_privilege('public', n.oid, 'USAGE'))`;
  const isOwn = (catalog: string, oid: string) => (
    `NOT EXISTS (SELECT FROM pg_depend WHERE classid = '${catalog}'::regclass AND objid = ${oid} AND deptype = 'e')`);
  const report = (query: string, then: string) => (
    `  SELECT string_agg(DISTINCT one, ', ' ORDER BY one) INTO found FROM (${query}) AS all_of_them (one);
  IF found IS NOT NULL THEN
    RAISE ${then}, found;
  END IF;
`);
  return report(
    `
    SELECT format('%s on %I.%I', acl.privilege_type, n.nspname, c.relname)
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace, LATERAL (
      SELECT * FROM aclexplode(c.relacl) UNION ALL SELECT e.* FROM pg_attribute AS a, aclexplode(a.attacl) AS e WHERE a.attrelid = c.oid
    ) AS acl
    WHERE acl.grantee = 0 AND ${isReached}
      AND ${isOwn('pg_class', 'c.oid')}
  `, `EXCEPTION ${text('every user has %: take it away in \'statements\', with REVOKE ... FROM PUBLIC')}`,
  ) + report(
    `
    SELECT p.oid::regprocedure::text FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace
    WHERE p.prosecdef AND has_function_privilege('public', p.oid, 'EXECUTE') AND ${isReached}
      AND ${isOwn('pg_proc', 'p.oid')}
  `, `WARNING ${text('every user may run %, with the rights of the owner')}`,
  ) + report(
    `SELECT quote_ident(datname) FROM pg_database WHERE datallowconn AND datname <> ${text(database)} AND has_database_privilege('public', oid, 'CONNECT')`,
    `WARNING ${text('every user may connect to these databases as well: %')}`,
  );
}

function userSql({ database, schema }: BootstrapModel, { secretName, grants }: DatabaseUserModel, index: number): string {
  const [db, place] = [identifier(database), identifier(schema)];
  const value = (name: string) => (
    `SELECT set_config('bootstrap.${name}', convert_from(decode(:'${name}${index}', 'hex'), 'UTF8'), true) \\g /dev/null\n`);
  const execute = (statement: string) => `  EXECUTE format(${text(statement)}, username);\n`;
  return `${value('username')}${value('password')}DO $bootstrap$
DECLARE
  username CONSTANT text := current_setting('bootstrap.username');
  password CONSTANT text := current_setting('bootstrap.password');
  role oid;
  other text;
  joined boolean := false;
BEGIN
  BEGIN
    EXECUTE format(CASE WHEN EXISTS (SELECT FROM pg_roles WHERE rolname = username) THEN 'ALTER' ELSE 'CREATE' END || ' ROLE %I LOGIN PASSWORD %L', username, password);
  EXCEPTION WHEN OTHERS THEN
    -- Without its context, which has the password.
    RAISE EXCEPTION ${text(`the user of Secret "${secretName}" is not accepted: %`)}, SQLERRM;
  END;
  SELECT oid INTO STRICT role FROM pg_roles WHERE rolname = username;
  FOR other IN SELECT roleid::regrole::text FROM pg_auth_members WHERE member = role LOOP
    EXECUTE format('REVOKE %s FROM %I', other, username);
  END LOOP;
  IF EXISTS (SELECT FROM pg_shdepend WHERE refclassid = 'pg_authid'::regclass AND refobjid = role AND deptype = 'o') THEN
    RAISE EXCEPTION ${text(`the user of Secret "${secretName}" owns objects now, and may do everything with them`)};
  END IF;
  -- It owns nothing, so this revokes and drops nothing. For a role that is no superuser's it takes a member of it.
  IF NOT pg_has_role(current_user, role, 'USAGE') THEN
    EXECUTE format('GRANT %I TO CURRENT_USER', username);
    joined := true;
  END IF;
  EXECUTE format('DROP OWNED BY %I', username);
  IF joined THEN
    EXECUTE format('REVOKE %I FROM CURRENT_USER', username);
  END IF;
  IF EXISTS (SELECT FROM pg_auth_members WHERE member = role)
    OR EXISTS (SELECT FROM pg_shdepend WHERE refclassid = 'pg_authid'::regclass AND refobjid = role AND deptype = 'a') THEN
    RAISE EXCEPTION ${text(`the user of Secret "${secretName}" has privileges that the admin cannot revoke, because others have granted them`)};
  END IF;
${execute(`GRANT CONNECT ON DATABASE ${db} TO %I`)}${execute(`GRANT USAGE ON SCHEMA ${place} TO %I`)}${grants.map(grant => (
  execute(`GRANT ${privilegesOf(grant)} ON ${objectsOf(schema, grant)} TO %I`))).join('')}${grants.flatMap(grant => missing(schema, grant)).join('')}END $bootstrap$;
`;
}

/** GRANT only warns when the admin may not hand on all of the privileges. */
function missing(schema: string, { table, privileges }: GrantModel): string[] {
  const relation = table === undefined ? '' : `${identifier(schema)}.${identifier(table)}`;
  return table === undefined || privileges === 'ALL' ? [] : privileges.map(privilege => (
    `  IF NOT has_table_privilege(role, ${text(relation)}, '${privilege}') THEN\n`
      + `    RAISE EXCEPTION ${text(`the admin may not grant ${privilege} on table ${table}: make it the owner of the table`)};\n  END IF;\n`));
}

function objectsOf(schema: string, { on, table }: GrantModel): string {
  switch (on) {
    case 'table': return `TABLE ${identifier(schema)}.${identifier(table!)}`;
    case 'sequences': return `ALL SEQUENCES IN SCHEMA ${identifier(schema)}`;
    case 'database': return `ALL TABLES IN SCHEMA ${identifier(schema)}`;
  }
}

function privilegesOf({ privileges }: GrantModel): string {
  return privileges === 'ALL' ? 'ALL' : privileges.join(', ');
}

function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function text(value: string): string {
  return `'${value.replaceAll('\'', '\'\'')}'`;
}
