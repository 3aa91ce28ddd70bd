import { Chart, Lazy } from 'cdk8s';
import { Construct, IConstruct } from 'constructs';
import { describeMachines, VirtualMachineServiceDescription } from './description';
import { ClientList } from '../access/client-list';
import { ConnectOptions } from '../access/connection';
import { Connections } from '../access/connections';
import { checkCredentials, Credentials } from '../access/credentials';
import { BoundClient, checkClients, MeshClient } from '../access/mesh-client';
import { hostPlaces } from '../access/place';
import { AppMesh } from '../app/app-mesh';
import { istioObject, ownObject } from '../app/istio-object';
import { checkDnsLabel, checkDnsName, checkInstance, checkLabels, checkNotEmpty, checkPort, checkProps, cidrOf, unchecked } from '../private/check';
import { checkConstruct, Fail, failAt, failWith, quote, within } from '../private/fail';
import { MachinesModel, MembershipModel, OpeningModel, PortModel } from '../private/model';
import { addressLabel, fullServiceName, objectName, Role } from '../private/names';
import { byNameOnly, openingOf } from '../private/openings';
import {
  renderMachinesPolicy, renderMachinesRule, renderMachinesService, renderWorkloadEntry, renderWorkloadGroup, visibilityOf,
} from '../private/render/machines';
import { checkedPorts } from '../services/declaration';
import { DependencyPurpose, PURPOSE_OPTIONS, purposeAnnotations, purposeIn } from '../values/dependency-purpose';
import { Membership } from '../values/membership';
import { Protocol } from '../values/protocol';
import { addTo } from '../view/lists';

/** A port of a service on virtual machines. */
export interface VirtualMachinePort {
  /** The port that clients connect to, 1 to 65535. */
  readonly number: number;

  /**
   * What is spoken on it. Between the sidecars it is always in mutual TLS.
   *
   * @default Protocol.TCP
   */
  readonly protocol?: Protocol;

  /**
   * The port that the application listens on, on the machine, 1 to 65535.
   *
   * @default - the same
   */
  readonly targetPort?: number;

  /**
   * The port's name, a DNS label of at most 15 characters with a letter.
   *
   * @default - `tcp`, `tls` or `http`, with the number (`tcp-3306`) when the service has several ports
   */
  readonly name?: string;
}

/** A service whose workloads are virtual machines. */
export interface VirtualMachineServiceProps extends DependencyPurpose {
  /** The name of the Kubernetes Service, a DNS label. Clients connect to `<serviceName>.<namespace>.svc.<cluster domain>`. */
  readonly serviceName: string;

  /** Its ports, at least one. */
  readonly ports: VirtualMachinePort[];

  /** How machines become members. */
  readonly membership: Membership;

  /**
   * The namespace of the Service and of the machines' identity.
   *
   * @default - the chart's
   */
  readonly namespaceName?: string;

  /**
   * The labels of the machines, by which the Service and the AuthorizationPolicy select them. A pod of the namespace with these labels is selected too.
   *
   * @default - `{ app: serviceName }`
   */
  readonly labels?: { [label: string]: string };

  /**
   * An existing service account that the machines run as.
   *
   * @default - one of the Service's name is created
   */
  readonly serviceAccountName?: string;

  /**
   * The Secret that connected workloads read user and password from.
   *
   * @default - no variables for user and password
   */
  readonly credentials?: Credentials;
}

/**
 * A service of the mesh that runs on virtual machines. Unlike a service outside the mesh, a machine is a workload: an agent on it holds an identity (a service
 * account) and a sidecar, connections are mutual TLS from the client's sidecar to the machine's, and the machine itself denies every identity that is not a
 * client. There is nothing for an egress gateway to do.
 *
 * Creates:
 *
 * - ServiceAccount `Account`, unless `serviceAccountName` is given: the identity of the machines
 * - AuthorizationPolicy `Access`: the clients, enforced by the sidecar on each machine. Every other port that the sidecar captures is denied.
 * - WorkloadEntry `Machines/<address>`, for each address of `Membership.workloadEntries()`
 * - WorkloadGroup `Group`, for `Membership.workloadGroup()`
 * - DestinationRule `Endpoints`, where there may be several machines: the clients' sidecars eject one that does not answer
 * - Service `Resource`: the name that clients connect to, visible to the namespaces of the clients
 *
 * The library writes what the cluster needs. On each machine, an operator installs Istio's agent (`istioctl x workload entry configure`); the machine has to
 * reach istiod and the pods, and the pods the machine. Which port of the machine its sidecar captures is set there: a captured port is in mutual TLS and
 * under the policy, any other port is as open as before.
 *
 * The policy sees the identity after the connection is open: a denied client of a server that speaks first (MySQL) receives its greeting, and nothing else.
 *
 * @example
 * const mysql = new VirtualMachineService(chart, 'Mysql', {
 *   serviceName: 'mysqldb',
 *   ports: [{ number: 3306, protocol: Protocol.MYSQL }],
 *   membership: Membership.workloadEntries('192.0.2.30'),
 *   credentials: Credentials.fromSecret('ratings-mysql'),
 * });
 * mysql.connectFrom(ratings, { envPrefix: 'MYSQL_DB' });
 *
 * @see https://istio.io/latest/docs/setup/install/virtual-machine/
 */
export class VirtualMachineService extends Construct {
  /**
   * Every service on virtual machines that is declared in a construct, in the order of the tree.
   *
   * @param scope the app, a chart, or a construct in it
   * @throws for something that is no construct
   */
  public static allIn(scope: IConstruct): VirtualMachineService[] {
    checkConstruct(failWith('VirtualMachineService.allIn()'), 'VirtualMachineService.allIn()', scope, 'the app, a chart or a construct in it');
    return scope.node.findAll().filter(construct => construct instanceof VirtualMachineService);
  }

  /** The name that clients connect to. The cluster's DNS answers it in every namespace. */
  public readonly host: string;
  /** The namespace of the Service and of the machines' identity. */
  public readonly namespaceName: string;
  /** The service account that the machines run as. */
  public readonly serviceAccountName: string;

  private readonly serviceName: string;
  private readonly ports: readonly PortModel[];
  /** @internal */
  public readonly _labels: { readonly [label: string]: string };
  private readonly membership: MembershipModel;
  private readonly purpose: DependencyPurpose;
  private readonly clients = new ClientList();
  private readonly connections: Connections;

  /**
   * @param scope the chart, or a construct in it
   * @param id the construct's id
   * @param props the service
   * @throws for an unknown property, a name that is no DNS label, a port out of range or given twice, an address that is none or a range, a service without
   * a namespace or in the root namespace, and in an ambient mesh
   */
  public constructor(scope: Construct, id: string, props: VirtualMachineServiceProps) {
    super(scope, id);
    const fail = failAt(this);
    checkProps(fail, 'VirtualMachineService', props, PROPS, ['serviceName', 'ports', 'membership']);
    const { mesh } = AppMesh.of(this);
    if (mesh.dataPlane === 'ambient') {
      fail('needs sidecars, and the mesh is ambient: how ztunnel reaches a machine is not known to this library');
    }
    this.serviceName = props.serviceName;
    this.namespaceName = namespaceOf(this, props.namespaceName, fail);
    if (this.namespaceName === mesh.rootNamespace) {
      fail(`cannot be in the root namespace ${quote(mesh.rootNamespace)}, whose policies hold for the workloads of every namespace that have its labels: give it `
        + 'a namespace of its own');
    }
    this.host = fullServiceName(props.serviceName, this.namespaceName, mesh.clusterDomain);
    this.serviceAccountName = props.serviceAccountName ?? props.serviceName;
    checkNotEmpty(fail, 'ports', props.ports, '{ number: 3306 }');
    this.ports = checkedPorts(props.ports, fail, PORT);
    this._labels = { ...props.labels ?? { app: props.serviceName } };
    if (Object.keys(this._labels).length === 0) {
      fail(`'labels' must have a label, got ${quote(props.labels)}: without one the Service would select every workload of the namespace`);
    }
    this.membership = props.membership._bind(within(fail, 'membership'));
    this.purpose = purposeIn(props);
    const { name: protocolName } = props.ports[0].protocol ?? Protocol.TCP;
    this.connections = new Connections({
      path: this.node.path,
      protocolName,
      credentials: props.credentials,
      placesFor: (options, failing) => hostPlaces({ hosts: [this.host], ports: this.ports, protocolName }, options, failing),
    }, fail);
    this.write(props.serviceAccountName === undefined);
    AppMesh.of(this).validate(this, () => this.problems());
  }

  /**
   * Names clients of the service. The sidecar on each machine denies every other identity, and everything that comes without one.
   *
   * This requires that the sidecar captures the service's ports on the machine, and control over who may run something as a client's service account.
   *
   * @param clients accounts, workloads or namespaces, in addition to those of earlier calls
   * @throws for a name that is no namespace or account, for a workload without a pod template or without a namespace
   */
  public allowFrom(...clients: MeshClient[]): void {
    const fail = failAt(this);
    checkNotEmpty(fail, 'allowFrom()', clients, 'MeshClient.serviceAccount("shop", "cart")');
    checkClients(fail, 'allowFrom()', clients);
    // All are checked before the first one is added.
    const bound = clients.map((client, i) => this.bind(client, within(fail, `allowFrom()[${i}]`)));
    bound.forEach(client => this.clients.add(client));
    AppMesh.of(this).changed();
  }

  /**
   * Lets a workload use the service: its account becomes a client, as with `allowFrom`, and a container of it gets host, port, user and password as
   * environment variables, the last two from a Secret; with `CredentialsDelivery.files()` as files. A workload that has a password as a value in its own
   * variables is refused at synth.
   *
   * @param workload anything with a pod template: a Deployment, StatefulSet, DaemonSet, ReplicaSet, Job, CronJob or Pod of any library
   * @param options the variables' names, the credentials and their delivery, the container, the port
   * @throws for something without a pod template or a namespace, a variable that the container has already, an unknown container or port
   */
  public connectFrom(workload: IConstruct, options: ConnectOptions = {}): void {
    checkConstruct(failAt(this), 'connectFrom()', workload, 'a workload, such as a Deployment');
    const client = this.bind(MeshClient.workload(workload), failAt(this));
    this.connections.add(workload, options);
    this.clients.add(client);
    AppMesh.of(this).changed();
  }

  /**
   * What the app declares of this service, as plain data: for tests and reports. Complete once every call was made.
   *
   * @example
   * for (const machines of VirtualMachineService.allIn(app)) {
   *   const description = machines.describe();
   *   console.log(`istioctl x workload entry configure --name ${description.serviceName} --namespace ${description.namespaceName}`);
   * }
   */
  public describe(): VirtualMachineServiceDescription {
    return describeMachines(this.model(), this.clients.models(), this.purpose);
  }

  /** How a namespace connects to the machines; undefined when it has no client. @internal */
  public _openingFrom(namespace: string): OpeningModel | undefined {
    const { visibleTo, labels } = this.model();
    const { addresses } = this.membership;
    const { peers, ports } = openingOf(addresses?.map(cidrOf), this.ports);
    // Pods may be behind the Service as well.
    return visibleTo.includes(namespace) ? { peers: [{ namespace: this.namespaceName, labels }, ...peers], ports } : undefined;
  }

  /** The ports that are open to every address, because the agents register the machines. @internal */
  public get _byNameOnly(): string[] {
    return byNameOnly({ hosts: [this.host], ports: this.ports, networks: this.membership.addresses });
  }

  private bind(client: MeshClient, fail: Fail): BoundClient {
    const bound = client._bind(fail);
    if (bound.limits) {
      fail('limitedTo() is for services outside the mesh: let the application, or a policy of yours, limit the requests to a machine');
    }
    if (bound.namespace === undefined) {
      fail(`its client '${bound.workload?.path}' has no namespace, which its identity is made of: give the workload's chart a 'namespace'`);
    }
    return bound;
  }

  /** In the order in which the objects are to be applied: nobody can connect before the policy is there. */
  private write(createsAccount: boolean): void {
    const { serviceName, namespaceName: namespace } = this;
    const { mesh } = AppMesh.of(this);
    const purpose = purposeAnnotations(this.purpose, failAt(this));
    const named = (...rest: (Role | string)[]) => ({ name: objectName(serviceName, namespace, ...rest), namespace, annotations: { ...purpose } });
    if (createsAccount) {
      ownObject(this, 'Account', 'ServiceAccount', { name: serviceName, namespace, annotations: { ...purpose } }, {});
    }
    istioObject(this, 'Access', 'AuthorizationPolicy', named(), () => renderMachinesPolicy(
      // istiod adds the aliases of the trust domain to a policy.
      this.model(), this.clients.access({ ...mesh, trustDomainAliases: [] }), mesh.trustDomain));
    const { addresses } = this.membership;
    if (addresses) {
      const machines = new Construct(this, 'Machines');
      addresses.forEach(address => istioObject(machines, address, 'WorkloadEntry', named(addressLabel(address)),
        () => renderWorkloadEntry(this.model(), address), this));
    } else {
      // An operator types its name, and istiod puts the address of each machine behind it.
      istioObject(this, 'Group', 'WorkloadGroup', { name: serviceName, namespace, annotations: { ...purpose } }, () => renderWorkloadGroup(this.model()));
    }
    if (addresses?.length !== 1) {
      istioObject(this, 'Endpoints', 'DestinationRule', named('machine-endpoints'), () => renderMachinesRule(this.model()));
    }
    const visibility = Lazy.any({ produce: () => visibilityOf(this.model()) }) as string;
    const annotations = { ...purpose, 'networking.istio.io/exportTo': visibility };
    istioObject(this, 'Resource', 'Service', { name: serviceName, namespace, labels: { ...this._labels }, annotations }, () => renderMachinesService(this.model()));
  }

  private model(): MachinesModel {
    // bind() refuses a client without one.
    const clients = this.clients.namespaces as readonly string[];
    return {
      path: this.node.path,
      serviceName: this.serviceName,
      namespace: this.namespaceName,
      host: this.host,
      ports: this.ports,
      labels: this._labels,
      account: this.serviceAccountName,
      membership: this.membership,
      visibleTo: [...new Set([this.namespaceName, ...clients])].sort(),
    };
  }

  /** Mistakes that only show once every call was made. */
  private problems(): string[] {
    const problems = [...this.connections.problems(), ...this.clients.problems(), ...this.clients.problemsOfDefaultAccount()];
    if (this.clients.isEmpty) {
      problems.push('has no clients, and its machines would deny everybody: name them with allowFrom() or connectFrom()');
    }
    const selected = AppMesh.of(this).once('machines that two services select', () => selectedTwice(VirtualMachineService.allIn(this.node.root))).get(this);
    if (selected) {
      problems.push(`'labels' ${quote(this._labels)} select the machines of '${selected.node.path}' as well, and connections would end at either: give each service `
        + 'labels of its own');
    }
    return problems;
  }
}

/** The services whose labels select the machines of another one, with that one. */
function selectedTwice(services: readonly VirtualMachineService[]): Map<VirtualMachineService, VirtualMachineService> {
  const byNamespace = new Map<string, VirtualMachineService[]>();
  services.forEach(service => addTo(byNamespace, service.namespaceName, service));
  const found = new Map<VirtualMachineService, VirtualMachineService>();
  for (const service of services) {
    const labels = Object.entries(service._labels);
    const other = byNamespace.get(service.namespaceName)!.find(candidate => (
      candidate !== service && labels.every(([label, value]) => candidate._labels[label] === value)));
    if (other) {
      found.set(service, other);
    }
  }
  return found;
}

function namespaceOf(construct: Construct, given: string | undefined, fail: Fail): string {
  if (!construct.node.scopes.some(scope => Chart.isChart(scope))) {
    fail('must be in a chart: create it with the chart, or a construct in it, as scope');
  }
  const namespace = given ?? Chart.of(construct).namespace;
  if (namespace === undefined) {
    fail('has no namespace, which its host and the machines\' identity are made of: give the chart a \'namespace\', or give \'namespaceName\'');
  }
  checkDnsLabel(fail, given === undefined ? 'namespace' : 'namespaceName', namespace);
  return namespace;
}

const PORT = {
  number: checkPort,
  protocol: checkInstance(Protocol, 'Protocol.TCP, Protocol.HTTP, Protocol.MYSQL and the others, or Protocol.custom()'),
  targetPort: checkPort,
  name: checkPortName,
};

/** As Kubernetes takes it. */
function checkPortName(fail: Fail, property: string, value: unknown): void {
  checkDnsLabel(fail, property, value);
  if ((value as string).length > 15 || !/[a-z]/.test(value as string) || (value as string).includes('--')) {
    fail(`'${property}' must have a letter, no "--" and at most 15 characters, got ${quote(value)}`);
  }
}

const PROPS = {
  serviceName: checkDnsLabel,
  // Checked one by one.
  ports: unchecked,
  membership: checkInstance(Membership, 'Membership.workloadEntries() or workloadGroup()'),
  namespaceName: unchecked,
  labels: checkLabels,
  serviceAccountName: checkDnsName,
  credentials: checkCredentials,
  ...PURPOSE_OPTIONS,
};
