import { ApiObjectMetadata } from 'cdk8s';
import { Construct, IConstruct } from 'constructs';
import { checkExportTo, ExternalPort, hostsAndPorts } from './declaration';
import { DeclaredService } from './declared-service';
import { ClientDescription } from './description';
import { ExternalService } from './external-service';
import { IExternalService } from './i-external-service';
import { IMPORTED_OPTIONS, ImportedOptions, ImportedService } from './imported-service';
import { Routable } from './way-out';
import { ConnectOptions } from '../access/connection';
import { Connections } from '../access/connections';
import { checkCredentials, Credentials } from '../access/credentials';
import { MeshClient } from '../access/mesh-client';
import { clusterPlaces, PlacesFor } from '../access/place';
import { AppMesh } from '../app/app-mesh';
import { checkMetadata } from '../app/istio-object';
import {
  checkAddress, checkDistinct, checkHostName, checkInstance, checkList, checkNotEmpty, checkProps, propsOf, unchecked,
} from '../private/check';
import { checkConstruct, Fail, failAt, failBelow, quote, within } from '../private/fail';
import { isWildcard } from '../private/wire';
import { checkConnection, ConnectionSettings } from '../values/connection-settings';
import { DependencyPurpose, PURPOSE_OPTIONS } from '../values/dependency-purpose';
import { IEgressGateway } from '../values/egress-gateway-attributes';
import { Resolution } from '../values/resolution';

/** One server of a cluster outside the mesh. */
export interface ClusterMember {
  /** Its DNS name. */
  readonly host: string;

  /**
   * How the proxies find it: one address with `Resolution.ipAddresses()`, or its name with `Resolution.dnsRoundRobin()`. Where members tell clients
   * addresses of each other (Redis Cluster unless it announces names), give the address.
   */
  readonly resolution: Resolution;

  /**
   * The virtual IP address that the sidecars capture for a member that is found by name: see `ExternalServiceOptions.addresses`.
   *
   * @default - as for a service
   */
  readonly addresses?: string[];

  /**
   * Where the address of a member that is found by name lies: see `ExternalServiceOptions.networks`.
   *
   * @default - as for a service
   */
  readonly networks?: string[];
}

/** The options of every kind of cluster outside the mesh. */
export interface ExternalClusterOptions extends DependencyPurpose {
  /**
   * The namespaces whose sidecars see the cluster: see `ExternalServiceOptions.exportTo`.
   *
   * @default - the namespaces of the clients; without a client, the cluster's own
   */
  readonly exportTo?: string[];

  /**
   * How the last proxy connects to each member.
   *
   * @default - Istio's defaults
   */
  readonly connection?: ConnectionSettings;

  /**
   * The Secret that connected workloads read user and password from.
   *
   * @default - no variables for user and password
   */
  readonly credentials?: Credentials;

  /**
   * Metadata of the members' ServiceEntries: labels, annotations, namespace. Their names are made of the construct's path and the member's host.
   *
   * @default - the namespace is the chart's
   */
  readonly metadata?: ApiObjectMetadata;
}

/** The declaration of a cluster outside the mesh. */
export interface ExternalClusterProps extends ExternalClusterOptions {
  /** Its members, at least one. */
  readonly members: ClusterMember[];

  /** The ports that each member listens on, at least one. Drivers are given the first. */
  readonly ports: ExternalPort[];
}

/** A cluster that another app declares. */
export interface ExternalClusterAttributes extends ImportedOptions {
  /** The DNS names of its members. */
  readonly hosts: string[];

  /** The ports of each member, at least one, as the declaring app has them. */
  readonly ports: ExternalPort[];
}

export const CLUSTER_OPTIONS = {
  exportTo: checkList(checkExportTo, '"."'),
  connection: checkConnection,
  credentials: checkCredentials,
  metadata: checkMetadata,
  ...PURPOSE_OPTIONS,
};

/**
 * A store outside the mesh whose members are not interchangeable: each holds a part of the data, or leads for it, and tells clients which member to
 * ask. So each member is a service of its own, with an address of its own; no proxy chooses between them. For Redis, MongoDB and Kafka there are kinds;
 * this one is for every other store.
 *
 * Creates:
 *
 * - for each member the objects of an `ExternalService`, as children `<host>`
 *
 * A TCP member that is found by name needs an address that no other member has: DNS capture, a `virtualIpRange` of the mesh, or `addresses`.
 * Two members that would share a port are refused.
 *
 * @example
 * const cassandra = new ExternalCluster(chart, 'Cassandra', {
 *   members: [
 *     { host: 'cassandra-1.example.com', resolution: Resolution.ipAddresses('192.0.2.41') },
 *     { host: 'cassandra-2.example.com', resolution: Resolution.ipAddresses('192.0.2.42') },
 *   ],
 *   ports: [{ number: 9042 }],
 * });
 * cassandra.connectFrom(ratings, { membersVariable: 'CASSANDRA_CONTACT_POINTS' });
 *
 * @see https://istio.io/latest/docs/reference/config/networking/service-entry/
 */
export class ExternalCluster extends DeclaredService {
  /**
   * A cluster that another app declares, for the workloads of this app. See `ExternalService.fromServiceAttributes`.
   *
   * @param scope the chart, or a construct in it
   * @param id the construct's id
   * @param attributes hosts, ports and declaring namespace
   * @throws as `ExternalService.fromServiceAttributes` does
   */
  public static fromClusterAttributes(scope: Construct, id: string, attributes: ExternalClusterAttributes): IExternalService {
    checkProps(failBelow(scope, id), 'ExternalCluster.fromClusterAttributes()', attributes, { hosts: checkList(checkHostName, '"db.example.com"'), ports: unchecked, ...IMPORTED_OPTIONS }, [
      'hosts', 'ports', 'namespaceName',
    ]);
    return new ImportedService(scope, id, attributes, PLACES);
  }

  /** The DNS names of the members. */
  public readonly hosts: string[];
  /** The namespace that declares the cluster. Undefined when neither the chart nor `metadata` says. */
  public readonly namespaceName?: string;
  /** The members, in the order of the declaration: for settings of one, and for tests. */
  public readonly members: ExternalService[];

  private readonly connections: Connections;

  /**
   * @param scope the chart, or a construct in it
   * @param id the construct's id, which the names of the objects are made of
   * @param props the declaration
   * @throws for an unknown property, a member given twice, a member that is several servers, and as `ExternalService` does
   */
  public constructor(scope: Construct, id: string, props: ExternalClusterProps) {
    super(scope, id);
    const fail = failAt(this);
    checkProps(fail, 'ExternalCluster', props, { members: unchecked, ports: unchecked, ...CLUSTER_OPTIONS }, ['ports']);
    const { members, ports, ...options } = props;
    checkMembers(fail, 'members', members);
    const name = options.metadata?.name;
    if (name !== undefined) {
      fail(`'metadata.name' ${quote(name)} would be the name of ${members.length} ServiceEntries: leave it out, and their names are made of the construct's path and `
        + 'the member\'s host');
    }
    const declared = hostsAndPorts(fail, members.map(({ host }) => host), ports, AppMesh.of(this).mesh.clusterDomain);
    this.members = members.map(({ host, ...member }) => new ExternalService(this, host, { ...options, ...member, hosts: [host], ports }));
    this.hosts = [...declared.hosts];
    this.namespaceName = this.members[0].namespaceName;
    this.connections = new Connections({
      path: this.node.path,
      protocolName: declared.protocolName,
      credentials: props.credentials,
      placesFor: (connect, failing) => this._places(declared, connect, failing),
    }, fail);
    AppMesh.of(this).validate(this, () => this.connections.problems());
  }

  /**
   * Names clients of every member: see `ExternalService.allowFrom`.
   *
   * @param clients accounts, workloads or namespaces, in addition to those of earlier calls
   * @throws as `ExternalService.allowFrom` does
   */
  public allowFrom(...clients: MeshClient[]): void {
    this.members.forEach(member => member.allowFrom(...clients));
  }

  /**
   * Lets a workload use every member: its account becomes a client, and a container of it gets all members in one environment variable
   * (`membersVariable`), user and password in others or as files, the last two from a Secret.
   *
   * @param workload anything with a pod template: a Deployment, StatefulSet, DaemonSet, ReplicaSet, Job, CronJob or Pod of any library
   * @param options the variables' names, the credentials and their delivery, the container
   * @throws as `ExternalService.connectFrom` does, and for a variable of one host
   */
  public connectFrom(workload: IConstruct, options: ConnectOptions = {}): void {
    checkConstruct(failAt(this), 'connectFrom()', workload, 'a workload, such as a Deployment');
    this.connections.add(workload, options);
    this.members.forEach(member => member._connected(workload));
  }

  /** Its clients so far: those that were named, or else every account of the namespaces that see it. */
  public get clients(): ClientDescription[] {
    return this.members[0].clients;
  }

  /** The gateway that it is routed through; undefined when it is not. */
  public get gateway(): IEgressGateway | undefined {
    return this.members[0].gateway;
  }

  /** @internal */
  public get _routables(): readonly Routable[] {
    return this.members;
  }

  /** The variables that say where the members are. @internal */
  public get _places(): PlacesFor {
    return PLACES;
  }
}

const PLACES = clusterPlaces({ suffix: 'MEMBERS' });

const MEMBER = {
  host: checkHostName,
  resolution: checkInstance(Resolution, 'Resolution.ipAddresses() or Resolution.dnsRoundRobin()'),
  addresses: checkList(checkAddress, '"240.0.0.10"'),
  networks: checkList(checkAddress, '"192.0.2.0/24"'),
};

/** Checks members under the name that a kind has for them. */
export function checkMembers(fail: Fail, property: string, members: readonly ClusterMember[]): void {
  checkNotEmpty(fail, property, members, '{ host: "db-1.example.com", resolution: Resolution.ipAddresses("192.0.2.41") }');
  const wildcard = members.find(member => typeof member?.host === 'string' && isWildcard(member.host));
  if (wildcard) {
    fail(`'${property}' has the wildcard ${quote(wildcard.host)}, and a member is one server: name each of them`);
  }
  members.forEach((member, i) => {
    propsOf(MEMBER, ['host', 'resolution'])(fail, `${property}[${i}]`, member);
    member.resolution._checkOneServer(within(fail, `${property}[${i}]`));
  });
  checkDistinct(fail, property, members.map(({ host }) => host));
}
