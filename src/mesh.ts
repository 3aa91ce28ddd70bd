import { IConstruct } from 'constructs';
import { checkDistinct, checkDnsLabel, checkDnsName } from './private/check';
import { failAt, quote } from './private/fail';
import { MeshModel } from './private/model';
import { AppMesh } from './app/app-mesh';

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

/** The facts of a mesh that change what is correct. */
export interface MeshProps {
  /**
   * The version of Istio's API that the objects are written in.
   *
   * @default IstioApiVersion.V1
   */
  readonly apiVersion?: IstioApiVersion;

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
   * Whether the sidecars answer DNS themselves (`ISTIO_META_DNS_CAPTURE`). With it a service that is reached by name has a virtual address of its
   * own; without it such a TCP service takes every address of its port, so a second one on the same port is refused.
   *
   * @default false
   * @see https://istio.io/latest/docs/ops/configuration/traffic-management/dns-proxy/
   */
  readonly dnsCapture?: boolean;
}

/**
 * The facts of the mesh that change what is correct, for which nothing is deployed. Declared once on the app, read by every construct in it.
 *
 * Without a declaration: API version `v1`, trust domain and cluster domain `cluster.local`, no DNS capture.
 *
 * @example
 * const app = new App();
 * Mesh.declare(app, { trustDomain: 'corp.example', dnsCapture: true });
 *
 * @see https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/
 */
export class Mesh {
  /**
   * Declares the mesh that the app is for. To be called before the first construct of this library is made.
   *
   * @param app the app
   * @param props its facts
   * @throws when `app` is not the root, when a mesh is declared already or was read before, and for an unknown API version or a bad domain
   */
  public static declare(app: IConstruct, props: MeshProps): Mesh {
    const fail = failAt(app);
    if (app.node.root !== app) {
      fail('the mesh is declared on the app, not inside of it: Mesh.declare(app, { ... })');
    }
    if (props.apiVersion !== undefined && !Object.values(IstioApiVersion).includes(props.apiVersion)) {
      fail(`'apiVersion' must be one of ${Object.values(IstioApiVersion).map(quote).join(', ')}, got ${quote(props.apiVersion)}`);
    }
    if (props.trustDomain !== undefined) {
      checkDnsName(fail, 'trustDomain', props.trustDomain);
    }
    for (const alias of props.trustDomainAliases ?? []) {
      checkDnsName(fail, 'trustDomainAliases', alias);
    }
    checkDistinct(fail, 'trustDomainAliases', [props.trustDomain ?? 'cluster.local', ...props.trustDomainAliases ?? []]);
    if (props.rootNamespace !== undefined) {
      checkDnsLabel(fail, 'rootNamespace', props.rootNamespace);
    }
    if (props.clusterDomain !== undefined) {
      checkDnsName(fail, 'clusterDomain', props.clusterDomain);
    }
    const late = AppMesh.of(app).declareMesh(props);
    if (late) {
      fail(`the mesh is ${late}: call Mesh.declare() once, before the first construct`);
    }
    return Mesh.of(app);
  }

  /**
   * The mesh that the app of a construct is for.
   *
   * @param construct anything in the app
   */
  public static of(construct: IConstruct): Mesh {
    return new Mesh(AppMesh.of(construct).mesh);
  }

  /** The version of Istio's API that the objects are written in. */
  public readonly apiVersion: IstioApiVersion;
  /** The first part of every workload's identity. */
  public readonly trustDomain: string;
  /** Further trust domains whose identities are the same workloads. */
  public readonly trustDomainAliases: string[];
  /** The DNS domain of the cluster's services. */
  public readonly clusterDomain: string;
  /** The namespace whose Istio objects apply to every namespace. */
  public readonly rootNamespace: string;
  /** Whether the sidecars answer DNS themselves. */
  public readonly dnsCapture: boolean;

  private constructor(facts: MeshModel) {
    this.apiVersion = facts.apiVersion as IstioApiVersion;
    this.trustDomain = facts.trustDomain;
    this.trustDomainAliases = [...facts.trustDomainAliases];
    this.clusterDomain = facts.clusterDomain;
    this.rootNamespace = facts.rootNamespace;
    this.dnsCapture = facts.dnsCapture;
  }
}
