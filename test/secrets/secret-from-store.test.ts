import { ApiObject, App, Chart, Duration } from 'cdk8s';
import { ConnectOptions, CredentialsDelivery, ExternalMysql, Membership, Resolution, SecretFromStore, SecretFromStoreProps, SecretStoreRef, VirtualMachineService } from '../../src';
import { Manifest, manifestsOf, messageOf, only, synth } from '../helpers';

const STORE = SecretStoreRef.secretStore('vault');
const PASSWORD = { key: 'bookinfo/mysql', property: 'password' };
const USERNAME = { key: 'bookinfo/mysql', property: 'username' };
const VALUE = 'hunter2';

const make = (chart: Chart, props: Partial<SecretFromStoreProps> = {}, id = 'Account') =>
  new SecretFromStore(chart, id, { secretStoreRef: STORE, password: PASSWORD, ...props });
const written = (props: Partial<SecretFromStoreProps> = {}) => only(synth(chart => make(chart, props)), 'ExternalSecret');
const refused = (props: object) => messageOf(() => synth(chart => make(chart, props)));

const deployment = (chart: Chart) => new ApiObject(chart, 'App', {
  apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'app' }, spec: { template: { spec: { containers: [{ name: 'app' }] } } },
});
const mysql = (chart: Chart) => new ExternalMysql(chart, 'Mysql', { host: 'mysqldb.example.com', resolution: Resolution.ipAddresses('192.0.2.14') });

/** The container of a workload that is connected with the Secret of a store. */
function containerWith(props: Partial<SecretFromStoreProps>, options: ConnectOptions = {}) {
  const manifests = synth(chart => mysql(chart).connectFrom(deployment(chart), { credentials: make(chart, props).credentials, ...options }));
  return only(manifests, 'Deployment').spec.template.spec.containers[0];
}

describe('a Secret from a store', () => {
  test('is an ExternalSecret of the operator\'s stable API, with names of values and no value', () => {
    expect(written({ username: USERNAME })).toEqual({
      apiVersion: 'external-secrets.io/v1',
      kind: 'ExternalSecret',
      metadata: { name: 'account.bookinfo', namespace: 'bookinfo' },
      spec: {
        secretStoreRef: { kind: 'SecretStore', name: 'vault' },
        refreshInterval: '3600s',
        target: { name: 'account.bookinfo' },
        data: [
          { secretKey: 'username', remoteRef: { key: 'bookinfo/mysql', property: 'username' } },
          { secretKey: 'password', remoteRef: { key: 'bookinfo/mysql', property: 'password' } },
        ],
      },
    });
  });

  test('is read again within an hour by default, or as often as wanted', () => {
    expect(written().spec.refreshInterval).toBe('3600s');
    expect(written({ refreshInterval: Duration.minutes(5) }).spec.refreshInterval).toBe('300s');
  });

  test('may come from a store of the cluster', () => {
    expect(written({ secretStoreRef: SecretStoreRef.clusterSecretStore('aws') }).spec.secretStoreRef).toEqual({ kind: 'ClusterSecretStore', name: 'aws' });
  });

  test('may have another name, beside other metadata of the ExternalSecret', () => {
    const { metadata, spec } = written({ secretName: 'mysql', metadata: { name: 'account', labels: { team: 'ratings' } } });

    expect(metadata).toEqual({ name: 'account', namespace: 'bookinfo', labels: { team: 'ratings' } });
    expect(spec.target).toEqual({ name: 'mysql' });
  });

  test('may be a whole value', () => {
    expect(written({ password: { key: 'mysql-password' } }).spec.data).toEqual([{ secretKey: 'password', remoteRef: { key: 'mysql-password' } }]);
  });
});

describe('its credentials', () => {
  const env = (props: Partial<SecretFromStoreProps>) => containerWith({ secretName: 'mysql', ...props }).env.slice(2);

  test('are a password', () => {
    expect(env({})).toEqual([{ name: 'MYSQL_PASSWORD', valueFrom: { secretKeyRef: { key: 'password', name: 'mysql' } } }]);
  });

  test('are user and password', () => {
    expect(env({ username: USERNAME })).toEqual([
      { name: 'MYSQL_USER', valueFrom: { secretKeyRef: { key: 'username', name: 'mysql' } } },
      { name: 'MYSQL_PASSWORD', valueFrom: { secretKeyRef: { key: 'password', name: 'mysql' } } },
    ]);
  });

  test('are a URL', () => {
    expect(env({ password: undefined, url: { key: 'url' } })).toEqual([{ name: 'MYSQL_URL', valueFrom: { secretKeyRef: { key: 'url', name: 'mysql' } } }]);
  });

  test('are files', () => {
    expect(containerWith({}, { delivery: CredentialsDelivery.files('/etc/mysql') }).volumeMounts).toHaveLength(1);
  });

  test('have the name that the Secret gets, which the construct says', () => {
    synth(chart => {
      expect(make(chart).secretName).toBe('account.bookinfo');
      expect(make(chart, { secretName: 'mysql' }, 'Other').secretName).toBe('mysql');
    });
  });
});

describe('a workload of another namespace', () => {
  /** A Secret of one namespace, used in another. */
  function inTwo(secretIn: string | undefined, workloadIn: string | undefined, machines = false): Manifest[] {
    const app = new App();
    const { credentials } = make(new Chart(app, 'secret', { namespace: secretIn }));
    const chart = new Chart(app, 'workload', { namespace: workloadIn });
    const service = machines
      ? new VirtualMachineService(chart, 'Mysql', { serviceName: 'mysql', ports: [{ number: 1 }], membership: Membership.workloadGroup(), credentials })
      : mysql(chart);
    service.connectFrom(deployment(chart), { credentials });
    return manifestsOf(app);
  }

  test.each([false, true])('does not find the Secret, and is refused (machines: %s)', machines => {
    expect(messageOf(() => inTwo('platform', 'shop', machines)))
      .toContain('[workload/Mysql] workload \'workload/App\' reads the Secret "account.platform" in its own namespace "shop", and a SecretFromStore writes it in "platform": create one');
  });

  test('is not known where one has none', () => {
    expect(() => inTwo('shop', 'shop')).not.toThrow();
    expect(() => inTwo(undefined, 'shop')).not.toThrow();
    expect(() => inTwo('shop', undefined)).not.toThrow();
  });
});

describe('refused is', () => {
  test.each<[string, object, string]>([
    ['no store', { secretStoreRef: undefined }, '\'secretStoreRef\' is missing, which SecretFromStore needs'],
    ['a store that is a text', { secretStoreRef: 'vault' }, '\'secretStoreRef\' must be one of SecretStoreRef.secretStore() or clusterSecretStore(), got "vault"'],
    ['a bad name of a store', { secretStoreRef: SecretStoreRef.secretStore('Vault') }, '\'SecretStoreRef.secretStore()\' must be a DNS name'],
    ['a bad name of a store of the cluster', { secretStoreRef: SecretStoreRef.clusterSecretStore('') }, '\'SecretStoreRef.clusterSecretStore()\' must be a DNS name'],
    ['neither password nor URL', { password: undefined }, '\'password\' is missing, which SecretFromStore needs unless it has a \'url\''],
    ['a user alone', { password: undefined, username: USERNAME }, '\'password\' is missing'],
    ['password and URL', { url: { key: 'url' } }, '\'url\' has user and password in it: leave \'username\' and \'password\' out, or \'url\''],
    ['user and URL', { password: undefined, username: USERNAME, url: { key: 'url' } }, '\'url\' has user and password in it'],
    ['a bad name of the Secret', { secretName: 'Account' }, '\'secretName\' must be a DNS name'],
    ['half a second', { refreshInterval: Duration.millis(500) }, '\'refreshInterval\' must be a Duration of whole seconds'],
    ['no interval at all', { refreshInterval: Duration.seconds(0) }, '\'refreshInterval\' must be a Duration of whole seconds'],
    ['a bad name', { metadata: { name: 'Account' } }, '\'metadata.name\' must be a DNS name'],
  ])('%s', (_, props, message) => {
    expect(refused(props)).toContain(`[test/Account] ${message}`);
  });

  test.each<[string, unknown]>([
    ['a text', VALUE], ['null', null], ['a key that is no text', { key: [VALUE] }], ['an empty key', { key: '' }], ['a property that is no text', { key: 'k', property: [VALUE] }],
    ['an unknown field', { key: 'k', value: VALUE }], ['a list', [VALUE]],
  ])('a value in place of its name, which is not quoted: %s', (_, password) => {
    const message = refused({ password });

    expect(message).toMatch(/^\[test\/Account\] ('password' must say where the value is in the store|'value' is not a property of 'password')/);
    expect(message).not.toContain(VALUE);
  });

  test('a Secret that two constructs write', () => {
    expect(messageOf(() => synth(chart => ['A', 'B'].forEach(id => make(chart, { secretName: 'mysql' }, id)))))
      .toBe('Validation failed with the following errors:\n  [test/B] \'secretName\' "mysql" is the Secret of \'test/A\' as well, and the operator lets one ExternalSecret write '
        + 'it: give it another name');
  });

  test('not one that has the same name in another namespace', () => {
    const app = new App();
    ['a', 'b'].forEach(namespace => make(new Chart(app, namespace, { namespace }), { secretName: 'mysql' }));

    expect(manifestsOf(app)).toHaveLength(2);
  });

  test('a store that is made without its factories', () => {
    expect(messageOf(() => new (SecretStoreRef as never as new () => unknown)())).toContain('use one of its factories secretStore() or clusterSecretStore()');
  });
});
