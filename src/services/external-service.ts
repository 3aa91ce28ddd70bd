import { ApiObjectMetadata, Chart } from 'cdk8s';
import { Construct, IConstruct } from 'constructs';
import { Declaration, declarationOf, ExternalPort } from './declaration';
import { describeService, ExternalServiceDescription } from './description';
import { WayOut } from './way-out';
import { ClientList } from '../access/client-list';
import { Connection, ConnectOptions } from '../access/connection';
import { Credentials } from '../access/credentials';
import { BoundClient, MeshClient } from '../access/mesh-client';
import { Workload } from '../access/workload';
import { checkNotEmpty, isWildcard } from '../private/check';
import { failAt, quote } from '../private/fail';
import { istioObject } from '../app/istio-object';
import { KeyedObjects } from '../app/keyed-objects';
import { ClientModel, PortModel, ServiceModel, UpstreamModel } from '../private/model';
import { baseNameOf, objectName, Role } from '../private/names';
import { AppMesh } from '../app/app-mesh';
import { renderEndpoints } from '../private/render/failover';
import { renderServiceEntry } from '../private/render/service-entry';
import { Resolution } from '../values/resolution';

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
  /**
   * Every service that is declared in a construct, in the order of their declaration.
   *
   * @param scope the app, a chart, or a construct in it
   */
  public static allIn(scope: IConstruct): ExternalService[] {
    return scope.node.findAll().filter(construct => construct instanceof ExternalService);
  }

  /** The namespace that declares the service. Undefined when neither the chart nor `metadata` says. */
  public readonly namespaceName?: string;
  /** The DNS names of the service. */
  public readonly hosts: string[];

  private readonly name: string;
  private readonly base: string;
  private readonly declaration: Declaration;
  private readonly credentials?: Credentials;
  private readonly clients = new ClientList();
  private readonly connections: { readonly workload: Workload; readonly connection: Connection }[] = [];
  private readonly allowed: BoundClient[] = [];
  private wayOut?: WayOut;

  /**
   * @param scope the chart, or a construct in it
   * @param id the construct's id, which the names of the objects are made of
   * @param props what is known of the service
   * @throws for a host that is no DNS name, a port out of range or given twice, a resolution that cannot serve the host, and an object name that is taken
   */
  public constructor(scope: Construct, id: string, props: ExternalServiceProps) {
    super(scope, id);
    const fail = failAt(this);
    const app = AppMesh.of(this);
    this.declaration = declarationOf(props, app.mesh.clusterDomain, fail);
    props.credentials?._check(fail);
    this.credentials = props.credentials;
    this.hosts = [...this.declaration.hosts];
    this.namespaceName = props.metadata?.namespace ?? Chart.of(this).namespace;
    this.base = props.metadata?.name ?? baseNameOf(this);
    this.name = props.metadata?.name ?? this._nameOf();
    istioObject(this, 'Resource', 'ServiceEntry', { ...props.metadata, name: this.name }, () => renderServiceEntry(this._model()));
    if (this.declaration.resolution._balances) {
      const endpoints = new KeyedObjects(this, 'Endpoints', (parent, host) => istioObject(parent, host, 'DestinationRule', {
        name: this._nameOf(...this.hosts.length > 1 ? [this.hosts.indexOf(host) + 1] : []),
        namespace: this.namespaceName,
      }, () => renderEndpoints(this._model(), host)), () => this.wayOut === undefined);
      this.hosts.forEach(host => endpoints.ensure(host));
    }
    app.addService(this);
    this.node.addValidation({ validate: () => [...this.problems(), ...app.conflictsOf(this)] });
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
    clients.forEach(client => this.allowed.push(this.addClient(client)));
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
    const port = options.portNumber ?? this.declaration.ports[0].number;
    if (!this.declaration.ports.some(candidate => candidate.number === port)) {
      fail(`'portNumber' must be a port of the service (${this.declaration.ports.map(candidate => candidate.number).join(', ')}), got ${quote(port)}`);
    }
    const bound = Workload.of(workload, fail);
    const connection = new Connection(
      { path: this.node.path, host: this.hosts[0], port, protocolName: this.declaration.protocolName },
      { ...options, credentials: options.credentials ?? this.credentials },
      fail,
    );
    bound.connect(connection);
    this.connections.push({ workload: bound, connection });
    this.addClient(MeshClient.workload(workload));
  }

  /**
   * What the app declares of this service, as plain data: for tests and reports. Complete once every call was made.
   *
   * @example
   * const [leg] = mysql.describe().route!.legs;
   * console.log(`look for ${leg.serverName} in the gateway's access log`);
   */
  public describe(): ExternalServiceDescription {
    return describeService(this._model(), this._clientModels(), host => this._upstreamOf(host));
  }

  /** @internal */
  public get _clients(): ClientList {
    return this.clients;
  }

  /** The name of an object of the service, by its role and what tells it from others of that role. @internal */
  public _nameOf(...rest: (Role | number | string)[]): string {
    return objectName(this.base, this.namespaceName, ...rest);
  }

  /** @internal */
  public get _ports(): readonly PortModel[] {
    return this.declaration.ports;
  }

  /** Takes the one way out that a service can have. @internal */
  public _attach(wayOut: WayOut): void {
    this.wayOut = wayOut;
    AppMesh.of(this).changed();
  }

  /** Refuses a service that cannot go through a gateway, and prepares the others for it. @internal */
  public _prepareRoute(): string {
    const fail = failAt(this);
    if (this.wayOut) {
      fail('is routed already: call route() once for each service');
    }
    if (this.namespaceName === undefined) {
      fail('has no namespace, which the server name at the gateway and the clients\' identities are made of: give the chart a \'namespace\'');
    }
    const wildcard = this.hosts.find(isWildcard);
    if (wildcard) {
      fail(`'host' is the wildcard ${quote(wildcard)}, for which a gateway has no place to send to: name each host`);
    }
    this.declaration.resolution._checkRoutable(fail);
    return this.namespaceName!;
  }

  /** Where a gateway finds the endpoints of one of the hosts. @internal */
  public _upstreamOf(host: string): UpstreamModel {
    return this.declaration.resolution._upstreamOf(host);
  }

  /** @internal */
  public _model(): ServiceModel {
    const { hosts, ports, resolution } = this.declaration;
    const { mode, addresses } = resolution._seenAs(this.declaration.addresses);
    return {
      path: this.node.path,
      name: this.name,
      namespace: this.namespaceName,
      hosts,
      ports,
      resolution: mode,
      addresses,
      visibleTo: this.visibleTo,
      route: this.wayOut?.model(),
    };
  }

  /** The clients; until one is named, every account that sees the service. @internal */
  public _clientModels(): ClientModel[] {
    return this.clients.isEmpty
      ? this.visibleTo.map(namespace => ({ namespace: namespace === '*' || namespace === '' ? this.namespaceName : namespace }))
      : this.clients.models();
  }

  private get visibleTo(): readonly string[] {
    const own = this.namespaceName ?? '';
    const { exportTo } = this.declaration;
    if (exportTo) {
      return exportTo.map(namespace => (namespace === '.' ? own : namespace));
    }
    return this.clients.isEmpty ? [own] : this.clients.namespaces.map(namespace => namespace ?? '').sort();
  }

  /** Mistakes that only show once every call was made. */
  private problems(): string[] {
    const { exportTo } = this.declaration;
    const problems = this.connections.flatMap(({ workload, connection }) => workload.problems(connection));
    if (this.wayOut && exportTo) {
      problems.push(`'exportTo' (${exportTo.map(quote).join(', ')}) cannot widen a service that is routed through a gateway, because who sees it `
        + 'without being a client goes past the gateway: remove it and name the clients with allowFrom()');
    }
    if (this.wayOut && this.clients.isEmpty) {
      problems.push('is routed through a gateway, and nobody is named who may use it: name the clients with allowFrom() or connectFrom()');
    }
    if (this.wayOut && !this.wayOut.identifiesClients && this.allowed.some(client => !client.wholeNamespace)) {
      problems.push('allowFrom() names an account, and on a plaintext leg to the gateway nobody has an identity: '
        + 'use GatewayLeg.istioMutual(), or name whole namespaces with MeshClient.allIn()');
    }
    const { namespaces } = this.clients;
    if (exportTo?.includes('*')) {
      return problems;
    }
    if (this.namespaceName !== undefined && namespaces.includes(undefined)) {
      problems.push('a client has no namespace, which says who sees the service and is part of an identity: give the workload\'s chart a \'namespace\'');
    } else if (exportTo) {
      const blind = namespaces.filter(namespace => !this.visibleTo.includes(namespace ?? ''));
      if (blind.length > 0) {
        problems.push(`'exportTo' (${exportTo.map(quote).join(', ')}) leaves out ${quote(blind[0] ?? '.')}, which has a client: `
          + 'add it, or remove \'exportTo\'');
      }
    }
    return problems;
  }

  private addClient(client: MeshClient): BoundClient {
    const bound = this.clients.add(client, failAt(this));
    this.wayOut?.clientsChanged();
    AppMesh.of(this).changed();
    return bound;
  }
}
