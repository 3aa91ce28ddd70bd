import { ApiObject, App, Chart } from 'cdk8s';
import * as kplus from 'cdk8s-plus-33';
import {
  ConnectOptions, Credentials, CredentialsDelivery, ExternalMysql, ExternalRedisCluster, Membership, Resolution, VirtualMachineService,
} from '../../src';
import { Manifest, messageOf, only, synth } from '../helpers';

const PATH = '/etc/credentials/mysql';
const DELIVERY = CredentialsDelivery.files(PATH);

function deployment(chart: Chart, pod: object = {}, container: object = {}): ApiObject {
  return new ApiObject(chart, 'App', {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'app' },
    spec: { template: { spec: { serviceAccountName: 'app', containers: [{ name: 'app', image: 'app', ...container }, { name: 'helper', image: 'helper' }], ...pod } } },
  });
}

const service = (chart: Chart, id = 'Mysql', credentials: Credentials | undefined = Credentials.fromSecret('account')) =>
  new ExternalMysql(chart, id, {
    host: `${id.toLowerCase()}.example.com`, resolution: Resolution.ipAddresses(id === 'B' ? '192.0.2.15' : '192.0.2.14'), credentials,
  });

const podOf = (manifests: Manifest[]) => only(manifests, 'Deployment').spec.template.spec;

/** The pod of a workload that has files of one MySQL. */
const podWith = (options: ConnectOptions = {}, pod: object = {}, container: object = {}) =>
  podOf(synth(chart => service(chart).connectFrom(deployment(chart, pod, container), { delivery: DELIVERY, ...options })));

const problem = (build: (chart: Chart) => void) => messageOf(() => synth(build));
const refused = (pod: object, container: object = {}) => messageOf(() => podWith({}, pod, container));

describe('credentials as files', () => {
  test('are a volume of the Secret with the keys that are used and no others', () => {
    const [volume, ...others] = podWith().volumes;

    expect(others).toEqual([]);
    expect(volume.secret).toEqual({ defaultMode: 0o440, items: [{ key: 'password', path: 'password' }, { key: 'username', path: 'username' }], secretName: 'account' });
    expect(volume.name).toMatch(/^account-[0-9a-f]{8}$/);
  });

  test('are mounted read-only into the one container, as a directory, so that they are replaced', () => {
    const { containers, volumes } = podWith();

    expect(containers[0].volumeMounts).toEqual([{ mountPath: PATH, name: volumes[0].name, readOnly: true }]);
    expect(containers[1].volumeMounts).toBeUndefined();
  });

  test('are told by variables with their paths, and no variable has a value of the Secret', () => {
    expect(podWith().containers[0].env).toEqual([
      { name: 'MYSQL_HOST', value: 'mysql.example.com' },
      { name: 'MYSQL_PORT', value: '3306' },
      { name: 'MYSQL_USER_FILE', value: `${PATH}/username` },
      { name: 'MYSQL_PASSWORD_FILE', value: `${PATH}/password` },
    ]);
  });

  test('may have other variables and keys', () => {
    const { containers: [{ env }], volumes } = podWith({
      usernameVariable: 'DB_LOGIN', passwordVariable: 'DB_PASS_PATH', credentials: Credentials.fromSecret('my.account', { usernameKey: 'db.user', passwordKey: 'PASS' }),
    });

    expect(env.slice(2)).toEqual([{ name: 'DB_LOGIN', value: `${PATH}/db.user` }, { name: 'DB_PASS_PATH', value: `${PATH}/PASS` }]);
    expect(volumes[0].secret.items).toEqual([{ key: 'PASS', path: 'PASS' }, { key: 'db.user', path: 'db.user' }]);
    expect(volumes[0].name).toMatch(/^my-account-[0-9a-f]{8}$/);
  });

  test('may be a password alone', () => {
    const { containers: [{ env }], volumes } = podWith({ credentials: Credentials.passwordFromSecret('account') });

    expect(env.slice(2)).toEqual([{ name: 'MYSQL_PASSWORD_FILE', value: `${PATH}/password` }]);
    expect(volumes[0].secret.items).toEqual([{ key: 'password', path: 'password' }]);
  });

  test('are environment variables by default', () => {
    const pod = podWith({ delivery: undefined });

    expect(pod.volumes).toBeUndefined();
    expect(pod.containers[0].env[3]).toEqual({ name: 'MYSQL_PASSWORD', valueFrom: { secretKeyRef: { key: 'password', name: 'account' } } });
    expect(podWith({ delivery: CredentialsDelivery.environment() })).toEqual(pod);
  });

  test('stand beside the volumes and mounts that are there', () => {
    const { containers: [{ volumeMounts }], volumes } = podWith({}, { volumes: [{ name: 'data', emptyDir: {} }] }, { volumeMounts: [{ name: 'data', mountPath: '/data' }] });

    expect(volumes.map(({ name }: { name: string }) => name.replace(/-.*/, ''))).toEqual(['data', 'account']);
    expect(volumeMounts.map(({ mountPath }: { mountPath: string }) => mountPath)).toEqual(['/data', PATH]);
  });

  test('do not mind a mount of which nothing is known', () => {
    expect(podWith({}, {}, { volumeMounts: [{ name: 'data' }] }).containers[0].volumeMounts).toHaveLength(2);
  });

  test('are the same when the workload is written again', () => {
    const chart = new Chart(new App(), 'test', { namespace: 'bookinfo' });
    const app = deployment(chart);
    service(chart).connectFrom(app, { delivery: DELIVERY });

    expect(app.toJson()).toEqual(app.toJson());
    expect(app.toJson().spec.template.spec.volumes).toHaveLength(1);
  });

  test('keep keys in the order of the alphabet, in which cdk8s writes them', () => {
    const pod = podWith({}, { restartPolicy: 'Always', terminationGracePeriodSeconds: 3 }, { workingDir: '/' });

    expect(Object.keys(pod)).toEqual(['containers', 'restartPolicy', 'serviceAccountName', 'terminationGracePeriodSeconds', 'volumes']);
    expect(Object.keys(pod.containers[0])).toEqual(['env', 'image', 'name', 'volumeMounts', 'workingDir']);
  });

  test('may be of a CronJob', () => {
    const manifests = synth(chart => service(chart).connectFrom(new ApiObject(chart, 'Job', {
      apiVersion: 'batch/v1', kind: 'CronJob', metadata: { name: 'job' }, spec: { jobTemplate: { spec: { template: { spec: { containers: [{ name: 'app' }] } } } } },
    }), { delivery: DELIVERY }));

    expect(only(manifests, 'CronJob').spec.jobTemplate.spec.template.spec.volumes).toHaveLength(1);
  });

  test('may be of a service that another app declares, and of one on virtual machines', () => {
    const connect = { delivery: DELIVERY };
    const imported = podOf(synth(chart => ExternalMysql.fromAttributes(chart, 'Mysql', {
      host: 'mysql.example.com', namespaceName: 'platform', credentials: Credentials.fromSecret('account'),
    }).connectFrom(deployment(chart), connect)));
    const machines = podOf(synth(chart => new VirtualMachineService(chart, 'Mysql', {
      serviceName: 'mysql', ports: [{ number: 3306 }], membership: Membership.workloadGroup(), credentials: Credentials.fromSecret('account'),
    }).connectFrom(deployment(chart), connect)));

    expect(imported.volumes).toEqual(podWith().volumes);
    expect(machines.volumes).toEqual(podWith().volumes);
  });
});

describe('two services', () => {
  /** Two services whose credentials are files of one workload; connected in either order. */
  const two = (first: [Credentials, ConnectOptions], second: [Credentials, ConnectOptions]) => {
    const both = [[0, 1], [1, 0]].map(order => podOf(synth(chart => {
      const app = deployment(chart);
      const connects = [first, second].map(([credentials, options], i) => {
        const mysql = service(chart, ['A', 'B'][i], credentials);
        return () => mysql.connectFrom(app, { envPrefix: ['A', 'B'][i], ...options });
      });
      order.forEach(i => connects[i]());
    })));
    expect(both[1]).toEqual(both[0]);
    return both[0];
  };
  const at = (path: string, more: ConnectOptions = {}): ConnectOptions => ({ delivery: CredentialsDelivery.files(path), ...more });

  test('with one Secret may share a directory, which has the keys of both, whatever the order of the calls', () => {
    const { containers: [{ volumeMounts }], volumes } = two(
      [Credentials.fromSecret('account'), at(PATH)], [Credentials.fromSecret('account', { usernameKey: 'reader', passwordKey: 'password' }), at(PATH)]);

    expect(volumeMounts).toHaveLength(1);
    expect(volumes).toHaveLength(1);
    expect(volumes[0].secret.items.map(({ key }: { key: string }) => key)).toEqual(['password', 'reader', 'username']);
  });

  test('with one Secret may have directories of their own, of one volume', () => {
    const { containers: [{ volumeMounts }], volumes } = two([Credentials.fromSecret('account'), at('/etc/b')], [Credentials.fromSecret('account'), at('/etc/a')]);

    expect(volumeMounts.map(({ mountPath }: { mountPath: string }) => mountPath)).toEqual(['/etc/a', '/etc/b']);
    expect(volumes).toHaveLength(1);
  });

  test('with two Secrets have two volumes', () => {
    const { volumes } = two([Credentials.fromSecret('two'), at('/etc/b')], [Credentials.fromSecret('one'), at('/etc/a')]);

    expect(volumes.map(({ secret }: { secret: { secretName: string } }) => secret.secretName)).toEqual(['one', 'two']);
  });

  test('in two containers have each its own keys', () => {
    const { containers, volumes } = two(
      [Credentials.fromSecret('account'), at(PATH)], [Credentials.passwordFromSecret('account', 'other'), at(PATH, { containerName: 'helper' })]);

    expect(volumes.map(({ secret }: { secret: { items: { key: string }[] } }) => secret.items.map(({ key }) => key)).sort()).toEqual([['other'], ['password', 'username']]);
    expect(containers[0].volumeMounts[0].name).not.toBe(containers[1].volumeMounts[0].name);
  });

  test('may have one in files and the other in variables', () => {
    const { containers: [{ env }], volumes } = two([Credentials.fromSecret('one'), at(PATH)], [Credentials.fromSecret('two'), {}]);

    expect(volumes).toHaveLength(1);
    expect(env.map(({ name }: { name: string }) => name)).toEqual([
      'A_HOST', 'A_PORT', 'A_USER_FILE', 'A_PASSWORD_FILE', 'B_HOST', 'B_PORT', 'B_USER', 'B_PASSWORD',
    ]);
  });

  test.each<[string, ConnectOptions, Credentials]>([
    ['with two Secrets in one directory', at(PATH), Credentials.fromSecret('other')],
    ['in a directory of the other', at(`${PATH}/other`), Credentials.fromSecret('account')],
    ['above the directory of the other', at('/etc/credentials'), Credentials.fromSecret('account')],
    ['with another mode', { delivery: CredentialsDelivery.files(PATH, { defaultMode: 0o400 }) }, Credentials.fromSecret('account')],
  ])('%s are refused', (_, options, credentials) => {
    const message = messageOf(() => two([Credentials.fromSecret('account'), at(PATH)], [credentials, options]));

    expect(message).toContain('[test/A] workload \'test/App\' gets files of the Secret');
    expect(message).toContain('from \'test/B\', and others at');
    expect(message).toContain('[test/B] workload \'test/App\' gets files of the Secret');
  });

  test('with neighbouring names of directories are not', () => {
    expect(two([Credentials.fromSecret('one'), at('/etc/db')], [Credentials.fromSecret('two'), at('/etc/db2')]).volumes).toHaveLength(2);
  });
});

describe('synth refuses', () => {
  test.each(['/etc', '/etc/', '/etc/credentials/mysql', '/etc/credentials/mysql/', '/etc/credentials/mysql/more'])('files where a volume is mounted at %s', mountPath => {
    expect(refused({ volumes: [{ name: 'data' }] }, { volumeMounts: [{ name: 'data', mountPath }] }))
      .toContain(`[test/Mysql] workload 'test/App' mounts the volume "data" at "${mountPath}", and CredentialsDelivery.files() would mount at "${PATH}": choose`);
  });

  test('files below a volume that is mounted at the root', () => {
    expect(refused({}, { volumeMounts: [{ name: 'data', mountPath: '/' }] })).toContain('mounts the volume "data" at "/"');
  });

  test('a volume that has the name of ours', () => {
    const [{ name }] = podWith().volumes;

    expect(refused({ volumes: [{ name }] })).toContain(`[test/Mysql] workload 'test/App' has a volume "${name}", which is the name of the one for the Secret "account"`);
  });

  test('files without credentials', () => {
    expect(problem(chart => new ExternalMysql(chart, 'Mysql', { host: 'a.example.com', resolution: Resolution.dns() }).connectFrom(deployment(chart), { delivery: DELIVERY })))
      .toBe('[test/Mysql] \'delivery\' has files, and there are no credentials to put into them: give \'credentials\' with Credentials.fromSecret()');
  });

  test('files for a URL', () => {
    expect(problem(chart => service(chart, 'Mysql', Credentials.urlFromSecret('account')).connectFrom(deployment(chart), { delivery: DELIVERY })))
      .toContain('[test/Mysql] \'delivery\' has files, and the credentials are a URL');
  });

  test('a delivery that is none', () => {
    expect(messageOf(() => podWith({ delivery: PATH as never })))
      .toBe(`[test/Mysql] 'delivery' must be one of CredentialsDelivery.environment() or files(), got "${PATH}"`);
  });

  test('a path that is none, with the construct', () => {
    expect(messageOf(() => podWith({ delivery: CredentialsDelivery.files('mysql') }))).toContain('[test/Mysql] \'CredentialsDelivery.files()\' needs an absolute path');
  });
});

describe('a container that does not run as root', () => {
  const UNREADABLE = '[test/Mysql] workload \'test/App\' does not run as root and could not read the files of the Secret "account"';

  test.each<[string, object, object]>([
    ['the pod says runAsNonRoot', { securityContext: { runAsNonRoot: true } }, {}],
    ['the container says runAsNonRoot', {}, { securityContext: { runAsNonRoot: true } }],
    ['the pod names a user', { securityContext: { runAsUser: 1000 } }, {}],
    ['the container names a user', { securityContext: { runAsUser: 0 } }, { securityContext: { runAsUser: 1000 } }],
    ['it has another group', {}, { securityContext: { runAsUser: 1000, runAsGroup: 1000 } }],
  ])('cannot read files of root: %s', (_, pod, container) => {
    expect(refused(pod, container)).toContain(UNREADABLE);
  });

  test.each<[string, object, object]>([
    ['the pod has an fsGroup', { securityContext: { runAsNonRoot: true, fsGroup: 1000 } }, {}],
    ['it runs as root after all', { securityContext: { runAsUser: 1000 } }, { securityContext: { runAsUser: 0 } }],
    ['it may run as root', { securityContext: { runAsNonRoot: true } }, { securityContext: { runAsNonRoot: false } }],
    ['it has the group of root', { securityContext: { runAsUser: 1000, runAsGroup: 0 } }, {}],
    ['nothing is known', {}, {}],
  ])('can where %s', (_, pod, container) => {
    expect(podWith({}, pod, container).volumes).toHaveLength(1);
  });

  test('can read files of mode 0444, and with the group of root no files of mode 0400', () => {
    const mode = (defaultMode: number) => ({ delivery: CredentialsDelivery.files(PATH, { defaultMode }) });
    const securityContext = { runAsUser: 1000, runAsGroup: 0 };

    expect(podWith(mode(0o444), { securityContext: { runAsNonRoot: true } }).volumes[0].secret.defaultMode).toBe(0o444);
    expect(messageOf(() => podWith(mode(0o400), { securityContext }))).toContain(UNREADABLE);
  });

  test('is what cdk8s-plus writes, which takes an fsGroup', () => {
    const plus = (securityContext: kplus.PodSecurityContextProps) => synth(chart => service(chart)
      .connectFrom(new kplus.Deployment(chart, 'App', { containers: [{ image: 'app' }], securityContext }), { delivery: DELIVERY }));

    expect(messageOf(() => plus({}))).toContain('does not run as root');
    expect(podOf(plus({ fsGroup: 1000 })).volumes).toHaveLength(1);
  });
});

test('files of a cluster are those of one connection', () => {
  const { containers: [{ env, volumeMounts }] } = podOf(synth(chart => new ExternalRedisCluster(chart, 'Redis', {
    nodes: [1, 2].map(i => ({ host: `redis-${i}.example.com`, resolution: Resolution.ipAddresses(`192.0.2.${i}`) })),
    credentials: Credentials.passwordFromSecret('redis'),
  }).connectFrom(deployment(chart), { delivery: CredentialsDelivery.files('/etc/credentials/redis') })));

  expect(env.at(-1)).toEqual({ name: 'REDIS_PASSWORD_FILE', value: '/etc/credentials/redis/password' });
  expect(volumeMounts).toHaveLength(1);
});
