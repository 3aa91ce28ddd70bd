import { ApiObject, Chart } from 'cdk8s';
import { ExternalMysql, ExternalRedisCluster, Membership, Resolution, VirtualMachineService } from '../../src';
import { messageOf, only, synth } from '../helpers';

const SECRET = 'hunter2';

interface Variable {
  readonly name: string;
  readonly value?: unknown;
  readonly valueFrom?: object;
}

function deployment(chart: Chart, env: Variable[], more: object = {}): ApiObject {
  return new ApiObject(chart, 'App', {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'app' },
    spec: { template: { spec: { containers: [{ name: 'app', image: 'app', env }], ...more } } },
  });
}

const mysql = (chart: Chart, id = 'Mysql') => (
  new ExternalMysql(chart, id, { host: `${id.toLowerCase()}.example.com`, resolution: Resolution.ipAddresses(`192.0.2.${id.length}`) }));

const connect = (env: Variable[], more: object = {}) => synth(chart => mysql(chart).connectFrom(deployment(chart, env, more)));
const refused = (env: Variable[], more: object = {}) => messageOf(() => connect(env, more));

const messageFor = (variable: string, container = 'app') => (
  `workload 'test/App' has a password as a value, in the variable "${variable}" of container "${container}": put it into a Secret, and give that with Credentials.fromSecret()`);

describe('a password as a value is refused', () => {
  test.each([
    'PASSWORD', 'DB_PASSWORD', 'MYSQL_DB_PASSWORD', 'PGPASSWORD', 'dbPassword', 'spring.datasource.password', 'MYSQL_PASSWD', 'KEY_PASSPHRASE', 'MYSQL_PWD', 'DB_PASS', 'db-pass',
    'DBPASS', 'PGPASS', 'dbPwd', 'dbPass', 'DB_PW', 'DB_PASSWORD_1', 'DB_PASSWORD2', 'DB_PASS_2', 'REDISCLI_AUTH', 'RESET_PASSWORD',
  ])('in a variable called %s', name => {
    const message = refused([{ name, value: SECRET }]);

    expect(message).toContain(`[test/Mysql] ${messageFor(name)}`);
    expect(message).not.toContain(SECRET);
  });

  test.each([
    ['a URL', `mysql://bookinfo:${SECRET}@mysqldb.example.com:3306/test`],
    ['a URL without a user', `redis://:${SECRET}@redis.example.com`],
    ['a URL of several hosts', `mongodb://u:${SECRET}@a.example.com:1,b.example.com:1/?tls=true`],
    ['a URL in a longer text', `--proxy http://u:${SECRET}@proxy.example.com:3128`],
    ['a URL of JDBC', `jdbc:mysql://db.example.com/test?user=u&password=${SECRET}`],
    ['a connection string', `Server=db.example.com;User Id=sa;Password=${SECRET}`],
    ['a connection string of libpq', `host=db.example.com password=${SECRET} user=u`],
    ['a URL whose password begins with a reference', `mysql://u:$(NAME)${SECRET}@db.example.com`],
    ['a URL whose password has a slash', `mysql://u:a/${SECRET}@db.example.com/test`],
    ['a URL whose password has a number sign', `mysql://u:a#${SECRET}@db.example.com`],
    ['a URL whose password has a question mark', `mysql://u:a?${SECRET}@db.example.com`],
    ['a URL whose password has an at sign', `mysql://u:$(P)@${SECRET}@db.example.com`],
    ['a DSN of Go', `app:${SECRET}@tcp(db.example.com:3306)/shop`],
    ['an address of Oracle', `app/${SECRET}@//db.example.com:1521/shop`],
    ['a URL of JDBC for Oracle', `jdbc:oracle:thin:app/${SECRET}@//db.example.com:1521/shop`],
    ['a connection string with blanks', `Server = db.example.com; Password = ${SECRET}`],
    ['a connection string with "Pwd"', `Server=db.example.com;Pwd=${SECRET};`],
    ['a connection string with commas', `db.example.com:6380,password=${SECRET},ssl=True`],
    ['a connection string with quotation marks', `host=db.example.com password='${SECRET} 2'`],
    ['a password that ends as a name of a setting would', `password=${SECRET}=`],
    ['an option of a program', `--db-password=${SECRET}`],
    ['an option of Java', `-Xmx1g -Dspring.datasource.password=${SECRET}`],
    ['an option of Java in camel case', `-Djavax.net.ssl.keyStorePassword=${SECRET}`],
    ['JSON', `{ "user": "app", "password": "${SECRET}" }`],
    ['JSON without blanks', `{"password":"${SECRET}"}`],
    ['the default of a placeholder', `password=\${DB_PASSWORD:${SECRET}}`],
    ['the default of a placeholder in a URL', `mysql://u:\${DB_PASSWORD:-${SECRET}}@db.example.com`],
  ])('in %s', (_, value) => {
    const message = refused([{ name: 'ADDRESS', value }]);

    expect(message).toContain(messageFor('ADDRESS'));
    expect(message).not.toContain(SECRET);
  });

  test.each(['off', 'no', '1'])('of one word, %s, that would answer a question elsewhere', value => {
    expect(refused([{ name: 'MYSQL_PASSWORD', value }])).toContain(messageFor('MYSQL_PASSWORD'));
  });

  test.each<[string, object]>([
    ['args', { args: ['serve', `--password=${SECRET}`] }],
    ['args', { args: ['--db.password', SECRET] }],
    ['args', { args: [`mysql://u:${SECRET}@db.example.com`] }],
    ['command', { command: ['sh', '-c', `PGPASSWORD=${SECRET} psql`] }],
    ['args', { args: ['-c', `echo $(date); mysql --password='${SECRET}'`] }],
  ])('in the %s of a container', (property, container) => {
    const message = refused([], { containers: [{ name: 'app', ...container }] });

    expect(message).toContain(`workload 'test/App' has a password as a value, in '${property}' of container "app": put it into a Secret, give that with Credentials.fromSecret(), `
      + 'and write the variable, like $(DB_PASSWORD)');
    expect(message).not.toContain(SECRET);
  });

  test('in another container, and in one that runs before', () => {
    const env = [{ name: 'DB_PASSWORD', value: SECRET }];

    expect(refused([], { containers: [{ name: 'app' }, { name: 'helper', env }] })).toContain(messageFor('DB_PASSWORD', 'helper'));
    expect(refused([], { initContainers: [{ name: 'migrate', env }] })).toContain(messageFor('DB_PASSWORD', 'migrate'));
  });

  test('that is a number, from YAML', () => {
    expect(refused([{ name: 'DB_PASSWORD', value: 1234 }])).toContain(messageFor('DB_PASSWORD'));
  });

  test('that is an escaped reference, which stays as it is', () => {
    expect(refused([{ name: 'DB_PASSWORD', value: '$$(X)' }])).toContain(messageFor('DB_PASSWORD'));
  });

  test('of a workload of a service that another app declares, of a cluster, of virtual machines', () => {
    const env = [{ name: 'DB_PASSWORD', value: SECRET }];
    const services: ((chart: Chart) => { connectFrom(workload: ApiObject): void })[] = [
      chart => ExternalMysql.fromAttributes(chart, 'It', { host: 'mysql.example.com', namespaceName: 'platform' }),
      chart => new ExternalRedisCluster(chart, 'It', { nodes: [{ host: 'a.example.com', resolution: Resolution.ipAddresses('192.0.2.1') }] }),
      chart => new VirtualMachineService(chart, 'It', { serviceName: 'mysql', ports: [{ number: 3306 }], membership: Membership.workloadGroup() }),
    ];

    services.forEach(make => expect(messageOf(() => synth(chart => make(chart).connectFrom(deployment(chart, env))))).toContain(`[test/It] ${messageFor('DB_PASSWORD')}`));
  });

  test('once, by the first of the services of the workload', () => {
    const message = messageOf(() => synth(chart => {
      const app = deployment(chart, [{ name: 'DB_PASSWORD', value: SECRET }]);
      ['Bb', 'A'].forEach(id => mysql(chart, id).connectFrom(app, { envPrefix: id.toUpperCase() }));
    }));

    expect(message.split('has a password as a value')).toHaveLength(2);
    expect(message).toContain('[test/A] workload');
  });

  test('even when the variable is added after the workload was connected', () => {
    expect(messageOf(() => synth(chart => {
      const env: Variable[] = [];
      const app = deployment(chart, env);
      mysql(chart).connectFrom(app);
      env.push({ name: 'DB_PASSWORD', value: SECRET });
    }))).toContain(messageFor('DB_PASSWORD'));
  });
});

describe('what is no password is taken', () => {
  test.each<[string, string]>([
    ['MAX_PASSWORD_LENGTH', '64'], ['PASSWORD_FILE', '/run/password'], ['DB_PASSWORD_FILE', '/run/password'], ['PASSWORD_MIN', '8'], ['PWD', '/app'], ['OLDPWD', '/'],
    ['PROXY_BYPASS', 'example.com'], ['COMPASS', 'north'], ['PASS_THROUGH', 'all'], ['ALLOW_EMPTY_PASSWORD', 'yes'], ['RANDOM_PASSWORD', 'True'], ['DB_PASSWORD', ''],
    ['DB_PASSWORD', '$(MYSQL_PASSWORD)'],
    ['DB_URL', 'mysql://db.example.com:3306/test'], ['DB_URL', 'mysql://bookinfo@db.example.com'], ['DB_URL', 'mysql://$(U):$(P)@db.example.com'],
    ['NPM_REGISTRY', 'https://registry.example.com:8443/@scope/pkg'], ['LINK', 'https://example.com/reset?password_hint=x'], ['JDBC', 'jdbc:x://h/db?password=$(P)'],
    ['EMAIL', 'a:b@example.com'],
    ['DB_PASSWORD', '${MYSQL_PASSWORD}'], ['DB_PASSWORD', '${A:${B}}'], ['DB_PASSWORD', '${A:}'], ['DB_PASSWORD', '${A:-}'],
    ['DB_PASSWORD', 'vault:secret/data/db#password'], ['DB_PASSWORD', '>>vault:secret/data/db#password'], ['DB_PASSWORD', '${vault:secret/data/db#password}'],
    ['DB_PASSWORD', '$__file{/etc/secrets/password}'], ['DB_PASSWORD', '${file:/etc/secrets/db.properties:password}'], ['DB_PASSWORD', 'op://vault/db/password'],
    ['DB_PASSWORD', 'arn:aws:secretsmanager:eu-1:1:secret:db'],
    ['FORGOT_PASSWORD', '/forgot'], ['FORGOT_PASSWORD', 'https://idp.example.com/forgot'], ['SHOW_PASSWORD', 'never'], ['showPassword', '0'], ['MYSQL_RANDOM_ROOT_PASSWORD', 'yes'],
    ['ENCODER_PASS', '1'], ['LOGIN_BY_PASSWORD', 'true'],
    ['DB_URL', 'mysql://${U:root}:${P}@db.example.com'], ['JDBC', 'jdbc:x://h/db?user=u&password=${P}'], ['DSN', 'app:$(P)@tcp(db:3306)/shop'], ['ORACLE', 'app/$(P)@//db/shop'],
    ['DB', 'host=db password=$(P) user=u'], ['DB', 'host=db password= user=u'], ['DB', 'Server=db;Password=;User=u'], ['DB', 'password=\'$(P)\''], ['JSON', '{"password":"$(P)"}'],
    ['JSON', '{"password":null,"url":"https://h:8443","mail":"a@example.com"}'], ['JSON', '{"show_password":"never"}'],
    ['QUERY', 'SELECT id FROM users WHERE name = ? AND password = ?'], ['SERVERS', 'http://[::1]:80/@a'], ['HOSTS', 'jdbc:sqlserver://h:1433;user=a@b'],
    ['OPTIONS', '-Drequire.password=yes --password-file=/run/password'],
  ])('%s=%s', (name, value) => {
    const [container] = only(connect([{ name, value }]), 'Deployment').spec.template.spec.containers;

    expect(container.env[0]).toEqual({ name, value });
  });

  test.each([
    [['--password=$(DB_PASSWORD)']], [['--password', '$(DB_PASSWORD)']], [['--password']], [['--password', '--verbose']], [['--password-file', '/run/password']],
    [['-c', 'mysql --password="$(cat /run/password)"']], [['-c', 'mysql --password=$$(cat /run/password)']], [['-c', 'mysql --password="${P:-$(cat /run/password)}"']],
    [['-c', '[ "$PASSWORD" = "" ] && read PASSWORD']], [['-c', 'PGPASSWORD=`cat /run/password` psql']], [[8080, null]],
  ])('the arguments %j', args => {
    expect(() => connect([], { containers: [{ name: 'app', args }] })).not.toThrow();
  });

  test('a password of a Secret', () => {
    expect(() => connect([{ name: 'DB_PASSWORD', valueFrom: { secretKeyRef: { name: 'account', key: 'password' } } }])).not.toThrow();
  });

  test('a list that is none, and an entry of null', () => {
    expect(() => connect([null as never], { initContainers: 'none' })).not.toThrow();
  });

  test('a workload that is not connected', () => {
    expect(() => synth(chart => {
      mysql(chart);
      deployment(chart, [{ name: 'DB_PASSWORD', value: SECRET }]);
    })).not.toThrow();
  });
});
