import { ApiObject, ApiObjectMetadata } from 'cdk8s';
import { Construct, IConstruct } from 'constructs';
import { Connection, ConnectOptions } from '../access/connection';
import { Credentials } from '../access/credentials';
import { BoundClient, MeshClient } from '../access/mesh-client';
import { Workload } from '../access/workload';
import { checkDistinct, checkDnsLabel, checkHost, checkNotEmpty, checkPort, isWildcard } from '../private/check';
import { failAt, quote } from '../private/fail';
import { istioObject } from '../private/istio-object';
import { ClientModel, PortModel, RouteModel, ServiceModel } from '../private/model';
import { dnsLabel, nameOf } from '../private/names';
import { Registry } from '../private/registry';
import { renderEndpoints } from '../private/render/failover';
import { renderServiceEntry } from '../private/render/service-entry';
import { Protocol } from '../values/protocol';
import { Resolution } from '../values/resolution';

/** A port of a service outside the mesh. */
export interface ExternalPort {
  /** The port that clients connect to, 1 to 65535. */
  readonly number: number;

  /**
   * What is spoken on it.
   *
   * @default Protocol.TCP
   */
  readonly protocol?: Protocol;

  /**
   * The port's name, a DNS label.
   *
   * @default - `tcp` or `tls`, with the number (`tcp-3306`) when the service has several ports
   */
  readonly name?: string;

  /**
   * The port on the endpoints, when it is another than the one that clients connect to, 1 to 65535.
   *
   * @default - the same
   */
  readonly targetPort?: number;
}

/** What every kind of service outside the mesh has. */
export interface ExternalServiceOptions {
  /** How the proxies find the endpoints. */
  readonly resolution: Resolution;

  /**
   * Virtual IP addresses under which the sidecars catch the connections of a service that is found by name. The clients must resolve the host to one
   * of them, by `hostAliases` or a DNS of your own. Single addresses only.
   *
   * @default - with DNS capture the mesh gives the service an address of its own; without it, a TCP service takes every address of its port
   */
  readonly addresses?: string[];

  /**
   * The namespaces whose sidecars see the service: names, `.` for the service's own, `*` for all. Every client has to be in one of them. Not together
   * with a route through a gateway, where exactly the clients' namespaces see it.
   *
   * @default - the namespaces of the named clients; when none was named, the service's own
   */
  readonly exportTo?: string[];

  /**
   * Where the connected workloads find user and password.
   *
   * @default - no variables for user and password
   */
  readonly credentials?: Credentials;

  /**
   * Metadata of the ServiceEntry. The namespace holds for the service's other objects too, and the name is what theirs begin with.
   *
   * @default - the name is made of the construct's path inside its chart, the namespace is the chart's
   */
  readonly metadata?: ApiObjectMetadata;
}

/** A service outside the mesh. */
export interface ExternalServiceProps extends ExternalServiceOptions {
  /** The DNS names of the service. More than one only when every port speaks TLS, whose server name tells them apart. */
  readonly hosts: string[];

  /** Its ports, at least one. */
  readonly ports: ExternalPort[];
}

/** What takes a service's connections to a gateway; the service tells it when a namespace begins or ceases to have clients. @internal */
export interface ServiceRoute {
  /** Whether the gateway can tell the clients apart. */
  readonly knowsClients: boolean;
  model(): RouteModel;
  clientNamespacesChanged(): void;
}

/**
 * A service outside the mesh: a ServiceEntry that makes it known to the sidecars of the namespaces that use it, and of no others.
 *
 * It gives:
 *
 * - ServiceEntry `Resource`
 * - DestinationRule `Endpoints-<i>`, one for each host, when a proxy may have several endpoints to choose from (`Resolution.dns()`, or several addresses
 *   behind a gateway): one that does not answer is left out for a while
 * - what `EgressViaGateway.route()` adds when it is called: nothing of it here
 *
 * Without a route the sidecars connect to it directly. There `allowFrom` decides which namespaces see the service, but nothing on that path can tell
 * the accounts of one namespace apart; only a gateway can.
 *
 * @example
 * new ExternalService(chart, 'Search', {
 *   hosts: ['search.example.com'],
 *   ports: [{ number: 9200 }, { number: 9300 }],
 *   resolution: Resolution.ipAddresses('192.0.2.20', '192.0.2.21'),
 * });
 *
 * @see https://istio.io/latest/docs/reference/config/networking/service-entry/
 */
export class ExternalService extends Construct {
  /** The namespace that declares the service. Undefined when neither the chart nor `metadata` says. */
  public readonly namespaceName?: string;
  /** The DNS names of the service. */
  public readonly hosts: string[];

  private readonly name: string;
  private readonly ports: readonly PortModel[];
  private readonly protocolName: string;
  private readonly resolution: Resolution;
  private readonly addresses: readonly string[];
  private readonly exportTo?: readonly string[];
  private readonly credentials?: Credentials;
  private readonly clients: BoundClient[] = [];
  private readonly connections: { readonly workload: Workload; readonly connection: Connection }[] = [];
  private allowed = false;
  private balanced = false;
  private route?: ServiceRoute;

  /**
   * @param scope the chart, or a construct in it
   * @param id the construct's id, which the names of the objects are made of
   * @param props what is known of the service
   * @throws for a host that is no DNS name, a port out of range or given twice, a resolution that cannot serve the host, and an object name that is taken
   */
  public constructor(scope: Construct, id: string, props: ExternalServiceProps) {
    super(scope, id);
    const fail = failAt(this);
    const { clusterDomain } = Registry.of(this).mesh;
    checkNotEmpty(fail, 'hosts', props.hosts, '"db.example.com"');
    checkNotEmpty(fail, 'ports', props.ports, '{ number: 3306 }');
    props.hosts.forEach(host => checkHost(fail, host, clusterDomain));
    checkDistinct(fail, 'hosts', props.hosts);
    this.ports = props.ports.map(port => portModel(port, props.ports.length));
    for (const [i, port] of props.ports.entries()) {
      checkPort(fail, 'port', port.number);
      if (port.targetPort !== undefined) {
        checkPort(fail, 'targetPort', port.targetPort);
      }
      checkDnsLabel(fail, 'name', this.ports[i].name);
    }
    checkDistinct(fail, 'port', this.ports.map(port => port.number));
    checkDistinct(fail, 'name', this.ports.map(port => port.name));
    if (props.hosts.length > 1 && this.ports.some(port => port.protocol === 'TCP')) {
      fail(`'hosts' has ${props.hosts.length} names (${props.hosts.map(quote).join(', ')}) on a TCP port, where nothing tells them apart: `
        + 'declare a service for each, or use Protocol.TLS when the clients speak TLS');
    }
    if (!(props.resolution instanceof Resolution)) {
      fail(`'resolution' must be one of Resolution.ipAddresses(), dns(), dnsRoundRobin() or none(), got ${quote(props.resolution)}`);
    }
    this.addresses = [...props.addresses ?? []];
    if (props.hosts.length > 1 && this.addresses.length > 0) {
      fail(`'addresses' ${this.addresses.map(quote).join(', ')} would belong to ${props.hosts.length} hosts, and every connection to one would end at `
        + `${quote(props.hosts[0])}: declare a service for each host`);
    }
    props.resolution._check(fail, { hosts: props.hosts, protocols: this.ports.map(port => port.protocol) }, this.addresses);
    for (const namespace of props.exportTo ?? []) {
      if (namespace !== '.' && namespace !== '*') {
        checkDnsLabel(fail, 'exportTo', namespace);
      }
    }
    if (props.exportTo) {
      checkNotEmpty(fail, 'exportTo', props.exportTo, '"."');
    }
    props.credentials?._check(fail);
    this.hosts = [...props.hosts];
    this.protocolName = (props.ports[0].protocol ?? Protocol.TCP).name;
    this.resolution = props.resolution;
    this.exportTo = props.exportTo && [...props.exportTo];
    this.credentials = props.credentials;
    this.name = props.metadata?.name ?? nameOf(this);
    const entry: ApiObject = istioObject(this, 'Resource', 'ServiceEntry', { ...props.metadata, name: this.name }, () => renderServiceEntry(this._model()));
    this.namespaceName = entry.metadata.namespace;
    this.balance(false);
    const registry = Registry.of(this);
    registry.add(this);
    this.node.addValidation({ validate: () => [...this.problems(), ...registry.conflictsOf(this)] });
  }

  /**
   * Names who may use the service. From the first call on nobody else may: a service that was routed through a gateway refuses every other account
   * there, and in any case only the namespaces of the clients see the service. Until then the clients are the accounts of the service's own namespace.
   *
   * @param clients accounts, workloads or namespaces, in addition to those of earlier calls
   * @throws for a name that is no namespace or account, and for a workload without a pod template
   */
  public allowFrom(...clients: MeshClient[]): void {
    checkNotEmpty(failAt(this), 'allowFrom()', clients, 'MeshClient.serviceAccount("shop", "cart")');
    this.allowed = true;
    clients.forEach(client => this.addClient(client));
  }

  /**
   * Lets a workload use the service: its account joins the clients, as with `allowFrom`, and a container of it gets host, port, user and password as
   * environment variables, the last two from a Secret.
   *
   * @param workload anything with a pod template: a Deployment, StatefulSet, DaemonSet, ReplicaSet, Job, CronJob or Pod of any library
   * @param options the variables' names, the credentials, the container, the port
   * @throws for something without a pod template, a variable that the container has already, an unknown container or port, a wildcard host
   */
  public connectFrom(workload: IConstruct, options: ConnectOptions = {}): void {
    const fail = failAt(this);
    if (isWildcard(this.hosts[0])) {
      fail(`'host' is the wildcard ${quote(this.hosts[0])}, which no variable can hold: connect to a service with one name`);
    }
    const port = options.portNumber ?? this.ports[0].number;
    if (!this.ports.some(candidate => candidate.number === port)) {
      fail(`'portNumber' must be a port of the service (${this.ports.map(candidate => candidate.number).join(', ')}), got ${quote(port)}`);
    }
    const bound = Workload.of(workload, fail);
    const connection = new Connection(
      { path: this.node.path, host: this.hosts[0], port, protocolName: this.protocolName },
      { ...options, credentials: options.credentials ?? this.credentials },
      fail,
    );
    bound.connect(connection);
    this.connections.push({ workload: bound, connection });
    this.addClient(MeshClient.workload(workload));
  }

  /** The namespaces that have clients, sorted; an unknown one is the empty string. @internal */
  public get _clientNamespaces(): string[] {
    const namespaces = this.clients.length > 0 ? this.clients.map(client => client.namespace) : [this.namespaceName];
    return [...new Set(namespaces.map(namespace => namespace ?? ''))].sort();
  }

  /** @internal */
  public get _objectName(): string {
    return this.name;
  }

  /** @internal */
  public get _ports(): readonly PortModel[] {
    return this.ports;
  }

  /** Takes the one route that a service can have. @internal */
  public _attach(route: ServiceRoute): void {
    this.route = route;
    Registry.of(this).changed();
  }

  /** Refuses what cannot go through a gateway, and makes of the rest what comes before the route. @internal */
  public _prepareRoute(): string {
    const fail = failAt(this);
    if (this.route) {
      fail('is routed already: call route() once for each service');
    }
    if (this.namespaceName === undefined) {
      fail('has no namespace, which the server name at the gateway and the clients\' identities are made of: give the chart a \'namespace\'');
    }
    const wildcard = this.hosts.find(isWildcard);
    if (wildcard) {
      fail(`'host' is the wildcard ${quote(wildcard)}, for which a gateway has no place to send to: name each host`);
    }
    this.resolution._checkRoutable(fail);
    this.balance(true);
    return this.namespaceName!;
  }

  /** @internal */
  public _model(): ServiceModel {
    const { mode, addresses, endpoints } = this.resolution._resolve(this.route !== undefined, this.addresses);
    return {
      path: this.node.path,
      name: this.name,
      namespace: this.namespaceName,
      hosts: this.hosts,
      ports: this.ports,
      resolution: mode,
      addresses,
      endpoints,
      visibleTo: this.visibleTo,
      route: this.route?.model(),
    };
  }

  /** Who may use the service; until somebody is named, whoever sees it. @internal */
  public _clientModels(): ClientModel[] {
    return this.clients.length > 0
      ? this.clients.map(client => client.model())
      : this.visibleTo.map(namespace => ({ namespace: namespace === '*' || namespace === '' ? this.namespaceName : namespace }));
  }

  private get visibleTo(): readonly string[] {
    return this.exportTo?.map(namespace => (namespace === '.' ? this.namespaceName ?? '' : namespace)) ?? this._clientNamespaces;
  }

  /** Mistakes that only show once every call was made. */
  private problems(): string[] {
    const problems = this.connections.flatMap(({ workload, connection }) => workload.problems(connection));
    if (this.route && this.exportTo) {
      problems.push(`'exportTo' (${this.exportTo.map(quote).join(', ')}) cannot widen a service that is routed through a gateway, because who sees it `
        + 'without being a client goes past the gateway: remove it and name the clients with allowFrom()');
    }
    if (this.route && !this.route.knowsClients && this.allowed) {
      problems.push('allowFrom() has no effect on a plaintext leg to the gateway, where nobody has an identity: use GatewayLeg.istioMutual()');
    }
    const namespaces = this.clients.map(client => client.namespace);
    if (this.exportTo?.includes('*')) {
      return problems;
    }
    if (this.namespaceName !== undefined && namespaces.includes(undefined)) {
      problems.push('a client has no namespace, which says who sees the service and is part of an identity: give the workload\'s chart a \'namespace\'');
    } else if (this.exportTo) {
      const blind = namespaces.filter(namespace => !this.visibleTo.includes(namespace ?? ''));
      if (blind.length > 0) {
        problems.push(`'exportTo' (${this.exportTo.map(quote).join(', ')}) leaves out ${quote(blind[0] ?? '.')}, which has a client: `
          + 'add it, or remove \'exportTo\'');
      }
    }
    return problems;
  }

  /** Rules for the endpoints, once there may be several to choose from. */
  private balance(routed: boolean): void {
    if (this.balanced || !this.resolution._balances(routed)) {
      return;
    }
    this.balanced = true;
    this.hosts.forEach((host, i) => istioObject(this, `Endpoints-${i + 1}`, 'DestinationRule', {
      name: dnsLabel(this.name, 'endpoints', ...(this.hosts.length > 1 ? [i + 1] : [])),
      namespace: this.namespaceName,
    }, () => renderEndpoints(this._model(), host)));
  }

  private addClient(client: MeshClient): void {
    this.clients.push(client._bind(failAt(this)));
    this.route?.clientNamespacesChanged();
    Registry.of(this).changed();
  }
}

function portModel(port: ExternalPort, portCount: number): PortModel {
  const protocol = (port.protocol ?? Protocol.TCP)._wire;
  const usual = protocol.toLowerCase();
  return { number: port.number, name: port.name ?? (portCount > 1 ? `${usual}-${port.number}` : usual), protocol, targetPort: port.targetPort };
}
