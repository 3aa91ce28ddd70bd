import { ApiObject, Chart } from 'cdk8s';
import { ConnectOptions, Credentials, ExternalKafka, ExternalMongoReplicaSet, ExternalMysql, ExternalTcp, Resolution } from '../../src';
import { Manifest, messageOf, only, synth } from '../helpers';

/** The variables that a workload gets which is connected to a MySQL. */
function variables(ofService: Credentials | undefined, options: ConnectOptions = {}) {
  const manifests = connected(ofService, options);
  return only(manifests, 'Deployment').spec.template.spec.containers[0].env;
}

function connected(credentials: Credentials | undefined, options: ConnectOptions): Manifest[] {
  return synth(chart => {
    const mysql = new ExternalMysql(chart, 'Mysql', { host: 'mysqldb.example.com', resolution: Resolution.ipAddresses('192.0.2.14'), credentials });
    mysql.connectFrom(deployment(chart), options);
  });
}

function deployment(chart: Chart): ApiObject {
  return new ApiObject(chart, 'Ratings', {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'ratings' },
    spec: { template: { spec: { containers: [{ name: 'ratings', image: 'ratings' }] } } },
  });
}

const userAndPassword = (secret: string, usernameKey: string, passwordKey: string) => [
  { name: 'MYSQL_USER', valueFrom: { secretKeyRef: { name: secret, key: usernameKey } } },
  { name: 'MYSQL_PASSWORD', valueFrom: { secretKeyRef: { name: secret, key: passwordKey } } },
];

describe('credentials', () => {
  test('are user and password of a Secret, in its usual keys', () => {
    expect(variables(Credentials.fromSecret('ratings-mysql')).slice(2)).toEqual(userAndPassword('ratings-mysql', 'username', 'password'));
  });

  test('may be in other keys', () => {
    expect(variables(Credentials.fromSecret('ratings-mysql', { usernameKey: 'db.user', passwordKey: 'DB_PASS' })).slice(2))
      .toEqual(userAndPassword('ratings-mysql', 'db.user', 'DB_PASS'));
  });

  test('may be a password alone', () => {
    expect(variables(Credentials.passwordFromSecret('ratings-mysql')).slice(2)).toEqual([
      { name: 'MYSQL_PASSWORD', valueFrom: { secretKeyRef: { name: 'ratings-mysql', key: 'password' } } },
    ]);
  });

  test('may be a password alone, in another key', () => {
    expect(variables(Credentials.passwordFromSecret('ratings-mysql', 'token'))[2].valueFrom).toEqual({ secretKeyRef: { name: 'ratings-mysql', key: 'token' } });
  });

  test('may be a whole URL, which the workload gets besides host and port', () => {
    expect(variables(Credentials.urlFromSecret('ratings-mysql'))).toEqual([
      { name: 'MYSQL_HOST', value: 'mysqldb.example.com' },
      { name: 'MYSQL_PORT', value: '3306' },
      { name: 'MYSQL_URL', valueFrom: { secretKeyRef: { name: 'ratings-mysql', key: 'url' } } },
    ]);
  });

  test('may be a URL in another key and another variable, in place of the one without a password', () => {
    expect(variables(Credentials.urlFromSecret('ratings-mysql', 'dsn'), { urlVariable: 'DATABASE_URL' }).slice(2)).toEqual([
      { name: 'DATABASE_URL', valueFrom: { secretKeyRef: { name: 'ratings-mysql', key: 'dsn' } } },
    ]);
  });

  test('of a workload come before those of the service', () => {
    expect(variables(Credentials.fromSecret('everybody'), { credentials: Credentials.fromSecret('ratings-only') }).slice(2))
      .toEqual(userAndPassword('ratings-only', 'username', 'password'));
  });

  test('are not needed: host and port are told anyway', () => {
    expect(variables(undefined).map((variable: { name: string }) => variable.name)).toEqual(['MYSQL_HOST', 'MYSQL_PORT']);
  });

  test('are referred to and never written: no Secret is made', () => {
    expect(connected(Credentials.fromSecret('ratings-mysql'), {}).map(({ kind }) => kind)).not.toContain('Secret');
  });
});

describe('a URL of a Secret', () => {
  test('leaves the choice of host and port, and their variables', () => {
    const manifests = synth(chart => new ExternalTcp(chart, 'Ldap', {
      host: 'ldap.example.com', ports: [389, 3268], resolution: Resolution.ipAddresses('192.0.2.1'), credentials: Credentials.urlFromSecret('ldap'),
    }).connectFrom(deployment(chart), { portNumber: 3268, hostVariable: 'ADDRESS', urlVariable: 'LINK' }));

    expect(only(manifests, 'Deployment').spec.template.spec.containers[0].env).toEqual([
      { name: 'ADDRESS', value: 'ldap.example.com' }, { name: 'TCP_PORT', value: '3268' }, { name: 'LINK', valueFrom: { secretKeyRef: { name: 'ldap', key: 'url' } } },
    ]);
  });

  test('may be of a protocol for which the library knows none', () => {
    const manifests = synth(chart => new ExternalKafka(chart, 'Kafka', {
      brokers: [{ host: 'kafka-1.example.com', resolution: Resolution.ipAddresses('192.0.2.1') }], credentials: Credentials.urlFromSecret('kafka'),
    }).connectFrom(deployment(chart)));

    expect(only(manifests, 'Deployment').spec.template.spec.containers[0].env.map(({ name }: { name: string }) => name)).toEqual(['KAFKA_BOOTSTRAP_SERVERS', 'KAFKA_URL']);
  });

  test('takes the place of the URL that a replica set has anyway', () => {
    const manifests = synth(chart => new ExternalMongoReplicaSet(chart, 'Mongo', {
      members: [{ host: 'mongo-1.example.com', resolution: Resolution.ipAddresses('192.0.2.1') }], replicaSet: 'rs0', credentials: Credentials.urlFromSecret('mongo'),
    }).connectFrom(deployment(chart)));

    expect(only(manifests, 'Deployment').spec.template.spec.containers[0].env.filter(({ name }: { name: string }) => name === 'MONGO_URL')).toEqual([
      { name: 'MONGO_URL', valueFrom: { secretKeyRef: { name: 'mongo', key: 'url' } } },
    ]);
  });
});

describe('credentials that cannot be are refused', () => {
  test.each<[string, Credentials, string]>([
    ['a key that is no text', Credentials.fromSecret('s', { usernameKey: 5 as never }), '\'credentials.usernameKey\' must be a key of the Secret'],
    ['one key for both', Credentials.fromSecret('s', { usernameKey: 'password' }), '\'credentials.usernameKey\' and \'passwordKey\' are both "password"'],
    ['a key that no file can be called', Credentials.fromSecret('s', { passwordKey: '..' }), '\'credentials.passwordKey\' must be a key of the Secret'],
    ['a key that is this folder', Credentials.passwordFromSecret('s', '.'), '\'credentials.passwordKey\' must be a key of the Secret'],
    ['a key that Kubernetes keeps for itself', Credentials.passwordFromSecret('s', '..data'), '\'credentials.passwordKey\' must be a key of the Secret'],
    ['a bad key of a URL', Credentials.urlFromSecret('s', 'a b'), '\'credentials.urlKey\' must be a key of the Secret'],
    ['a bad name of a Secret', Credentials.urlFromSecret('S'), '\'credentials.secretName\' must be a DNS name'],
    ['a misspelt key', Credentials.fromSecret('s', { user: 'u' } as never), '\'credentials.user\' is not a property of Credentials.fromSecret()'],
  ])('%s', (_, credentials, message) => {
    expect(messageOf(() => connected(credentials, {}))).toContain(`[test/Mysql] ${message}`);
  });

  test.each<[string, ConnectOptions, string]>([
    ['a variable for the user', { usernameVariable: 'U' }, '\'usernameVariable\' names a variable, and user and password are in the URL of the Secret'],
    ['a variable for the password', { passwordVariable: 'W' }, '\'passwordVariable\' names a variable, and user and password are in the URL of the Secret'],
    ['a path', { urlPath: 'test' }, '\'urlPath\' "test" belongs to a URL that the library makes, and this one is in a Secret: put the path into the Secret'],
    ['the variable of the host', { urlVariable: 'MYSQL_HOST' }, 'variable "MYSQL_HOST" is assigned twice: give \'hostVariable\', \'portVariable\' and \'urlVariable\' different names'],
    ['a bad name', { urlVariable: '1' }, '\'urlVariable\' must give the name of an environment variable'],
  ])('a URL with %s', (_, options, message) => {
    expect(messageOf(() => connected(Credentials.urlFromSecret('s'), options))).toContain(`[test/Mysql] ${message}`);
  });

  test('but not null for the keys, from JavaScript: they are the usual ones', () => {
    expect(variables(Credentials.fromSecret('ratings-mysql', null as never)).slice(2)).toEqual(userAndPassword('ratings-mysql', 'username', 'password'));
  });
});
