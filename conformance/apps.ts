/** Applications over the package's public API, as plain data that can be generated, shrunk, printed and built. */
import { ApiObject, App, Chart, YamlOutputType } from 'cdk8s';
import {
  ClientRules, Credentials, EgressGateway, EgressViaGateway, ExternalMysql, ExternalRedis, ExternalService, ExternalServiceOptions, ExternalTcp,
  GatewayLeg, IEgressGateway, IExternalService, IngressRoute, Mesh, MeshClient, MeshProps, MeshService, PathMatch, Protocol, Resolution,
} from 'cdk8s-istio-egress';
import { Construct } from 'constructs';

export type ProtocolName = 'TCP' | 'TLS' | 'MYSQL' | 'REDIS';

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
  });
  imports.forEach((spec, i) => makeImport(new Chart(app, `${name}-${specs.length + i}`, { namespace: spec.namespace }), `Imported${i}`, spec));
}

/** A client in another repository than the service. */
function makeImport(chart: Chart, id: string, { service: { kind, hosts, ports, leg, gateway }, declaredIn, wholeNamespace }: ImportSpec): void {
  const credentials = Credentials.fromSecret('credentials');
  const options = { namespaceName: declaredIn, gateway: GATEWAYS[gateway], leg: legOf(leg), wholeNamespace, credentials };
  const [host] = hosts;
  const [{ number: port }] = ports;
  const imported = (): IExternalService => {
    switch (kind) {
      case 'mysql': return ExternalMysql.fromAttributes(chart, id, { ...options, host, port });
      case 'redis': return ExternalRedis.fromAttributes(chart, id, { ...options, host, port });
      case 'tcp': return ExternalTcp.fromAttributes(chart, id, { ...options, host, ports: ports.map(({ number }) => number) });
      case 'generic': return ExternalService.fromServiceAttributes(chart, id, { ...options, hosts: [...hosts], ports: portsOf(ports) });
    }
  };
  imported().connectFrom(makeWorkload(chart, 0, { kind: 'Deployment' }));
}

function legOf(leg: ServiceSpec['leg']): GatewayLeg | undefined {
  return typeof leg === 'number' ? GatewayLeg.plaintext(leg) : undefined;
}

function portsOf(ports: readonly PortSpec[]) {
  return ports.map(port => ({ ...port, protocol: Protocol[port.protocol] }));
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
      ports: portsOf(spec.ports),
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
      ports: sorted(service.ports.map(({ number, targetPort, protocol }) => (
        service.kind === 'generic' ? `${number}:${targetPort ?? number}/${protocol === 'TLS' ? 'TLS' : 'TCP'}` : `${number}:${number}/TCP`))),
      clients: sorted(clients.map(client => `${client.namespace}/${client.account ?? '*'}`)),
      visibleTo: sorted(seenBy ?? clients.map(client => client.namespace)),
      gateway: gateway ? `${gateway.namespaceName}/${gateway.serviceName}` : '',
      serverNames: gateway ? sorted(service.hosts.flatMap(host => service.ports.map(({ number }) => `p${number}.${namespace}.${host}`))) : [],
      upstreams: gateway ? sorted(service.hosts.map(host => upstreamOf(host, service.resolution))) : [],
    };
  }));
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
