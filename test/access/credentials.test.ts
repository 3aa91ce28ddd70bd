import { ApiObject, Chart } from 'cdk8s';
import { ConnectOptions, Credentials, ExternalMysql, Resolution } from '../../src';
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

describe('credentials that cannot be are refused', () => {
  test.each<[string, Credentials, string]>([
    ['a key that is no text', Credentials.fromSecret('s', { usernameKey: 5 as never }), '\'usernameKey\' must be a key of the Secret'],
    ['a misspelt key', Credentials.fromSecret('s', { user: 'u' } as never), '\'user\' is not a property of Credentials.fromSecret()'],
  ])('%s', (_, credentials, message) => {
    expect(messageOf(() => connected(credentials, {}))).toContain(`[test/Mysql] ${message}`);
  });

  test('but not null for the keys, from JavaScript: they are the usual ones', () => {
    expect(variables(Credentials.fromSecret('ratings-mysql', null as never)).slice(2)).toEqual(userAndPassword('ratings-mysql', 'username', 'password'));
  });
});
