/** Random applications: values of which some are wrong or rare, and some cannot go together. */
import { IstioApiVersion, OutboundTrafficPolicy } from 'cdk8s-istio-egress';
import * as fc from 'fast-check';
import {
  AppSpec, ChartSpec, ClientSpec, CLUSTER_KINDS, EndpointSpec, fittingTls, GatewayName, isCluster, isHttp, MachinesSpec, membersOf, Output, PortSpec,
  ProtocolName, PROTOCOLS, ResolutionSpec, ServiceSpec, TlsName, wireOf, WorkloadSpec,
} from './apps';
import { hasUrl } from './described';
import { BALANCERS, HeaderSpec, InsideSpec, MatchSpec } from './inside';

const NAMESPACES = ['shop', 'bookinfo', 'data'];
/** A namespace of services in which a gateway is installed. */
const GATEWAY_AMONG = 'data';
const ACCOUNTS = ['cart', 'ratings', 'orders.v2'];
const HOSTS = ['mysqldb.example.com', 'redis.example.com', 'api.example.org', 'db-1.internal.example.net', 'x.y'];
const LONG_HOST = `${'l'.repeat(63)}.${'o'.repeat(63)}.${'n'.repeat(63)}.example.com`;
const BAD_HOSTS = ['UPPER.example.com', '192.0.2.1', '192.0.2.256', 'nodot', '', 'a..b', 'details.shop.svc.cluster.local', '*', 'under_score.example.com'];
const PORTS = [3306, 6379, 443, 80, 8080, 5432, 5672, 27017, 9092];
const ADDRESSES = ['192.0.2.14', '192.0.2.15/32', '192.0.2.16', '192.0.2.17', '198.51.100.9', '203.0.113.0/28', '10.1.0.0/16'];
const REPLICAS = ['203.0.113.65', '203.0.113.66', '203.0.113.67', 'eu.replica.example.net', 'us.replica.example.net', '@'];
/** Some near the proxies that the judge asks for, some far from them. */
const LOCALITIES = ['eu-central-1/eu-central-1a', 'eu-central-1/eu-central-1a/rack-7', 'eu-central-1/eu-central-1b', 'eu-west-1/eu-west-1b', 'us-east-1'];
const BAD_ADDRESSES = ['192.0.2.256', 'db.example.com', '192.0.2.0/33', ''];
/** Ports from here on belong to the second repository, which cannot be told what the first declares. */
const FIRST_OF_SECOND = 60001;
const LONG_ID = `Very${'Long'.repeat(20)}`;

/** The one that every pod has which has none is refused behind a gateway. */
const ACCOUNT = mostly(fc.constantFrom(...ACCOUNTS), fc.constant('default'));

/** Now and then a namespace that has a gateway. */
const namespace = mostly(fc.constantFrom(...NAMESPACES), fc.constantFrom('egress', 'istio-system'), 15);

const client: fc.Arbitrary<ClientSpec> = fc.record({ namespace, account: seldom(2, ACCOUNT) });

/** Left out but for one time in so many. */
function seldom<T>(times: number, arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.oneof({ arbitrary: fc.constant(undefined), weight: times - 1 }, { arbitrary, weight: 1 });
}

/** Values of which one in many is wrong, or rare. */
function mostly<T>(usual: fc.Arbitrary<T>, rare: fc.Arbitrary<T>, weight = 30): fc.Arbitrary<T> {
  return fc.oneof({ arbitrary: usual, weight }, { arbitrary: rare, weight: 1 });
}

const port: fc.Arbitrary<PortSpec> = fc.record({
  number: mostly(fc.oneof(fc.constantFrom(...PORTS), fc.integer({ min: 1, max: FIRST_OF_SECOND - 1 })), fc.constantFrom(0, 65536, 1.5), 100),
  protocol: fc.oneof(fc.constantFrom<ProtocolName>('TCP', 'TLS', 'HTTP', 'MYSQL', 'REDIS'), fc.constantFrom(...PROTOCOLS)),
  tls: seldom(3, fc.constantFrom<TlsName>('disable', 'passthrough', 'originate', 'originateWithFile', 'originateWithSecret', 'mutual')),
  targetPort: seldom(5, fc.constantFrom(8443, 13306)),
  name: seldom(6, mostly(fc.constantFrom('db', 'tls-api', 'http'), fc.constantFrom('Not A Label', ''))),
});

/** An order of endpoints, their places, or neither; now and then both, which is refused. */
const endpoints: fc.Arbitrary<readonly EndpointSpec[]> = fc.record({
  addresses: mostly(
    fc.uniqueArray(fc.constantFrom(...REPLICAS), { minLength: 1, maxLength: 4 }),
    fc.array(fc.constantFrom(...REPLICAS, ...BAD_ADDRESSES), { minLength: 1, maxLength: 3 }),
  ),
  priorities: seldom(2, fc.array(seldom(3, fc.constantFrom(0, 1, 2, 9)), { minLength: 4, maxLength: 4 })),
  localities: seldom(3, fc.array(seldom(5, fc.constantFrom(...LOCALITIES)), { minLength: 4, maxLength: 4 })),
  weights: seldom(3, fc.array(seldom(2, fc.constantFrom(1, 3, 50)), { minLength: 4, maxLength: 4 })),
  both: mostly(fc.constant(false), fc.constant(true), 20),
}).map(({ addresses, priorities = [], localities = [], weights = [], both }) => addresses.map((address, i) => ({
  address, priority: priorities[i], locality: both || priorities.length === 0 ? localities[i] : undefined, weight: weights[i],
})));

const resolution: fc.Arbitrary<ResolutionSpec> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      how: fc.constant('ips' as const),
      addresses: mostly(
        fc.uniqueArray(fc.constantFrom(...ADDRESSES), { minLength: 1, maxLength: 3 }),
        fc.array(fc.constantFrom(...ADDRESSES, ...BAD_ADDRESSES), { minLength: 1, maxLength: 3 }),
      ),
    }),
  },
  { weight: 4, arbitrary: fc.record({ how: fc.constantFrom('dns' as const, 'dnsRoundRobin' as const) }) },
  { weight: 3, arbitrary: fc.record({ how: fc.constant('endpoints' as const), endpoints }) },
  { weight: 1, arbitrary: fc.record({ how: fc.constantFrom('none' as const, 'dynamicDns', 'dynamicDns') }) },
);

/** Hosts, addresses and kind of a cluster; its members are found by address, by name, or some by each. */
const membership = fc.record({
  kind: fc.constantFrom(...CLUSTER_KINDS),
  hosts: mostly(fc.integer({ min: 1, max: 3 }), fc.constant(0)).map(count => Array.from({ length: count }, (_, i) => `member-${i + 1}.#.example.com`)),
  ips: fc.uniqueArray(fc.integer({ min: 1, max: 99 }).map(n => `198.18.0.${n}`), { minLength: 3, maxLength: 3 }),
  found: fc.oneof(
    { weight: 4, arbitrary: fc.constant(3) }, { weight: 1, arbitrary: fc.constantFrom(1, 2) }, { weight: 3, arbitrary: fc.constant(0) },
  ),
  how: mostly(fc.constant('dnsRoundRobin' as const), fc.constantFrom('dns' as const, 'none', 'dynamicDns')),
  given: fc.option(fc.uniqueArray(fc.integer({ min: 1, max: 99 }).map(n => `240.0.1.${n}`), { minLength: 3, maxLength: 3 }), { nil: undefined }),
}).map(({ kind, hosts, ips, found, how, given }) => ({
  kind,
  hosts,
  resolution: found > 0 ? { how: 'ips' as const, addresses: ips.slice(0, found) } : { how },
  virtualAddresses: given?.slice(0, hosts.length),
}));

const service: fc.Arbitrary<ServiceSpec> = fc.record({
  id: mostly(fc.constantFrom('Mysql#', 'Db#', 'paymentsAPI#'), fc.constantFrom('Same', `${LONG_ID}#`)),
  kind: fc.oneof(fc.constant('generic' as const), fc.constantFrom('mysql' as const, 'redis', 'tcp', 'postgres', 'mongo', 'http', 'tls')),
  membership: seldom(5, membership),
  nested: fc.boolean(),
  hosts: fc.oneof(
    { weight: 8, arbitrary: mostly(fc.constantFrom(...HOSTS), fc.constantFrom(...BAD_HOSTS, LONG_HOST)).map(host => [host]) },
    { weight: 2, arbitrary: fc.constantFrom(...HOSTS).map(host => [`#.${host}`]) },
    { weight: 1, arbitrary: fc.uniqueArray(fc.constantFrom(...HOSTS), { minLength: 2, maxLength: 3 }) },
    { weight: 1, arbitrary: fc.constantFrom(['*.example.com'], ['*.#.example.org']) },
  ),
  ports: fc.oneof({ weight: 3, arbitrary: fc.tuple(port) }, { weight: 1, arbitrary: fc.array(port, { minLength: 2, maxLength: 3 }) }),
  resolution,
  virtualAddresses: seldom(10, fc.constantFrom(['240.0.0.7'], ['240.0.0.8', '240.0.0.9'], ['240.0.0.0/24'])),
  exportTo: seldom(8, fc.constantFrom(['.'], ['*'], ['.', 'data'], ['shop', 'bookinfo'])),
  settings: seldom(4, fc.constantFrom('some' as const, 'all', 'requests')),
  told: seldom(3, fc.constantFrom('members' as const, 'url', 'path')),
  name: seldom(6, mostly(fc.constantFrom('named', 'named-#'), fc.constantFrom('Bad_Name', 'x'.repeat(80)))),
  leg: fc.oneof(
    { weight: 5, arbitrary: fc.constant(undefined) },
    { weight: 8, arbitrary: fc.constant('mutual' as const) },
    { weight: 1, arbitrary: fc.constantFrom(6379, 3306, 443) },
  ),
  gateway: fc.constantFrom<GatewayName>('stock', 'stock', 'own', 'beside', 'among', 'deployed', 'deployed'),
  leavesRules: seldom(6, fc.constant(true)),
  routeFirst: fc.boolean(),
  allow: fc.array(client, { maxLength: 3 }),
  connect: fc.array(fc.nat({ max: 5 }), { maxLength: 2 }),
  careless: mostly(fc.constant(false), fc.constant(true), 12),
}).map(({ careless, membership: cluster, ...found }) => {
  const given = cluster ? { ...found, ...cluster } : found;
  return ofItsKind(careless ? given : careful(given));
});

/** Only the general kinds have several ports, with TCP; only the general one and clusters have several hosts. */
function ofItsKind(spec: ServiceSpec): ServiceSpec {
  const ports = ['generic', 'tcp', 'cluster'].includes(spec.kind) ? spec.ports : spec.ports.slice(0, spec.kind === 'redisSentinel' ? 2 : 1);
  return { ...spec, hosts: spec.kind === 'generic' || isCluster(spec.kind) ? spec.hosts : spec.hosts.slice(0, 1), ports };
}

/** A service without what cannot go together, which would be refused at once and never reach Istio. */
function careful(given: ServiceSpec): ServiceSpec {
  if (isCluster(given.kind)) {
    return carefulCluster(given);
  }
  const { resolution: how, leg } = given;
  if (given.hosts.some(host => host.startsWith('*')) || how.how === 'none' || how.how === 'dynamicDns') {
    return ofDomain(given);
  }
  const ports = given.hosts.length > 1 ? given.ports.map(overTls) : given.ports.map(found => ({ ...found, tls: fittingTls(given, found) }));
  const spec = { ...given, ports, kind: given.hosts.length > 1 ? 'generic' as const : given.kind };
  // Behind a gateway, and for HTTP, an address that the client dialled says nothing.
  const singles = leg !== undefined || ports.some(found => isHttp(wireOf(spec, found)));
  const several = how.how === 'endpoints' && given.hosts.length > 1;
  return {
    ...spec,
    resolution: several ? { how: 'dns' } : how.how === 'ips' && singles ? { how: 'ips', addresses: ['192.0.2.14', ...how.addresses.filter(single)] } : how,
    virtualAddresses: how.how === 'ips' || given.hosts.length > 1 ? undefined : spec.virtualAddresses,
    exportTo: seenBy(spec),
    allow: allowed(spec),
    told: fittingTold(spec),
  };
}

/** A wildcard, by one of the three ways that serve one; of several endpoints the first. */
function ofDomain(given: ServiceSpec): ServiceSpec {
  const { kind, resolution: how, hosts, ports } = given;
  const dynamic = how.how === 'dynamicDns';
  const byEndpoint = how.how === 'endpoints' && hosts.some(host => host.startsWith('*'));
  // Istio ignores another port at the servers.
  const asked = ({ targetPort: _, ...found }: PortSpec) => overTls(found);
  const readable = ports.map(dynamic ? asked : overTls);
  const leg = byEndpoint ? given.leg : undefined;
  return {
    ...given,
    kind: kind === 'tls' && readable.every(({ protocol }) => protocol === 'TLS') ? 'tls' : 'generic',
    hosts: dynamic && !hosts.every(host => host.startsWith('*')) ? ['*.#.example.org'] : hosts,
    ports: readable,
    resolution: dynamic ? how : byEndpoint ? { how: 'endpoints', endpoints: how.endpoints.slice(0, 1).map(ofAnotherHost) } : { how: 'none' },
    virtualAddresses: undefined,
    exportTo: seenBy({ ...given, leg, connect: [] }),
    settings: undefined,
    leg,
    leavesRules: undefined,
    allow: allowed({ leg, allow: given.allow }),
    connect: [],
  };
}

/** A wildcard is no server. */
function ofAnotherHost(endpoint: EndpointSpec): EndpointSpec {
  return endpoint.address === '@' ? { ...endpoint, address: 'any.example.net' } : endpoint;
}

/** A cluster that nothing speaks against, if its members by name have an address. */
function carefulCluster(given: ServiceSpec): ServiceSpec {
  const spec = { ...given, ports: given.ports.map(found => ({ ...found, tls: fittingTls(given, found) })) };
  return {
    ...spec,
    virtualAddresses: spec.resolution.how === 'ips' && spec.resolution.addresses.length >= spec.hosts.length ? undefined : spec.virtualAddresses,
    exportTo: seenBy(spec),
    allow: allowed(spec),
    name: undefined,
    told: fittingTold(spec),
  };
}

/** A URL only of what has one, a variable of members only of a cluster. */
function fittingTold(spec: ServiceSpec): ServiceSpec['told'] {
  if (spec.told === 'members') {
    return isCluster(spec.kind) ? 'members' : undefined;
  }
  return hasUrl(spec) ? spec.told : undefined;
}

function overTls(found: PortSpec): PortSpec {
  return { ...found, protocol: 'TLS', tls: undefined };
}

/** A route decides itself who sees a service; without one the clients have to be among those who do. */
function seenBy({ leg, exportTo, allow, connect }: Pick<ServiceSpec, 'leg' | 'exportTo' | 'allow' | 'connect'>): readonly string[] | undefined {
  if (leg !== undefined || exportTo === undefined) {
    return undefined;
  }
  if (exportTo.includes('*')) {
    return exportTo;
  }
  return connect.length > 0 ? undefined : [...new Set([...exportTo, ...allow.map(named => named.namespace)])];
}

/** A routed service needs a client; on a plaintext leg nobody has an account, and on a direct connection nothing tells accounts apart. */
function allowed({ leg, allow }: Pick<ServiceSpec, 'leg' | 'allow'>): readonly ClientSpec[] {
  const named = leg !== undefined && allow.length === 0 ? [{ namespace: 'shop', account: 'cart' }] : allow;
  return leg === undefined || typeof leg === 'number' ? named.map(({ namespace: whole }) => ({ namespace: whole })) : named;
}

function single(address: string): boolean {
  return address !== '192.0.2.14' && (!address.includes('/') || address.endsWith('/32'));
}

const workload: fc.Arbitrary<WorkloadSpec> = fc.record({
  kind: fc.constantFrom('Deployment', 'StatefulSet', 'DaemonSet'),
  // a gateway cannot tell those of the default account apart: such an app is refused, and rare
  account: mostly<string | undefined>(ACCOUNT, fc.constant(undefined)),
});

const header: fc.Arbitrary<HeaderSpec> = mostly(
  fc.constantFrom<HeaderSpec>(
    { how: 'exact', name: 'end-user', value: 'jason' },
    { how: 'prefix', name: 'end-user', value: 'jas' },
    { how: 'regex', name: 'end-user', value: 'j.*n' },
    { how: 'present', name: 'end-user', value: '' },
    { how: 'present', name: 'x-debug', value: '' },
    { how: 'exact', name: 'x-debug', value: 'yes' },
  ),
  fc.constantFrom<HeaderSpec>(
    { how: 'exact', name: 'End-User', value: 'jason' }, { how: 'exact', name: 'end-user', value: '' }, { how: 'regex', name: 'end-user', value: '(?!j).*' },
  ),
);

const match: fc.Arbitrary<MatchSpec> = fc.record({
  header,
  version: mostly(fc.integer({ min: 1, max: 2 }), fc.constant(9)),
  abort: seldom(3, mostly(fc.constantFrom(418, 503), fc.constant(99))),
  seconds: seldom(3, fc.constantFrom(1, 7)),
});

const inside: fc.Arbitrary<InsideSpec> = fc.record({
  host: fc.constantFrom('reviews', 'web'),
  versions: mostly(fc.integer({ min: 2, max: 3 }), fc.constant(1), 4),
  verb: fc.constantFrom('none', 'routeTo', 'split'),
  // Few of them: a match that an earlier one covers is refused.
  matches: fc.array(match, { maxLength: 2 }),
  mirror: seldom(3, fc.record({
    version: mostly(fc.constant(2), fc.constantFrom(1, 9), 6),
    percentage: seldom(2, mostly(fc.constantFrom(0.5, 25, 100), fc.constant(101))),
  })),
  seconds: seldom(3, fc.constantFrom(1, 3)),
  balancer: seldom(2, fc.constantFrom(...BALANCERS)),
  ejects: seldom(3, fc.constant(true)),
  backwards: fc.boolean(),
  exposed: seldom(2, fc.constantFrom('http', 'simple', 'mutual')),
  redirects: seldom(2, fc.constant(true)),
  careless: mostly(fc.constant(false), fc.constant(true), 12),
}).map(({ careless, ...found }) => (careless ? found : {
  ...found,
  matches: found.matches.map(given => ({ ...given, version: Math.min(given.version, found.versions) })),
  mirror: found.versions > 1 ? found.mirror : undefined,
  redirects: found.exposed === 'simple' || found.exposed === 'mutual' ? found.redirects : undefined,
}));

const machines: fc.Arbitrary<MachinesSpec> = fc.record({
  name: fc.constantFrom('legacy', 'vm'),
  fixed: fc.integer({ min: 0, max: 2 }),
  probed: fc.boolean(),
  // Not those of services outside, which may capture them for every address.
  ports: fc.uniqueArray(fc.record({
    number: fc.constantFrom(18001, 18002, 18003),
    targetPort: fc.constantFrom(undefined, undefined, 13306, 28080),
    protocol: fc.constantFrom<ProtocolName>('TCP', 'MYSQL', 'HTTP', 'GRPC', 'TLS'),
  }), { minLength: 1, maxLength: 3, selector: ({ number }) => number })
    .filter(ports => new Set(ports.map(found => found.targetPort ?? found.number)).size === ports.length),
  account: seldom(3, ACCOUNT),
  allow: fc.array(client, { minLength: 1, maxLength: 3 }),
  connected: fc.boolean(),
});

const chart: fc.Arbitrary<ChartSpec> = fc.record({
  namespace: mostly(namespace, fc.constant(undefined), 20),
  services: fc.array(service, { minLength: 1, maxLength: 3 }),
  workloads: fc.array(workload, { maxLength: 2 }),
  inside: seldom(2, inside),
  machines: seldom(4, machines),
});

/** Puts a number for each service where its words have a "#"; ids are distinct within a chart, or cdk8s itself would refuse them. */
function numbered(charts: readonly ChartSpec[]): ChartSpec[] {
  return charts.map((found, c) => ({
    ...found,
    services: found.services.map((spec, i): ServiceSpec => {
      const fill = (text: string) => text.replace('#', `${c}${i}`);
      // A name that is given twice in one namespace is refused; in two namespaces it is right, but one file for each object cannot hold it.
      const name = spec.name === 'named' ? `named-${found.namespace}` : spec.name && fill(spec.name);
      return { ...spec, id: fill(spec.id === 'Same' && i > 0 ? 'Same#' : spec.id), hosts: spec.hosts.map(fill), name };
    }),
    inside: found.inside && { ...found.inside, host: `${found.inside.host}-${c}` },
    machines: found.machines && { ...found.machines, name: `${found.machines.name}-${c}` },
  }));
}

const mesh = seldom(2, fc.record({
  dnsCapture: fc.boolean(),
  trustDomain: fc.constantFrom(undefined, 'corp.example'),
  trustDomainAliases: fc.constantFrom<string[] | undefined>(undefined, [], ['old.example'], ['old.example', 'older.example']),
  clusterDomain: fc.constantFrom(undefined, 'k8s.corp.example'),
  rootNamespace: fc.constantFrom(undefined, undefined, 'istio-config', 'data'),
  outboundTrafficPolicy: fc.constantFrom(undefined, ...Object.values(OutboundTrafficPolicy)),
  ipAutoAllocate: fc.constantFrom(undefined, undefined, false),
  virtualIpRange: fc.constantFrom(undefined, '240.64.0.0/10', '10.128.0.0/16'),
  apiVersion: fc.constantFrom(undefined, ...Object.values(IstioApiVersion)),
})).map(found => (found?.virtualIpRange === undefined ? found : { ...found, dnsCapture: false }))
  // There is no default where istiod is then.
  .map(found => (found?.rootNamespace === undefined ? found : { ...found, controlPlane: { namespaceName: found.rootNamespace } }));

const output = fc.constantFrom<Output>('FILE_PER_CHART', 'FILE_PER_CHART', 'FILE_PER_APP', 'FILE_PER_RESOURCE', 'FOLDER_PER_CHART_FILE_PER_RESOURCE');

/** Charts of a second repository: services that get along with everything that the first may declare. */
const second: fc.Arbitrary<readonly ChartSpec[] | undefined> = seldom(4, fc.array(chart, { minLength: 1, maxLength: 2 }).map(charts => {
  let n = 0;
  return distinct(charts, spec => {
    n++;
    const id = `Their${spec.id.replace('#', '')}${n}`;
    return { ...spec, id, hosts: [`their-${n}.example.org`], ports: [{ ...spec.ports[0], number: FIRST_OF_SECOND + n }], leavesRules: undefined, n };
  }, index => `198.51.100.${index}`);
}));

/** Charts in which nothing is wrong: each service has a host, a port and an address of its own, and clients where it is routed. */
function distinct(
  charts: readonly ChartSpec[], own: (spec: ServiceSpec) => ServiceSpec & { readonly n: number }, address: (index: number) => string,
): ChartSpec[] {
  return charts.map(found => ({
    ...found,
    namespace: found.namespace ?? 'shop',
    inside: undefined,
    machines: undefined,
    services: found.services.map((given): ServiceSpec => {
      const { n, ...spec } = own(given);
      const [{ number }] = spec.ports;
      const several = ['generic', 'tcp', 'cluster', 'redisSentinel'].includes(spec.kind) ? given.ports : given.ports.slice(0, 1);
      const leg = spec.leg === undefined ? undefined : 'mutual';
      const hosts = isCluster(spec.kind) ? (given.hosts.length > 0 ? given.hosts : ['']).map((_, i) => `member-${i + 1}.${spec.hosts[0]}`) : spec.hosts;
      const plain: ServiceSpec = {
        ...spec,
        hosts,
        ports: several.map(({ name: _, ...opened }, i) => {
          const fitting = { ...opened, number: number + 1000 * i, tls: fittingTls({ kind: spec.kind, leg }, opened) };
          return spec.kind === 'generic' || spec.kind === 'cluster' ? fitting : { ...fitting, protocol: 'TCP', targetPort: undefined };
        }),
        resolution: { how: 'ips', addresses: isCluster(spec.kind) ? hosts.map((_, i) => address(10 * n + i)) : [address(n)] },
        virtualAddresses: undefined,
        exportTo: undefined,
        name: undefined,
        leg,
        allow: allowed({ leg, allow: spec.allow }),
      };
      return { ...plain, ...ownPlaces(plain, spec, n, address), told: fittingTold(plain) };
    }),
  }));
}

/** How a service without anything wrong is found, and the addresses that stand for it: as it was, with addresses that no other has. */
function ownPlaces(
  { kind, hosts, resolution: byAddress }: ServiceSpec, { resolution: how, virtualAddresses }: ServiceSpec, n: number, address: (_: number) => string,
): Partial<ServiceSpec> {
  if (isCluster(kind)) {
    const byName = how.how === 'dnsRoundRobin' && virtualAddresses !== undefined;
    return byName ? { resolution: how, virtualAddresses: hosts.map((_, i) => `240.0.${n}.${i + 1}`) } : {};
  }
  switch (how.how) {
    case 'dns': case 'dnsRoundRobin': return { resolution: how };
    case 'endpoints': {
      const servers = how.endpoints.filter(({ address: at }, i, all) => /[.@]/.test(at) && all.findIndex(other => other.address === at) === i);
      const own = servers.map((endpoint, i) => ({ ...endpoint, address: /^[\d./]*$/.test(endpoint.address) ? address(110 + 10 * n + i) : endpoint.address }));
      const ordered = own.some(({ priority }) => priority !== undefined) ? own.map(endpoint => ({ ...endpoint, locality: undefined })) : own;
      return own.length > 0 ? { resolution: { how: 'endpoints', endpoints: ordered } } : {};
    }
    default: return { resolution: byAddress };
  }
}

const wild: fc.Arbitrary<AppSpec> = fc.record({
  mesh,
  charts: fc.array(chart, { minLength: 1, maxLength: 3 }).map(numbered),
  second,
  locked: seldom(2, fc.uniqueArray(fc.constantFrom(...NAMESPACES), { minLength: 1, maxLength: 3 })),
  output,
  tame: fc.constant(false),
}).map(knownAlone);

/** The lock-down of a namespace knows its own repository alone, and cuts calls inside the mesh that it was not told of. */
function knownAlone(app: AppSpec): AppSpec {
  const others = app.second !== undefined || app.charts.some(({ inside: called }) => called !== undefined);
  const root = app.mesh?.rootNamespace;
  return { ...app, locked: others ? undefined : app.locked?.filter(locked => locked !== root) };
}

/** A second repository routes through the deployed gateway of the first only when there is one. */
function deployedByFirst(app: AppSpec): AppSpec {
  const uses = (charts: readonly ChartSpec[]) => charts.some(({ services }) => services.some(({ leg, gateway }) => leg !== undefined && gateway === 'deployed'));
  const elsewhere = (charts: readonly ChartSpec[]) => charts.map(found => ({
    ...found,
    services: found.services.map(spec => (spec.gateway === 'deployed' ? { ...spec, gateway: 'own' as const } : spec)),
  }));
  return uses(app.charts) ? app : { ...app, second: app.second && elsewhere(app.second) };
}

const directs = fc.array(fc.boolean(), { minLength: 9, maxLength: 9 });

/** Distinct hosts, ports and addresses of plain services: apps that nothing speaks against. */
const tame: fc.Arbitrary<AppSpec> = fc.record({ app: wild, direct: directs }).map(({ app, direct }) => {
  let n = 0;
  const named = (given: ClientSpec): ClientSpec => ({ ...given, account: given.account === 'default' ? 'cart' : given.account });
  const ownAccounts = (charts: readonly ChartSpec[]) => charts.map(found => ({
    ...found,
    services: found.services.map(spec => ({ ...spec, allow: spec.allow.map(named) })),
    workloads: found.workloads.map(({ kind, account }) => ({ kind, account: account === undefined || account === 'default' ? 'cart' : account })),
  }));
  return {
    ...app,
    tame: true,
    // An installed gateway would be cut off by a lock-down of its namespace.
    locked: app.locked?.filter(locked => locked !== GATEWAY_AMONG),
    second: app.second && ownAccounts(app.second),
    charts: distinct(ownAccounts(app.charts), spec => {
      n++;
      const leg = direct[n % direct.length] ? undefined : 'mutual';
      return { ...spec, id: `Db${n}`, hosts: [`db-${n}.example.com`], ports: [{ ...spec.ports[0], number: 3306 + n }], leg, n };
    }, index => `192.0.2.${index}`),
  };
});

/** Where sidecars let everything out, a restriction of a direct service is refused, because it would restrict nobody. */
function honest(app: AppSpec): AppSpec {
  if (app.mesh?.outboundTrafficPolicy !== OutboundTrafficPolicy.ALLOW_ANY) {
    return app;
  }
  const unrestricted = (charts: readonly ChartSpec[]) => charts.map(found => ({
    ...found,
    services: found.services.map(spec => (spec.leg === undefined ? { ...spec, allow: [] } : spec)),
  }));
  return { ...app, charts: unrestricted(app.charts), second: app.second && unrestricted(app.second) };
}

/** Before Istio 1.22 a sidecar keeps the port that the client dialled, where it keeps the address. */
function ofItsTime(app: AppSpec): AppSpec {
  if ((app.mesh?.apiVersion ?? IstioApiVersion.V1) === IstioApiVersion.V1) {
    return app;
  }
  const asDialled = (charts: readonly ChartSpec[]) => charts.map(found => ({
    ...found,
    services: found.services.map(spec => (spec.leg !== undefined || !membersOf(spec).some(member => member.resolution.how === 'ips') ? spec : {
      ...spec, ports: spec.ports.map(({ targetPort: _, tls, ...opened }) => ({ ...opened, tls: tls === 'passthrough' ? tls : undefined })),
    })),
  }));
  return { ...app, charts: asDialled(app.charts), second: app.second && asDialled(app.second) };
}

/** Random apps: two in three with anything that comes to mind, one in three that must be accepted. */
export const anyApp: fc.Arbitrary<AppSpec> = fc.oneof({ arbitrary: wild, weight: 2 }, { arbitrary: tame, weight: 1 })
  .map(honest).map(ofItsTime).map(deployedByFirst);
