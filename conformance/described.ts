/** What the description of an app says of its services and workloads, worked out apart from the library. */
import { isIP } from 'node:net';
import { MeshProps } from 'cdk8s-istio-egress';
import {
  allocatedAddress, CHOOSES_TLS, ClientSpec, CLUSTERS, connected, connectionOf, endpointsOf, GATEWAYS, isCluster,
  isHttp, MASTER, membersOf, modeOf, portsOfCluster, PortSpec, prefixOf, REPLICA_SET, Repository,
  ResolutionSpec, ServiceSpec, sorted, spokenOn, tlsNameOf, URL_PATH, wireOf, workloadsOf,
} from './apps';
import { Declared } from './expectations';

/** How URLs of the protocols that have them begin, in plaintext and in TLS that the application speaks where that is another one. */
const SCHEMES: { readonly [name: string]: readonly [plain: string, tls?: string] | undefined } = {
  HTTP: ['http', 'https'],
  HTTP2: ['http', 'https'],
  GRPC: ['http', 'https'],
  HTTPS: ['https'],
  HTTP_PROXY: ['http'],
  MYSQL: ['mysql'],
  POSTGRES: ['postgresql'],
  POSTGRES_DIRECT_TLS: ['postgresql'],
  MONGO: ['mongodb'],
  REDIS: ['redis', 'rediss'],
  SQL_SERVER: ['sqlserver'],
  SQL_SERVER_STRICT: ['sqlserver'],
  AMQP: ['amqp', 'amqps'],
  AMQPS: ['amqps'],
  NATS: ['nats'],
  SMTP: ['smtp'],
  SMTPS: ['smtps'],
  LDAP: ['ldap'],
  LDAPS: ['ldaps'],
  SSH: ['ssh'],
};

/** What the app's own description says of a service, worked out apart from the library; compared with what the library says. */
export interface Described {
  readonly hosts: readonly string[];
  readonly ports: readonly string[];
  readonly clients: readonly string[];
  readonly visibleTo: readonly string[];
  /** How the clients' sidecars find it. */
  readonly resolution: string;
  readonly addresses: readonly string[];
  readonly endpoints: readonly string[];
  /** The gateway's Service; empty for a service that is not routed. */
  readonly gateway: string;
  /** The server names at the gateway. */
  readonly serverNames: readonly string[];
  /** How the gateway finds each host. */
  readonly upstreams: readonly string[];
}

/**
 * What the namespaces that a repository locks down open to every address, as `<namespace> <host>:<port>`: the ports of direct services whose addresses nobody
 * knows.
 */
export function openByName(repository: Repository): string[] {
  const nowhere = ({ resolution, addresses }: Described) => !(resolution === 'STATIC' || resolution === 'NONE' && addresses.length > 0);
  const open = describe(repository).filter(service => service.gateway === '' && nowhere(service));
  return sorted(repository.locked.flatMap(namespace => open
    .filter(({ visibleTo }) => visibleTo.includes(namespace) || visibleTo.includes('*'))
    .flatMap(({ hosts, ports }) => hosts.flatMap(host => ports.map(port => `${namespace} ${host}:${/:(\d+)/.exec(port)![1]}`)))));
}

/** Every service of a repository, in the order of its description; each member of a cluster is one. */
export function describe({ charts, mesh }: Repository): Described[] {
  const workloads = workloadsOf(charts);
  return charts.flatMap(({ namespace = '', services }) => services.flatMap(membersOf).map(service => {
    const named = [...service.allow, ...connected(service, workloads)];
    const seenBy = service.exportTo?.map(visible => (visible === '.' ? namespace : visible));
    // A routed service has named clients, or it is refused; one without a route and without clients is for the namespaces that see it.
    const clients: readonly ClientSpec[] = named.length > 0
      ? named
      : (seenBy ?? [namespace]).map(visible => ({ namespace: visible === '*' ? namespace : visible }));
    const gateway = service.leg === undefined ? undefined : GATEWAYS[service.gateway];
    const { resolution, addresses, endpoints } = seenAs(service, mesh);
    return {
      hosts: sorted(service.hosts),
      ports: sorted(service.ports.map(port => describePort(service, port))),
      clients: sorted(clients.map(client => `${client.namespace}/${client.account ?? '*'}`)),
      visibleTo: sorted(seenBy ?? clients.map(client => client.namespace)),
      resolution,
      addresses: sorted(addresses),
      endpoints: sorted(endpoints),
      gateway: gateway ? `${gateway.namespaceName}/${gateway.serviceName}` : '',
      serverNames: gateway ? sorted(service.hosts.flatMap(host => service.ports.map(({ number }) => serverName(number, namespace, host)))) : [],
      upstreams: gateway ? sorted(service.hosts.map(host => upstreamOf(host, service.resolution))) : [],
    };
  }));
}

function serverName(port: number, namespace: string, host: string): string {
  return host.startsWith('*.') ? `any${port}.${namespace}.${host.slice(2)}` : `p${port}.${namespace}.${host}`;
}

/** Order and shares of endpoints, and the settings of connections, that each service of a repository declares, in the order of its description. */
export function declaredOf({ charts }: Repository): Declared[] {
  return charts.flatMap(({ services }) => services.flatMap(membersOf).map(service => {
    const { resolution: how, hosts: [host] } = service;
    const { connectTimeout, maxConnections, tcpKeepalive, idleTimeout, maxConnectionDuration, outlierDetection } = connectionOf(service) ?? {};
    return {
      choice: how.how === 'endpoints' ? endpointsOf(how.endpoints, host) : undefined,
      connection: connectTimeout && {
        connectTimeout: connectTimeout.toSeconds(),
        maxConnections,
        keepaliveTime: tcpKeepalive?.time?.toSeconds(),
        idleTimeout: idleTimeout?.toSeconds(),
        maxConnectionDuration: maxConnectionDuration?.toSeconds(),
        consecutiveErrors: outlierDetection?.consecutiveErrors,
      },
    };
  }));
}

const ORIGINATED = { originate: 'SIMPLE', originateWithFile: 'SIMPLE', originateWithSecret: 'SIMPLE', mutual: 'MUTUAL' };

function describePort(service: ServiceSpec, port: PortSpec): string {
  const spoken = spokenOn(service, port);
  const tls = tlsNameOf(service, port);
  const originated = tls && tls in ORIGINATED ? ORIGINATED[tls as keyof typeof ORIGINATED] : 'none';
  const usual = originated !== 'none' && port.number === CHOOSES_TLS[spoken]?.plain ? CHOOSES_TLS[spoken].tls : port.number;
  const target = service.kind === 'generic' ? port.targetPort ?? usual : usual;
  return `${port.number}:${target}/${wireOf(service, port)}, TLS ${originated}`;
}

const MODES = { dns: 'DNS', dnsRoundRobin: 'DNS_ROUND_ROBIN', none: 'NONE', dynamicDns: 'DYNAMIC_DNS' };

/** How the sidecars of the clients find a service: what they listen on, and what they connect to. */
function seenAs(service: ServiceSpec, mesh?: MeshProps): Pick<Described, 'resolution' | 'addresses' | 'endpoints'> {
  const { resolution: how, hosts: [host], ports } = service;
  const wires = ports.map(port => wireOf(service, port));
  const allocated = allocatedAddress(service, mesh);
  const given = allocated === undefined ? service.virtualAddresses?.map(bare) ?? [] : [allocated];
  const past = (server: string) => (isIP(server) ? server : `${server}.`);
  switch (how.how) {
    case 'ips': {
      const dialled = wires.every(isHttp) ? [] : how.addresses.map(withLength);
      return wires.some(isHttp)
        ? { resolution: 'STATIC', addresses: dialled, endpoints: how.addresses.map(bare) }
        : { resolution: 'NONE', addresses: dialled, endpoints: [] };
    }
    case 'endpoints': {
      const servers = endpointsOf(how.endpoints, host).map(({ address }) => address);
      const dialled = modeOf(how) === 'STATIC' && wires.includes('TCP') ? servers.map(withLength) : [];
      return { resolution: modeOf(how), addresses: given.length > 0 ? given : dialled, endpoints: servers.map(past) };
    }
    case 'dns': case 'dnsRoundRobin': return { resolution: MODES[how.how], addresses: given, endpoints: given.length > 0 ? [past(host)] : [] };
    default: return { resolution: MODES[how.how], addresses: [], endpoints: [] };
  }
}

function bare(address: string): string {
  return address.replace(/\/32$/, '');
}

function withLength(address: string): string {
  return address.includes('/') ? address : `${address}/32`;
}

function upstreamOf(host: string, how: ResolutionSpec): string {
  switch (how.how) {
    case 'ips': return `${host}: STATIC ${how.addresses.map(bare).join()}`;
    case 'endpoints': return `${host}: ${modeOf(how)} ${endpointsOf(how.endpoints, host).map(({ address }) => address).join()}`;
    default: return `${host}: ${MODES[how.how]} ${host}`;
  }
}

/** The variables with plain values that connected workloads of a repository get, by the workload's name. */
export function describeVariables({ name, charts }: Repository): { readonly [workload: string]: { readonly [variable: string]: string } } {
  const names = charts.flatMap(({ workloads }, i) => workloads.map((_, n) => `${name}-${i}-workload-${n}`));
  const found: { [workload: string]: { [variable: string]: string } } = Object.fromEntries(names.map(workload => [workload, {}]));
  for (const service of charts.flatMap(({ services }) => services)) {
    connected(service, names).forEach((workload, i) => Object.assign(found[workload], variablesOf(service, prefixOf(service, i))));
  }
  return found;
}

function variablesOf(service: ServiceSpec, prefix: string): { [variable: string]: string } {
  const { kind, hosts, told } = service;
  const ports = isCluster(kind) ? portsOfCluster(service) : service.ports;
  const port = kind === 'redisSentinel' ? ports[1] : ports[0];
  const servers = hosts.map(host => `${host}:${port.number}`);
  const url = told === 'url' || told === 'path' ? `${prefix}_LINK` : kind === 'mongoReplicaSet' ? `${prefix}_URL` : undefined;
  const link = url === undefined ? {} : { [url]: urlOf(service, port, isCluster(kind) ? servers : servers.slice(0, 1)) };
  if (!isCluster(kind)) {
    return { [`${prefix}_HOST`]: hosts[0], [`${prefix}_PORT`]: String(port.number), ...link };
  }
  const master = kind === 'redisSentinel' ? { [`${prefix}_MASTER_NAME`]: MASTER } : {};
  return { [told === 'members' ? `${prefix}_ALL` : `${prefix}_${CLUSTERS[kind]}`]: servers.join(), ...master, ...link };
}

function urlOf(service: ServiceSpec, port: PortSpec, servers: readonly string[]): string {
  const spoken = spokenOn(service, port);
  const secure = wireOf(service, port) === 'TLS';
  const [plain, overTls = plain] = service.kind === 'redisSentinel' ? ['redis-sentinel'] : SCHEMES[spoken]!;
  const query = [
    ...service.kind === 'redisSentinel' ? [`sentinelMasterId=${MASTER}`] : [],
    ...service.kind === 'mongoReplicaSet' ? [`replicaSet=${REPLICA_SET}`] : [],
    ...spoken === 'MONGO' && secure ? ['tls=true'] : [],
  ];
  const path = service.told === 'path' ? `/${URL_PATH}` : query.length > 0 ? '/' : '';
  return `${secure ? overTls : plain}://${servers.join()}${path}${query.length > 0 ? `?${query.join('&')}` : ''}`;
}

/** Whether workloads can be told a URL of a service. */
export function hasUrl(service: ServiceSpec): boolean {
  return service.kind === 'redisSentinel' || SCHEMES[spokenOn(service, service.ports[0])] !== undefined;
}
