import { ApiObject, Chart } from 'cdk8s';
import {
  ClientTls, ClusterMember, ConnectOptions, Credentials, EgressGateway, EgressViaGateway, ExternalCluster, ExternalClusterProps, ExternalKafka,
  ExternalMongoReplicaSet, ExternalRedisCluster, ExternalRedisSentinel, ExternalService, IExternalService, Mesh, MeshClient, Protocol, Resolution,
} from '../../src';
import { all, Manifest, messageOf, only, synth } from '../helpers';

const member = (i: number, more: Partial<ClusterMember> = {}): ClusterMember => ({
  host: `db-${i}.example.com`, resolution: Resolution.ipAddresses(`192.0.2.3${i}`), ...more,
});
const MEMBERS = [member(1), member(2), member(3)];
const PORTS = [{ number: 9042 }];
const cluster = (chart: Chart, more: Partial<ExternalClusterProps> = {}) => new ExternalCluster(chart, 'Db', { members: MEMBERS, ports: PORTS, ...more });
const pod = (chart: Chart, env: object[] = []) => new ApiObject(chart, 'App', {
  apiVersion: 'v1', kind: 'Pod', metadata: { name: 'app' }, spec: { serviceAccountName: 'app', containers: [{ name: 'app', env }] },
});
const refusal = (more: Partial<ExternalClusterProps>) => messageOf(() => synth(chart => cluster(chart, more)));

/** The names and plain values of the variables that a connected pod gets. */
function variables(make: (chart: Chart) => IExternalService, options?: ConnectOptions): { [name: string]: string | undefined } {
  const manifests = synth(chart => make(chart).connectFrom(pod(chart), options));
  const { env } = only(manifests, 'Pod').spec.containers[0];
  return Object.fromEntries(env.map(({ name, value }: { name: string; value?: string }) => [name, value]));
}

describe('a cluster', () => {
  test('has an entry for each member, with the address of that member alone', () => {
    const entries = all(synth(chart => cluster(chart)), 'ServiceEntry');

    expect(entries.map(({ spec }) => [spec.hosts, spec.addresses, spec.endpoints])).toEqual([
      [['db-1.example.com'], ['192.0.2.31/32'], undefined], [['db-2.example.com'], ['192.0.2.32/32'], undefined], [['db-3.example.com'], ['192.0.2.33/32'], undefined],
    ]);
  });

  test('knows its members, hosts and namespace', () => {
    synth(chart => {
      const db = cluster(chart);

      expect(db.members.map(({ hosts }) => hosts)).toEqual([['db-1.example.com'], ['db-2.example.com'], ['db-3.example.com']]);
      expect(db.hosts).toEqual(['db-1.example.com', 'db-2.example.com', 'db-3.example.com']);
      expect(db.namespaceName).toBe('bookinfo');
      expect(ExternalService.allIn(chart)).toEqual(db.members);
    });
  });

  test('is seen where its clients are, every member of it', () => {
    const manifests = synth(chart => cluster(chart).allowFrom(MeshClient.allIn('shop')));

    expect(all(manifests, 'ServiceEntry').map(({ spec }) => spec.exportTo)).toEqual([['shop'], ['shop'], ['shop']]);
  });

  test('is routed member by member, each with a server name of its own', () => {
    let clients: unknown;
    const manifests = synth(chart => {
      const db = cluster(chart);
      expect(db.gateway).toBeUndefined();
      new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() }).route(db);
      db.allowFrom(MeshClient.serviceAccount('shop', 'cart'));
      clients = db.clients;
      expect(db.gateway?.serviceName).toBe('istio-egressgateway');
    });
    const servers = all(manifests, 'Gateway').flatMap(({ spec }) => spec.servers.flatMap(({ hosts }: { hosts: string[] }) => hosts));

    expect(clients).toEqual([{ namespaceName: 'shop', serviceAccountName: 'cart' }]);
    expect(servers).toEqual(['./p9042.bookinfo.db-1.example.com', './p9042.bookinfo.db-2.example.com', './p9042.bookinfo.db-3.example.com']);
  });

  test('hands settings, TLS and metadata on to every member', () => {
    const manifests = synth(chart => cluster(chart, {
      ports: [{ number: 9042, tls: ClientTls.originate() }],
      connection: { maxConnections: 7 },
      exportTo: ['shop'],
      metadata: { namespace: 'data', labels: { team: 'data' } },
    }));

    expect(all(manifests, 'ServiceEntry').map(({ metadata, spec }) => [metadata.namespace, metadata.labels, spec.exportTo])).toEqual(
      [1, 2, 3].map(() => ['data', { team: 'data' }, ['shop']]));
    expect(all(manifests, 'DestinationRule').map(({ spec }) => [spec.host, spec.trafficPolicy.portLevelSettings[0].tls.sni])).toEqual([
      ['db-1.example.com', 'db-1.example.com'], ['db-2.example.com', 'db-2.example.com'], ['db-3.example.com', 'db-3.example.com'],
    ]);
    expect(all(manifests, 'DestinationRule').map(({ spec }) => spec.trafficPolicy.portLevelSettings[0].connectionPool.tcp.maxConnections)).toEqual([7, 7, 7]);
  });

  test('by name has members with an address each, where the mesh allocates them', () => {
    const members = [1, 2].map(i => member(i, { resolution: Resolution.dnsRoundRobin() }));
    const byName = (dnsCapture: boolean) => synth(chart => {
      Mesh.declare(chart.node.root, { dnsCapture });
      cluster(chart, { members });
    });

    expect(all(byName(true), 'ServiceEntry')).toHaveLength(2);
    expect(messageOf(() => byName(false))).toContain('[MX0203] port 9042 of "db-2.example.com" has no address');
  });

  test('by name has members with the addresses that are given', () => {
    const members = [1, 2].map(i => member(i, { resolution: Resolution.dnsRoundRobin(), addresses: [`240.0.0.${i}`] }));

    expect(all(synth(chart => cluster(chart, { members })), 'ServiceEntry').map(({ spec }) => spec.addresses)).toEqual([['240.0.0.1'], ['240.0.0.2']]);
  });
});

describe('a workload of a cluster', () => {
  test('is a client of every member', () => {
    const manifests = synth(chart => {
      const db = cluster(chart);
      new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() }).route(db);
      db.connectFrom(pod(chart));
    });

    expect(all(manifests, 'Gateway').flatMap(({ spec }) => spec.servers.map(({ tls }: { tls: { subjectAltNames: string[] } }) => tls.subjectAltNames))).toEqual(
      [1, 2, 3].map(() => ['spiffe://cluster.local/ns/bookinfo/sa/app']));
  });

  test('is told all members and the credentials, not a single host', () => {
    expect(variables(chart => cluster(chart, { credentials: Credentials.fromSecret('db') }))).toStrictEqual({
      TCP_MEMBERS: 'db-1.example.com:9042,db-2.example.com:9042,db-3.example.com:9042', TCP_USER: undefined, TCP_PASSWORD: undefined,
    });
    expect(variables(chart => cluster(chart), { membersVariable: 'CONTACT_POINTS' })).toStrictEqual({
      CONTACT_POINTS: 'db-1.example.com:9042,db-2.example.com:9042,db-3.example.com:9042',
    });
  });

  test.each<[keyof ConnectOptions, unknown, string]>([
    ['hostVariable', 'H', '"H"'], ['portVariable', 'P', '"P"'], ['hostName', 'db-1.example.com', '"db-1.example.com"'], ['portNumber', 9042, '9042'],
  ])('cannot be told one of them by %s', (property, value, quoted) => {
    expect(messageOf(() => variables(chart => cluster(chart), { [property]: value }))).toBe(
      `[test/Db] '${property}' ${quoted} is for a service with one host, and drivers of a cluster are given all members: use 'membersVariable'`);
  });

  test('that has the variable already is refused', () => {
    expect(messageOf(() => synth(chart => {
      const connect = () => cluster(chart).connectFrom(pod(chart, [{ name: 'TCP_MEMBERS', value: 'x' }]));
      connect();
    }))).toContain('[test/Db] workload \'test/App\' sets the variable "TCP_MEMBERS" itself');
  });

  test('has to be a construct', () => {
    expect(messageOf(() => synth(chart => cluster(chart).connectFrom('app' as never)))).toBe(
      '[test/Db] connectFrom() needs a workload, such as a Deployment, got "app"');
  });
});

describe('a cluster refuses', () => {
  test.each<[string, Partial<ExternalClusterProps>, string]>([
    ['no members', { members: [] }, '\'members\' must not be empty'],
    ['a member that is text', { members: ['db-1.example.com' as never] }, '\'members[0]\' needs its properties as { host, resolution, addresses, ... }, got "db-1.example.com"'],
    ['a member without a host', { members: [{ resolution: Resolution.dnsRoundRobin() } as never] }, '\'host\' is missing, which \'members[0]\' needs'],
    ['a member without resolution', { members: [{ host: 'a.example.com' } as never] }, '\'resolution\' is missing, which \'members[0]\' needs'],
    ['a member twice', { members: [member(1), member(1)] }, '\'members\' has "db-1.example.com" twice'],
    ['a wildcard', { members: [member(1, { host: '*.example.com', resolution: Resolution.none() })] },
      '\'members\' has the wildcard "*.example.com", and a member is one server: name each of them'],
    ['a member that is several servers', { members: [member(1, { resolution: Resolution.ipAddresses('192.0.2.1', '192.0.2.2') })] },
      '\'members[0]\': \'Resolution.ipAddresses()\' of a member must be the address of one server, got "192.0.2.1", "192.0.2.2": the members tell their clients which of them to ask'],
    ['a member that is a range', { members: [member(1, { resolution: Resolution.ipAddresses('192.0.2.0/24') })] },
      '\'members[0]\': \'Resolution.ipAddresses()\' of a member must be the address of one server, got "192.0.2.0/24"'],
    ['a member whose name has several addresses', { members: [member(1, { resolution: Resolution.dns() })] },
      '\'members[0].resolution\' Resolution.dns() of a member would use every address of its name in turn, and a member is one server: use Resolution.dnsRoundRobin()'],
    ['a name for all entries', { metadata: { name: 'db' } }, '\'metadata.name\' "db" would be the name of 3 ServiceEntries: leave it out'],
    ['no ports', { ports: undefined }, '\'ports\' is missing, which ExternalCluster needs'],
    ['an unknown property', { hosts: ['a.example.com'] } as never, '\'hosts\' is not a property of ExternalCluster: it has \'members\', \'ports\', \'exportTo\''],
    ['a password as credentials', { credentials: 'secret' as never }, '\'credentials\' must be one of Credentials.fromSecret()'],
  ])('%s', (_, more, message) => {
    expect(refusal(more)).toContain(`[test/Db] ${message}`);
  });

  test('a member without resolution where TLS names it is accepted', () => {
    const members = [member(1, { resolution: Resolution.none() })];

    expect(all(synth(chart => cluster(chart, { members, ports: [{ number: 9142, protocol: Protocol.TLS }] })), 'ServiceEntry')).toHaveLength(1);
  });
});

type Kind = (chart: Chart, more?: object) => ExternalCluster;
const KINDS: { readonly [name: string]: Kind } = {
  ExternalKafka: (chart, more) => new ExternalKafka(chart, 'It', { brokers: MEMBERS, ...more }),
  ExternalRedisCluster: (chart, more) => new ExternalRedisCluster(chart, 'It', { nodes: MEMBERS, ...more }),
  ExternalRedisSentinel: (chart, more) => new ExternalRedisSentinel(chart, 'It', { servers: MEMBERS, masterName: 'my master', ...more }),
  ExternalMongoReplicaSet: (chart, more) => new ExternalMongoReplicaSet(chart, 'It', { members: MEMBERS, replicaSet: 'rs0', ...more }),
};
const list = (port: number) => [1, 2, 3].map(i => `db-${i}.example.com:${port}`).join(',');
const passthrough = { tls: ClientTls.passthrough() };

describe('a kind of cluster brings what its drivers need', () => {
  test.each<[string, object, number[], string, object]>([
    ['ExternalKafka', {}, [9092], 'TCP', { KAFKA_BOOTSTRAP_SERVERS: list(9092) }],
    ['ExternalKafka', { port: 9093, ...passthrough }, [9093], 'TLS', { KAFKA_BOOTSTRAP_SERVERS: list(9093) }],
    ['ExternalRedisCluster', {}, [6379], 'TCP', { REDIS_NODES: list(6379) }],
    ['ExternalRedisCluster', { port: 6380, ...passthrough }, [6380], 'TLS', { REDIS_NODES: list(6380) }],
    ['ExternalRedisSentinel', {}, [6379, 26379], 'TCP', { REDIS_SENTINELS: list(26379), REDIS_MASTER_NAME: 'my master' }],
    ['ExternalRedisSentinel', { port: 7000, sentinelPort: 27000 }, [7000, 27000], 'TCP', { REDIS_SENTINELS: list(27000), REDIS_MASTER_NAME: 'my master' }],
    ['ExternalMongoReplicaSet', {}, [27017], 'TCP', { MONGO_MEMBERS: list(27017), MONGO_URL: `mongodb://${list(27017)}/?replicaSet=rs0` }],
    ['ExternalMongoReplicaSet', { port: 27018, ...passthrough }, [27018], 'TLS',
      { MONGO_MEMBERS: list(27018), MONGO_URL: `mongodb://${list(27018)}/?replicaSet=rs0&tls=true` }],
  ])('%s %j', (kind, more, ports, protocol, expected) => {
    const entry = all(synth(chart => KINDS[kind](chart, more)), 'ServiceEntry')[0].spec;

    expect(entry.ports.map(({ number }: { number: number }) => number)).toEqual(ports);
    expect(entry.ports[0].protocol).toBe(protocol);
    expect(variables(chart => KINDS[kind](chart, more))).toStrictEqual(expected);
  });

  test('a URL has the path that is given, and the words of the driver', () => {
    expect(variables(chart => KINDS.ExternalMongoReplicaSet(chart), { urlPath: 'test', urlVariable: 'URI' })).toMatchObject(
      { URI: `mongodb://${list(27017)}/test?replicaSet=rs0` });
    expect(variables(chart => KINDS.ExternalRedisSentinel(chart), { urlPath: '0', urlVariable: 'URI' })).toMatchObject(
      { URI: `redis-sentinel://${list(26379)}/0?sentinelMasterId=my%20master` });
    expect(messageOf(() => variables(chart => KINDS.ExternalKafka(chart), { urlVariable: 'URI' }))).toContain('the protocol "kafka" has none');
  });

  test.each([['ExternalKafka', 'brokers'], ['ExternalRedisCluster', 'nodes'], ['ExternalRedisSentinel', 'servers'], ['ExternalMongoReplicaSet', 'members']])(
    '%s calls the members %s, in messages too', (kind, property) => {
      const message = (members: unknown) => messageOf(() => synth(chart => KINDS[kind](chart, { [property]: members })));

      expect(message([member(1), member(1)])).toBe(`[test/It] '${property}' has "db-1.example.com" twice: write it once`);
      expect(message(undefined)).toContain(`[test/It] '${property}' must not be empty`);
      expect(message({})).toContain(`[test/It] '${property}' must be a list`);
    });

  test.each<[string, object, string]>([
    ['ExternalKafka', { nodes: [] }, '\'nodes\' is not a property of ExternalKafka: it has \'brokers\', \'port\', \'tls\', \'exportTo\''],
    ['ExternalRedisSentinel', { masterName: undefined }, '\'masterName\' is missing, which ExternalRedisSentinel needs'],
    ['ExternalRedisSentinel', { masterName: '' }, '\'masterName\' must be a text that is not empty, got ""'],
    ['ExternalRedisSentinel', { sentinelPort: 6379 }, '\'ports\' has 6379 twice: write it once'],
    ['ExternalMongoReplicaSet', { replicaSet: undefined }, '\'replicaSet\' is missing, which ExternalMongoReplicaSet needs'],
    ['ExternalMongoReplicaSet', { tls: 'SIMPLE' }, '\'tls\' must be one of ClientTls.disable(), passthrough(), originate() or mutual(), got "SIMPLE"'],
    ['ExternalRedisCluster', { port: 0 }, '\'port\' must be a whole number from 1 to 65535, got 0'],
  ])('%s %j is refused', (kind, more, message) => {
    expect(messageOf(() => synth(chart => KINDS[kind](chart, more)))).toContain(`[test/It] ${message}`);
  });
});

describe('a cluster that another app declares', () => {
  const options = { namespaceName: 'platform', gateway: EgressGateway.istioEgressGateway() };
  const hosts = ['db-1.example.com', 'db-2.example.com', 'db-3.example.com'];

  test.each<[string, (chart: Chart) => IExternalService, object]>([
    ['ExternalCluster', chart => ExternalCluster.fromClusterAttributes(chart, 'It', { hosts, ports: PORTS, ...options }), { TCP_MEMBERS: list(9042) }],
    ['ExternalKafka', chart => ExternalKafka.fromAttributes(chart, 'It', { hosts, ...options }), { KAFKA_BOOTSTRAP_SERVERS: list(9092) }],
    ['ExternalRedisCluster', chart => ExternalRedisCluster.fromAttributes(chart, 'It', { hosts, ...options }), { REDIS_NODES: list(6379) }],
    ['ExternalRedisSentinel', chart => ExternalRedisSentinel.fromAttributes(chart, 'It', { hosts, masterName: 'm', ...options }),
      { REDIS_SENTINELS: list(26379), REDIS_MASTER_NAME: 'm' }],
    ['ExternalMongoReplicaSet', chart => ExternalMongoReplicaSet.fromAttributes(chart, 'It', { hosts, replicaSet: 'rs0', ...options }),
      { MONGO_MEMBERS: list(27017), MONGO_URL: `mongodb://${list(27017)}/?replicaSet=rs0` }],
  ])('gives the same variables: %s', (_, make, expected) => {
    expect(variables(make)).toStrictEqual(expected);
  });

  test('is reached by the server names that the declaring app makes', () => {
    const namesIn = (manifests: Manifest[]) => all(manifests, 'DestinationRule').flatMap(({ spec }) => (
      spec.subsets.flatMap(({ trafficPolicy }: Manifest['spec']) => trafficPolicy.portLevelSettings.map(({ tls }: Manifest['spec']) => tls.sni))));
    const imported = synth(chart => ExternalKafka.fromAttributes(chart, 'It', { hosts, ...options }).connectFrom(pod(chart)));
    const declared = synth(chart => {
      const kafka = new ExternalKafka(chart, 'Events', { brokers: MEMBERS });
      new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() }).route(kafka);
      kafka.allowFrom(MeshClient.serviceAccount('bookinfo', 'app'));
    }, { namespace: 'platform' });

    expect(namesIn(imported)).toEqual(['p9092.platform.db-1.example.com', 'p9092.platform.db-2.example.com', 'p9092.platform.db-3.example.com']);
    expect(namesIn(declared)).toEqual(namesIn(imported));
  });

  test.each<[object, string]>([
    [{ hosts, ports: PORTS }, '\'namespaceName\' is missing, which ExternalCluster.fromClusterAttributes() needs'],
    [{ ...options, ports: PORTS }, '\'hosts\' is missing, which ExternalCluster.fromClusterAttributes() needs'],
    [{ ...options, hosts }, '\'ports\' is missing, which ExternalCluster.fromClusterAttributes() needs'],
    [{ ...options, hosts, ports: PORTS, members: [] }, '\'members\' is not a property of ExternalCluster.fromClusterAttributes()'],
  ])('needs what names it', (attributes, message) => {
    expect(messageOf(() => synth(chart => ExternalCluster.fromClusterAttributes(chart, 'It', attributes as never)))).toContain(`[test/It] ${message}`);
  });
});

test('only what an app declares can be routed', () => {
  expect(messageOf(() => synth(chart => {
    const imported = ExternalKafka.fromAttributes(chart, 'It', { hosts: ['a.example.com'], namespaceName: 'platform' });
    new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() }).route(imported as never);
  }))).toBe('[test/Egress] route() takes a service outside the mesh that this app declares, got the construct \'test/It\': the app that declares it '
    + 'routes it, and this one gives its \'gateway\' to fromAttributes()');
});
