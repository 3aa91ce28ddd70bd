import { Chart } from 'cdk8s';
import {
  Credentials, EgressGateway, EgressGuard, EgressLockdown, EgressTelemetry, EgressViaGateway, ExternalCluster, ExternalHttp, ExternalMongo,
  ExternalMysql, ExternalPostgres, ExternalRedis, ExternalService, ExternalTcp, ExternalTls, IngressRoute, Membership, Mesh, MeshClient, MeshService,
  MysqlBootstrap, MysqlGrant, PostgresBootstrap, PostgresGrant, Protocol, Resolution, SecretFromStore, SecretStoreRef, TelemetryTarget,
  VirtualMachineService,
} from '../src';
import { messageOf, synth } from './helpers';

type Make = (chart: Chart, props: never) => unknown;

const HOST = { host: 'db.example.com', resolution: Resolution.dns() };
const IMPORTED = { host: 'db.example.com', namespaceName: 'platform' };

const BOOTSTRAP = { adminCredentials: Credentials.fromSecret('admin'), database: 'shop' };

/** With the service, which is made in the chart of the test; what is no properties stays as it is. */
const withService = (props: unknown, service: object) => (
  typeof props === 'object' && props !== null && !Array.isArray(props) ? { service, ...props } : props) as never;

/** Every public entry that takes properties, with the least that it takes. */
const ENTRIES: [name: string, make: Make, props: object, missing: string][] = [
  ['ExternalService', (c, p) => new ExternalService(c, 'It', p), { hosts: ['db.example.com'], ports: [{ number: 1 }], resolution: Resolution.dns() }, 'ports, resolution'],
  ['ExternalMysql', (c, p) => new ExternalMysql(c, 'It', p), HOST, 'resolution'],
  ['ExternalPostgres', (c, p) => new ExternalPostgres(c, 'It', p), HOST, 'resolution'],
  ['ExternalMongo', (c, p) => new ExternalMongo(c, 'It', p), HOST, 'resolution'],
  ['ExternalRedis', (c, p) => new ExternalRedis(c, 'It', p), HOST, 'resolution'],
  ['ExternalHttp', (c, p) => new ExternalHttp(c, 'It', p), HOST, 'resolution'],
  ['ExternalTls', (c, p) => new ExternalTls(c, 'It', p), HOST, 'resolution'],
  ['ExternalTcp', (c, p) => new ExternalTcp(c, 'It', p), { ...HOST, ports: [389] }, 'ports, resolution'],
  ['ExternalService.fromServiceAttributes()', (c, p) => ExternalService.fromServiceAttributes(c, 'It', p),
    { hosts: ['db.example.com'], ports: [{ number: 1 }], namespaceName: 'platform' }, 'namespaceName'],
  ['ExternalMysql.fromAttributes()', (c, p) => ExternalMysql.fromAttributes(c, 'It', p), IMPORTED, 'namespaceName'],
  ['ExternalPostgres.fromAttributes()', (c, p) => ExternalPostgres.fromAttributes(c, 'It', p), IMPORTED, 'namespaceName'],
  ['ExternalMongo.fromAttributes()', (c, p) => ExternalMongo.fromAttributes(c, 'It', p), IMPORTED, 'namespaceName'],
  ['ExternalRedis.fromAttributes()', (c, p) => ExternalRedis.fromAttributes(c, 'It', p), IMPORTED, 'namespaceName'],
  ['ExternalHttp.fromAttributes()', (c, p) => ExternalHttp.fromAttributes(c, 'It', p), IMPORTED, 'namespaceName'],
  ['ExternalTls.fromAttributes()', (c, p) => ExternalTls.fromAttributes(c, 'It', p), IMPORTED, 'namespaceName'],
  ['ExternalTcp.fromAttributes()', (c, p) => ExternalTcp.fromAttributes(c, 'It', p), { ...IMPORTED, ports: [389] }, 'ports, namespaceName'],
  ['IngressRoute', (c, p) => new IngressRoute(c, 'It', p), { hosts: ['*'], service: 'page', servicePort: 80 }, 'hosts, service, servicePort'],
  ['MeshService', (c, p) => new MeshService(c, 'It', p), { host: 'page', versions: ['v1'] }, 'host, versions'],
  ['VirtualMachineService', (c, p) => new VirtualMachineService(c, 'It', p).allowFrom(MeshClient.allIn('shop')),
    { serviceName: 'db', ports: [{ number: 1 }], membership: Membership.workloadGroup() }, 'serviceName, ports, membership'],
  ['EgressTelemetry', (c, p) => new EgressTelemetry(c, 'It', p), { target: TelemetryTarget.allIn('shop') }, 'target'],
  ['SecretFromStore', (c, p) => new SecretFromStore(c, 'It', p), { secretStoreRef: SecretStoreRef.secretStore('vault'), password: { key: 'db' } }, 'secretStoreRef'],
  ['MysqlBootstrap', (c, p: object) => new MysqlBootstrap(c, 'It', withService(p, new ExternalMysql(c, 'Db', HOST))),
    { ...BOOTSTRAP, users: [{ credentials: Credentials.fromSecret('a'), grants: [MysqlGrant.allOnDatabase()] }] }, 'adminCredentials, database, users'],
  ['PostgresBootstrap', (c, p: object) => new PostgresBootstrap(c, 'It', withService(p, new ExternalPostgres(c, 'Db', HOST))),
    { ...BOOTSTRAP, users: [{ credentials: Credentials.fromSecret('a'), grants: [PostgresGrant.onSequences()] }] }, 'adminCredentials, database, users'],
  ['EgressViaGateway', (c, p) => new EgressViaGateway(c, 'It', p), { gateway: EgressGateway.istioEgressGateway() }, ''],
  ['EgressGateway', (c, p) => new EgressGateway(c, 'It', p), { namespaces: ['shop'] }, ''],
  ['EgressGuard', (c, p) => new EgressGuard(c, 'It', p), { gateway: EgressGateway.istioEgressGateway(), namespaces: ['shop'] }, 'gateway'],
  ['ExternalCluster', (c, p) => new ExternalCluster(c, 'It', p),
    { members: [{ host: 'db.example.com', resolution: Resolution.dnsRoundRobin() }], ports: [{ number: 443, protocol: Protocol.TLS }] }, 'ports'],
  ['EgressLockdown', (c, p) => new EgressLockdown(c, 'It', p), {}, ''],
  ['EgressGateway.fromAttributes()', (_, p) => EgressGateway.fromAttributes(p), { serviceName: 'out', namespaceName: 'edge', selector: { app: 'out' } }, ''],
  ['Mesh.declare()', (c, p) => Mesh.declare(c.node.root, p), {}, ''],
];

/** Constructs that need no properties at all. */
const OPTIONAL = ['EgressGateway', 'EgressLockdown'];

const run = (make: Make, props: unknown) => synth(chart => make(chart, props as never));

const escaped = (text: string) => text.replace(/[.()[\]]/g, '\\$&');

const parentOf = (path: string) => path.replace(/\.?\w+$/, '');

/**
 * What is said of each property, however deep, in place of which there is something wrong. What a property has is taken from what is said of one that it
 * does not have.
 */
function wrongs(what: string, call: (props: unknown) => unknown, within: (value: unknown) => unknown, path = ''): [path: string, message: string][] {
  const said = (value: unknown) => {
    try {
      call(within(value));
      return '';
    } catch (error) {
      return (error as Error).message;
    }
  };
  const [, known] = said({ nonsense: 1 }).split(`'nonsense' is not a property of ${path === '' ? what : `'${path}'`}: it has `);
  return (known ?? '').split(', ').filter(quoted => quoted !== '').flatMap(quoted => {
    const property = quoted.slice(1, -1);
    const full = path === '' ? property : `${path}.${property}`;
    const message = said({ [property]: [[null]] });
    return [
      ...message === '' ? [] : [[full, message] as [string, string]],
      ...wrongs(what, call, value => within({ [property]: value }), full),
      ...wrongs(what, call, value => within({ [property]: [value] }), `${full}[0]`),
    ];
  });
}

describe.each(ENTRIES)('%s', (name, make, props, missing) => {
  test('takes the least that it needs', () => {
    expect(() => run(make, props)).not.toThrow();
  });

  test('misses what it needs', () => {
    for (const property of missing.split(', ').filter(needed => needed !== '')) {
      expect(messageOf(() => run(make, { ...props, [property]: undefined }))).toBe(`[test/It] '${property}' is missing, which ${name} needs`);
    }
  });

  test('refuses a property that it does not have, and says which it has', () => {
    const message = messageOf(() => run(make, { ...props, nonsense: 'hunter2' }));

    expect(message).toContain(`] 'nonsense' is not a property of ${name}: it has '`);
    Object.keys(props).forEach(property => expect(message).toContain(`'${property}'`));
    expect(message).not.toContain('hunter2');
  });

  test('names each property that is wrong with all that it is in', () => {
    // The value is [[null]]: of a list the item is wrong, of anything else the value.
    for (const [path, message] of wrongs(name, wrong => run(make, wrong), value => ({ ...props, ...value as object }))) {
      expect(message.replace(/^\[.*?\] /, '')).toMatch(new RegExp(`^'${escaped(path)}([.[]|'(?!.*got \\[null\\]))|^'\\w+' is missing, which '${escaped(parentOf(path))}' needs$`));
    }
  });

  test.each([undefined, null, 'text', []].filter(nothing => nothing !== undefined || !OPTIONAL.includes(name)).map(nothing => [nothing]))('refuses %j for its properties', nothing => {
    expect(messageOf(() => run(make, nothing))).toContain(`] ${name} needs its properties as { `);
  });
});

test('three properties of many are named as an example', () => {
  expect(messageOf(() => run((c, p) => new ExternalMysql(c, 'It', p), 5))).toBe('[test/It] ExternalMysql needs its properties as { host, port, resolution, ... }, got 5');
  expect(messageOf(() => run((c, p) => new MeshService(c, 'It', p), 5))).toBe('[test/It] MeshService needs its properties as { host, versions, http, ... }, got 5');
});
