/** Random applications over the package's public API, as plain data that can be shrunk, printed and built. */
import { ApiObject, App, Chart } from 'cdk8s';
import {
  Credentials, EgressGateway, EgressViaGateway, ExternalMysql, ExternalRedis, ExternalService, ExternalServiceOptions, ExternalTcp, GatewayLeg,
  IEgressGateway, IngressRoute, Mesh, MeshClient, MeshService, PathMatch, Protocol, Resolution,
} from 'cdk8s-istio-egress';
import { Construct } from 'constructs';
import * as fc from 'fast-check';

type ProtocolName = 'TCP' | 'TLS' | 'MYSQL' | 'REDIS';

export interface PortSpec {
  readonly number: number;
  readonly protocol: ProtocolName;
  readonly targetPort?: number;
  readonly name?: string;
}

export interface ClientSpec {
  readonly namespace: string;
  readonly account?: string;
}

export type ResolutionSpec = { readonly how: 'ips'; readonly addresses: readonly string[] } | { readonly how: 'dns' | 'dnsRoundRobin' | 'none' };

export interface ServiceSpec {
  readonly id: string;
  readonly kind: 'generic' | 'mysql' | 'redis' | 'tcp';
  /** Inside a construct of its own, not right in the chart. */
  readonly nested: boolean;
  readonly hosts: readonly string[];
  readonly ports: readonly PortSpec[];
  readonly resolution: ResolutionSpec;
  readonly virtualAddresses?: readonly string[];
  readonly exportTo?: readonly string[];
  readonly name?: string;
  /** Through the gateway: on mutual TLS, or in plaintext on this port of it. */
  readonly leg?: 'mutual' | number;
  /** Whether the route is declared before the clients. */
  readonly routeFirst: boolean;
  readonly allow: readonly ClientSpec[];
  /** Indexes into all workloads of the app. */
  readonly connect: readonly number[];
}

export interface WorkloadSpec {
  readonly kind: 'Deployment' | 'StatefulSet' | 'DaemonSet';
  readonly account?: string;
}

export interface InsideSpec {
  readonly host: string;
  readonly versions: number;
  readonly verb: 'none' | 'routeTo' | 'split';
  readonly exposed: boolean;
}

export interface ChartSpec {
  readonly namespace?: string;
  readonly services: readonly ServiceSpec[];
  readonly workloads: readonly WorkloadSpec[];
  readonly inside?: InsideSpec;
}

export interface AppSpec {
  readonly mesh?: { readonly dnsCapture?: boolean; readonly trustDomain?: string; readonly clusterDomain?: string };
  readonly gateway: 'stock' | 'own';
  readonly charts: readonly ChartSpec[];
  /** Nothing in it may be refused. */
  readonly tame: boolean;
}

/** Builds an app as a user would write it. */
export function build(app: App, spec: AppSpec): void {
  if (spec.mesh) {
    Mesh.declare(app, spec.mesh);
  }
  const charts = spec.charts.map((chart, i) => new Chart(app, `chart-${i}`, { namespace: chart.namespace }));
  const workloads = spec.charts.flatMap((chart, i) => chart.workloads.map((workload, n) => makeWorkload(charts[i], n, workload)));
  spec.charts.forEach((chart, i) => {
    const egress = chart.services.some(service => service.leg !== undefined)
      ? new EgressViaGateway(charts[i], 'Egress', { gateway: gatewayOf(spec) })
      : undefined;
    chart.services.forEach(service => makeService(charts[i], service, workloads, egress));
    if (chart.inside) {
      makeInside(charts[i], chart.inside, i);
    }
  });
}

export function gatewayOf({ gateway }: AppSpec): IEgressGateway {
  return gateway === 'stock'
    ? EgressGateway.istioEgressGateway()
    : EgressGateway.fromAttributes({ serviceName: 'team-egress', namespaceName: 'egress', selector: { app: 'team-egress' }, port: 15443 });
}

function makeWorkload(chart: Chart, index: number, { kind, account }: WorkloadSpec): ApiObject {
  const labels = { app: `workload-${index}` };
  const name = `${chart.node.id}-workload-${index}`;
  return new ApiObject(chart, `Workload${index}`, {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name },
    spec: {
      ...(kind === 'StatefulSet' ? { serviceName: name } : {}),
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { serviceAccountName: account, containers: [{ name: 'main', image: 'registry.example.com/app:1.0.0' }] },
      },
    },
  });
}

function makeService(chart: Chart, spec: ServiceSpec, workloads: readonly ApiObject[], egress: EgressViaGateway | undefined): void {
  const scope = spec.nested ? new Construct(chart, `Around${spec.id}`) : chart;
  const service = construct(scope, spec);
  const route = () => {
    if (spec.leg !== undefined) {
      egress!.route(service, spec.leg === 'mutual' ? {} : { leg: GatewayLeg.plaintext(spec.leg) });
    }
  };
  const clients = () => {
    if (spec.allow.length > 0) {
      service.allowFrom(...spec.allow.map(({ namespace, account }) => (
        account === undefined ? MeshClient.allIn(namespace) : MeshClient.serviceAccount(namespace, account))));
    }
    connected(spec, workloads).forEach((workload, i) => service.connectFrom(workload, { envPrefix: `C${i}_${spec.id.toUpperCase()}` }));
  };
  (spec.routeFirst ? [route, clients] : [clients, route]).forEach(step => step());
}

function connected<T>(spec: ServiceSpec, workloads: readonly T[]): T[] {
  return workloads.length === 0 ? [] : [...new Set(spec.connect.map(index => workloads[index % workloads.length]))];
}

function construct(scope: Construct, spec: ServiceSpec): ExternalService {
  const options: ExternalServiceOptions = {
    resolution: resolutionOf(spec.resolution),
    addresses: spec.virtualAddresses && [...spec.virtualAddresses],
    exportTo: spec.exportTo && [...spec.exportTo],
    metadata: spec.name === undefined ? undefined : { name: spec.name },
    credentials: Credentials.fromSecret('credentials'),
  };
  const [host] = spec.hosts;
  const [{ number }] = spec.ports;
  switch (spec.kind) {
    case 'mysql': return new ExternalMysql(scope, spec.id, { ...options, host, port: number });
    case 'redis': return new ExternalRedis(scope, spec.id, { ...options, host, port: number });
    case 'tcp': return new ExternalTcp(scope, spec.id, { ...options, host, ports: spec.ports.map(port => port.number) });
    case 'generic': return new ExternalService(scope, spec.id, {
      ...options,
      hosts: [...spec.hosts],
      ports: spec.ports.map(port => ({ ...port, protocol: Protocol[port.protocol] })),
    });
  }
}

function resolutionOf(spec: ResolutionSpec): Resolution {
  switch (spec.how) {
    case 'ips': return Resolution.ipAddresses(...spec.addresses);
    case 'dns': return Resolution.dns();
    case 'dnsRoundRobin': return Resolution.dnsRoundRobin();
    case 'none': return Resolution.none();
  }
}

/** A service inside the mesh with versions, its rules, and an ingress route to it. */
function makeInside(chart: Chart, spec: InsideSpec, index: number): void {
  const versions = Array.from({ length: spec.versions }, (_, i) => `v${i + 1}`);
  new ApiObject(chart, 'InsideService', {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: spec.host },
    spec: { selector: { app: spec.host }, ports: [{ port: 9080, name: 'http' }] },
  });
  for (const version of versions) {
    const labels = { app: spec.host, version };
    new ApiObject(chart, `Inside-${version}`, {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: `${spec.host}-${version}` },
      spec: {
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'registry.example.com/app:1.0.0' }] } },
      },
    });
  }
  const rules = new MeshService(chart, 'Inside', { host: spec.host, versions });
  if (spec.verb === 'routeTo') {
    rules.routeTo(versions[0]);
  } else if (spec.verb === 'split') {
    rules.split(Object.fromEntries(versions.map((version, i) => [version, i === 0 ? 100 - 10 * (versions.length - 1) : 10])));
  }
  if (spec.exposed) {
    new IngressRoute(chart, 'Exposed', { hosts: [`app-${index}.example.com`], service: spec.host, servicePort: 9080, paths: [PathMatch.prefix('/')] });
  }
}

/** What the app's own description says of a service, worked out apart from the library; compared with what the library says. */
export interface Described {
  readonly hosts: readonly string[];
  readonly ports: readonly string[];
  readonly clients: readonly string[];
  readonly visibleTo: readonly string[];
  readonly routed: boolean;
}

/** Every service of the app, in the order of its description. */
export function describe(spec: AppSpec): Described[] {
  const workloads = spec.charts.flatMap(({ namespace, workloads: own }) => own.map(({ account }) => ({ namespace: namespace ?? '', account: account ?? 'default' })));
  return spec.charts.flatMap(({ namespace = '', services }) => services.map(service => {
    const named = [...service.allow, ...connected(service, workloads)];
    const clients: readonly ClientSpec[] = named.length > 0 ? named : [{ namespace }];
    return {
      hosts: sorted(service.hosts),
      ports: sorted(service.ports.map(({ number, targetPort, protocol }) => (
        service.kind === 'generic' ? `${number}:${targetPort ?? number}/${protocol === 'TLS' ? 'TLS' : 'TCP'}` : `${number}:${number}/TCP`))),
      clients: sorted(clients.map(client => `${client.namespace}/${client.account ?? '*'}`)),
      visibleTo: sorted(service.exportTo?.map(visible => (visible === '.' ? namespace : visible)) ?? clients.map(client => client.namespace)),
      routed: service.leg !== undefined,
    };
  }));
}

export function sorted(values: readonly string[]): string[] {
  return [...new Set(values)].sort();
}

const NAMESPACES = ['shop', 'bookinfo', 'data'];
const ACCOUNTS = ['cart', 'ratings', 'default', 'orders.v2'];
const HOSTS = ['mysqldb.example.com', 'redis.example.com', 'api.example.org', 'db-1.internal.example.net', 'x.y'];
const LONG_HOST = `${'l'.repeat(63)}.${'o'.repeat(63)}.${'n'.repeat(63)}.example.com`;
const BAD_HOSTS = ['UPPER.example.com', '192.0.2.1', 'nodot', '', 'a..b', 'details.shop.svc.cluster.local', '*', 'under_score.example.com'];
const PORTS = [3306, 6379, 443, 80, 5432, 27017, 9092];
const ADDRESSES = ['192.0.2.14', '192.0.2.15/32', '192.0.2.16', '192.0.2.17', '198.51.100.9', '203.0.113.0/28', '10.1.0.0/16'];
const BAD_ADDRESSES = ['192.0.2.256', 'db.example.com', '192.0.2.0/33', ''];
const LONG_ID = `Very${'Long'.repeat(20)}`;

const namespace = fc.constantFrom(...NAMESPACES);

const client: fc.Arbitrary<ClientSpec> = fc.record({ namespace, account: seldom(2, fc.constantFrom(...ACCOUNTS)) });

/** Left out but for one time in so many. */
function seldom<T>(times: number, arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.oneof({ arbitrary: fc.constant(undefined), weight: times - 1 }, { arbitrary, weight: 1 });
}

/** Values of which one in many is wrong, or rare. */
function mostly<T>(usual: fc.Arbitrary<T>, rare: fc.Arbitrary<T>, weight = 30): fc.Arbitrary<T> {
  return fc.oneof({ arbitrary: usual, weight }, { arbitrary: rare, weight: 1 });
}

const port: fc.Arbitrary<PortSpec> = fc.record({
  number: mostly(fc.oneof(fc.constantFrom(...PORTS), fc.integer({ min: 1, max: 65535 })), fc.constantFrom(0, 65536, 1.5), 100),
  protocol: fc.constantFrom<ProtocolName>('TCP', 'TLS', 'MYSQL', 'REDIS'),
  targetPort: seldom(5, fc.constantFrom(8443, 13306)),
  name: seldom(6, mostly(fc.constantFrom('db', 'tls-api', 'http'), fc.constantFrom('Not A Label', ''))),
});

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
  { weight: 1, arbitrary: fc.record({ how: fc.constant('none' as const) }) },
);

function service(index: string): fc.Arbitrary<ServiceSpec> {
  return fc.record({
    // The first service of a chart may have the id of another chart's first.
    id: mostly(fc.constantFrom(`Mysql${index}`, `Db${index}`, `paymentsAPI${index}`), fc.constantFrom(index.endsWith('0') ? 'Same' : index, `${LONG_ID}${index}`)),
    kind: fc.constantFrom('generic', 'mysql', 'redis', 'tcp'),
    nested: fc.boolean(),
    hosts: fc.oneof(
      { weight: 8, arbitrary: mostly(fc.constantFrom(...HOSTS), fc.constantFrom(...BAD_HOSTS, LONG_HOST)).map(host => [host]) },
      { weight: 2, arbitrary: fc.constantFrom(...HOSTS).map(host => [`${index}.${host}`]) },
      { weight: 1, arbitrary: fc.uniqueArray(fc.constantFrom(...HOSTS), { minLength: 2, maxLength: 3 }) },
      { weight: 1, arbitrary: fc.constant(['*.example.com']) },
    ),
    ports: fc.oneof({ weight: 3, arbitrary: fc.tuple(port) }, { weight: 1, arbitrary: fc.array(port, { minLength: 2, maxLength: 3 }) }),
    resolution,
    virtualAddresses: seldom(10, fc.constantFrom(['240.0.0.7'], ['240.0.0.8', '240.0.0.9'], ['240.0.0.0/24'])),
    exportTo: seldom(8, fc.constantFrom(['.'], ['*'], ['.', 'data'], ['shop', 'bookinfo'])),
    name: seldom(6, mostly(fc.constantFrom('named', `named-${index}`), fc.constantFrom('Bad_Name', 'x'.repeat(80)))),
    leg: fc.oneof(
      { weight: 5, arbitrary: fc.constant(undefined) },
      { weight: 8, arbitrary: fc.constant('mutual' as const) },
      { weight: 1, arbitrary: fc.constantFrom(6379, 3306, 443) },
    ),
    routeFirst: fc.boolean(),
    allow: fc.array(client, { maxLength: 3 }),
    connect: fc.array(fc.nat({ max: 5 }), { maxLength: 2 }),
    careless: mostly(fc.constant(false), fc.constant(true), 12),
  }).map(({ careless, ...found }) => ofItsKind(careless ? found : careful(found)));
}

/** Only the general kind has several hosts, and only it and TCP several ports. */
function ofItsKind(spec: ServiceSpec): ServiceSpec {
  if (spec.kind === 'generic') {
    return spec;
  }
  return { ...spec, hosts: spec.hosts.slice(0, 1), ports: spec.kind === 'tcp' ? spec.ports : spec.ports.slice(0, 1) };
}

/** A service without what cannot go together, which would be refused at once and never reach Istio. */
function careful(spec: ServiceSpec): ServiceSpec {
  const { resolution: how, leg } = spec;
  if (spec.hosts.some(host => host.startsWith('*')) || how.how === 'none') {
    const ports = spec.ports.map(found => ({ ...found, protocol: 'TLS' as const }));
    return { ...spec, kind: 'generic', ports, resolution: { how: 'none' }, virtualAddresses: undefined, leg: undefined };
  }
  const several = spec.hosts.length > 1;
  return {
    ...spec,
    ports: several ? spec.ports.map(found => ({ ...found, protocol: 'TLS' as const })) : spec.ports,
    resolution: how.how === 'ips' && leg !== undefined ? { how: 'ips', addresses: ['192.0.2.14', ...how.addresses.filter(single)] } : how,
    virtualAddresses: how.how === 'ips' ? undefined : spec.virtualAddresses,
    exportTo: leg === undefined ? spec.exportTo : undefined,
    allow: typeof leg === 'number' ? [] : spec.allow,
  };
}

function single(address: string): boolean {
  return address !== '192.0.2.14' && (!address.includes('/') || address.endsWith('/32'));
}

const workload: fc.Arbitrary<WorkloadSpec> = fc.record({
  kind: fc.constantFrom('Deployment', 'StatefulSet', 'DaemonSet'),
  account: seldom(2, fc.constantFrom(...ACCOUNTS)),
});

const inside: fc.Arbitrary<InsideSpec> = fc.record({
  host: fc.constantFrom('reviews', 'web'),
  versions: fc.integer({ min: 1, max: 3 }),
  verb: fc.constantFrom('none', 'routeTo', 'split'),
  exposed: fc.boolean(),
});

function chart(index: number): fc.Arbitrary<ChartSpec> {
  return fc.record({
    namespace: mostly(namespace, fc.constant(undefined), 20),
    services: fc.integer({ min: 1, max: 3 }).chain(count => fc.tuple(...Array.from({ length: count }, (_, i) => service(`${index}${i}`)))),
    workloads: fc.array(workload, { maxLength: 2 }),
    inside: seldom(3, inside),
  });
}

const mesh = seldom(2, fc.record({
  dnsCapture: fc.boolean(),
  trustDomain: fc.constantFrom(undefined, 'corp.example'),
  clusterDomain: fc.constantFrom(undefined, 'k8s.corp.example'),
}));

const gateway = fc.constantFrom('stock' as const, 'own' as const);

const wild: fc.Arbitrary<AppSpec> = fc.record({
  mesh,
  gateway,
  charts: fc.integer({ min: 1, max: 3 }).chain(count => fc.tuple(...Array.from({ length: count }, (_, i) => chart(i)))),
  tame: fc.constant(false),
});

/** Distinct hosts, ports and addresses of plain services: apps that nothing speaks against. */
const tame: fc.Arbitrary<AppSpec> = fc.record({ app: wild, direct: fc.array(fc.boolean(), { minLength: 9, maxLength: 9 }) }).map(({ app, direct }) => {
  let n = 0;
  return {
    ...app,
    tame: true,
    charts: app.charts.map((spec, c) => ({
      ...spec,
      namespace: spec.namespace ?? 'shop',
      inside: undefined,
      services: spec.services.map((found): ServiceSpec => {
        n++;
        return {
          ...found,
          id: `Db${c}${n}`,
          hosts: [`db-${n}.example.com`],
          ports: [{ number: 3306 + n, protocol: found.kind === 'generic' ? found.ports[0].protocol : 'TCP' }],
          resolution: found.resolution.how === 'ips' || found.resolution.how === 'none' ? { how: 'ips', addresses: [`192.0.2.${n}`] } : found.resolution,
          virtualAddresses: undefined,
          exportTo: undefined,
          name: undefined,
          leg: direct[n % direct.length] ? undefined : 'mutual',
        };
      }),
    })),
  };
});

/** Random apps: two in three with anything that comes to mind, one in three that must be accepted. */
export const anyApp: fc.Arbitrary<AppSpec> = fc.oneof({ arbitrary: wild, weight: 2 }, { arbitrary: tame, weight: 1 });
