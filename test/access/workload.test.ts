import { ApiObject, App, Chart, JsonPatch } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { Construct, IConstruct } from 'constructs';
import { ConnectOptions, Credentials, EgressGateway, EgressViaGateway, ExternalMysql, ExternalRedis, GatewayLeg, Resolution } from '../../src';
import { Manifest, manifestsOf, messageOf, only, synth } from '../helpers';

const HOST_AND_PORT = [{ name: 'MYSQL_HOST', value: 'mysqldb.example.com' }, { name: 'MYSQL_PORT', value: '3306' }];

function mysqlIn(chart: Chart, id = 'Mysql'): ExternalMysql {
  return new ExternalMysql(chart, id, { host: `${id.toLowerCase()}db.example.com`, resolution: Resolution.ipAddresses(`192.0.2.${id.length}`) });
}

/** What is synthesised when a MySQL is connected from a workload. */
function connected(workload: (chart: Chart) => IConstruct, options: ConnectOptions = {}): Manifest[] {
  return synth(chart => mysqlIn(chart).connectFrom(workload(chart), options));
}

const podSpec = (more: object = {}) => ({ containers: [{ name: 'app', image: 'app' }], ...more });

function workloadOf(chart: Chart, kind: string, spec: object, apiVersion = 'apps/v1'): ApiObject {
  return new ApiObject(chart, kind, { apiVersion, kind, metadata: { name: 'app' }, spec });
}

describe('a workload that is connected', () => {
  test.each([
    ['Deployment', 'apps/v1'],
    ['StatefulSet', 'apps/v1'],
    ['DaemonSet', 'apps/v1'],
    ['ReplicaSet', 'apps/v1'],
    ['ReplicationController', 'v1'],
    ['Job', 'batch/v1'],
    ['Rollout', 'argoproj.io/v1alpha1'],
  ])('may be a %s, written by hand', (kind, apiVersion) => {
    const manifests = connected(chart => workloadOf(chart, kind, { template: { spec: podSpec() } }, apiVersion));

    expect(only(manifests, kind).spec.template.spec.containers[0].env).toEqual(HOST_AND_PORT);
  });

  test('may be a Pod', () => {
    const manifests = connected(chart => workloadOf(chart, 'Pod', podSpec(), 'v1'));

    expect(only(manifests, 'Pod').spec.containers[0].env).toEqual(HOST_AND_PORT);
  });

  test('may be a CronJob', () => {
    const manifests = connected(chart => workloadOf(chart, 'CronJob', { jobTemplate: { spec: { template: { spec: podSpec() } } } }, 'batch/v1'));

    expect(only(manifests, 'CronJob').spec.jobTemplate.spec.template.spec.containers[0].env).toEqual(HOST_AND_PORT);
  });

  test('may be a class that cdk8s import made', () => {
    const manifests = connected(chart => new kplus.k8s.KubeDeployment(chart, 'Ratings', {
      spec: { selector: {}, template: { spec: { serviceAccountName: 'ratings', containers: [{ name: 'ratings', image: 'ratings' }] } } },
    }));

    expect(only(manifests, 'Deployment').spec.template.spec.containers[0].env).toEqual(HOST_AND_PORT);
  });

  test('may be inside of a construct that has it as its default child', () => {
    class Service extends Construct {
      public constructor(chart: Chart) {
        super(chart, 'Service');
        this.node.defaultChild = new kplus.Deployment(this, 'Pods', { containers: [{ image: 'app' }] });
      }
    }
    const manifests = connected(chart => new Service(chart));

    expect(only(manifests, 'Deployment').spec.template.spec.containers[0].env).toEqual(HOST_AND_PORT);
  });
});

// A Deployment of one version is no Deployment of the next, so no version is named in a signature; these are tried.
describe.each(['cdk8s-plus-27', 'cdk8s-plus-32', 'cdk8s-plus-33', 'cdk8s-plus-34'])('a workload of %s', library => {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const plus = require(library) as typeof kplus;

  test.each([
    ['Deployment', (chart: Chart) => new plus.Deployment(chart, 'Ratings', { containers: [{ image: 'ratings' }] })],
    ['StatefulSet', (chart: Chart) => new plus.StatefulSet(chart, 'Ratings', { containers: [{ image: 'ratings', portNumber: 8080 }] })],
    ['DaemonSet', (chart: Chart) => new plus.DaemonSet(chart, 'Ratings', { containers: [{ image: 'ratings' }] })],
    ['Job', (chart: Chart) => new plus.Job(chart, 'Ratings', { containers: [{ image: 'ratings' }] })],
  ])('may be a %s', (kind, make) => {
    expect(only(connected(make), kind).spec.template.spec.containers[0].env).toEqual(HOST_AND_PORT);
  });

  test('may be a CronJob', () => {
    const manifests = connected(chart => new plus.CronJob(chart, 'Ratings', {
      containers: [{ image: 'ratings' }],
      schedule: { expressionString: '0 0 * * *' } as never,
    }));

    expect(only(manifests, 'CronJob').spec.jobTemplate.spec.template.spec.containers[0].env).toEqual(HOST_AND_PORT);
  });

  test('may be a Pod', () => {
    const manifests = connected(chart => new plus.Pod(chart, 'Ratings', { containers: [{ image: 'ratings' }] }));

    expect(only(manifests, 'Pod').spec.containers[0].env).toEqual(HOST_AND_PORT);
  });

  test('keeps the variables that it has', () => {
    const manifests = connected(chart => new plus.Deployment(chart, 'Ratings', {
      containers: [{ image: 'ratings', envVariables: { DB_TYPE: plus.EnvValue.fromValue('mysql') } }],
    }));

    expect(only(manifests, 'Deployment').spec.template.spec.containers[0].env).toEqual([{ name: 'DB_TYPE', value: 'mysql' }, ...HOST_AND_PORT]);
  });

  test('may get its container, another variable and its account after it was connected', () => {
    const manifests = synth(chart => {
      const mysql = mysqlIn(chart);
      new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() }).route(mysql);
      const ratings = new plus.Deployment(chart, 'Ratings', { serviceAccount: plus.ServiceAccount.fromServiceAccountName(chart, 'Account', 'ratings') });
      mysql.connectFrom(ratings);
      const container = ratings.addContainer({ image: 'ratings' });
      container.env.addVariable('DB_TYPE', plus.EnvValue.fromValue('mysql'));
    });

    expect(only(manifests, 'Deployment').spec.template.spec.containers[0].env).toEqual([{ name: 'DB_TYPE', value: 'mysql' }, ...HOST_AND_PORT]);
    expect(only(manifests, 'Gateway').spec.servers[0].tls.subjectAltNames).toEqual(['spiffe://cluster.local/ns/bookinfo/sa/ratings']);
  });
});

describe('the container that gets the variables', () => {
  const twoContainers = (chart: Chart) => workloadOf(chart, 'Deployment', {
    template: { spec: { containers: [{ name: 'app', image: 'app' }, { name: 'helper', image: 'helper' }] } },
  });
  const envs = (manifests: Manifest[]) => only(manifests, 'Deployment').spec.template.spec.containers.map((container: { env?: unknown }) => container.env);

  test('is the first', () => {
    expect(envs(connected(twoContainers))).toEqual([HOST_AND_PORT, undefined]);
  });

  test('is the one that is named', () => {
    expect(envs(connected(twoContainers, { containerName: 'helper' }))).toEqual([undefined, HOST_AND_PORT]);
  });

  test('may have one variable in two containers', () => {
    const manifests = synth(chart => {
      const workload = twoContainers(chart);
      const mysql = mysqlIn(chart);
      mysql.connectFrom(workload);
      mysql.connectFrom(workload, { containerName: 'helper' });
    });

    expect(envs(manifests.filter(({ kind }) => kind !== 'ServiceEntry'))).toEqual([HOST_AND_PORT, HOST_AND_PORT]);
  });

  test('is left as it is otherwise', () => {
    const app = { name: 'app', image: 'app', args: ['--fast'], ports: [{ containerPort: 8080 }] };
    const manifests = connected(chart => workloadOf(chart, 'Deployment', { replicas: 2, template: { spec: { containers: [app] } } }));

    const { spec } = only(manifests, 'Deployment');
    expect(spec.replicas).toBe(2);
    expect(spec.template.spec.containers).toEqual([{ ...app, env: HOST_AND_PORT }]);
  });

  test('gets no variable more when it is written again', () => {
    const app = new App();
    const chart = new Chart(app, 'test', { namespace: 'bookinfo' });
    mysqlIn(chart).connectFrom(workloadOf(chart, 'Deployment', { template: { spec: podSpec() } }));

    const first = manifestsOf(app);

    expect(manifestsOf(app)).toEqual(first);
    expect(envs(first)[0]).toHaveLength(2);
  });

  test('may be patched, before and after', () => {
    const manifests = synth(chart => {
      const app = workloadOf(chart, 'Deployment', { template: { spec: podSpec() } });
      app.addJsonPatch(JsonPatch.add('/spec/template/spec/containers/0/env', [{ name: 'EARLY', value: '1' }]));
      mysqlIn(chart).connectFrom(app);
      app.addJsonPatch(JsonPatch.add('/spec/template/spec/containers/0/env/-', { name: 'LATE', value: '1' }));
    });

    expect(envs(manifests)[0].map(({ name }: { name: string }) => name)).toEqual(['EARLY', 'LATE', 'MYSQL_HOST', 'MYSQL_PORT']);
  });
});

describe('a workload and its services', () => {
  test('has the variables of each service', () => {
    const manifests = synth(chart => {
      const app = workloadOf(chart, 'Deployment', { template: { spec: podSpec() } });
      mysqlIn(chart).connectFrom(app);
      new ExternalRedis(chart, 'Cache', { host: 'redis.example.com', resolution: Resolution.ipAddresses('192.0.2.15') }).connectFrom(app);
    });

    const { env } = only(manifests, 'Deployment').spec.template.spec.containers[0];
    expect(env.map(({ name }: { name: string }) => name)).toEqual(['REDIS_HOST', 'REDIS_PORT', 'MYSQL_HOST', 'MYSQL_PORT']);
  });

  test('may be connected to one service twice, under two prefixes', () => {
    const manifests = synth(chart => {
      const app = workloadOf(chart, 'Deployment', { template: { spec: podSpec() } });
      const mysql = mysqlIn(chart);
      mysql.connectFrom(app, { envPrefix: 'READ' });
      mysql.connectFrom(app, { envPrefix: 'ADMIN', credentials: Credentials.fromSecret('admin') });
    });

    // Sorted: the order of the calls does not show.
    const { env } = only(manifests, 'Deployment').spec.template.spec.containers[0];
    expect(env.map(({ name }: { name: string }) => name)).toEqual([
      'ADMIN_HOST', 'ADMIN_PORT', 'ADMIN_USER', 'ADMIN_PASSWORD', 'READ_HOST', 'READ_PORT',
    ]);
  });

  test('makes its account the one client of the service', () => {
    const manifests = synth(chart => {
      const mysql = mysqlIn(chart);
      new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() }).route(mysql);
      mysql.connectFrom(workloadOf(chart, 'Deployment', { template: { spec: podSpec({ serviceAccountName: 'ratings' }) } }));
    });

    expect(only(manifests, 'Gateway').spec.servers[0].tls.subjectAltNames).toEqual(['spiffe://cluster.local/ns/bookinfo/sa/ratings']);
  });

  test('can use a service on a plaintext leg, where its account is not checked', () => {
    const manifests = synth(chart => {
      const mysql = mysqlIn(chart);
      mysql.connectFrom(workloadOf(chart, 'Deployment', { template: { spec: podSpec({ serviceAccountName: 'ratings' }) } }));
      new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() }).route(mysql, { leg: GatewayLeg.plaintext(3306) });
    });

    expect(only(manifests, 'Deployment').spec.template.spec.containers[0].env).toEqual(HOST_AND_PORT);
    expect(only(manifests, 'DestinationRule').metadata.namespace).toBe('bookinfo');
    expect(only(manifests, 'Gateway').spec.servers[0].tls).toBeUndefined();
  });

  test('of another chart makes its namespace see the service', () => {
    const app = new App();
    const mysql = mysqlIn(new Chart(app, 'platform', { namespace: 'platform' }));
    const shop = new Chart(app, 'shop', { namespace: 'shop' });
    mysql.connectFrom(workloadOf(shop, 'Deployment', { template: { spec: podSpec() } }));

    const manifests = manifestsOf(app);
    expect(only(manifests, 'ServiceEntry').spec.exportTo).toEqual(['shop']);
    expect(only(manifests, 'Deployment').spec.template.spec.containers[0].env).toEqual(HOST_AND_PORT);
  });
});

describe('synth refuses', () => {
  const problem = (build: (chart: Chart) => void) => messageOf(() => synth(build));

  test('a variable that the container sets itself', () => {
    const message = problem(chart => mysqlIn(chart).connectFrom(workloadOf(chart, 'Deployment', {
      template: { spec: { containers: [{ name: 'app', image: 'app', env: [{ name: 'MYSQL_HOST', value: 'mysqldb' }] }] } },
    })));

    expect(message).toContain('[test/Mysql] workload \'test/Deployment\' sets the variable "MYSQL_HOST" itself');
  });

  test('a variable that two services give', () => {
    const message = problem(chart => {
      const app = workloadOf(chart, 'Deployment', { template: { spec: podSpec() } });
      ['A', 'Bb'].forEach(id => mysqlIn(chart, id).connectFrom(app));
    });

    expect(message).toContain('[test/A] workload \'test/Deployment\' gets the variable "MYSQL_HOST" from \'test/Bb\' as well');
  });

  test('a variable that two services give to one container, named once and by place once', () => {
    const message = problem(chart => {
      const app = workloadOf(chart, 'Deployment', { template: { spec: podSpec() } });
      mysqlIn(chart, 'A').connectFrom(app);
      mysqlIn(chart, 'Bb').connectFrom(app, { containerName: 'app' });
    });

    expect(message).toContain('gets the variable "MYSQL_HOST" from \'test/Bb\' as well');
  });

  test('a service that is connected twice in the same way', () => {
    const message = problem(chart => {
      const app = workloadOf(chart, 'Deployment', { template: { spec: podSpec() } });
      const mysql = mysqlIn(chart);
      mysql.connectFrom(app);
      mysql.connectFrom(app);
    });

    expect(message).toContain('is connected to the service twice with the variable "MYSQL_HOST"');
  });

  test('a variable that appears twice in one connection', () => {
    const message = problem(chart => mysqlIn(chart).connectFrom(workloadOf(chart, 'Deployment', { template: { spec: podSpec() } }), {
      hostVariable: 'DB',
      portVariable: 'DB',
    }));

    expect(message).toContain('[test/Mysql] variable "DB" is assigned twice');
  });

  test('a container that is not there', () => {
    const message = problem(chart => mysqlIn(chart).connectFrom(workloadOf(chart, 'Deployment', { template: { spec: podSpec() } }), { containerName: 'ap' }));

    expect(message).toContain('[test/Mysql] \'containerName\' must be a container of \'test/Deployment\' ("app"), got "ap"');
  });

  test('a pod without containers', () => {
    const message = problem(chart => mysqlIn(chart).connectFrom(workloadOf(chart, 'Deployment', { template: { spec: {} } })));

    expect(message).toContain('[test/Mysql] workload \'test/Deployment\' has no container that could get the variables');
  });
});

describe('a pod template that is not as usual', () => {
  test('may be missing: the account is the default one, and nothing gets the variables', () => {
    const app = new App();
    const chart = new Chart(app, 'test', { namespace: 'shop' });
    const mysql = mysqlIn(chart);
    new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() }).route(mysql);
    mysql.connectFrom(workloadOf(chart, 'Deployment', {}));

    expect(messageOf(() => manifestsOf(app))).toBe('Validation failed with the following errors:\n  [test/Mysql] workload \'test/Deployment\' has no container that could '
      + 'get the variables\n  [test/Mysql] its client \'test/Deployment\' runs as the account "default", as every pod without an account of its own does: give the '
      + 'workload one, or name the whole namespace with MeshClient.allIn()');
    expect(mysql.describe().clients).toEqual([{ namespaceName: 'shop', serviceAccountName: 'default' }]);
    expect((chart.node.findChild('Deployment') as ApiObject).toJson()).toMatchObject({ spec: {} });
  });

  test('may have a variable of null, which cdk8s leaves out, or several beside the one that is set twice', () => {
    const withVariables = (...env: unknown[]) => connected(chart => workloadOf(chart, 'Deployment', { template: { spec: { containers: [{ name: 'app', env }] } } }));

    expect(only(withVariables(null), 'Deployment').spec.template.spec.containers[0].env).toEqual([undefined, ...HOST_AND_PORT]);
    expect(messageOf(() => withVariables({ name: 'OTHER' }, { name: 'MYSQL_HOST', value: 'x' })))
      .toContain('workload \'test/Deployment\' sets the variable "MYSQL_HOST" itself: remove it there, or choose another \'envPrefix\'');
  });

  test('whose containers do not include the named one says which there are, and renders as it is', () => {
    const containers = [{ name: 'app' }, { name: 'log' }];
    let deployment: ApiObject | undefined;
    const build = () => connected(chart => {
      deployment = workloadOf(chart, 'Deployment', { template: { spec: { containers } } });
      return deployment;
    }, { containerName: 'other' });

    expect(messageOf(build)).toContain('\'containerName\' must be a container of \'test/Deployment\' ("app", "log"), got "other"');
    expect(deployment!.toJson().spec.template.spec.containers).toEqual(containers);
  });

  test('keeps its keys in the order of the alphabet, in which cdk8s writes them', () => {
    const [{ spec }] = connected(chart => workloadOf(chart, 'Deployment', { template: { spec: { containers: [{ name: 'app', args: ['x'], image: 'app' }] } } }))
      .filter(({ kind }) => kind === 'Deployment');

    expect(Object.keys(spec.template.spec.containers[0])).toEqual(['args', 'env', 'image', 'name']);
  });
});
