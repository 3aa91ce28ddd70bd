import { Construct, IConstruct } from 'constructs';
import { ExternalPort, hostsAndPorts, secretOf } from './declaration';
import { Dependency } from './dependency';
import { IExternalService } from './i-external-service';
import { problemOfDefaultAccount } from '../access/client-list';
import { ConnectOptions } from '../access/connection';
import { Connections } from '../access/connections';
import { checkCredentials, Credentials } from '../access/credentials';
import { hostPlaces, PlacesFor } from '../access/place';
import { NamedAddress, Workload } from '../access/workload';
import { AppMesh } from '../app/app-mesh';
import { istioObject } from '../app/istio-object';
import { KeyedObjects } from '../app/keyed-objects';
import {
  checkAddress, checkBoolean, checkDnsLabel, checkDnsName, checkHostName, checkInstance, checkList, checkProps, cidrOf, unchecked,
} from '../private/check';
import { baseNameOf, chartNameOf } from '../private/construct-names';
import { checkConstruct, failAt, quote } from '../private/fail';
import { gatewayModel, legsOf } from '../private/legs';
import { PortModel, RouteModel } from '../private/model';
import { labelOf, objectName } from '../private/names';
import { clientNamespace, renderClientDestinationRule } from '../private/render/to-gateway';
import { virtualIpOf } from '../private/virtual-ip';
import { checkGateway, IEgressGateway } from '../values/egress-gateway-attributes';
import { GatewayLeg } from '../values/gateway-leg';

/** What is known of a service that another app declares, besides its hosts and ports. */
export interface ImportedOptions {
  /** The namespace that declares the service. */
  readonly namespaceName: string;

  /**
   * The gateway that the declaring app routes the service through.
   *
   * @default - the sidecars connect directly
   */
  readonly gateway?: IEgressGateway;

  /**
   * How the declaring app takes connections to the gateway.
   *
   * @default GatewayLeg.istioMutual()
   */
  readonly leg?: GatewayLeg;

  /**
   * Whether the declaring app named the workloads' namespace as a whole (`MeshClient.allIn`) and not their accounts: the gateway knows it by other server names.
   *
   * @default false
   */
  readonly wholeNamespace?: boolean;

  /**
   * Those of the hosts that the declaring app finds by name and gives an address of the mesh's `virtualIpRange`: connected pods resolve them to it, as they do
   * there. This app has to declare the same range.
   *
   * @default - none
   */
  readonly virtualIpHosts?: string[];

  /**
   * Where its addresses lie, as IP addresses or CIDR ranges: what an `EgressLockdown` of the workloads' namespace opens. Only without a `gateway`.
   *
   * @default - every address, on the ports of the service
   */
  readonly networks?: string[];

  /**
   * The Secret that connected workloads read user and password from.
   *
   * @default - no variables for user and password
   */
  readonly credentials?: Credentials;
}

/** A service that another app declares. */
export interface ExternalServiceAttributes extends ImportedOptions {
  /** The DNS names of the service. */
  readonly hosts: string[];

  /** Its ports, at least one, as the declaring app has them. */
  readonly ports: ExternalPort[];
}

export const IMPORTED_OPTIONS = {
  namespaceName: checkDnsLabel,
  gateway: unchecked,
  leg: checkInstance(GatewayLeg, 'GatewayLeg.istioMutual() or GatewayLeg.plaintext()'),
  wholeNamespace: checkBoolean,
  virtualIpHosts: checkList(checkDnsName, '"db.example.com"'),
  networks: checkList(checkAddress, '"192.0.2.0/24"'),
  credentials: checkCredentials,
};

/** A service that another app declares: nothing is declared again, and the connected workloads' namespaces get what the client's side needs. */
export class ImportedService extends Construct implements IExternalService {
  public readonly hosts: string[];
  public readonly namespaceName?: string;
  private readonly connections: Connections;
  private readonly ports: readonly PortModel[];
  private readonly rules?: KeyedObjects;
  private readonly workloads: Workload[] = [];
  private readonly virtualIps: readonly NamedAddress[];

  public constructor(scope: Construct, id: string, private readonly attributes: ExternalServiceAttributes, placesFor: PlacesFor = hostPlaces) {
    super(scope, id);
    const fail = failAt(this);
    checkProps(fail, 'ExternalService.fromServiceAttributes()', attributes, { hosts: checkList(checkHostName, '"db.example.com"'), ports: unchecked, ...IMPORTED_OPTIONS }, ['namespaceName']);
    const { mesh } = AppMesh.of(this);
    const declared = hostsAndPorts(fail, attributes.hosts, attributes.ports, mesh.clusterDomain);
    this.hosts = [...declared.hosts];
    this.ports = declared.ports;
    this.namespaceName = attributes.namespaceName;
    this.connections = new Connections({
      path: this.node.path,
      protocolName: declared.protocolName,
      credentials: attributes.credentials,
      placesFor: (options, failing) => placesFor(declared, options, failing),
    }, fail);
    const byName = attributes.virtualIpHosts ?? [];
    const unknown = byName.find(host => !this.hosts.includes(host));
    if (unknown !== undefined) {
      fail(`'virtualIpHosts' must be hosts of the service (${this.hosts.map(quote).join(', ')}), got ${quote(unknown)}`);
    }
    if (byName.length > 0 && mesh.virtualIpRange === undefined) {
      fail(`'virtualIpHosts' ${byName.map(quote).join(', ')} need the range that the declaring app has: call Mesh.declare(app, { virtualIpRange: ... }) first`);
    }
    if (attributes.networks !== undefined && attributes.gateway !== undefined) {
      fail(`'networks' ${attributes.networks.map(quote).join(', ')} says where sidecars connect to, and they connect to the 'gateway': leave it out`);
    }
    const secret = secretOf(this.ports);
    if (secret !== undefined && attributes.gateway === undefined) {
      fail(`'credentialName' ${quote(secret)} of a service that another app declares, which writes nothing for the workloads of this one: let that app route the service, and `
        + 'give its \'gateway\' here, or declare the service in this app');
    }
    this.virtualIps = byName.map(host => ({ path: this.node.path, host, address: virtualIpOf(mesh.virtualIpRange!, host) }));
    if (attributes.gateway !== undefined) {
      this.rules = this.clientRules(attributes, attributes.gateway);
    }
    AppMesh.of(this).validate(this, () => this.problems());
  }

  public connectFrom(workload: IConstruct, options: ConnectOptions = {}): void {
    const fail = failAt(this);
    checkConstruct(fail, 'connectFrom()', workload, 'a workload, such as a Deployment');
    const connected = this.connections.add(workload, options);
    this.workloads.push(connected);
    this.virtualIps.forEach(name => connected.resolve(name));
    if (connected.namespace !== undefined) {
      this.rules?.ensure(connected.namespace);
    }
    AppMesh.of(this).changed();
  }

  /** Plain JavaScript calls it in the wrong app. */
  public allowFrom(): void {
    failAt(this)('allowFrom() belongs to the app that declares the service: call it there, or connect a workload with connectFrom() here');
  }

  public get gateway(): IEgressGateway | undefined {
    return this.attributes.gateway;
  }

  public _seenFrom(namespace: string): Dependency | undefined {
    const { gateway, networks, leg } = this.attributes;
    return !this.workloads.some(workload => workload.namespace === namespace) ? undefined : {
      namespace: this.namespaceName,
      hosts: this.hosts,
      ports: this.ports,
      networks: networks?.map(cidrOf),
      gateway,
      gatewayPort: gateway && (leg ?? GatewayLeg.istioMutual())._port(gateway.port),
    };
  }

  private clientRules(attributes: ExternalServiceAttributes, gateway: IEgressGateway): KeyedObjects {
    const fail = failAt(this);
    const { mesh } = AppMesh.of(this);
    const leg = attributes.leg ?? GatewayLeg.istioMutual();
    checkGateway(fail, gateway);
    leg._check(fail);
    const route: RouteModel = {
      namespace: attributes.namespaceName,
      gateway: gatewayModel(gateway, mesh),
      mutual: leg._mutual,
      legs: legsOf(fail, { hosts: this.hosts, ports: this.ports }, attributes.namespaceName, leg._port(gateway.port)),
    };
    return new KeyedObjects(this, 'Clients', (scope, client) => istioObject(scope, client, 'DestinationRule', {
      // Several repositories may have clients in one namespace, of this service and of others.
      name: objectName(`${baseNameOf(this)}.${labelOf(this.hosts[0])}`, attributes.namespaceName, 'to-gateway', client, chartNameOf(this)),
      namespace: client,
    }, () => renderClientDestinationRule(route, clientNamespace(route, mesh, client, attributes.wholeNamespace ?? false)), this));
  }

  /** Mistakes that only show once every call was made. */
  private problems(): string[] {
    const ofWorkloads = this.workloads.flatMap(workload => [...workload.problemsOfIdentity(), ...workload.problemsOfNames(this.node.path)]);
    const problems = [...this.connections.problems(), ...new Set(ofWorkloads)];
    if (this.rules) {
      problems.push(...this.workloads.flatMap(workload => workload.bypassesOf(this.ports)));
      if (!this.attributes.wholeNamespace) {
        const shared = this.workloads.filter(workload => workload.serviceAccountName === 'default');
        problems.push(...new Set(shared.map(({ path }) => problemOfDefaultAccount(path))));
      }
      if (this.workloads.some(workload => workload.namespace === undefined)) {
        problems.push('a connected workload has no namespace, which its DestinationRule is written to: give the workload\'s chart a \'namespace\'');
      }
    }
    return problems;
  }
}
