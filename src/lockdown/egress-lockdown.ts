import { Chart } from 'cdk8s';
import { Construct, IConstruct } from 'constructs';
import { AppMesh } from '../app/app-mesh';
import { istioObject } from '../app/istio-object';
import { VirtualMachineService } from '../machines/virtual-machine-service';
import { checkDnsLabel, checkList, checkProps } from '../private/check';
import { baseNameOf } from '../private/construct-names';
import { checkConstruct, failAt, failWith, quote } from '../private/fail';
import { gatewayModel } from '../private/legs';
import { OpeningModel } from '../private/model';
import { objectName } from '../private/names';
import { byNameOnly, byNameOnlyAnnotation, checkControlPlane, openingOf, openingsOfMesh } from '../private/openings';
import { renderNetworkPolicy } from '../private/render/network-policy';
import { renderSidecar } from '../private/render/sidecar';
import { Dependable, Dependency, isDependable } from '../services/dependency';
import { checkMeshPeer, MeshPeer } from '../values/mesh-peer';
import { EgressGateway } from '../ways/egress-gateway';

/** A namespace that reaches only what it declared. */
export interface EgressLockdownProps {
  /**
   * The namespace.
   *
   * @default - the chart's
   */
  readonly namespaceName?: string;

  /**
   * What its pods use inside the cluster, beside their own namespace, DNS, istiod and the declared services: other namespaces of the mesh, a collector, the
   * Kubernetes API.
   *
   * @default - nothing
   */
  readonly peers?: MeshPeer[];
}

/** What a locked-down namespace reaches, as plain data. */
export interface EgressLockdownDescription {
  /** The namespace. */
  readonly namespaceName: string;
  /** What its sidecars know, as a Sidecar has it: `<namespace>/<host>`. */
  readonly hosts: string[];
  /** The ports of services whose addresses are not known at synth, as `<host>:<port>`. The NetworkPolicy opens these ports to every address. */
  readonly byNameOnly: string[];
}

/**
 * A namespace whose pods reach only what the app declares: the external services that are visible to the namespace, directly or through their gateway.
 *
 * - Its sidecars reset every other connection, whatever `outboundTrafficPolicy` the mesh has.
 * - Its pods, with or without a sidecar, reach DNS, istiod, pods of their own namespace, `peers`, the gateways and the addresses of direct services. This
 *   requires a network plugin that enforces NetworkPolicies, and that no pod runs with `hostNetwork` (Pod Security Standard `baseline`); synth refuses the workloads
 *   of the app that do.
 *
 * It holds against workloads, not against whoever may write Sidecars, ServiceEntries and NetworkPolicies in the namespace. Of a direct service that is
 * found by name a NetworkPolicy can open the port only: give its `networks`, or route it through a gateway. `describe()` and an annotation of the
 * NetworkPolicy list what is left.
 *
 * Ingress stays as it is: probes, scrapes and calls from other namespaces are not affected.
 *
 * Creates, in the namespace:
 *
 * - NetworkPolicy `Network`, for every pod
 * - Sidecar `Resource`, for every workload that has no Sidecar of its own
 *
 * The namespace of a gateway can be locked down when `new EgressGateway()` deploys it, here or in another app (`deniesByDefault`): its own policies open what is
 * routed through it.
 *
 * @example
 * new EgressLockdown(chart, 'Lockdown', { peers: [MeshPeer.allIn('reviews')] });
 *
 * @see https://istio.io/latest/docs/reference/config/networking/sidecar/
 */
export class EgressLockdown extends Construct {
  /**
   * Every locked-down namespace that is declared in a construct, in the order of the tree.
   *
   * @param scope the app, a chart, or a construct in it
   * @throws for something that is no construct
   */
  public static allIn(scope: IConstruct): EgressLockdown[] {
    checkConstruct(failWith('EgressLockdown.allIn()'), 'EgressLockdown.allIn()', scope, 'the app, a chart or a construct in it');
    return scope.node.findAll().filter(construct => construct instanceof EgressLockdown);
  }

  /** The namespace. */
  public readonly namespaceName: string;

  private readonly peers: readonly MeshPeer[];

  /**
   * @param scope the chart, or a construct in it
   * @param id the construct's id, which the names of the objects are made of
   * @param props the namespace and its peers
   * @throws for an unknown property, without a namespace, for a namespace that is locked down already, for the root
   * namespace and those of the cluster's DNS and istiod, and in an ambient mesh
   */
  public constructor(scope: Construct, id: string, props: EgressLockdownProps = {}) {
    super(scope, id);
    const fail = failAt(this);
    checkProps(fail, 'EgressLockdown', props, PROPS);
    const { mesh } = AppMesh.of(this);
    if (mesh.dataPlane === 'ambient') {
      fail('has no effect in an ambient mesh: ztunnel ignores Sidecars; close the network with NetworkPolicies');
    }
    checkControlPlane(fail, mesh);
    const namespace = props.namespaceName ?? Chart.of(this).namespace ?? '';
    if (namespace === '') {
      fail('has no namespace to lock down: give \'namespaceName\', or the chart a \'namespace\'');
    }
    if (namespace === mesh.rootNamespace) {
      fail(`cannot lock down the root namespace ${quote(namespace)}, whose Sidecar holds for every namespace: give each namespace a lock-down of its own`);
    }
    const component = namespace === mesh.clusterDns.namespace ? 'the DNS of the cluster' : namespace === mesh.controlPlane.namespace ? 'istiod' : undefined;
    if (component) {
      fail(`cannot lock down namespace ${quote(namespace)}, where ${component} runs: its pods would lose what they need themselves, such as the Kubernetes API`);
    }
    const first = AppMesh.of(this).claimLockdown(namespace, this);
    if (first) {
      fail(`namespace ${quote(namespace)} is locked down by '${first.node.path}' already: give that one all the 'peers'`);
    }
    this.namespaceName = namespace;
    this.peers = [...props.peers ?? []];
    const metadata = { name: objectName(baseNameOf(this), namespace, 'lockdown'), namespace };
    const annotations = byNameOnlyAnnotation(() => this.describe().byNameOnly);
    istioObject(this, 'Network', 'NetworkPolicy', { ...metadata, annotations }, () => renderNetworkPolicy({}, this.openings(), this.ownGateways()));
    istioObject(this, 'Resource', 'Sidecar', metadata, () => renderSidecar(this.hosts()));
    AppMesh.of(this).validate(this, () => this.problems());
  }

  /** What the namespace reaches, as plain data: for tests and reports. Complete once every call was made. */
  public describe(): EgressLockdownDescription {
    return {
      namespaceName: this.namespaceName,
      hosts: ['./*', ...new Set(this.hosts())].sort(),
      byNameOnly: [
        ...this.dependencies().filter(({ gateway }) => !gateway).flatMap(byNameOnly),
        ...this.machines().flatMap(machines => machines._byNameOnly),
      ].sort(),
    };
  }

  private hosts(): string[] {
    const { clusterDomain, clusterDns } = AppMesh.of(this).mesh;
    const inCluster = (namespace: string, service: string) => `${namespace}/${service}.${namespace}.svc.${clusterDomain}`;
    const hosts = [
      // A sidecar passes DNS over TCP on only when it knows the Service.
      inCluster(clusterDns.namespace, clusterDns.serviceName),
      ...this.peers.map(peer => peer._host(clusterDomain)),
      ...this.dependencies().flatMap(({ namespace, hosts: names, gateway }) => [
        ...names.map(host => `${namespace}/${host}`),
        // istiod adds the destinations of rules itself, and of several namespaces that have the host it takes the first by name.
        ...gateway ? [inCluster(gateway.namespaceName, gateway.serviceName)] : [],
      ]),
      ...this.machines().map(({ namespaceName, host }) => `${namespaceName}/${host}`),
    ];
    // "./*" has what is in the namespace, and istiod warns of a host that is named twice.
    return hosts.filter(host => !host.startsWith(`${this.namespaceName}/`));
  }

  private openings(): OpeningModel[] {
    const { mesh } = AppMesh.of(this);
    return [
      { peers: [{ namespace: this.namespaceName }] },
      ...openingsOfMesh(mesh),
      ...this.peers.map(peer => peer._opening()),
      ...this.dependencies().map(({ gateway, networks, ports }): OpeningModel => {
        if (!gateway) {
          return openingOf(networks, ports);
        }
        const { namespace, selector } = gatewayModel(gateway, mesh);
        // A gateway without it is refused at synth.
        return { peers: [{ namespace, labels: selector }], ports: [{ number: gateway.targetPort ?? gateway.port, protocol: 'TCP' }] };
      }),
      ...this.machines().map(machines => machines._openingFrom(this.namespaceName)!),
    ];
  }

  /** The policy selects every pod, a gateway's too; one that denies by default has policies of its own for what is routed through it. */
  private problems(): string[] {
    const cut = this.dependables().map(({ gateway }) => gateway)
      .find(gateway => gateway !== undefined && gateway.namespaceName === this.namespaceName && !gateway.deniesByDefault);
    const open = this.dependencies().filter(({ gateway }) => gateway);
    const plaintext = open.find(({ gateway, gatewayPort }) => gatewayPort !== gateway!.port);
    const unknown = open.find(({ gateway }) => gateway!.targetPort === undefined)?.gateway;
    const isHere = (namespace: string | undefined) => namespace === this.namespaceName;
    const beside = this.dependables().find(({ gateway, namespaceName }) => isHere(gateway?.namespaceName) && isHere(namespaceName));
    const nowhere = this.dependencies().find(({ namespace }) => namespace === undefined);
    return [
      ...nowhere ? [`cannot name ${quote(nowhere.hosts[0])}, whose namespace is not known: give its chart a 'namespace'`] : [],
      ...beside ? [`would show every sidecar of the namespace what its gateway sends to, because ${quote(beside.hosts?.[0])} is declared in the namespace of the gateway: declare it `
        + 'in another one'] : [],
      ...plaintext ? [`cannot close the way to ${quote(plaintext.hosts[0])}, which has a plaintext leg to the gateway: every pod that reaches the port would be served; route it with `
        + 'GatewayLeg.istioMutual()'] : [],
      ...unknown && !plaintext ? [`needs the 'targetPort' of gateway ${quote(`${unknown.serviceName}.${unknown.namespaceName}`)}, because a NetworkPolicy has the ports of pods: give it with `
        + 'EgressGateway.fromAttributes({ targetPort: ... })'] : [],
      ...cut ? [`would cut gateway ${quote(`${cut.serviceName}.${cut.namespaceName}`)}, whose pods run in this namespace, from the services that are routed through it: deploy it `
      + 'with new EgressGateway(), which opens them, or leave the lock-down of its namespace out'] : [],
    ];
  }

  /** Gateways here that have policies of their own: what the namespace opens is not for them. */
  private ownGateways(): { readonly [label: string]: string }[] {
    const gateways = [
      ...this.dependables().flatMap(({ gateway }) => gateway ?? []),
      ...EgressGateway._allOf(this),
    ].filter(({ namespaceName, deniesByDefault }) => namespaceName === this.namespaceName && deniesByDefault);
    const all = new Map(gateways.map(({ selector }) => [JSON.stringify(selector), selector]));
    return [...all].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, selector]) => selector);
  }

  private dependables(): readonly Dependable[] {
    return AppMesh.of(this).once('dependencies', () => this.node.root.node.findAll().filter(isDependable));
  }

  private dependencies(): readonly Dependency[] {
    return AppMesh.of(this).once(`dependencies of ${this.namespaceName}`, () => this.dependables().flatMap(construct => construct._seenFrom(this.namespaceName) ?? []));
  }

  private machines(): VirtualMachineService[] {
    const all = AppMesh.of(this).once('machines', () => VirtualMachineService.allIn(this.node.root));
    return all.filter(machines => machines._openingFrom(this.namespaceName));
  }
}

const PROPS = {
  namespaceName: checkDnsLabel,
  peers: checkList(checkMeshPeer, 'MeshPeer.allIn("shop")'),
};
