/** Applications over the package's public API, as plain data that can be generated, shrunk, printed and built. */
import { createHash } from 'node:crypto';
import { isIP, isIPv4 } from 'node:net';
import { ApiObject, App, Chart, Duration, YamlOutputType } from 'cdk8s';
import {
  ClientRules, ClientTls, ConnectionSettings, ConnectOptions, Credentials, CredentialsDelivery, DeclaredService, EgressGateway, EgressLockdown,
  EgressViaGateway, ExternalCluster, ExternalHttp, ExternalKafka, ExternalMongo, ExternalMongoReplicaSet, ExternalMysql, ExternalPostgres,
  ExternalRedis, ExternalRedisCluster, ExternalRedisSentinel, ExternalService, ExternalServiceOptions, ExternalTcp, ExternalTls, GatewayLeg,
  HttpSettings, IEgressGateway, IExternalService, Membership, Mesh, MeshClient, MeshProps, Protocol, ReadinessProbe, Resolution,
  VirtualMachineService,
} from 'cdk8s-istio-egress';
import { Construct } from 'constructs';
import { InsideSpec, makeInside } from './inside';

/** What proxies read of each protocol, worked out apart from the library. */
const WIRES = {
  TCP: 'TCP',
  TLS: 'TLS',
  HTTP: 'HTTP',
  HTTP2: 'HTTP2',
  GRPC: 'GRPC',
  HTTPS: 'TLS',
  HTTP_PROXY: 'TCP',
  MYSQL: 'TCP',
  POSTGRES: 'TCP',
  POSTGRES_DIRECT_TLS: 'TLS',
  MONGO: 'TCP',
  REDIS: 'TCP',
  SQL_SERVER: 'TCP',
  SQL_SERVER_STRICT: 'TLS',
  ORACLE: 'TCP',
  KAFKA: 'TCP',
  AMQP: 'TCP',
  AMQPS: 'TLS',
  NATS: 'TCP',
  SMTP: 'TCP',
  SMTPS: 'TLS',
  LDAP: 'TCP',
  LDAPS: 'TLS',
  SSH: 'TCP',
  MEMCACHED: 'TCP',
} as const;

/** The protocols whose TLS may start with the first byte or not, with their usual ports in plaintext and in TLS where these differ. */
export const CHOOSES_TLS: { readonly [name: string]: { readonly plain: number; readonly tls: number } | undefined } = {
  HTTP: { plain: 80, tls: 443 },
  HTTP2: { plain: 80, tls: 443 },
  GRPC: { plain: 80, tls: 443 },
  ORACLE: { plain: 1521, tls: 2484 },
  AMQP: { plain: 5672, tls: 5671 },
  MONGO: { plain: 27017, tls: 27017 },
  REDIS: { plain: 6379, tls: 6379 },
  KAFKA: { plain: 9092, tls: 9092 },
  MEMCACHED: { plain: 11211, tls: 11211 },
  HTTP_PROXY: { plain: 3128, tls: 3128 },
};

export type ProtocolName = keyof typeof WIRES;

export const PROTOCOLS = Object.keys(WIRES) as ProtocolName[];

export type TlsName = 'disable' | 'passthrough' | 'originate' | 'originateWithFile' | 'originateWithSecret' | 'mutual';

export interface PortSpec {
  readonly number: number;
  readonly protocol: ProtocolName;
  readonly tls?: TlsName;
  readonly targetPort?: number;
  readonly name?: string;
}

export interface ClientSpec {
  readonly namespace: string;
  readonly account?: string;
}

/** One of several endpoints; the address `@` is the host of the service itself. */
export interface EndpointSpec {
  readonly address: string;
  readonly priority?: number;
  readonly locality?: string;
  readonly weight?: number;
}

export type ResolutionSpec =
  | { readonly how: 'ips'; readonly addresses: readonly string[] }
  | { readonly how: 'endpoints'; readonly endpoints: readonly EndpointSpec[] }
  | { readonly how: 'dns' | 'dnsRoundRobin' | 'none' | 'dynamicDns' };

export interface ServiceSpec {
  readonly id: string;
  readonly kind: 'generic' | 'tcp' | OnePortKind | ClusterKind;
  /** Inside a construct of its own, not right in the chart. */
  readonly nested: boolean;
  /** Of a cluster, one for each member; its resolution and its virtual addresses have one address for each. */
  readonly hosts: readonly string[];
  readonly ports: readonly PortSpec[];
  readonly resolution: ResolutionSpec;
  readonly virtualAddresses?: readonly string[];
  readonly exportTo?: readonly string[];
  /** Which settings it has of its connections, and of its requests where the sidecars read them. */
  readonly settings?: 'some' | 'all' | 'requests';
  /** What connected workloads are told besides host and port, or under another name. */
  readonly told?: 'members' | 'url' | 'path';
  readonly name?: string;
  /** Through the gateway: on mutual TLS, or in plaintext on this port of it. */
  readonly leg?: 'mutual' | number;
  /** The gateway, when there is a leg to it. */
  readonly gateway: GatewayName;
  /** The rules in the namespaces of its clients are left to the second repository. */
  readonly leavesRules?: boolean;
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

/** A service on virtual machines. */
export interface MachinesSpec {
  readonly name: string;
  /** How many machines have fixed addresses; none: they register themselves. */
  readonly fixed: number;
  readonly probed: boolean;
  readonly ports: readonly { readonly number: number; readonly targetPort?: number; readonly protocol: ProtocolName }[];
  readonly account?: string;
  readonly allow: readonly ClientSpec[];
  readonly connected: boolean;
}

export interface ChartSpec {
  readonly namespace?: string;
  readonly services: readonly ServiceSpec[];
  readonly workloads: readonly WorkloadSpec[];
  readonly inside?: InsideSpec;
  readonly machines?: MachinesSpec;
}

/**
 * Gateways of the cluster: that of Istio's installation, a team's own, one beside Istio's, one in a namespace that has applications, and one that the first
 * repository deploys.
 */
export type GatewayName = 'stock' | 'own' | 'beside' | 'among' | 'deployed';

export type Output = keyof typeof YamlOutputType;

export interface AppSpec {
  readonly mesh?: MeshProps;
  readonly charts: readonly ChartSpec[];
  /** The charts of a second repository, which is applied to the same cluster and of which the first knows nothing. */
  readonly second?: readonly ChartSpec[];
  /** Namespaces that the first repository locks down. */
  readonly locked?: readonly string[];
  readonly output: Output;
  /** Nothing in it may be refused. */
  readonly tame: boolean;
}

/** One repository of a spec: what is synthesised together. */
export interface Repository {
  readonly name: string;
  readonly mesh?: MeshProps;
  readonly charts: readonly ChartSpec[];
  readonly imports: readonly ImportSpec[];
  readonly locked: readonly string[];
  readonly output: Output;
}

/** A service of the first repository as the second knows it, for the clients of one namespace. */
export interface ImportSpec {
  readonly service: ServiceSpec;
  readonly declaredIn: string;
  readonly namespace: string;
  readonly wholeNamespace: boolean;
  /** The hosts that the first repository gives addresses of the mesh's range. */
  readonly virtualIpHosts: readonly string[];
}

/** The repositories that are applied to one cluster. */
export function repositories({ mesh, charts, second, locked = [], output }: AppSpec): Repository[] {
  const first = { name: 'chart', mesh, charts, imports: [], locked, output };
  const imports = importsOf(charts, mesh);
  return second || imports.length > 0 ? [first, { name: 'other', mesh, charts: second ?? [], imports, locked: [], output }] : [first];
}

function importsOf(charts: readonly ChartSpec[], mesh?: MeshProps): ImportSpec[] {
  const workloads = workloadsOf(charts);
  return charts.flatMap(({ namespace: declaredIn = '', services }) => services.filter(service => service.leavesRules).flatMap(service => {
    const clients = [...service.allow, ...connected(service, workloads)] as readonly ClientSpec[];
    const allocated = membersOf(service).filter(member => allocatedAddress(member, mesh) !== undefined);
    return sorted(clients.map(client => client.namespace))
      .filter(namespace => namespace !== declaredIn)
      .map(namespace => ({
        service,
        declaredIn,
        namespace,
        wholeNamespace: clients.some(client => client.namespace === namespace && client.account === undefined),
        virtualIpHosts: allocated.flatMap(member => member.hosts),
      }));
  }));
}

/** The accounts that the workloads of some charts run as. */
export function workloadsOf(charts: readonly ChartSpec[]): ClientSpec[] {
  return charts.flatMap(({ namespace = '', workloads }) => workloads.map(({ account }) => ({ namespace, account: account ?? 'default' })));
}

/** The kinds with one host and one port. */
const ONE_PORT = {
  mysql: ExternalMysql,
  redis: ExternalRedis,
  postgres: ExternalPostgres,
  mongo: ExternalMongo,
  http: ExternalHttp,
  tls: ExternalTls,
};

export type OnePortKind = keyof typeof ONE_PORT;

/** The kinds whose hosts are services of their own, with what the names of the variables for their members end in. */
export const CLUSTERS = {
  cluster: 'MEMBERS',
  redisCluster: 'NODES',
  redisSentinel: 'SENTINELS',
  mongoReplicaSet: 'MEMBERS',
  kafka: 'BOOTSTRAP_SERVERS',
};

export type ClusterKind = keyof typeof CLUSTERS;

export const CLUSTER_KINDS = Object.keys(CLUSTERS) as ClusterKind[];

export function isCluster(kind: ServiceSpec['kind']): kind is ClusterKind {
  return kind in CLUSTERS;
}

/** What each of them speaks. */
const SPOKEN: Record<OnePortKind | Exclude<ClusterKind, 'cluster'>, ProtocolName> = {
  mysql: 'MYSQL',
  redis: 'REDIS',
  postgres: 'POSTGRES',
  mongo: 'MONGO',
  http: 'HTTP',
  tls: 'TLS',
  redisCluster: 'REDIS',
  redisSentinel: 'REDIS',
  mongoReplicaSet: 'MONGO',
  kafka: 'KAFKA',
};

export const REPLICA_SET = 'rs0';
export const MASTER = 'mymaster';
const SENTINEL_PORT = 26379;

/** What a port of a service speaks: its kind's protocol, or its own. */
export function spokenOn({ kind }: Pick<ServiceSpec, 'kind'>, { protocol }: PortSpec): ProtocolName {
  return kind === 'generic' || kind === 'cluster' ? protocol : kind === 'tcp' ? 'TCP' : SPOKEN[kind];
}

/** The services that a spec stands for: itself, or one for each member. */
export function membersOf(spec: ServiceSpec): readonly ServiceSpec[] {
  if (!isCluster(spec.kind)) {
    return [spec];
  }
  const { resolution: how, virtualAddresses: addresses = [] } = spec;
  return spec.hosts.map((host, i): ServiceSpec => {
    const byAddress = how.how === 'ips' && i < how.addresses.length;
    return {
      ...spec,
      kind: 'generic',
      hosts: [host],
      ports: portsOfCluster(spec),
      resolution: byAddress ? { how: 'ips', addresses: [how.addresses[i]] } : how.how === 'ips' ? { how: 'dnsRoundRobin' } : how,
      virtualAddresses: byAddress || addresses[i] === undefined ? undefined : [addresses[i]],
    };
  });
}

export function portsOfCluster(spec: ServiceSpec): readonly PortSpec[] {
  const [{ number, tls }, second] = spec.ports;
  switch (spec.kind) {
    case 'cluster': return spec.ports;
    case 'redisSentinel': return [{ number, protocol: 'REDIS' }, { number: second?.number ?? SENTINEL_PORT, protocol: 'REDIS' }];
    default: return [{ number, protocol: spokenOn(spec, spec.ports[0]), tls }];
  }
}

/** The TLS of a port without what cannot go together. */
export function fittingTls(spec: Pick<ServiceSpec, 'kind' | 'leg'>, port: PortSpec): TlsName | undefined {
  if (spec.kind === 'tcp' || spec.kind === 'redisSentinel' || CHOOSES_TLS[spokenOn(spec, port)] === undefined) {
    return undefined;
  }
  const needsGateway = port.tls === 'mutual' || port.tls === 'originateWithSecret';
  return needsGateway && spec.leg === undefined ? 'originate' : port.tls;
}

function tlsOf(tls: TlsName | undefined): ClientTls | undefined {
  switch (tls) {
    case undefined: return undefined;
    case 'disable': return ClientTls.disable();
    case 'passthrough': return ClientTls.passthrough();
    case 'originate': return ClientTls.originate();
    case 'originateWithFile': return ClientTls.originate({ caCertificates: '/etc/ssl/partner.pem', subjectAltNames: ['one.example.com'] });
    case 'originateWithSecret': return ClientTls.originate({ credentialName: 'authority', sni: 'name.example.com' });
    case 'mutual': return ClientTls.mutual({ credentialName: 'client-certificate', subjectAltNames: ['one.example.com', 'two.example.com'] });
  }
}

/** Builds the app of a repository as a user would write it. */
export function build(app: App, { name, mesh, charts: specs, imports, locked }: Repository): void {
  if (mesh) {
    Mesh.declare(app, mesh);
  }
  const charts = specs.map((chart, i) => new Chart(app, `${name}-${i}`, { namespace: chart.namespace }));
  const workloads = specs.flatMap((chart, i) => chart.workloads.map((workload, n) => makeWorkload(charts[i], n, workload)));
  const deploys = name === 'chart' && specs.some(({ services }) => services.some(({ leg, gateway }) => leg !== undefined && gateway === 'deployed'));
  const gateways = deploys
    ? { ...GATEWAYS, deployed: new EgressGateway(charts[0], 'Deployed', { metadata: { name: 'deployed', namespace: 'edge' } }) }
    : GATEWAYS;
  locked.forEach((namespaceName, i) => new EgressLockdown(charts[0], `Lockdown${i}`, { namespaceName }));
  specs.forEach((chart, i) => {
    const ways = new Map<string, EgressViaGateway>();
    const wayOf = ({ gateway, leavesRules }: ServiceSpec) => {
      const id = `Egress-${gateway}${leavesRules ? '-rules-left' : ''}`;
      const clientRules = leavesRules ? ClientRules.LEFT_TO_CLIENTS : undefined;
      const way = ways.get(id) ?? new EgressViaGateway(charts[i], id, { gateway: gateways[gateway], clientRules });
      ways.set(id, way);
      return way;
    };
    chart.services.forEach(service => makeService(charts[i], service, workloads, wayOf));
    if (chart.inside) {
      makeInside(charts[i], chart.inside, i);
    }
    if (chart.machines) {
      makeMachines(charts[i], chart.machines, i, workloads);
    }
  });
  imports.forEach((spec, i) => makeImport(new Chart(app, `${name}-${specs.length + i}`, { namespace: spec.namespace }), `Imported${i}`, spec));
}

/** A client in another repository than the service. */
function makeImport(chart: Chart, id: string, { service, declaredIn, wholeNamespace, virtualIpHosts }: ImportSpec): void {
  const { kind, hosts: names, ports, leg, gateway } = service;
  const route = leg === undefined ? {} : { gateway: GATEWAYS[gateway], leg: legOf(leg), wholeNamespace };
  const options = { namespaceName: declaredIn, ...route, ...virtualIpHosts.length > 0 ? { virtualIpHosts: [...virtualIpHosts] } : {}, credentials: Credentials.fromSecret('credentials') };
  const hosts = [...names];
  const [host] = hosts;
  const [{ number: port, tls }, second] = ports;
  const imported = (): IExternalService => {
    switch (kind) {
      case 'tcp': return ExternalTcp.fromAttributes(chart, id, { ...options, host, ports: ports.map(({ number }) => number) });
      case 'generic': return ExternalService.fromServiceAttributes(chart, id, { ...options, hosts, ports: portsOf(ports) });
      case 'cluster': return ExternalCluster.fromClusterAttributes(chart, id, { ...options, hosts, ports: portsOf(ports) });
      case 'redisCluster': return ExternalRedisCluster.fromAttributes(chart, id, { ...options, hosts, port, ...optionalTls(tls) });
      case 'redisSentinel':
        return ExternalRedisSentinel.fromAttributes(chart, id, { ...options, hosts, port, masterName: MASTER, ...optionalSentinel(second) });
      case 'mongoReplicaSet':
        return ExternalMongoReplicaSet.fromAttributes(chart, id, { ...options, hosts, port, replicaSet: REPLICA_SET, ...optionalTls(tls) });
      case 'kafka': return ExternalKafka.fromAttributes(chart, id, { ...options, hosts, port, ...optionalTls(tls) });
      default: return ONE_PORT[kind].fromAttributes(chart, id, { ...options, host, port, ...optionalTls(tls) });
    }
  };
  imported().connectFrom(makeWorkload(chart, 0, { kind: 'Deployment', account: 'imported' }), connectOptions(service, 'IMPORTED'));
}

function legOf(leg: ServiceSpec['leg']): GatewayLeg | undefined {
  return typeof leg === 'number' ? GatewayLeg.plaintext(leg) : undefined;
}

function portsOf(ports: readonly PortSpec[]) {
  return ports.map(port => ({ ...port, protocol: Protocol[port.protocol], tls: tlsOf(port.tls) }));
}

/** Only some kinds have the property. */
function optionalTls(tls: TlsName | undefined): { readonly tls?: ClientTls } {
  return tls === undefined ? {} : { tls: tlsOf(tls) };
}

function optionalSentinel(second: PortSpec | undefined): { readonly sentinelPort?: number } {
  return second === undefined ? {} : { sentinelPort: second.number };
}

/** How workloads are connected, and what the variables of the service begin with. */
function connectOptions({ told }: ServiceSpec, envPrefix: string): ConnectOptions {
  switch (told) {
    case undefined: return { envPrefix };
    case 'members': return { envPrefix, membersVariable: `${envPrefix}_ALL` };
    case 'url': return { envPrefix, urlVariable: `${envPrefix}_LINK` };
    case 'path': return { envPrefix, urlVariable: `${envPrefix}_LINK`, urlPath: URL_PATH };
  }
}

export const URL_PATH = 'stock/items';

export const GATEWAYS: Record<GatewayName, IEgressGateway> = {
  stock: EgressGateway.istioEgressGateway(),
  own: EgressGateway.fromAttributes({ serviceName: 'team-egress', namespaceName: 'egress', selector: { app: 'team-egress' }, port: 15443, targetPort: 15443 }),
  beside: EgressGateway.fromAttributes({ serviceName: 'second-egress', namespaceName: 'istio-system', selector: { app: 'second-egress' }, targetPort: 8443 }),
  among: EgressGateway.fromAttributes({ serviceName: 'data-egress', namespaceName: 'data', selector: { app: 'data-egress' }, targetPort: 8443 }),
  deployed: EgressGateway.fromAttributes({
    serviceName: 'deployed', namespaceName: 'edge', selector: { app: 'deployed--edge', istio: 'deployed--edge' }, targetPort: 8443, deniesByDefault: true,
  }),
};

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

function makeService(chart: Chart, spec: ServiceSpec, workloads: readonly ApiObject[], wayOf: (spec: ServiceSpec) => EgressViaGateway): void {
  const scope = spec.nested ? new Construct(chart, `Around${spec.id}`) : chart;
  const service = construct(scope, spec);
  const route = () => {
    if (spec.leg !== undefined) {
      wayOf(spec).route(service, { leg: legOf(spec.leg) });
    }
  };
  const clients = () => {
    if (spec.allow.length > 0) {
      service.allowFrom(...spec.allow.map(clientOf));
    }
    connected(spec, workloads).forEach((workload, i) => service.connectFrom(workload, connectOptions(spec, prefixOf(spec, i))));
  };
  (spec.routeFirst ? [route, clients] : [clients, route]).forEach(step => step());
}

function clientOf({ namespace, account }: ClientSpec): MeshClient {
  return account === undefined ? MeshClient.allIn(namespace) : MeshClient.serviceAccount(namespace, account);
}

export function prefixOf({ id }: ServiceSpec, index: number): string {
  return `C${index}_${id.toUpperCase()}`;
}

export function connected<T>(spec: ServiceSpec, workloads: readonly T[]): T[] {
  return workloads.length === 0 ? [] : [...new Set(spec.connect.map(index => workloads[index % workloads.length]))];
}

function construct(scope: Construct, spec: ServiceSpec): DeclaredService {
  if (isCluster(spec.kind)) {
    return cluster(scope, spec);
  }
  const options: ExternalServiceOptions = { ...commonOptions(spec), ...placeOf(spec) };
  const [host] = spec.hosts;
  const [{ number, tls }] = spec.ports;
  switch (spec.kind) {
    case 'tcp': return new ExternalTcp(scope, spec.id, { ...options, host, ports: spec.ports.map(port => port.number) });
    case 'generic': return new ExternalService(scope, spec.id, {
      ...options,
      hosts: [...spec.hosts],
      ports: portsOf(spec.ports),
      http: httpOf(spec),
    });
    case 'http': return new ExternalHttp(scope, spec.id, { ...options, host, port: number, ...optionalTls(tls), http: httpOf(spec) });
    default: return new ONE_PORT[spec.kind](scope, spec.id, { ...options, host, port: number, ...optionalTls(tls) });
  }
}

function cluster(scope: Construct, spec: ServiceSpec): ExternalCluster {
  const options = commonOptions(spec);
  const members = membersOf(spec).map(member => ({ host: member.hosts[0], ...placeOf(member) }));
  const [{ number: port, tls }, second] = spec.ports;
  switch (spec.kind) {
    case 'redisCluster': return new ExternalRedisCluster(scope, spec.id, { ...options, nodes: members, port, ...optionalTls(tls) });
    case 'redisSentinel': return new ExternalRedisSentinel(scope, spec.id, { ...options, servers: members, masterName: MASTER, port, ...optionalSentinel(second) });
    case 'mongoReplicaSet': return new ExternalMongoReplicaSet(scope, spec.id, { ...options, members, replicaSet: REPLICA_SET, port, ...optionalTls(tls) });
    case 'kafka': return new ExternalKafka(scope, spec.id, { ...options, brokers: members, port, ...optionalTls(tls) });
    default: return new ExternalCluster(scope, spec.id, { ...options, members, ports: portsOf(spec.ports) });
  }
}

function placeOf(spec: ServiceSpec) {
  return { resolution: resolutionOf(spec), addresses: spec.virtualAddresses && [...spec.virtualAddresses] };
}

function commonOptions(spec: ServiceSpec) {
  return {
    exportTo: spec.exportTo && [...spec.exportTo],
    connection: connectionOf(spec),
    metadata: spec.name === undefined ? undefined : { name: spec.name },
    credentials: Credentials.fromSecret('credentials'),
  };
}

const CONNECTION: ConnectionSettings = {
  connectTimeout: Duration.seconds(5), maxConnections: 10, tcpKeepalive: { time: Duration.minutes(5) }, idleTimeout: Duration.minutes(20),
};

const ALL_OF_CONNECTION: ConnectionSettings = {
  ...CONNECTION, tcpKeepalive: { time: Duration.minutes(5), interval: Duration.seconds(15), probes: 3 }, maxConnectionDuration: Duration.hours(8),
};

const OUTLIERS = { consecutiveErrors: 3, interval: Duration.seconds(2), baseEjectionTime: Duration.seconds(30), maxEjectionPercent: 100 };

export function connectionOf(spec: ServiceSpec): ConnectionSettings | undefined {
  switch (spec.settings) {
    case undefined: case 'requests': return undefined;
    case 'some': return CONNECTION;
    case 'all': return chooses(spec) ? { ...ALL_OF_CONNECTION, outlierDetection: OUTLIERS } : ALL_OF_CONNECTION;
  }
}

/** Whether the last proxy may have several endpoints to choose from. */
function chooses(spec: ServiceSpec): boolean {
  const { kind, resolution: how, leg, ports } = spec;
  switch (how.how) {
    case 'ips': return !isCluster(kind) && how.addresses.length > 1 && (leg !== undefined || ports.some(port => isHttp(wireOf(spec, port))));
    case 'endpoints': return how.endpoints.length > 1 || modeOf(how) === 'DNS';
    default: return how.how === 'dns';
  }
}

export function isHttp(wire: string): boolean {
  return /^(HTTP2?|GRPC)$/.test(wire);
}

function httpOf(spec: ServiceSpec): HttpSettings | undefined {
  const readable = spec.ports.some(port => isHttp(wireOf(spec, port)));
  if (!spec.settings || !readable) {
    return undefined;
  }
  return spec.settings === 'some' ? { timeout: Duration.seconds(2), retries: { attempts: 1 } } : {
    timeout: Duration.seconds(10),
    retries: { attempts: 2, perTryTimeout: Duration.seconds(3), retryOn: 'connect-failure,503' },
    fault: { delay: { percentage: 1, fixedDelay: Duration.seconds(1) }, abort: { percentage: 0.5, httpStatus: 503 } },
  };
}

export function tlsNameOf(service: Pick<ServiceSpec, 'kind'>, port: PortSpec): TlsName | undefined {
  return service.kind === 'tcp' ? undefined : service.kind === 'http' ? port.tls ?? 'passthrough' : port.tls;
}

/** What the proxies read of a port. */
export function wireOf(service: Pick<ServiceSpec, 'kind'>, port: PortSpec): string {
  return tlsNameOf(service, port) === 'passthrough' ? 'TLS' : WIRES[spokenOn(service, port)];
}

function resolutionOf({ resolution: spec, hosts: [host] }: Pick<ServiceSpec, 'resolution' | 'hosts'>): Resolution {
  switch (spec.how) {
    case 'ips': return Resolution.ipAddresses(...spec.addresses);
    case 'endpoints': return Resolution.endpoints(...endpointsOf(spec.endpoints, host));
    case 'dns': return Resolution.dns();
    case 'dnsRoundRobin': return Resolution.dnsRoundRobin();
    case 'dynamicDns': return Resolution.dynamicDns();
    case 'none': return Resolution.none();
  }
}

export function endpointsOf(endpoints: readonly EndpointSpec[], host: string): EndpointSpec[] {
  return endpoints.map(endpoint => ({ ...endpoint, address: endpoint.address === '@' ? host : endpoint.address }));
}

function makeMachines(chart: Chart, spec: MachinesSpec, index: number, workloads: readonly ApiObject[]): void {
  const { name, fixed, probed, ports, account, allow } = spec;
  const addresses = Array.from({ length: fixed }, (_, i) => `198.18.${index}.${i + 1}`);
  const readinessProbe = probed ? ReadinessProbe.httpGet('/ready', 8080, { period: Duration.seconds(5) }) : undefined;
  const machines = new VirtualMachineService(chart, 'Machines', {
    serviceName: name,
    ports: ports.map(port => ({ ...port, protocol: Protocol[port.protocol] })),
    membership: fixed > 0 ? Membership.workloadEntries(...addresses) : Membership.workloadGroup({ readinessProbe }),
    serviceAccountName: account,
  });
  machines.allowFrom(...allow.map(clientOf));
  if (spec.connected) {
    workloads.slice(0, 1).forEach(workload => machines.connectFrom(workload, {
      envPrefix: `MACHINES_${index}`,
      credentials: Credentials.fromSecret('machines'),
      delivery: CredentialsDelivery.files(`/etc/credentials/machines-${index}`),
    }));
  }
}

export function modeOf({ endpoints }: { readonly endpoints: readonly EndpointSpec[] }): 'STATIC' | 'DNS' {
  return endpoints.every(({ address }) => isIP(address) !== 0) ? 'STATIC' : 'DNS';
}

/** The address that the mesh's range has for a service whose sidecars have nothing but its host to tell its connections by. */
export function allocatedAddress(service: ServiceSpec, mesh?: MeshProps): string | undefined {
  const { resolution: how, hosts: [host], ports, virtualAddresses = [] } = service;
  const byName = how.how === 'dns' || how.how === 'dnsRoundRobin' || (how.how === 'endpoints' && modeOf(how) === 'DNS');
  const told = byName && virtualAddresses.length === 0 && ports.some(port => wireOf(service, port) === 'TCP');
  return told && mesh?.virtualIpRange !== undefined ? addressOf(host, mesh.virtualIpRange) : undefined;
}

/** The address of a host in a range: as many of the first bits of its hash's last as the range leaves open. */
function addressOf(host: string, range: string): string {
  const [network, length] = range.split('/');
  const hash = createHash('sha256').update(host).digest();
  if (!isIPv4(network)) {
    throw new Error(`the range ${range} is no IPv4`);
  }
  const first = network.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const address = first + hash.readUInt32BE(0) % 2 ** (32 - Number(length));
  return [24, 16, 8, 0].map(shift => Math.floor(address / 2 ** shift) % 256).join('.');
}

export function sorted(values: readonly string[]): string[] {
  return [...new Set(values)].sort();
}
