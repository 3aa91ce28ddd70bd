import { IConstruct } from 'constructs';
import { AppMesh } from './app/app-mesh';
import { checkConstruct, failAt, failWith, refuseAbstract } from './private/fail';
import { MeshModel } from './private/model';
import { ClusterDns, ControlPlane } from './values/cluster-components';
import { checkFacts, factsModel } from './values/mesh-facts';

/**
 * The version of Istio's API that the objects are written in.
 *
 * @see https://istio.io/latest/docs/releases/feature-stages/
 */
export enum IstioApiVersion {
  /** Istio 1.22 and newer. */
  V1 = 'v1',
  /** Istio 1.5 and newer. */
  V1BETA1 = 'v1beta1',
  /** The oldest. An AuthorizationPolicy, which never had it, is written as `v1beta1`. */
  V1ALPHA3 = 'v1alpha3',
}

/**
 * What the sidecars do with a connection to a host that no ServiceEntry declares.
 *
 * @see https://istio.io/latest/docs/tasks/traffic-management/egress/egress-control/
 */
export enum OutboundTrafficPolicy {
  /** They reset it. Every statement of this library about who cannot reach a service requires it. */
  REGISTRY_ONLY = 'REGISTRY_ONLY',
  /** They pass it on, Istio's own default: a pod that is not a client connects straight to the service. */
  ALLOW_ANY = 'ALLOW_ANY',
}

/**
 * What carries the traffic of the workloads.
 *
 * @see https://istio.io/latest/docs/overview/dataplane-modes/
 */
export enum DataPlane {
  /** A proxy in each pod. */
  SIDECAR = 'sidecar',
  /**
   * A ztunnel on each node. It ignores VirtualServices, DestinationRules and `exportTo`, so constructs that rely on them are refused.
   */
  AMBIENT = 'ambient',
}

/** The facts of a mesh that change what is correct. */
export interface MeshProps {
  /**
   * The version of Istio's API that the objects are written in.
   *
   * @default IstioApiVersion.V1
   */
  readonly apiVersion?: IstioApiVersion;

  /**
   * The minor version of Istio that the mesh runs, such as `1.24`; of several, the oldest. Synth refuses fields and values that it does not have.
   * A newer one than this version of the library knows counts as the newest that it knows, and fields that are unknown are taken for new ones.
   *
   * @default '1.32', the newest that this version of the library knows
   */
  readonly istioVersion?: string;

  /**
   * `meshConfig.trustDomain`: the first part of every workload's identity.
   *
   * @default 'cluster.local'
   */
  readonly trustDomain?: string;

  /**
   * `meshConfig.trustDomainAliases`: further trust domains whose identities are the same workloads. A gateway recognises a client under each of them.
   *
   * @default - none
   */
  readonly trustDomainAliases?: string[];

  /**
   * The DNS domain of the cluster's services.
   *
   * @default 'cluster.local'
   */
  readonly clusterDomain?: string;

  /**
   * `meshConfig.rootNamespace`: the namespace whose Istio objects apply to every namespace.
   *
   * @default 'istio-system'
   */
  readonly rootNamespace?: string;

  /**
   * `meshConfig.outboundTrafficPolicy.mode`. Istio's own default is ALLOW_ANY; declare it if your mesh runs with it.
   *
   * @default OutboundTrafficPolicy.REGISTRY_ONLY
   */
  readonly outboundTrafficPolicy?: OutboundTrafficPolicy;

  /**
   * What carries the traffic of the workloads.
   *
   * @default DataPlane.SIDECAR
   */
  readonly dataPlane?: DataPlane;

  /**
   * Whether the sidecars answer DNS themselves (`ISTIO_META_DNS_CAPTURE`). With it, a service that is resolved by name has a virtual address of its own
   * (requires `ipAutoAllocate`). Without it, such a TCP service captures every address of its port, and a second one on the same port is refused.
   *
   * @default false
   * @see https://istio.io/latest/docs/ops/configuration/traffic-management/dns-proxy/
   */
  readonly dnsCapture?: boolean;

  /**
   * Whether the mesh allocates an address for each ServiceEntry that is resolved by name: by default since Istio 1.25
   * (`PILOT_ENABLE_IP_AUTOALLOCATE`), from 1.9 to 1.24 with `ISTIO_META_DNS_AUTO_ALLOCATE` in the sidecars. It takes effect with `dnsCapture` only.
   *
   * @default - true with API version `v1` and an `istioVersion` of 1.25 or newer, false otherwise
   */
  readonly ipAutoAllocate?: boolean;

  /**
   * A range that nobody uses, for a mesh without DNS capture: a TCP service that is found by name gets an address of it, made of its host, and the pods of
   * workloads that `connectFrom` resolve the host to that address (`hostAliases`). A pod that does not is not served: its connections go to the real address,
   * which its sidecar knows nothing of.
   *
   * The larger the range, the less likely that two hosts get one address: of 200 hosts in a `/10` two do with a chance of 0.5 %, in an IPv6 `/64` never. Inside
   * an app that is refused; two apps do not see each other.
   *
   * @default - none: such a service captures every address of its port
   * @example '240.64.0.0/10'
   */
  readonly virtualIpRange?: string;

  /**
   * Where the pods find the DNS of the cluster. `EgressLockdown` and `EgressGateway` let pods reach it.
   *
   * @default - Service `kube-dns` in `kube-system`, pods labelled `k8s-app: kube-dns`, port 53
   */
  readonly clusterDns?: ClusterDns;

  /**
   * Where the proxies find istiod. `EgressLockdown` and `EgressGateway` let pods reach it.
   *
   * @default - pods labelled `app: istiod` in the root namespace, port 15012
   */
  readonly controlPlane?: ControlPlane;
}

/**
 * The facts of the mesh that change what is correct. Declare them once on the app, before the first construct. Creates: nothing.
 *
 * Without a declaration: API version `v1`, the newest Istio, sidecars, REGISTRY_ONLY, trust domain and cluster domain `cluster.local`, no DNS capture.
 *
 * @example
 * const app = new App();
 * Mesh.declare(app, { trustDomain: 'corp.example', dnsCapture: true });
 *
 * @see https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/
 */
export class Mesh {
  /**
   * Declares the mesh that the app is for. Call it before the first construct of this library.
   *
   * @param app the app
   * @param props its facts
   * @throws when `app` is not the root, when a mesh is declared already or was read before, and for an unknown or malformed fact
   */
  public static declare(app: IConstruct, props: MeshProps): Mesh {
    checkConstruct(failWith('Mesh.declare()'), 'Mesh.declare()', app, 'the app');
    const fail = failAt(app);
    if (app.node.root !== app) {
      fail('the mesh is declared on the app, not inside of it: Mesh.declare(app, { ... })');
    }
    checkFacts(fail, 'Mesh.declare()', props);
    const late = AppMesh.of(app).declareMesh(factsModel(props));
    if (late) {
      fail(`the mesh is ${late}: call Mesh.declare() once, before the first construct`);
    }
    return Mesh.of(app);
  }

  /**
   * The mesh that the app of a construct is for.
   *
   * @param construct anything in the app
   * @throws for something that is no construct
   */
  public static of(construct: IConstruct): Mesh {
    checkConstruct(failWith('Mesh.of()'), 'Mesh.of()', construct, 'a construct of the app');
    return new Mesh(AppMesh.of(construct).mesh);
  }

  /** The version of Istio's API that the objects are written in. */
  public readonly apiVersion: IstioApiVersion;
  /** The minor version of Istio that the mesh runs. */
  public readonly istioVersion: string;
  /** The first part of every workload's identity. */
  public readonly trustDomain: string;
  /** Further trust domains whose identities are the same workloads. */
  public readonly trustDomainAliases: string[];
  /** The DNS domain of the cluster's services. */
  public readonly clusterDomain: string;
  /** The namespace whose Istio objects apply to every namespace. */
  public readonly rootNamespace: string;
  /** What the sidecars do with a connection to an undeclared host. */
  public readonly outboundTrafficPolicy: OutboundTrafficPolicy;
  /** What carries the traffic of the workloads. */
  public readonly dataPlane: DataPlane;
  /** Whether the sidecars answer DNS themselves. */
  public readonly dnsCapture: boolean;
  /** Whether the mesh allocates addresses for services that are resolved by name. */
  public readonly ipAutoAllocate: boolean;
  /** The range of the addresses that stand for services which are found by name. */
  public readonly virtualIpRange?: string;

  private constructor(facts: MeshModel) {
    refuseAbstract(facts?.trustDomainAliases === undefined, 'Mesh', 'declare() or of()');
    this.apiVersion = facts.apiVersion as IstioApiVersion;
    this.istioVersion = facts.istioVersion;
    this.trustDomain = facts.trustDomain;
    this.trustDomainAliases = [...facts.trustDomainAliases];
    this.clusterDomain = facts.clusterDomain;
    this.rootNamespace = facts.rootNamespace;
    this.outboundTrafficPolicy = facts.outboundTrafficPolicy as OutboundTrafficPolicy;
    this.dataPlane = facts.dataPlane as DataPlane;
    this.dnsCapture = facts.dnsCapture;
    this.ipAutoAllocate = facts.ipAutoAllocate;
    this.virtualIpRange = facts.virtualIpRange;
  }
}
