import { ApiObject, App, Chart, JsonPatch } from 'cdk8s';
import { Construct } from 'constructs';
import {
  ConnectOptions, Credentials, DataPlane, IstioApiVersion, Membership, Mesh, MeshClient, MeshProps, Protocol, ReadinessProbe, VirtualMachineService,
  VirtualMachineServiceProps,
} from '../../src';
import { all, Manifest, manifestsOf, messageOf, only, synth } from '../helpers';

const REQUIRED: VirtualMachineServiceProps = {
  serviceName: 'mysqldb', ports: [{ number: 3306, protocol: Protocol.MYSQL }], membership: Membership.workloadEntries('192.0.2.30'),
};
const CART = MeshClient.serviceAccount('shop', 'cart');

function mysqlIn(scope: Construct, more: Partial<VirtualMachineServiceProps> = {}, id = 'Mysql'): VirtualMachineService {
  return new VirtualMachineService(scope, id, { ...REQUIRED, ...more });
}

/** The objects of a service that one account of another namespace may use. */
function written(more: Partial<VirtualMachineServiceProps> = {}, ...clients: MeshClient[]): Manifest[] {
  return synth(chart => mysqlIn(chart, more).allowFrom(...clients.length > 0 ? clients : [CART]));
}

function deployment(chart: Chart, account?: string): ApiObject {
  return new ApiObject(chart, 'Ratings', {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'ratings' },
    spec: { template: { spec: { serviceAccountName: account, containers: [{ name: 'ratings', image: 'ratings' }] } } },
  });
}

describe('a service on virtual machines', () => {
  test('has a Service that selects them, which is the name that clients connect to', () => {
    const app = new App();
    const mysql = mysqlIn(new Chart(app, 'test', { namespace: 'vm' }));
    mysql.allowFrom(CART);

    const service = only(manifestsOf(app), 'Service');
    expect([service.apiVersion, service.metadata.namespace, service.metadata.name]).toEqual(['v1', 'vm', 'mysqldb']);
    expect(service.spec.selector).toEqual({ app: 'mysqldb' });
    expect(service.spec.ports).toEqual([{ name: 'tcp', port: 3306, appProtocol: 'tcp' }]);
    expect(mysql.host).toBe('mysqldb.vm.svc.cluster.local');
  });

  test('has its host in the domain of the cluster', () => {
    const app = new App();
    Mesh.declare(app, { clusterDomain: 'corp.example' });

    expect(mysqlIn(new Chart(app, 'test', { namespace: 'vm' })).host).toBe('mysqldb.vm.svc.corp.example');
  });

  test('has a WorkloadEntry for each machine of a fixed address, with the identity that makes connections mutual TLS', () => {
    const manifests = written({ membership: Membership.workloadEntries('192.0.2.30', '2001:db8::1') });

    expect(all(manifests, 'WorkloadEntry').map(({ metadata, spec }) => [metadata.name, spec])).toEqual([
      ['mysqldb.bookinfo.192-0-2-30', { address: '192.0.2.30', labels: { app: 'mysqldb' }, serviceAccount: 'mysqldb' }],
      ['mysqldb.bookinfo.2001-db8-0-0-0-0-0-1', { address: '2001:db8::1', labels: { app: 'mysqldb' }, serviceAccount: 'mysqldb' }],
    ]);
    expect(all(manifests, 'WorkloadGroup')).toEqual([]);
  });

  test('has a WorkloadGroup of the Service\'s name when the machines register themselves', () => {
    const manifests = written({ membership: Membership.workloadGroup() });

    expect(only(manifests, 'WorkloadGroup').metadata).toEqual({ name: 'mysqldb', namespace: 'bookinfo' });
    expect(only(manifests, 'WorkloadGroup').spec).toEqual({ metadata: { labels: { app: 'mysqldb' } }, template: { serviceAccount: 'mysqldb' } });
    expect(all(manifests, 'WorkloadEntry')).toEqual([]);
  });

  test('asks the application at 127.0.0.1 and not the sidecar whether it is ready', () => {
    const probeOf = (readinessProbe: ReadinessProbe) => only(written({ membership: Membership.workloadGroup({ readinessProbe }) }), 'WorkloadGroup').spec.probe;

    expect(probeOf(ReadinessProbe.tcpSocket(3306))).toEqual({ tcpSocket: { host: '127.0.0.1', port: 3306 } });
    expect(probeOf(ReadinessProbe.httpGet('/ready', 8080))).toEqual({ httpGet: { host: '127.0.0.1', path: '/ready', port: 8080 } });
    expect(probeOf(ReadinessProbe.exec(['mysqladmin', 'ping']))).toEqual({ exec: { command: ['mysqladmin', 'ping'] } });
  });

  test('creates the account of the machines, unless one is given', () => {
    expect(only(written(), 'ServiceAccount').metadata).toEqual({ name: 'mysqldb', namespace: 'bookinfo' });

    const manifests = written({ serviceAccountName: 'database' });
    expect(all(manifests, 'ServiceAccount')).toEqual([]);
    expect(only(manifests, 'WorkloadEntry').spec.serviceAccount).toBe('database');
  });

  test('takes labels, a namespace and another port on the machine', () => {
    const labels = { app: 'mysql', tier: 'data' };
    const manifests = written({ labels, namespaceName: 'vm', ports: [{ number: 3306, targetPort: 13306, name: 'mysql', protocol: Protocol.MYSQL }] });

    expect(manifests.map(({ metadata }) => metadata.namespace)).toEqual(manifests.map(() => 'vm'));
    expect(only(manifests, 'Service').metadata.labels).toEqual(labels);
    expect(only(manifests, 'Service').spec.selector).toEqual(labels);
    expect(only(manifests, 'Service').spec.ports).toEqual([{ name: 'mysql', port: 3306, targetPort: 13306, appProtocol: 'tcp' }]);
    expect(only(manifests, 'WorkloadEntry').spec.labels).toEqual(labels);
    expect(only(manifests, 'AuthorizationPolicy').spec.selector.matchLabels).toEqual(labels);
  });

  test('tells Istio the protocol of each port, whatever its name', () => {
    const ports = [
      { number: 80, protocol: Protocol.HTTP }, { number: 443, protocol: Protocol.TLS }, { number: 9090, protocol: Protocol.GRPC, name: 'mysql-is-grpc-1' }, { number: 9 },
    ];

    expect(only(written({ ports }), 'Service').spec.ports).toEqual([
      { name: 'http-80', port: 80, appProtocol: 'http' },
      { name: 'tls-443', port: 443, appProtocol: 'tls' },
      { name: 'mysql-is-grpc-1', port: 9090, appProtocol: 'grpc' },
      { name: 'tcp-9', port: 9, appProtocol: 'tcp' },
    ]);
  });

  test('does not change when what it was given does', () => {
    const labels = { app: 'mysql' };
    const manifests = synth(chart => {
      mysqlIn(chart, { labels }).allowFrom(CART);
      labels.app = 'changed';
    });

    expect(only(manifests, 'Service').spec.selector).toEqual({ app: 'mysql' });
  });

  test('is written in the order in which it is applied: nobody can connect before the policy is there', () => {
    const kinds = (membership: Membership) => written({ membership }).map(({ kind }) => kind);

    expect(kinds(Membership.workloadEntries('192.0.2.30', '192.0.2.31')))
      .toEqual(['ServiceAccount', 'AuthorizationPolicy', 'WorkloadEntry', 'WorkloadEntry', 'DestinationRule', 'Service']);
    expect(kinds(Membership.workloadGroup())).toEqual(['ServiceAccount', 'AuthorizationPolicy', 'WorkloadGroup', 'DestinationRule', 'Service']);
  });

  test.each([
    [IstioApiVersion.V1BETA1, 'networking.istio.io/v1beta1'],
    [IstioApiVersion.V1ALPHA3, 'networking.istio.io/v1alpha3'],
  ])('is written in version %s', (apiVersion, expected) => {
    const app = new App();
    Mesh.declare(app, { apiVersion });
    mysqlIn(new Chart(app, 'test', { namespace: 'vm' })).allowFrom(CART);

    expect(only(manifestsOf(app), 'WorkloadEntry').apiVersion).toBe(expected);
    expect(only(manifestsOf(app), 'Service').apiVersion).toBe('v1');
  });

  test('takes patches of its objects', () => {
    const manifests = synth(chart => {
      const mysql = mysqlIn(chart);
      mysql.allowFrom(CART);
      ApiObject.of(mysql).addJsonPatch(JsonPatch.add('/spec/sessionAffinity', 'ClientIP'));
      (mysql.node.findChild('Machines').node.findChild('192.0.2.30') as ApiObject).addJsonPatch(JsonPatch.add('/spec/network', 'vm-network'));
    });

    expect(only(manifests, 'Service').spec.sessionAffinity).toBe('ClientIP');
    expect(only(manifests, 'WorkloadEntry').spec.network).toBe('vm-network');
  });
});

describe('where there may be several machines', () => {
  const ruleOf = (more: Partial<VirtualMachineServiceProps>) => only(written(more), 'DestinationRule');

  test('the clients leave out one that does not answer', () => {
    for (const membership of [Membership.workloadGroup(), Membership.workloadEntries('192.0.2.30', '192.0.2.31')]) {
      const { metadata, spec } = ruleOf({ membership });
      expect([metadata.name, metadata.namespace]).toEqual(['mysqldb.bookinfo.machine-endpoints', 'bookinfo']);
      expect(spec.host).toBe('mysqldb.bookinfo.svc.cluster.local');
      expect(spec.trafficPolicy.outlierDetection.consecutive5xxErrors).toBe(1);
      expect(spec.trafficPolicy.connectionPool.tcp.connectTimeout).toBe('2s');
      expect(spec.exportTo).toEqual(['.', 'shop']);
    }
  });

  test('TLS is left to Istio, which knows the account of each machine', () => {
    expect(JSON.stringify(ruleOf({ membership: Membership.workloadGroup() }))).not.toContain('tls');
  });

  test('an answer of HTTP ejects nobody, on a port beside another protocol as well', () => {
    const ports = [{ number: 80, protocol: Protocol.HTTP }, { number: 9 }];
    const { trafficPolicy } = ruleOf({ membership: Membership.workloadGroup(), ports }).spec;

    expect(trafficPolicy.portLevelSettings).toEqual([
      expect.objectContaining({ port: { number: 80 }, outlierDetection: expect.objectContaining({ consecutive5xxErrors: 0 }) }),
      expect.objectContaining({ port: { number: 9 }, outlierDetection: expect.objectContaining({ consecutive5xxErrors: 1 }) }),
    ]);
    expect(trafficPolicy.outlierDetection).toBeUndefined();
  });

  test('and of a single one there is no rule: nothing is there to go on to', () => {
    expect(all(written(), 'DestinationRule')).toEqual([]);
  });
});

describe('the clients', () => {
  const policyOf = (manifests: Manifest[]) => only(manifests, 'AuthorizationPolicy').spec;

  test('are the only ones that the machines admit, on the ports of the service alone', () => {
    const spec = policyOf(written({ ports: [{ number: 3306, targetPort: 13306 }, { number: 33060 }] }, CART, MeshClient.serviceAccount('bookinfo', 'ratings')));

    expect(spec).toEqual({
      action: 'ALLOW',
      selector: { matchLabels: { app: 'mysqldb' } },
      rules: [{
        from: [{ source: { principals: ['cluster.local/ns/bookinfo/sa/ratings', 'cluster.local/ns/shop/sa/cart'] } }],
        to: [{ operation: { ports: ['13306', '33060'] } }],
      }],
    });
  });

  test('may be a whole namespace, which takes the place of its accounts', () => {
    const spec = policyOf(written({}, MeshClient.allIn('shop'), CART));

    expect(spec.rules[0].from).toEqual([{ source: { principals: ['cluster.local/ns/shop/sa/*'] } }]);
  });

  test('are known in the trust domain alone: istiod adds its aliases to policies', () => {
    const app = new App();
    Mesh.declare(app, { trustDomain: 'corp.example', trustDomainAliases: ['old.example'] });
    mysqlIn(new Chart(app, 'test', { namespace: 'vm' })).allowFrom(CART, MeshClient.allIn('audit'));

    expect(policyOf(manifestsOf(app)).rules[0].from[0].source.principals).toEqual(['corp.example/ns/shop/sa/cart', 'corp.example/ns/audit/sa/*']);
  });

  test('say which namespaces see the service, its own among them', () => {
    const visibility = (...clients: MeshClient[]) => (only(written({}, ...clients), 'Service').metadata.annotations as { [name: string]: string })['networking.istio.io/exportTo'];

    expect(visibility(CART, MeshClient.allIn('audit'))).toBe('.,audit,shop');
    expect(visibility(MeshClient.serviceAccount('bookinfo', 'ratings'))).toBe('.');
  });

  test('are needed: machines that deny everybody are a mistake', () => {
    expect(messageOf(() => synth(chart => mysqlIn(chart))))
      .toContain('[test/Mysql] has no clients, and its machines would deny everybody: name them with allowFrom() or connectFrom()');
  });

  test('are none until they are named: without one the policy allows nobody', () => {
    const chart = new Chart(new App(), 'test', { namespace: 'vm' });
    const mysql = mysqlIn(chart);

    expect((mysql.node.findChild('Access') as ApiObject).toJson().spec.rules).toEqual([]);
  });

  test('are all checked before the first one is added', () => {
    const chart = new Chart(new App(), 'test', { namespace: 'vm' });
    const mysql = mysqlIn(chart);

    expect(messageOf(() => mysql.allowFrom(CART, MeshClient.allIn('Shop')))).toContain('\'allowFrom()[1].namespaceName\' must be a DNS label');
    expect(mysql.describe().clients).toEqual([]);
  });
});

describe('a connected workload', () => {
  const variablesOf = (manifests: Manifest[]) => only(manifests, 'Deployment').spec.template.spec.containers[0].env as { name: string; value?: string; valueFrom?: object }[];

  test('gets host, port, user and password, and its account becomes a client', () => {
    const app = new App();
    const chart = new Chart(app, 'bookinfo', { namespace: 'bookinfo' });
    const mysql = mysqlIn(new Chart(app, 'vm', { namespace: 'vm' }), { credentials: Credentials.fromSecret('ratings-mysql') });
    mysql.connectFrom(deployment(chart, 'ratings'), { envPrefix: 'MYSQL_DB' });

    const manifests = manifestsOf(app);
    expect(variablesOf(manifests)).toEqual([
      { name: 'MYSQL_DB_HOST', value: 'mysqldb.vm.svc.cluster.local' },
      { name: 'MYSQL_DB_PORT', value: '3306' },
      { name: 'MYSQL_DB_USER', valueFrom: { secretKeyRef: { key: 'username', name: 'ratings-mysql' } } },
      { name: 'MYSQL_DB_PASSWORD', valueFrom: { secretKeyRef: { key: 'password', name: 'ratings-mysql' } } },
    ]);
    expect(only(manifests, 'AuthorizationPolicy').spec.rules[0].from[0].source.principals).toEqual(['cluster.local/ns/bookinfo/sa/ratings']);
  });

  test('has variables that are named after the protocol', () => {
    const manifests = synth(chart => mysqlIn(chart).connectFrom(deployment(chart, 'ratings')));

    expect(variablesOf(manifests).map(({ name }) => name)).toEqual(['MYSQL_HOST', 'MYSQL_PORT']);
  });

  test.each<[string, ConnectOptions, string]>([
    ['a port that the service does not have', { portNumber: 1 }, '\'portNumber\' must be a port of the service (3306), got 1'],
    ['another host', { hostName: 'db.example.com' }, '\'hostName\' must be a host of the service ("mysqldb.bookinfo.svc.cluster.local"), got "db.example.com"'],
    ['a container that is not there', { containerName: 'other' }, '\'containerName\' must be a container of \'test/Ratings\' ("ratings"), got "other"'],
  ])('cannot name %s', (_, options, message) => {
    expect(messageOf(() => synth(chart => mysqlIn(chart).connectFrom(deployment(chart), options)))).toContain(`[test/Mysql] ${message}`);
  });

  test('without a namespace is refused, and gets nothing', () => {
    const app = new App();
    const mysql = mysqlIn(new Chart(app, 'vm', { namespace: 'vm' }));
    const ratings = deployment(new Chart(app, 'nowhere'));

    expect(messageOf(() => mysql.connectFrom(ratings)))
      .toBe('[vm/Mysql] its client \'nowhere/Ratings\' has no namespace, which its identity is made of: give the workload\'s chart a \'namespace\'');
    expect(ratings.toJson().spec.template.spec.containers[0].env).toBeUndefined();
  });

  test('that is no construct is refused', () => {
    expect(messageOf(() => synth(chart => mysqlIn(chart).connectFrom('ratings' as never))))
      .toBe('[test/Mysql] connectFrom() needs a workload, such as a Deployment, got "ratings"');
  });
});

describe('two services on virtual machines', () => {
  const both = (labels: { [label: string]: string }, namespaceName = 'bookinfo') => synth(chart => {
    mysqlIn(chart, { labels: { app: 'db', engine: 'mysql' } }).allowFrom(CART);
    mysqlIn(chart, { serviceName: 'replica', labels, namespaceName }, 'Replica').allowFrom(CART);
  });

  test('are refused when one selects the machines of the other', () => {
    expect(messageOf(() => both({ app: 'db' }))).toContain('[test/Replica] \'labels\' {"app":"db"} select the machines of \'test/Mysql\' as well, and connections '
      + 'would end at either: give each service labels of its own');
  });

  test('are taken with labels of their own, and in two namespaces', () => {
    expect(() => both({ app: 'db', engine: 'replica' })).not.toThrow();
    expect(() => both({ app: 'db' }, 'vm')).not.toThrow();
  });
});

describe('what cannot be a service on virtual machines is refused', () => {
  test.each<[string, object, string]>([
    ['a name with a dot', { serviceName: 'mysqldb.vm' }, '\'serviceName\' must be a DNS label'],
    ['no port', { ports: [] }, '\'ports\' must not be empty: write at least one, like { number: 3306 }'],
    ['a port out of range', { ports: [{ number: 0 }] }, '\'ports[0].number\' must be a whole number from 1 to 65535, got 0'],
    ['a target port out of range', { ports: [{ number: 1, targetPort: 65536 }] }, '\'ports[0].targetPort\' must be a whole number from 1 to 65535, got 65536'],
    ['a port twice', { ports: [{ number: 1 }, { number: 1, name: 'b' }] }, '\'ports\' has 1 twice: write it once'],
    ['a port without its number', { ports: [{ protocol: Protocol.TCP }] }, '\'number\' is missing, which \'ports[0]\' needs'],
    ['a port name twice', { ports: [{ number: 1, name: 'a' }, { number: 2, name: 'a' }] }, '\'ports\' has "a" twice: write it once'],
    ['a port name that is too long', { ports: [{ number: 1, name: 'abcdefghijklmnop' }] }, '\'ports[0].name\' must have a letter, no "--" and at most 15 characters, got "abcdefghijklmnop"'],
    ['a port name without a letter', { ports: [{ number: 1, name: '1' }] }, '\'ports[0].name\' must have a letter, no "--" and at most 15 characters, got "1"'],
    ['a port name with two dashes', { ports: [{ number: 1, name: 'a--b' }] }, '\'ports[0].name\' must have a letter, no "--" and at most 15 characters, got "a--b"'],
    ['a port name with capitals', { ports: [{ number: 1, name: 'A' }] }, '\'ports[0].name\' must be a DNS label'],
    ['a misspelt property of a port', { ports: [{ number: 1, target: 2 }] }, '\'target\' is not a property of \'ports[0]\''],
    ['a protocol that does not exist', { ports: [{ number: 1, protocol: (Protocol as never as { [name: string]: Protocol }).POSTGRESQL }] },
      '\'ports[0].protocol\' must be one of Protocol.TCP, Protocol.HTTP, Protocol.MYSQL and the others, or Protocol.custom(), got undefined'],
    ['no labels', { labels: {} }, '\'labels\' must have a label, got {}: without one the Service would select every workload of the namespace'],
    ['labels that are none', { labels: 'app' }, '\'labels\' must be labels like { app: "egress" }, got "app"'],
    ['an address as membership', { membership: '192.0.2.30' }, '\'membership\' must be one of Membership.workloadEntries() or workloadGroup(), got "192.0.2.30"'],
    ['a namespace that is none', { namespaceName: 'VM' }, '\'namespaceName\' must be a DNS label'],
    ['an account that is none', { serviceAccountName: 'A b' }, '\'serviceAccountName\' must be a DNS name'],
    ['a password', { credentials: 'secret' }, '\'credentials\' must be one of Credentials.fromSecret(), passwordFromSecret() or urlFromSecret(): a password cannot be given as a value'],
    ['a Secret that is none', { credentials: Credentials.fromSecret('A') }, '\'credentials.secretName\' must be a DNS name'],
  ])('%s', (_, more, message) => {
    expect(messageOf(() => written(more))).toContain(`[test/Mysql] ${message}`);
  });

  test('no client, and something else', () => {
    expect(messageOf(() => synth(chart => mysqlIn(chart).allowFrom()))).toBe('[test/Mysql] \'allowFrom()\' must not be empty: write at least one, '
      + 'like MeshClient.serviceAccount("shop", "cart")');
    expect(messageOf(() => synth(chart => mysqlIn(chart).allowFrom('shop/cart' as never)))).toContain('[test/Mysql] \'allowFrom()[0]\' must be one of MeshClient.serviceAccount(');
  });

  test('one without a namespace', () => {
    expect(messageOf(() => synth(chart => mysqlIn(chart), {}))).toBe('[test/Mysql] has no namespace, which its host and the machines\' identity are made of: give the '
      + 'chart a \'namespace\', or give \'namespaceName\'');
    expect(messageOf(() => synth(chart => mysqlIn(chart), { namespace: 'VM' }))).toContain('[test/Mysql] \'namespace\' must be a DNS label');
  });

  test('one in the root namespace, whose policies hold everywhere', () => {
    expect(messageOf(() => synth(chart => mysqlIn(chart, { namespaceName: 'istio-system' })))).toBe('[test/Mysql] cannot be in the root namespace "istio-system", whose '
      + 'policies hold for the workloads of every namespace that have its labels: give it a namespace of its own');

    const app = new App();
    Mesh.declare(app, { rootNamespace: 'vm' });
    expect(messageOf(() => mysqlIn(new Chart(app, 'test', { namespace: 'vm' })))).toContain('root namespace "vm"');
  });

  test('one outside of a chart', () => {
    expect(messageOf(() => mysqlIn(new App()))).toBe('[Mysql] must be in a chart: create it with the chart, or a construct in it, as scope');
  });

  test.each<[string, MeshProps]>([['an ambient mesh', { dataPlane: DataPlane.AMBIENT }]])('one in %s', (_, facts) => {
    const app = new App();
    Mesh.declare(app, facts);

    expect(messageOf(() => mysqlIn(new Chart(app, 'test', { namespace: 'vm' }))))
      .toBe('[test/Mysql] needs sidecars, and the mesh is ambient: how ztunnel reaches a machine is not known to this library');
  });

  test('a workload whose account is no name, once everything is known', () => {
    expect(messageOf(() => synth(chart => mysqlIn(chart).connectFrom(deployment(chart, 'No Account'))))).toContain('[test/Mysql] its client \'test/Ratings\' has the service account');
  });
});

describe('what an app declares of it', () => {
  test('is data, with each client once', () => {
    const chart = new Chart(new App(), 'test', { namespace: 'vm' });
    const mysql = mysqlIn(new Construct(chart, 'Data'));
    mysql.allowFrom(CART, CART, MeshClient.allIn('audit'));

    expect(mysql.describe()).toEqual({
      path: 'test/Data/Mysql',
      serviceName: 'mysqldb',
      namespaceName: 'vm',
      host: 'mysqldb.vm.svc.cluster.local',
      ports: [{ number: 3306, name: 'tcp', protocol: 'TCP', targetPort: 3306 }],
      labels: { app: 'mysqldb' },
      serviceAccountName: 'mysqldb',
      addresses: ['192.0.2.30'],
      visibleTo: ['audit', 'shop', 'vm'],
      clients: [{ namespaceName: 'shop', serviceAccountName: 'cart' }, { namespaceName: 'audit' }],
    });
    expect(VirtualMachineService.allIn(chart)).toEqual([mysql]);
    expect([mysql.namespaceName, mysql.serviceAccountName]).toEqual(['vm', 'mysqldb']);
  });

  test('has no addresses when the machines register themselves', () => {
    const chart = new Chart(new App(), 'test', { namespace: 'vm' });

    expect(mysqlIn(chart, { membership: Membership.workloadGroup() }).describe().addresses).toBeUndefined();
  });

  test('is found below a construct alone', () => {
    expect(messageOf(() => VirtualMachineService.allIn('app' as never))).toBe('[VirtualMachineService.allIn()] VirtualMachineService.allIn() needs the app, a chart or a '
      + 'construct in it, got "app"');
  });
});

test('every object has this name and this place in the tree', () => {
  const chart = new Chart(new App(), 'test', { namespace: 'vm' });
  mysqlIn(chart, { membership: Membership.workloadEntries('192.0.2.30', '192.0.2.31') });
  mysqlIn(chart, { serviceName: 'redis', membership: Membership.workloadGroup() }, 'Redis');

  expect((chart.node.findAll().filter(ApiObject.isApiObject) as ApiObject[]).map(object => [object.node.path, `${object.kind} ${object.name}`])).toEqual([
    ['test/Mysql/Account', 'ServiceAccount mysqldb'],
    ['test/Mysql/Access', 'AuthorizationPolicy mysqldb.vm'],
    ['test/Mysql/Machines/192.0.2.30', 'WorkloadEntry mysqldb.vm.192-0-2-30'],
    ['test/Mysql/Machines/192.0.2.31', 'WorkloadEntry mysqldb.vm.192-0-2-31'],
    ['test/Mysql/Endpoints', 'DestinationRule mysqldb.vm.machine-endpoints'],
    ['test/Mysql/Resource', 'Service mysqldb'],
    ['test/Redis/Account', 'ServiceAccount redis'],
    ['test/Redis/Access', 'AuthorizationPolicy redis.vm'],
    ['test/Redis/Group', 'WorkloadGroup redis'],
    ['test/Redis/Endpoints', 'DestinationRule redis.vm.machine-endpoints'],
    ['test/Redis/Resource', 'Service redis'],
  ]);
});
