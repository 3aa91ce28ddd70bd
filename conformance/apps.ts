/** Applications over the package's public API, as plain data that can be generated, shrunk, printed and built. */
import { ApiObject, App, Chart, Duration, YamlOutputType } from 'cdk8s';
import {
  ClientRules, ClientTls, ConnectionSettings, Credentials, EgressGateway, EgressViaGateway, ExternalHttp, ExternalMongo, ExternalMysql,
  ExternalPostgres, ExternalRedis, ExternalService, ExternalServiceOptions, ExternalTcp, ExternalTls, GatewayLeg, HttpSettings,
  IEgressGateway, IExternalService, Membership, Mesh, MeshClient, MeshProps, Protocol, ReadinessProbe, Resolution, VirtualMachineService,
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
const CHOOSES_TLS: { readonly [name: string]: { readonly plain: number; readonly tls: number } | undefined } = {
  HTTP: { plain: 80, tls: 443 },
  HTTP2: { plain: 80, tls: 443 },
  GRPC: { plain: 80, tls: 443 },
  ORACLE: { plain: 1521, tls: 2484 },
  AMQP: { plain: 5672, tls: 5671 },
  MONGO: { plain: 27017, tls: 27017 },
  REDIS: { plain: 6379, tls: 6379 },
  KAFKA: { plain: 9092, tls: 9092 },
  MEMCACHED: { plain: 11211, tls: 11211 },
};

export type ProtocolName = keyof typeof WIRES;

export const PROTOCOLS = Object.keys(WIRES) as ProtocolName[];

export type TlsName = 'disable' | 'passthrough' | 'originate' | 'originateWithSecret' | 'mutual';

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

export type ResolutionSpec = { readonly how: 'ips'; readonly addresses: readonly string[] } | { readonly how: 'dns' | 'dnsRoundRobin' | 'none' };

export interface ServiceSpec {
  readonly id: string;
  readonly kind: 'generic' | 'tcp' | OnePortKind;
  /** Inside a construct of its own, not right in the chart. */
  readonly nested: boolean;
  readonly hosts: readonly string[];
  readonly ports: readonly PortSpec[];
  readonly resolution: ResolutionSpec;
  readonly virtualAddresses?: readonly string[];
  readonly exportTo?: readonly string[];
  /** Whether it has settings of its connections, and of its requests where the sidecars read them. */
  readonly settings?: boolean;
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

/** Gateways of the cluster: that of Istio's installation, a team's own, one beside Istio's, and one in a namespace that has applications. */
export type GatewayName = 'stock' | 'own' | 'beside' | 'among';

export type Output = keyof typeof YamlOutputType;

export interface AppSpec {
  readonly mesh?: MeshProps;
  readonly charts: readonly ChartSpec[];
  /** The charts of a second repository, which is applied to the same cluster and of which the first knows nothing. */
  readonly second?: readonly ChartSpec[];
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
  readonly output: Output;
}

/** A service of the first repository as the second knows it, for the clients of one namespace. */
export interface ImportSpec {
  readonly service: ServiceSpec;
  readonly declaredIn: string;
  readonly namespace: string;
  readonly wholeNamespace: boolean;
}

/** The repositories that are applied to one cluster. */
export function repositories({ mesh, charts, second, output }: AppSpec): Repository[] {
  const first = { name: 'chart', mesh, charts, imports: [], output };
  const imports = importsOf(charts);
  return second || imports.length > 0 ? [first, { name: 'other', mesh, charts: second ?? [], imports, output }] : [first];
}

function importsOf(charts: readonly ChartSpec[]): ImportSpec[] {
  const workloads = workloadsOf(charts);
  return charts.flatMap(({ namespace: declaredIn = '', services }) => services.filter(service => service.leg !== undefined && service.leavesRules)
    .flatMap(service => {
      const clients = [...service.allow, ...connected(service, workloads)] as readonly ClientSpec[];
      return sorted(clients.map(client => client.namespace)).filter(namespace => namespace !== declaredIn).map(namespace => ({
        service, declaredIn, namespace, wholeNamespace: clients.some(client => client.namespace === namespace && client.account === undefined),
      }));
    }));
}

/** The accounts that the workloads of some charts run as. */
function workloadsOf(charts: readonly ChartSpec[]): ClientSpec[] {
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

/** What each of them speaks. */
const SPOKEN: Record<OnePortKind, ProtocolName> = { mysql: 'MYSQL', redis: 'REDIS', postgres: 'POSTGRES', mongo: 'MONGO', http: 'HTTP', tls: 'TLS' };

/** What a port of a service speaks: its kind's protocol, or its own. */
export function spokenOn({ kind }: Pick<ServiceSpec, 'kind'>, { protocol }: PortSpec): ProtocolName {
  return kind === 'generic' ? protocol : kind === 'tcp' ? 'TCP' : SPOKEN[kind];
}

/** The TLS of a port without what cannot go together. */
export function fittingTls(spec: Pick<ServiceSpec, 'kind' | 'leg'>, port: PortSpec): TlsName | undefined {
  if (spec.kind === 'tcp' || CHOOSES_TLS[spokenOn(spec, port)] === undefined) {
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
    case 'originateWithSecret': return ClientTls.originate({ credentialName: 'authority', sni: 'name.example.com' });
    case 'mutual': return ClientTls.mutual({ credentialName: 'client-certificate', subjectAltNames: ['one.example.com', 'two.example.com'] });
  }
}

/** Builds the app of a repository as a user would write it. */
export function build(app: App, { name, mesh, charts: specs, imports }: Repository): void {
  if (mesh) {
    Mesh.declare(app, mesh);
  }
  const charts = specs.map((chart, i) => new Chart(app, `${name}-${i}`, { namespace: chart.namespace }));
  const workloads = specs.flatMap((chart, i) => chart.workloads.map((workload, n) => makeWorkload(charts[i], n, workload)));
  specs.forEach((chart, i) => {
    const ways = new Map<string, EgressViaGateway>();
    const wayOf = ({ gateway, leavesRules }: ServiceSpec) => {
      const id = `Egress-${gateway}${leavesRules ? '-rules-left' : ''}`;
      const clientRules = leavesRules ? ClientRules.LEFT_TO_CLIENTS : undefined;
      const way = ways.get(id) ?? new EgressViaGateway(charts[i], id, { gateway: GATEWAYS[gateway], clientRules });
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
function makeImport(chart: Chart, id: string, { service: { kind, hosts, ports, leg, gateway }, declaredIn, wholeNamespace }: ImportSpec): void {
  const credentials = Credentials.fromSecret('credentials');
  const options = { namespaceName: declaredIn, gateway: GATEWAYS[gateway], leg: legOf(leg), wholeNamespace, credentials };
  const [host] = hosts;
  const [{ number: port, tls }] = ports;
  const imported = (): IExternalService => {
    switch (kind) {
      case 'tcp': return ExternalTcp.fromAttributes(chart, id, { ...options, host, ports: ports.map(({ number }) => number) });
      case 'generic': return ExternalService.fromServiceAttributes(chart, id, { ...options, hosts: [...hosts], ports: portsOf(ports) });
      default: return ONE_PORT[kind].fromAttributes(chart, id, { ...options, host, port, ...optionalTls(tls) });
    }
  };
  imported().connectFrom(makeWorkload(chart, 0, { kind: 'Deployment' }));
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

const GATEWAYS: Record<GatewayName, IEgressGateway> = {
  stock: EgressGateway.istioEgressGateway(),
  own: EgressGateway.fromAttributes({ serviceName: 'team-egress', namespaceName: 'egress', selector: { app: 'team-egress' }, port: 15443 }),
  beside: EgressGateway.fromAttributes({ serviceName: 'second-egress', namespaceName: 'istio-system', selector: { app: 'second-egress' } }),
  among: EgressGateway.fromAttributes({ serviceName: 'data-egress', namespaceName: 'data', selector: { app: 'data-egress' } }),
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
    connected(spec, workloads).forEach((workload, i) => service.connectFrom(workload, { envPrefix: `C${i}_${spec.id.toUpperCase()}` }));
  };
  (spec.routeFirst ? [route, clients] : [clients, route]).forEach(step => step());
}

function clientOf({ namespace, account }: ClientSpec): MeshClient {
  return account === undefined ? MeshClient.allIn(namespace) : MeshClient.serviceAccount(namespace, account);
}

function connected<T>(spec: ServiceSpec, workloads: readonly T[]): T[] {
  return workloads.length === 0 ? [] : [...new Set(spec.connect.map(index => workloads[index % workloads.length]))];
}

function construct(scope: Construct, spec: ServiceSpec): ExternalService {
  const options: ExternalServiceOptions = {
    resolution: resolutionOf(spec.resolution),
    addresses: spec.virtualAddresses && [...spec.virtualAddresses],
    exportTo: spec.exportTo && [...spec.exportTo],
    connection: spec.settings ? CONNECTION : undefined,
    metadata: spec.name === undefined ? undefined : { name: spec.name },
    credentials: Credentials.fromSecret('credentials'),
  };
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

const CONNECTION: ConnectionSettings = {
  connectTimeout: Duration.seconds(5), maxConnections: 10, tcpKeepalive: { time: Duration.minutes(5) }, idleTimeout: Duration.minutes(20),
};

function httpOf(spec: ServiceSpec): HttpSettings | undefined {
  const readable = spec.ports.some(port => tlsNameOf(spec, port) !== 'passthrough' && /^(HTTP2?|GRPC)$/.test(WIRES[spokenOn(spec, port)]));
  return spec.settings && readable ? { timeout: Duration.seconds(2), retries: { attempts: 1 } } : undefined;
}

function tlsNameOf(service: ServiceSpec, port: PortSpec): TlsName | undefined {
  return service.kind === 'http' ? port.tls ?? 'passthrough' : port.tls;
}

function resolutionOf(spec: ResolutionSpec): Resolution {
  switch (spec.how) {
    case 'ips': return Resolution.ipAddresses(...spec.addresses);
    case 'dns': return Resolution.dns();
    case 'dnsRoundRobin': return Resolution.dnsRoundRobin();
    case 'none': return Resolution.none();
  }
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
    workloads.slice(0, 1).forEach(workload => machines.connectFrom(workload, { envPrefix: `MACHINES_${index}` }));
  }
}

/** What the app's own description says of a service, worked out apart from the library; compared with what the library says. */
export interface Described {
  readonly hosts: readonly string[];
  readonly ports: readonly string[];
  readonly clients: readonly string[];
  readonly visibleTo: readonly string[];
  /** The gateway's Service; empty for a service that is not routed. */
  readonly gateway: string;
  /** The server names at the gateway. */
  readonly serverNames: readonly string[];
  /** How the gateway finds each host. */
  readonly upstreams: readonly string[];
}

/** Every service of a repository, in the order of its description. */
export function describe({ charts }: Repository): Described[] {
  const workloads = workloadsOf(charts);
  return charts.flatMap(({ namespace = '', services }) => services.map(service => {
    const named = [...service.allow, ...connected(service, workloads)];
    const seenBy = service.exportTo?.map(visible => (visible === '.' ? namespace : visible));
    // A routed service has named clients, or it is refused; one without a route and without clients is for the namespaces that see it.
    const clients: readonly ClientSpec[] = named.length > 0
      ? named
      : (seenBy ?? [namespace]).map(visible => ({ namespace: visible === '*' ? namespace : visible }));
    const gateway = service.leg === undefined ? undefined : GATEWAYS[service.gateway];
    return {
      hosts: sorted(service.hosts),
      ports: sorted(service.ports.map(port => describePort(service, port))),
      clients: sorted(clients.map(client => `${client.namespace}/${client.account ?? '*'}`)),
      visibleTo: sorted(seenBy ?? clients.map(client => client.namespace)),
      gateway: gateway ? `${gateway.namespaceName}/${gateway.serviceName}` : '',
      serverNames: gateway ? sorted(service.hosts.flatMap(host => service.ports.map(({ number }) => `p${number}.${namespace}.${host}`))) : [],
      upstreams: gateway ? sorted(service.hosts.map(host => upstreamOf(host, service.resolution))) : [],
    };
  }));
}

const ORIGINATED = { originate: 'SIMPLE', originateWithSecret: 'SIMPLE', mutual: 'MUTUAL' };

function describePort(service: ServiceSpec, port: PortSpec): string {
  const spoken = spokenOn(service, port);
  const tls = tlsNameOf(service, port);
  const originated = tls && tls in ORIGINATED ? ORIGINATED[tls as keyof typeof ORIGINATED] : 'none';
  const usual = originated !== 'none' && port.number === CHOOSES_TLS[spoken]?.plain ? CHOOSES_TLS[spoken].tls : port.number;
  const target = service.kind === 'generic' ? port.targetPort ?? usual : usual;
  return `${port.number}:${target}/${tls === 'passthrough' ? 'TLS' : WIRES[spoken]}, TLS ${originated}`;
}

const MODES = { dns: 'DNS', dnsRoundRobin: 'DNS_ROUND_ROBIN', none: 'NONE' };

function upstreamOf(host: string, resolution: ResolutionSpec): string {
  return resolution.how === 'ips'
    ? `${host}: STATIC ${resolution.addresses.map(address => address.replace(/\/32$/, '')).join()}`
    : `${host}: ${MODES[resolution.how]} ${host}`;
}

export function sorted(values: readonly string[]): string[] {
  return [...new Set(values)].sort();
}
