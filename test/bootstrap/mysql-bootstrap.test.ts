import { App, Chart, Duration } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { containerOf, filesOf, runScript } from './helpers';
import {
  Credentials, EgressGateway, EgressViaGateway, ExternalMysql, ExternalPostgres, Mesh, MysqlAuthentication, MysqlBootstrap, MysqlBootstrapProps,
  MysqlGrant, MysqlPrivilege, Resolution,
} from '../../src';
import { all, manifestsOf, messageOf, only, synth } from '../helpers';

const ADMIN = Credentials.fromSecret('mysql-admin');
const READER = { credentials: Credentials.fromSecret('ratings-mysql'), grants: [MysqlGrant.onTable('ratings', MysqlPrivilege.SELECT)] };

const mysqlIn = (chart: Chart) => new ExternalMysql(chart, 'Mysql', { host: 'mysqldb.example.com', port: 3307, resolution: Resolution.ipAddresses('192.0.2.14') });

function bootstrapIn(chart: Chart, props: Partial<MysqlBootstrapProps> = {}): MysqlBootstrap {
  return new MysqlBootstrap(chart, 'RatingsDatabase', {
    service: props.service ?? mysqlIn(chart),
    adminCredentials: ADMIN,
    database: 'test',
    statements: ['CREATE TABLE IF NOT EXISTS ratings (a INT)'],
    users: [READER],
    ...props,
  });
}

const synthWith = (props: Partial<MysqlBootstrapProps> = {}) => synth(chart => bootstrapIn(chart, props));
const refusal = (props: object) => messageOf(() => synthWith(props as never));
const usersSql = (grants: MysqlGrant[], more: Partial<MysqlBootstrapProps> = {}) => filesOf(synthWith({ users: [{ ...READER, grants }], ...more }))['5-users.sql'];

describe('the Job', () => {
  test('runs under an account of its own, which is a client of the service', () => {
    const manifests = synth(chart => {
      const service = mysqlIn(chart);
      new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() }).route(service);
      bootstrapIn(chart, { service });
    });

    expect(only(manifests, 'ServiceAccount').metadata.name).toBe('ratings-database.bookinfo.bootstrap');
    expect(only(manifests, 'Job').spec.template.spec.serviceAccountName).toBe('ratings-database.bookinfo.bootstrap');
    expect(only(manifests, 'Gateway').spec.servers[0].tls.subjectAltNames).toEqual(['spiffe://cluster.local/ns/bookinfo/sa/ratings-database.bookinfo.bootstrap']);
  });

  test('knows host, port and database', () => {
    expect(containerOf(synthWith()).env).toEqual(expect.arrayContaining([
      { name: 'DB_HOST', value: 'mysqldb.example.com' }, { name: 'DB_PORT', value: '3307' }, { name: 'DB_NAME', value: 'test' },
    ]));
  });

  test('gets the keys of the Secrets that it needs as files, and no value of them as a variable', () => {
    const job = only(synthWith({
      users: [READER, { ...READER, credentials: Credentials.fromSecret('reports', { usernameKey: 'name', passwordKey: 'word' }) }],
    }), 'Job');

    expect(job.spec.template.spec.volumes).toContainEqual({
      name: 'secrets',
      projected: {
        defaultMode: 0o440,
        sources: [
          { secret: { name: 'mysql-admin', items: [{ key: 'username', path: 'admin/username' }, { key: 'password', path: 'admin/password' }] } },
          { secret: { name: 'ratings-mysql', items: [{ key: 'username', path: 'user-0/username' }, { key: 'password', path: 'user-0/password' }] } },
          { secret: { name: 'reports', items: [{ key: 'name', path: 'user-1/username' }, { key: 'word', path: 'user-1/password' }] } },
        ],
      },
    });
    expect(JSON.stringify(job.spec.template.spec.containers[0].env)).not.toContain('valueFrom');
  });

  test('satisfies the Pod Security Standard "restricted"', () => {
    const { spec } = only(synthWith(), 'Job').spec.template;

    expect(spec.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 65532, fsGroup: 65532, seccompProfile: { type: 'RuntimeDefault' } });
    expect(spec.containers[0].securityContext).toMatchObject({
      allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, privileged: false, readOnlyRootFilesystem: true, runAsNonRoot: true,
    });
    expect(spec.automountServiceAccountToken).toBe(false);
    expect(spec.volumes.map((volume: object) => Object.keys(volume).filter(key => key !== 'name')).flat()).toEqual(['configMap', 'projected', 'emptyDir']);
  });

  test('has a sidecar that is ready before it, and ends that itself', () => {
    const manifests = synthWith();
    const { metadata } = only(manifests, 'Job').spec.template;

    expect(metadata.labels['sidecar.istio.io/inject']).toBe('true');
    expect(JSON.parse(metadata.annotations['proxy.istio.io/config'])).toEqual({ holdApplicationUntilProxyStarts: true });
    expect(filesOf(manifests)['bootstrap.sh']).toContain('trap end_sidecar EXIT');
  });

  test('asks for no sidecar in an ambient mesh', () => {
    const app = new App();
    Mesh.declare(app, { dataPlane: 'ambient' as never });
    bootstrapIn(new Chart(app, 'test', { namespace: 'bookinfo' }));
    const { metadata } = only(manifestsOf(app), 'Job').spec.template;

    expect(metadata.labels).not.toHaveProperty('sidecar.istio.io/inject');
    expect(metadata.annotations).toBeUndefined();
  });

  test('tries again, not for ever, and stays when it is done', () => {
    const { spec } = only(synthWith(), 'Job');

    expect(spec).toMatchObject({ backoffLimit: 6, activeDeadlineSeconds: 600, template: { spec: { restartPolicy: 'Never' } } });
    expect(spec).not.toHaveProperty('ttlSecondsAfterFinished');
    expect(only(synthWith({ deadline: Duration.minutes(2), ttlAfterFinished: Duration.hours(1) }), 'Job').spec)
      .toMatchObject({ activeDeadlineSeconds: 120, ttlSecondsAfterFinished: 3600 });
  });

  test('verifies the database when there is an authority', () => {
    const manifests = synthWith({ caSecretName: 'mysql-ca' });

    expect(containerOf(manifests).env).toContainEqual({ name: 'DB_CA', value: '/ca/ca.crt' });
    expect(only(manifests, 'Job').spec.template.spec.volumes).toContainEqual({
      name: 'ca', secret: { secretName: 'mysql-ca', defaultMode: 0o440, items: [{ key: 'ca.crt', path: 'ca.crt' }] },
    });
    expect(containerOf(manifests).volumeMounts).toContainEqual({ name: 'ca', mountPath: '/ca', readOnly: true });
    expect(containerOf(synthWith()).env.map(({ name }: { name: string }) => name)).not.toContain('DB_CA');
  });

  test('uses a pinned image, or the given one', () => {
    expect(containerOf(synthWith()).image).toBe('mariadb:10.11');
    expect(containerOf(synthWith({ image: 'registry.example.com:5000/db/mysql@sha256:' + 'a'.repeat(64) })).image).toContain('@sha256:');
    expect(refusal({ image: 'mariadb' })).toContain('\'image\' must be an image with a tag or a digest, like "mariadb:10.11", got "mariadb"');
    expect(refusal({ image: 'localhost:5000/mariadb' })).toContain('\'image\' must be');
    expect(refusal({ image: 'mariadb:10; id' })).toContain('\'image\' must be');
  });
});

describe('the name of the Job', () => {
  const nameOf = (props: Partial<MysqlBootstrapProps> = {}) => only(synthWith(props), 'Job').metadata.name;

  test('ends in a hash of what it does, as that of the ConfigMap does, because neither can be changed', () => {
    const manifests = synthWith();

    expect(nameOf()).toMatch(/^ratings-database-bootstrap-[0-9a-f]{8}$/);
    expect(only(manifests, 'ConfigMap').metadata.name).toBe(nameOf());
    expect(only(manifests, 'ConfigMap')).toMatchObject({ immutable: true });
    expect(only(manifests, 'Job').spec.template.spec.volumes[0]).toMatchObject({ configMap: { name: nameOf() } });
  });

  test.each<[string, Partial<MysqlBootstrapProps>]>([
    ['a statement', { statements: ['SELECT 1'] }], ['a grant', { users: [{ ...READER, grants: [MysqlGrant.allOnDatabase()] }] }], ['the image', { image: 'mariadb:11.4' }],
    ['a Secret', { adminCredentials: Credentials.fromSecret('other') }], ['the deadline', { deadline: Duration.minutes(1) }], ['the trigger', { trigger: '2' }],
    ['the authority', { caSecretName: 'mysql-ca' }], ['the database', { database: 'other' }],
  ])('is another one when %s changes', (_, props) => {
    expect(nameOf(props)).not.toBe(nameOf());
  });

  test('is a label for every path, and different for different ones', () => {
    const names = ['a', 'b'].map(end => only(synth(chart => bootstrapIn(chart, { metadata: { name: `${'x'.repeat(60)}.${end}` } })), 'Job').metadata.name);

    names.forEach(name => expect(name).toMatch(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/));
    expect(names[0]).not.toBe(names[1]);
  });

  test('follows the metadata, and so does the namespace of every object', () => {
    const manifests = synth(chart => bootstrapIn(chart, { metadata: { name: 'db', namespace: 'database-admin' } }));

    expect(only(manifests, 'Job').metadata.name).toMatch(/^db-bootstrap-/);
    expect(['ServiceAccount', 'ConfigMap', 'Job'].map(kind => only(manifests, kind).metadata.namespace)).toEqual(Array(3).fill('database-admin'));
    expect(only(manifests, 'ServiceEntry').spec.exportTo).toContain('database-admin');
  });
});

test('labels are those of every object, annotations the Job\'s alone', () => {
  const manifests = synthWith({ metadata: { labels: { team: 'shop' }, annotations: { 'argocd.argoproj.io/hook': 'Sync' } } });
  const metadata = ['ServiceAccount', 'ConfigMap', 'Job'].map(kind => only(manifests, kind).metadata);

  expect(metadata.map(({ labels }) => labels)).toEqual(Array(3).fill({ team: 'shop' }));
  expect(metadata.map(({ annotations }) => annotations)).toEqual([undefined, undefined, { 'argocd.argoproj.io/hook': 'Sync' }]);
});

describe('the SQL', () => {
  test('runs each statement as one, with ";" and slashes in it', () => {
    const files = filesOf(synthWith({ statements: ['CREATE PROCEDURE p() BEGIN SELECT 1; SELECT \'//\'; END', 'SELECT 2;\n'] }));

    expect(files['3-statements.sql']).toBe('DELIMITER ///\nCREATE PROCEDURE p() BEGIN SELECT 1; SELECT \'//\'; END\n///\nSELECT 2\n///\n');
    expect(filesOf(synthWith({ statements: [] }))).not.toHaveProperty('3-statements.sql');
  });

  test('grants what was asked for, and escapes the pattern of a database', () => {
    expect(usersSql([MysqlGrant.onTable('ratings', MysqlPrivilege.SELECT, MysqlPrivilege.SHOW_VIEW)])).toContain('\'GRANT SELECT, SHOW VIEW ON `test`.`ratings` TO \'');
    expect(usersSql([MysqlGrant.onDatabase(MysqlPrivilege.INSERT)], { database: 'my_app' })).toContain('\'GRANT INSERT ON `my\\\\_app`.* TO \'');
    expect(usersSql([MysqlGrant.allOnDatabase()])).toContain('\'GRANT ALL PRIVILEGES ON `test`.* TO \'');
  });

  test('revokes only when the user has more than that', () => {
    const sql = usersSql([MysqlGrant.onTable('ratings', MysqlPrivilege.SELECT)]);

    expect(sql).toContain('OR NOT ((TABLE_SCHEMA = \'test\' AND TABLE_NAME = \'ratings\' AND PRIVILEGE_TYPE IN (\'SELECT\')) OR FALSE)');
    expect(sql).toContain('IF(@more = 0, \'DO 0\', CONCAT(\'REVOKE ALL PRIVILEGES, GRANT OPTION FROM \'');
  });

  test('lets the server quote names and passwords, in a mode in which it does that', () => {
    const sql = usersSql([MysqlGrant.allOnDatabase()]);

    expect(sql).toMatch(/^SET SESSION sql_mode = 'STRICT_TRANS_TABLES';/);
    expect(sql).toContain('CONCAT(\'CREATE USER IF NOT EXISTS \', QUOTE(@username0), \'@\', QUOTE(\'%\'), \' IDENTIFIED BY \', QUOTE(@password0))');
  });

  test('chooses the plugin on a MySQL, which a MariaDB has no word for', () => {
    const files = filesOf(synthWith({ users: [{ ...READER, authentication: MysqlAuthentication.NATIVE_PASSWORD }] }));

    expect(files['5-users.sql']).toContain('IF(VERSION() LIKE \'%MariaDB%\', \' IDENTIFIED BY \', \' IDENTIFIED WITH mysql_native_password BY \')');
    expect(files['1-check.sql']).not.toContain('wants the plugin');
    expect(filesOf(synthWith({ users: [{ ...READER, authentication: MysqlAuthentication.CACHING_SHA2_PASSWORD }] }))['1-check.sql']).toContain('wants the plugin');
  });

  test('refuses a database that everybody has privileges on, and a table that is not there', () => {
    const files = filesOf(synthWith());

    expect(files['1-check.sql']).toContain('WHERE User IN (\'\', \'PUBLIC\') AND \'test\' LIKE Db');
    expect(files['4-tables.sql']).toContain('TABLE_SCHEMA = \'test\' AND TABLE_NAME = \'ratings\'');
  });
});

test.each([
  'CREATE TABLE users (name VARCHAR(60), password CHAR(60) DEFAULT \'\')', 'CREATE TABLE t (kind TEXT CHECK (kind IN (\'password\', \'token\')))',
  'SELECT \'a password \', \'b\'', 'ALTER USER x PASSWORD EXPIRE', 'ALTER ROLE x PASSWORD NULL', 'COMMENT ON COLUMN users.password IS \'a hash\'',
  'INSERT INTO flags (name) VALUES (\'password\')', 'CREATE USER x IDENTIFIED BY RANDOM PASSWORD',
])('a statement may speak of passwords: %s', statement => {
  expect(() => synthWith({ statements: [statement] } as never)).not.toThrow();
});

describe('a mistake', () => {
  test.each<[string, object, string]>([
    ['no user', { users: [] }, '\'users\' must not be empty'],
    ['a user without a grant', { users: [{ ...READER, grants: [] }] }, '\'users[0].grants\' must not be empty: write at least one, like MysqlGrant.onTable('],
    ['a grant of nothing', { users: [{ ...READER, grants: [MysqlGrant.onDatabase()] }] }, '\'users[0].grants[0]\': \'MysqlGrant.onDatabase()\' must not be empty'],
    ['a privilege that there is not', { users: [{ ...READER, grants: [MysqlGrant.onDatabase('GRANT OPTION' as never)] }] }, '\'users[0].grants[0].privileges[0]\' must be one of "SELECT"'],
    ['a privilege twice', { users: [{ ...READER, grants: [MysqlGrant.onDatabase(MysqlPrivilege.SELECT, MysqlPrivilege.SELECT)] }] }, '\'users[0].grants[0].privileges\' has "SELECT" twice'],
    ['a privilege of databases for a table', { users: [{ ...READER, grants: [MysqlGrant.onTable('t', MysqlPrivilege.EXECUTE)] }] },
      '\'users[0].grants[0].privileges\' has "EXECUTE", which is a privilege of a whole database: grant it with MysqlGrant.onDatabase()'],
    ['a text for a grant', { users: [{ ...READER, grants: ['SELECT'] }] }, '\'users[0].grants[0]\' must be one of MysqlGrant.onTable('],
    ['a table with a quotation mark', { users: [{ ...READER, grants: [MysqlGrant.onTable('a`b', MysqlPrivilege.SELECT)] }] }, '\'users[0].grants[0].table\' must be a name that MySQL takes'],
    ['the server\'s own database', { database: 'MySQL' }, '\'database\' must be a database of the application, got "MySQL", which is the server\'s own'],
    ['a database with a pattern', { database: 'a%' }, '\'database\' must be a name that MySQL takes'],
    ['a database with too long a name', { database: 'x'.repeat(65) }, '\'database\' must be a name that MySQL takes (letters, digits, "_" and "-", at most 64)'],
    ['the Secret of the admin for a user', { users: [{ ...READER, credentials: Credentials.fromSecret('mysql-admin', { usernameKey: 'other' }) }] },
      '\'users\' has the Secret "mysql-admin", which is that of the admin'],
    ['a Secret twice', { users: [READER, READER] }, '\'users\' has the Secret "ratings-mysql" twice'],
    ['a password without a name', { adminCredentials: Credentials.passwordFromSecret('admin') }, '\'adminCredentials\' must have a user name and a password of their own'],
    ['an empty statement', { statements: [''] }, '\'statements[0]\' must be a text that is not empty'],
    ...[
      'CREATE USER x IDENTIFIED BY \'hunter2\'', 'alter user x identified by "hunter2"', 'CREATE USER x IDENTIFIED WITH mysql_native_password AS \'hunter2\'',
      'CREATE USER x IDENTIFIED BY PASSWORD \'hunter2\'', 'CREATE USER x IDENTIFIED VIA ed25519 USING PASSWORD(\'hunter2\')', 'SET PASSWORD FOR x = \'hunter2\'',
      'SET PASSWORD = PASSWORD(\'hunter2\')', 'SELECT 1;\nCREATE ROLE x LOGIN PASSWORD \'hunter2\'', 'ALTER ROLE x ENCRYPTED PASSWORD E\'hunter2\'',
      'ALTER ROLE x PASSWORD $$hunter2$$', 'UPDATE users SET password = \'hunter2\'',
    ].map(statement => [`a password: ${statement}`, { statements: ['SELECT 1', statement] }, '\'statements[1]\' must have no password, which whoever reads the ConfigMap of the '
      + 'statements would know: name the account in \'users\', whose passwords are in Secrets'] as [string, object, string]),
    ['one statement that is no list', { statements: 'SELECT 1' }, '\'statements\' must be a list'],
    ['more than a ConfigMap holds', { statements: ['x'.repeat(1_000_000)] }, '\'statements\' are more than a ConfigMap holds (1 MiB)'],
    ['half a second', { deadline: Duration.millis(500) }, '\'deadline\' must be a Duration of whole seconds'],
    ['an authentication that there is not', { users: [{ ...READER, authentication: 'sha256_password' }] }, '\'users[0].authentication\' must be one of "mysql_native_password"'],
    ['an unknown property of a user', { users: [{ ...READER, password: 'secret' }] }, '\'password\' is not a property of \'users[0]\''],
  ])('is refused: %s', (_, props, message) => {
    expect(refusal(props)).toContain(`[test/RatingsDatabase] ${message}`);
  });

  test('is refused without showing what may be a password', () => {
    expect(refusal({ adminCredentials: 'hunter2' })).not.toContain('hunter2');
    expect(refusal({ users: [{ ...READER, credentials: 'hunter2' }] })).not.toContain('hunter2');
    expect(refusal({ users: [{ ...READER, password: 'hunter2' }] })).not.toContain('hunter2');
  });

  test('is refused: a PostgreSQL, and a service of another app', () => {
    const other = mysqlIn(new Chart(new App(), 'other', { namespace: 'bookinfo' }));

    expect(messageOf(() => synth(chart => bootstrapIn(chart, {
      service: new ExternalPostgres(chart, 'Pg', { host: 'pg.example.com', resolution: Resolution.dns() }) as never,
    })))).toContain('\'service\' must be one of the ExternalMysql that this app declares');
    expect(refusal({ service: other })).toContain('\'service\' must be declared in this app, got \'other/Mysql\' of another one');
    expect(refusal({ service: ExternalMysql.fromAttributes(new Chart(new App(), 'x'), 'It', { host: 'a.example.com', namespaceName: 'a' }) })).toContain('\'service\' must be');
  });
});

describe('the Secret of the admin', () => {
  const workload = (chart: Chart, container: object, namespace?: string, volumes?: object[]) => new k8s.KubeDeployment(chart, 'Ratings', {
    metadata: { namespace },
    spec: { selector: {}, template: { metadata: { labels: {} }, spec: { containers: [{ name: 'app', ...container }], volumes: volumes as never } } },
  });
  const problem = (build: (chart: Chart) => void) => {
    const app = new App();
    const chart = new Chart(app, 'test', { namespace: 'bookinfo' });
    bootstrapIn(chart);
    build(chart);
    return messageOf(() => app.synthYaml());
  };
  const REFUSED = '\'test/Ratings\' reads the Secret "mysql-admin" of the admin, which the Job alone may have: give it the Secret of one of the \'users\'';

  test('is refused for a connected workload', () => {
    expect(problem(chart => {
      const service = chart.node.findChild('Mysql') as ExternalMysql;
      service.connectFrom(workload(chart, {}), { credentials: ADMIN });
    })).toContain(REFUSED);
  });

  test.each<[string, object, object[]]>([
    ['a variable', { env: [{ name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'mysql-admin', key: 'password' } } }] }, []],
    ['all variables', { envFrom: [{ secretRef: { name: 'mysql-admin' } }] }, []],
    ['a volume', {}, [{ name: 'a', secret: { secretName: 'mysql-admin' } }]],
    ['a projected volume', {}, [{ name: 'a', projected: { sources: [{ secret: { name: 'mysql-admin' } }] } }]],
  ])('is refused for any workload of its namespace that has it as %s', (_, container, volumes) => {
    expect(problem(chart => workload(chart, container, undefined, volumes))).toContain(REFUSED);
  });

  test('may have the name of another Secret in another namespace', () => {
    const app = new App();
    const chart = new Chart(app, 'test', { namespace: 'bookinfo' });
    bootstrapIn(chart);
    workload(chart, { envFrom: [{ secretRef: { name: 'mysql-admin' } }] }, 'elsewhere');
    workload(new Chart(app, 'other', { namespace: 'bookinfo' }), { envFrom: [{ secretRef: { name: 'ratings-mysql' } }] });

    expect(() => app.synthYaml()).not.toThrow();
  });

  test('may be that of two bootstraps', () => {
    const app = new App();
    const chart = new Chart(app, 'test', { namespace: 'bookinfo' });
    const { job } = bootstrapIn(chart);
    const service = chart.node.findChild('Mysql') as ExternalMysql;
    new MysqlBootstrap(chart, 'Second', {
      service, adminCredentials: ADMIN, database: 'two', users: [{ credentials: Credentials.fromSecret('two'), grants: [MysqlGrant.allOnDatabase()] }],
    });

    expect(job.kind).toBe('Job');
    expect(() => app.synthYaml()).not.toThrow();
    expect(all(manifestsOf(app), 'Job').length).toBe(2);
  });
});

test('one user for two bootstraps of a service is refused', () => {
  const message = messageOf(() => {
    const app = new App();
    const chart = new Chart(app, 'test', { namespace: 'bookinfo' });
    bootstrapIn(chart);
    new MysqlBootstrap(chart, 'Second', { service: chart.node.findChild('Mysql') as ExternalMysql, adminCredentials: ADMIN, database: 'two', users: [READER] });
    app.synthYaml();
  });

  expect(message).toContain('[test/Second] \'users\' has the Secret "ratings-mysql", and so has \'test/RatingsDatabase\': each takes away what the other grants');
});

describe('the script', () => {
  const LOGIN = { 'admin/username': 'admin', 'admin/password': 'a', 'user-0/username': 'reader', 'user-0/password': 'p' };
  const says = (secrets: { [file: string]: string | Buffer }, props: Partial<MysqlBootstrapProps> = {}) => (
    runScript(synthWith(props), { ...LOGIN, ...secrets }));

  test('takes every character that the server takes', () => {
    expect(says({ 'user-0/username': ' it\'s `r\\e"a$der\n', 'user-0/password': 'p\'\\;"`$(id)\n😀' })).toBe('bootstrap: the image has no client: it needs mariadb or mysql');
  });

  test.each<[string, { [file: string]: string | Buffer }, string]>([
    ['an empty password', { 'user-0/password': '' }, 'the password in Secret "ratings-mysql" is empty'],
    ['an empty user name', { 'user-0/username': '' }, 'the user name in Secret "ratings-mysql" is empty'],
    ['an empty password of the admin', { 'admin/password': '' }, 'the password of the admin in Secret "mysql-admin" is empty'],
    ['a NUL byte', { 'user-0/password': 'a\0b' }, 'the password in Secret "ratings-mysql" has a NUL byte'],
    ['what is no UTF-8', { 'user-0/password': Buffer.from('61ff27', 'hex') }, 'the password in Secret "ratings-mysql" is not UTF-8'],
    ['a surrogate', { 'user-0/password': Buffer.from('eda080', 'hex') }, 'the password in Secret "ratings-mysql" is not UTF-8'],
    ['too long a password', { 'user-0/password': 'x'.repeat(256) }, 'the password in Secret "ratings-mysql" has more than 255 bytes'],
    ['a user name with a character of four bytes', { 'user-0/username': 'a😀' }, 'the user name in Secret "ratings-mysql" has a character beyond U+FFFF'],
    ['a user name that ends in a space', { 'user-0/username': 'a ' }, 'the user name in Secret "ratings-mysql" ends in a space'],
    ['a user name in quotation marks', { 'user-0/username': '\'a\'' }, 'the user name in Secret "ratings-mysql" begins and ends with \', which MySQL takes away'],
    ['the admin', { 'user-0/username': 'admin' }, 'the user name in Secret "ratings-mysql" is that of the admin'],
  ])('refuses %s before it connects, and does not show it', (_, secrets, message) => {
    const said = says(secrets);

    expect(said).toContain(`bootstrap: refused, and nothing was changed: ${message}`);
    expect(said.split('\n').length).toBe(1);
  });

  test('refuses one user name in two Secrets', () => {
    const users = [READER, { ...READER, credentials: Credentials.fromSecret('second') }];

    expect(says({ 'user-1/username': 'reader', 'user-1/password': 'q' }, { users })).toContain('the Secrets "ratings-mysql" and "second" have the same user name');
  });
});
