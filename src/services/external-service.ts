import { ApiObjectMetadata } from 'cdk8s';
import { Construct, IConstruct } from 'constructs';
import { Certificates } from './certificates';
import { checkExportTo, Declaration, declarationOf, ExternalPort, secretOf } from './declaration';
import { DeclaredService } from './declared-service';
import { Dependency } from './dependency';
import {
  ClientDescription, DeclaredSettings, describeClients, describePorts, describeService, ExternalServiceDescription, PortDescription,
} from './description';
import { IExternalService } from './i-external-service';
import { ExternalServiceAttributes, ImportedService } from './imported-service';
import { Asked, problemsOfAccess, problemsOfClients, problemsOfRoute } from './problems';
import { Routable, WayOut } from './way-out';
import { ClientList } from '../access/client-list';
import { ConnectOptions } from '../access/connection';
import { Connections } from '../access/connections';
import { checkCredentials, Credentials } from '../access/credentials';
import { BoundClient, checkClients, MeshClient } from '../access/mesh-client';
import { hostPlaces } from '../access/place';
import { Workload } from '../access/workload';
import { AppMesh } from '../app/app-mesh';
import { checkMetadata, identityOf, WrittenKind, istioObject, ObjectIdentity } from '../app/istio-object';
import { KeyedObjects } from '../app/keyed-objects';
import { checkAddress, checkHostName, checkInstance, checkList, checkNotEmpty, checkProps, unchecked } from '../private/check';
import { checkConstruct, failAt, failWith, quote, within } from '../private/fail';
import { ClientModel, ConnectionModel, HttpModel, PortModel, ServiceModel, UpstreamModel } from '../private/model';
import { hostPart, objectName, Role } from '../private/names';
import { renderCertificateRule } from '../private/render/certificate';
import { renderHttpRules } from '../private/render/http-rules';
import { renderServiceEntry } from '../private/render/service-entry';
import { endpointsExport, renderEndpoints } from '../private/render/traffic-policy';
import { balances } from '../private/render/upstream';
import { isHttp, isWildcard } from '../private/wire';
import { checkConnection, connectionModel, ConnectionSettings } from '../values/connection-settings';
import { DependencyPurpose, PURPOSE_OPTIONS, purposeAnnotations, purposeIn } from '../values/dependency-purpose';
import { IEgressGateway } from '../values/egress-gateway-attributes';
import { checkHttp, httpModel, HttpSettings } from '../values/http-settings';
import { Resolution, ResolutionUse } from '../values/resolution';

/** The options of every kind of service outside the mesh. */
export interface ExternalServiceOptions extends DependencyPurpose {
  /** How the proxies find the endpoints. */
  readonly resolution: Resolution;

  /**
   * Virtual IP addresses that the sidecars capture for a service that is found by name. The pods of the clients must resolve the host to one of them: those of
   * `connectFrom` do, with `hostAliases`; give the others the same. Not by a DNS that the proxies ask too: they would find themselves. Single addresses only.
   *
   * @default - with DNS capture, or `virtualIpRange` of the mesh, a TCP service gets one; without these, it captures every address of its port
   */
  readonly addresses?: string[];

  /**
   * Where the addresses lie that its name resolves to, as IP addresses or CIDR ranges: what NetworkPolicies of an `EgressLockdown` and of a deployed
   * `EgressGateway` open. Only for a service that is found by name.
   *
   * @default - the addresses of the resolution; by name, every address, on the ports of the service
   */
  readonly networks?: string[];

  /**
   * The namespaces whose sidecars see the service: names, `.` for the service's own, `*` for all. For a direct service that names no clients with
   * `allowFrom()`; connected workloads have to be in one of them.
   *
   * @default - the namespaces of the clients; without a client, the service's own
   */
  readonly exportTo?: string[];

  /**
   * How the last proxy before the service connects to it.
   *
   * @default - Istio's defaults, and failover where the proxy chooses between endpoints
   */
  readonly connection?: ConnectionSettings;

  /**
   * The Secret that connected workloads read user and password from.
   *
   * @default - no variables for user and password
   */
  readonly credentials?: Credentials;

  /**
   * Metadata of the ServiceEntry. The namespace applies to the service's other objects too, and their names begin with the name.
   *
   * @default - the name is made of the construct's path inside its chart and the namespace, the namespace is the chart's
   */
  readonly metadata?: ApiObjectMetadata;
}

/** The declaration of a service outside the mesh. */
export interface ExternalServiceProps extends ExternalServiceOptions {
  /** The DNS names of the service. More than one only when every port speaks TLS, whose server name tells them apart. */
  readonly hosts: string[];

  /** Its ports, at least one. */
  readonly ports: ExternalPort[];

  /**
   * How the clients' sidecars send requests to its HTTP ports.
   *
   * @default - Istio's defaults: no timeout, two retries
   */
  readonly http?: HttpSettings;
}

export const SERVICE_OPTIONS = {
  resolution: checkInstance(Resolution, 'Resolution.ipAddresses(), dns(), dnsRoundRobin(), endpoints(), dynamicDns() or none()'),
  addresses: checkList(checkAddress, '"240.0.0.10"'),
  networks: checkList(checkAddress, '"192.0.2.0/24"'),
  exportTo: checkList(checkExportTo, '"."'),
  connection: checkConnection,
  credentials: checkCredentials,
  metadata: checkMetadata,
  ...PURPOSE_OPTIONS,
};

/**
 * A service outside the mesh. The sidecars of the namespaces that use it know it; the others do not (requires REGISTRY_ONLY: in a mesh on
 * ALLOW_ANY, Istio's default, every pod connects straight to it).
 *
 * Creates:
 *
 * - ServiceEntry `Resource`
 * - DestinationRule `Endpoints/<host>`, one for each host, where a sidecar chooses between endpoints (`Resolution.dns()`, or several addresses of an HTTP
 *   service), originates TLS or has connection settings
 * - VirtualService `HttpRules/<host>`, one for each host, for `http`
 * - DestinationRule `Certificates/<workload>`, for each workload that is a client, where its sidecar reads a Secret (`ClientTls.mutual()`); Role
 *   `SecretReaders/<workload>` and RoleBinding `SecretReaderBindings/<workload>` for the private key in it
 * - the objects of `EgressViaGateway.route()` when it is routed; `Endpoints`, `HttpRules` and `Certificates` are then left out
 *
 * Without a route the sidecars connect directly. There `allowFrom` decides which namespaces see the service, and nothing tells the accounts of
 * one namespace apart; a gateway does.
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
export class ExternalService extends DeclaredService {
  /**
   * A service that another app declares, for the workloads of this app. Connected workloads get their variables. With a `gateway`, creates for the
   * namespace of each connected workload:
   *
   * - DestinationRule `Clients/<namespace>`: the subset of the gateway with the server name of the service. Leave it to this app with
   *   `ClientRules.LEFT_TO_CLIENTS` in the declaring one, so that each app writes in its own namespace only.
   *
   * The declaring app names the clients; until it does, the service is neither visible here nor served.
   *
   * @param scope the chart, or a construct in it
   * @param id the construct's id
   * @param attributes hosts, ports and declaring namespace
   * @throws for attributes that cannot be right
   *
   * @example
   * const orders = ExternalMysql.fromAttributes(chart, 'Orders', {
   *   host: 'orders.example.com',
   *   namespaceName: 'platform',
   *   gateway: EgressGateway.istioEgressGateway(),
   * });
   * orders.connectFrom(ratings);
   */
  public static fromServiceAttributes(scope: Construct, id: string, attributes: ExternalServiceAttributes): IExternalService {
    return new ImportedService(scope, id, attributes);
  }

  /**
   * Every service that is declared in a construct, in the order of the tree.
   *
   * @param scope the app, a chart, or a construct in it
   * @throws for something that is no construct
   */
  public static allIn(scope: IConstruct): ExternalService[] {
    checkConstruct(failWith('ExternalService.allIn()'), 'ExternalService.allIn()', scope, 'the app, a chart or a construct in it');
    return scope.node.findAll().filter(construct => construct instanceof ExternalService);
  }

  /** The namespace that declares the service. Undefined when neither the chart nor `metadata` says. */
  public readonly namespaceName?: string;
  /** The DNS names of the service. */
  public readonly hosts: string[];
  /** What every object of its own says of its purpose. @internal */
  public readonly _annotations: { readonly [name: string]: string };

  private readonly identity: ObjectIdentity;
  private readonly declaration: Declaration;
  private readonly clientList = new ClientList();
  private readonly settings: DeclaredSettings;
  private readonly allowed: BoundClient[] = [];
  private readonly connections: Connections;
  private readonly connection: ConnectionModel;
  private readonly http?: HttpModel;
  private readonly certificates?: Certificates;
  private wayOut?: WayOut;

  /**
   * @param scope the chart, or a construct in it
   * @param id the construct's id, which the names of the objects are made of
   * @param props the declaration
   * @throws for an unknown property, a host that is no DNS name, a port out of range or given twice, a resolution that cannot serve the host
   */
  public constructor(scope: Construct, id: string, props: ExternalServiceProps) {
    super(scope, id);
    const fail = failAt(this);
    checkProps(fail, 'ExternalService', props, { hosts: checkList(checkHostName, '"db.example.com"'), ports: unchecked, http: checkHttp, ...SERVICE_OPTIONS }, ['resolution', 'ports']);
    this.declaration = declarationOf(props, AppMesh.of(this).mesh, fail);
    this.claimVirtualIp(props);
    this.connection = connectionModel(props.connection);
    this.settings = { connection: props.connection, http: props.http, purpose: purposeIn(props) };
    this.refuseRulesOfWildcard(props);
    this.http = props.http && httpModel(fail, props.http);
    this.refuseWhatAmbientIgnores(props);
    if (props.http && !this.declaration.ports.some(port => isHttp(port.protocol))) {
      fail('\'http\' needs a port whose requests the sidecars can read, and this service has none: declare Protocol.HTTP, with ClientTls.originate() when the '
        + 'service wants TLS');
    }
    this.hosts = [...this.declaration.hosts];
    this.connections = new Connections({
      path: this.node.path,
      protocolName: this.declaration.protocolName,
      credentials: props.credentials,
      placesFor: (options, failing) => hostPlaces(this.declaration, options, failing),
    }, fail);
    this.identity = identityOf(this, props.metadata);
    this.namespaceName = this.identity.namespace;
    this._annotations = purposeAnnotations(props, fail, props.metadata?.annotations);
    const metadata = { ...props.metadata, name: this.identity.name, annotations: { ...props.metadata?.annotations, ...this._annotations } };
    istioObject(this, 'Resource', 'ServiceEntry', metadata, () => renderServiceEntry(this._model()));
    this.writeRules();
    this.certificates = secretOf(this.declaration.ports) === undefined ? undefined : new Certificates(this, {
      privateKey: this.declaration.ports.some(port => port.tls?.mode === 'MUTUAL'),
      shows: () => this.wayOut === undefined,
      renderRule: (host, labels) => renderCertificateRule(this._model(), host, this.balances, labels),
      renderDefault: (host, namespace) => renderEndpoints(this._model(), host, this.balances, [namespace]),
    });
    AppMesh.of(this).validate(this, () => this.problems());
  }

  /**
   * Names clients of the service.
   *
   * - Routed through a gateway with mutual TLS, the gateway denies every other identity. This requires REGISTRY_ONLY in all namespaces, NetworkPolicies
   *   against pods that avoid their sidecar, and control over who may write Gateways for the gateway's pods or declare the service again.
   * - Direct, only the namespaces of the clients see the service (requires REGISTRY_ONLY), and every account there can use it: an account that is named without
   *   a route is refused at synth.
   *
   * Without a client, a direct service is visible in its own namespace, and a routed one is refused at synth.
   *
   * @param clients accounts, workloads or namespaces, in addition to those of earlier calls
   * @throws for a name that is no namespace or account, for a workload without a pod template, and where the data plane ignores the restriction; at synth, for an
   *   account without a route
   */
  public allowFrom(...clients: MeshClient[]): void {
    const fail = failAt(this);
    checkNotEmpty(fail, 'allowFrom()', clients, 'MeshClient.serviceAccount("shop", "cart")');
    if (AppMesh.of(this).mesh.dataPlane === 'ambient') {
      fail('allowFrom() has no effect in an ambient mesh: ztunnel ignores \'exportTo\', and without a waypoint nothing checks who connects; leave it out');
    }
    checkClients(fail, 'allowFrom()', clients);
    // All are checked before the first one is added.
    const bound = clients.map((client, i) => client._bind(within(fail, `allowFrom()[${i}]`)));
    bound.forEach(client => this.addClient(client));
    this.allowed.push(...bound);
  }

  /**
   * Lets a workload use the service: its account becomes a client, as with `allowFrom`, and a container of it gets host, port, user and password as
   * environment variables, the last two from a Secret; with `CredentialsDelivery.files()` as files. A workload that has a password as a value in its own
   * variables is refused at synth.
   *
   * @param workload anything with a pod template: a Deployment, StatefulSet, DaemonSet, ReplicaSet, Job, CronJob or Pod of any library
   * @param options the variables' names, the credentials and their delivery, the container, the port
   * @throws for something without a pod template, a variable that the container has already, an unknown container or port, a wildcard host
   */
  public connectFrom(workload: IConstruct, options: ConnectOptions = {}): void {
    checkConstruct(failAt(this), 'connectFrom()', workload, 'a workload, such as a Deployment');
    this.connections.add(workload, options);
    this._connected(workload);
  }

  /**
   * What the app declares of this service, as plain data: for tests and reports. Complete once every call was made.
   *
   * @example
   * for (const client of mysql.describe().clients) {
   *   console.log(`${client.namespaceName}/${client.serviceAccountName} may connect`);
   * }
   */
  public describe(): ExternalServiceDescription {
    return describeService(this._model(), this.clientModels(), host => this._upstreamOf(host), this.settings);
  }

  /** Names a workload that gets its variables as a client. @internal */
  public _connected(workload: IConstruct): void {
    const fail = failAt(this);
    if (!AppMesh.of(this).mesh.dnsCapture) {
      const target = Workload.of(workload, fail);
      this.declaration.addresses.forEach(address => target.resolve({ path: this.node.path, host: this.hosts[0], address }));
    }
    this.addClient(MeshClient.workload(workload)._bind(fail));
  }

  /** @internal */
  public get _routables(): readonly Routable[] {
    return [this];
  }

  /** Its ports. */
  public get ports(): PortDescription[] {
    return describePorts(this.declaration.ports);
  }

  /** Its clients so far: those that were named, or else every account of the namespaces that see it. */
  public get clients(): ClientDescription[] {
    return describeClients(this.clientModels());
  }

  /** The gateway that it is routed through; undefined when it is not. */
  public get gateway(): IEgressGateway | undefined {
    return this.wayOut?.gateway;
  }

  /** @internal */
  public _seenFrom(namespace: string): Dependency | undefined {
    const { visibleTo, networks, route } = this._model();
    return !visibleTo.includes(namespace) && !visibleTo.includes('*') ? undefined : {
      namespace: this.namespaceName,
      hosts: this._hosts,
      ports: this._ports,
      networks,
      gateway: this.gateway,
      gatewayPort: route?.legs[0].gatewayPort,
    };
  }

  /** @internal */
  public get _clients(): ClientList {
    return this.clientList;
  }

  /** Whether the proxy that connects to a port needs settings for it, whatever its endpoints are. @internal */
  public _needsSettings({ tls }: PortModel): boolean {
    return tls !== undefined || Object.values(this.connection).some(setting => setting !== undefined);
  }

  /** The name of an object of the service, by its role and what tells it from others of that role. @internal */
  public _nameOf(...rest: (Role | number | string)[]): string {
    return objectName(this.identity.base, this.namespaceName, ...rest);
  }

  /** @internal */
  public get _hosts(): readonly string[] {
    return this.declaration.hosts;
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

  /** Refuses a service that cannot go through a gateway; returns the namespace that declares the others. @internal */
  public _prepareRoute(): string {
    const fail = failAt(this);
    if (this.wayOut) {
      fail('is already routed: call route() once for each service');
    }
    if (AppMesh.of(this).mesh.dataPlane === 'ambient') {
      fail('route() has no effect in an ambient mesh: ztunnel ignores VirtualServices, and connections would go straight to the service');
    }
    if (this.namespaceName === undefined) {
      fail('has no namespace, which the server name at the gateway and the clients\' identities are made of: give the chart a \'namespace\'');
    }
    this.declaration.resolution._checkRoutable(fail, this.use);
    return this.namespaceName!;
  }

  /** Where a gateway finds the endpoints of one of the hosts. @internal */
  public _upstreamOf(host: string): UpstreamModel {
    return this.declaration.resolution._upstreamOf(host);
  }

  /** @internal */
  public _model(): ServiceModel {
    const { hosts, ports, resolution } = this.declaration;
    const { mode, addresses, endpoints } = resolution._seenAs(this.use, this.declaration.addresses);
    return {
      path: this.node.path,
      name: this.identity.name,
      namespace: this.namespaceName,
      hosts,
      ports,
      resolution: mode,
      addresses,
      endpoints,
      networks: this.declaration.networks,
      visibleTo: this.visibleTo,
      connection: this.connection,
      http: this.http,
      route: this.wayOut?.model(),
    };
  }

  private claimVirtualIp(props: ExternalServiceProps): void {
    const [allocated] = props.addresses ? [] : this.declaration.addresses;
    const [host] = this.declaration.hosts;
    const other = allocated === undefined ? undefined : AppMesh.of(this).claimVirtualIp(allocated, host);
    if (other !== undefined) {
      failAt(this)(`'host' ${quote(host)} gets the address ${allocated} of the mesh's 'virtualIpRange', as ${quote(other)} does: give one of them another address with `
        + '\'addresses\'');
    }
  }

  /** Rules for the sidecars of a direct service. */
  private writeRules(): void {
    const { hosts } = this.declaration;
    // A rule for a wildcard would hold for other hosts of its domain.
    const chooses = this.balances && !hosts.some(isWildcard);
    const forEachHost = (id: string, kind: WrittenKind, role: Role, render: (host: string) => unknown) => {
      const rules = new KeyedObjects(this, id, (parent, host) => istioObject(parent, host, kind, {
        name: this._nameOf(role, ...hostPart(host, hosts)),
        namespace: this.namespaceName,
        annotations: { ...this._annotations },
      }, () => render(host), this), () => this.wayOut === undefined, ' for a service that is routed');
      hosts.forEach(host => rules.ensure(host));
    };
    if (chooses || this.declaration.ports.some(port => this._needsSettings(port))) {
      forEachHost('Endpoints', 'DestinationRule', 'endpoints', host => renderEndpoints(this._model(), host, chooses, this.endpointsExport));
    }
    if (this.http) {
      forEachHost('HttpRules', 'VirtualService', 'outbound', host => renderHttpRules(this._model(), host));
    }
  }

  private get use(): ResolutionUse {
    return { hosts: this.declaration.hosts, protocols: this.declaration.ports.map(port => port.protocol) };
  }

  /** The namespaces whose sidecars have the rule for the endpoints; those of a Secret have one of their own. */
  private get endpointsExport(): string[] {
    // As "." istiod would take it for one with the rules that have a selector, and the sidecars without a Secret would have none.
    return secretOf(this.declaration.ports) === undefined ? endpointsExport(this._model(), AppMesh.of(this).mesh.rootNamespace) : [this.namespaceName ?? '.'];
  }

  private get balances(): boolean {
    return this.declaration.resolution._balances(this.declaration.ports.map(port => port.protocol));
  }

  /** Istio applies the rules of a wildcard to every other host of its domain that has none of its own. */
  private refuseRulesOfWildcard({ connection, http }: ExternalServiceProps): void {
    const wildcard = this.declaration.hosts.find(isWildcard);
    const tls = this.declaration.ports.find(port => port.tls);
    const rules = connection ? '\'connection\'' : http ? '\'http\'' : tls ? `'tls' of port ${tls.number}` : undefined;
    if (wildcard && rules) {
      failAt(this)(`${rules} of the wildcard ${quote(wildcard)} would hold for every other service of that domain as well: name the hosts that it is for`);
    }
  }

  private refuseWhatAmbientIgnores({ connection, http }: ExternalServiceProps): void {
    if (AppMesh.of(this).mesh.dataPlane !== 'ambient') {
      return;
    }
    const fail = failAt(this);
    if (this.declaration.ports.some(port => port.tls)) {
      fail('\'tls\' would originate nothing in an ambient mesh: ztunnel ignores DestinationRules, and connections would leave in plaintext; let the application '
        + 'speak TLS with ClientTls.passthrough()');
    }
    if (connection ?? http) {
      fail(`'${connection ? 'connection' : 'http'}' has no effect in an ambient mesh: ztunnel ignores DestinationRules and VirtualServices; leave it out`);
    }
  }

  /** The clients; until one is named, every account that sees the service. */
  private clientModels(): ClientModel[] {
    return this.clientList.isEmpty
      ? this.visibleTo.map(namespace => ({ namespace: namespace === '*' || namespace === '' ? this.namespaceName : namespace }))
      : this.clientList.models();
  }

  private get visibleTo(): readonly string[] {
    const own = this.namespaceName ?? '';
    const { exportTo } = this.declaration;
    if (exportTo) {
      return exportTo.map(namespace => (namespace === '.' ? own : namespace)).sort();
    }
    return this.clientList.isEmpty ? [own] : this.clientList.namespaces.map(namespace => namespace ?? '').sort();
  }

  /** Mistakes that only show once every call was made. */
  private problems(): string[] {
    const asked: Asked = {
      service: this._model(),
      exportTo: this.declaration.exportTo,
      clients: this.clientList,
      clientModels: this.clientModels(),
      allowed: this.allowed,
      mesh: AppMesh.of(this).mesh,
    };
    const ofWay = this.wayOut
      ? problemsOfRoute(asked, this.wayOut, this.declaration.hosts.some(host => balances(this._upstreamOf(host))))
      : [...problemsOfAccess(asked, this.balances), ...this.certificates?.problems() ?? []];
    return [...this.connections.problems(), ...problemsOfClients(asked), ...ofWay];
  }

  private addClient(client: BoundClient): void {
    this.clientList.add(client);
    if (client.workload) {
      this.certificates?.addWorkload(client.workload);
    }
    this.wayOut?.clientsChanged();
    AppMesh.of(this).changed();
  }
}
