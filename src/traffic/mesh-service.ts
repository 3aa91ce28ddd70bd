import { ApiObjectMetadata } from 'cdk8s';
import { Construct } from 'constructs';
import { AppMesh } from '../app/app-mesh';
import { checkMetadata, identityOf, istioObject, NamedMetadata } from '../app/istio-object';
import { checkDistinct, checkDnsLabel, checkDnsName, checkList, checkNotEmpty, checkProps } from '../private/check';
import { failAt, quote } from '../private/fail';
import { ShareModel } from '../private/model';
import { fullServiceName } from '../private/names';
import { renderShares, renderSubsets } from '../private/render/mesh-service';

/** A service inside the mesh and its versions. */
export interface MeshServiceProps {
  /** The name of its Kubernetes Service: short when it is in the same namespace, else with its domain. */
  readonly host: string;

  /** The values that the label `version` of its pods has, at least one. Each becomes a subset of that name. */
  readonly versions: string[];

  /**
   * Metadata of the DestinationRule, and of the VirtualService when there is one.
   *
   * @default - the name is made of the construct's path inside its chart, the namespace is the chart's
   */
  readonly metadata?: ApiObjectMetadata;
}

/**
 * Traffic rules for a Service of the mesh.
 *
 * Creates:
 *
 * - DestinationRule `Resource`: a subset for each version
 * - VirtualService `Route`, once `routeTo` or `split` is called; until then every version receives traffic
 *
 * @example
 * const reviews = new MeshService(chart, 'Reviews', { host: 'reviews', versions: ['v1', 'v2', 'v3'] });
 * reviews.routeTo('v3');
 *
 * @see https://istio.io/latest/docs/concepts/traffic-management/
 */
export class MeshService extends Construct {
  /** The name of the Kubernetes Service. */
  public readonly host: string;

  private readonly versions: readonly string[];
  private readonly metadata: NamedMetadata;
  private shares: readonly ShareModel[] = [];

  /**
   * @param scope the chart, or a construct in it
   * @param id the construct's id, which the names of the objects are made of
   * @param props the service
   * @throws for a host or version that is no DNS name, no version, and rules for one host given twice
   */
  public constructor(scope: Construct, id: string, props: MeshServiceProps) {
    super(scope, id);
    const fail = failAt(this);
    checkProps(fail, 'MeshService', props, { host: checkDnsName, versions: checkList(checkDnsLabel, '"v1"'), metadata: checkMetadata }, ['host', 'versions']);
    checkNotEmpty(fail, 'versions', props.versions, '"v1"');
    checkDistinct(fail, 'versions', props.versions);
    this.host = props.host;
    this.versions = [...props.versions];
    const { namespace, name } = identityOf(this, props.metadata);
    // Istio takes the oldest VirtualService of a host and leaves the others out.
    const other = AppMesh.of(this).claimRules(fullName(this, props.host, namespace ?? ''), this);
    if (other) {
      fail(`'host' ${quote(props.host)} has its rules at '${other.node.path}' already: write them in one place`);
    }
    this.metadata = { ...props.metadata, name };
    istioObject(this, 'Resource', 'DestinationRule', this.metadata, () => renderSubsets(this.model()));
  }

  /**
   * Sends all traffic to one version.
   *
   * @param version one of the versions
   * @throws for an unknown version, and when the traffic is routed already
   */
  public routeTo(version: string): void {
    this.checkVersion(version);
    this.share([{ subset: version }]);
  }

  /**
   * Splits the traffic between versions.
   *
   * @param weights percent of the traffic for each version, whole numbers that sum up to 100
   * @throws for an unknown version, weights that do not sum up to 100, and when the traffic is routed already
   */
  public split(weights: { [version: string]: number }): void {
    const given: unknown = weights;
    if (typeof given !== 'object' || given === null) {
      failAt(this)(`split() needs a weight for each version, like { v1: 90, v2: 10 }, got ${quote(given)}`);
    }
    const shares = Object.entries(weights).sort(([a], [b]) => (a < b ? -1 : 1)).map(([subset, weight]) => ({ subset, weight }));
    shares.forEach(({ subset }) => this.checkVersion(subset));
    const wrong = shares.some(({ weight }) => !Number.isInteger(weight) || weight < 0);
    if (wrong || shares.reduce((sum, { weight }) => sum + weight, 0) !== 100) {
      failAt(this)(`'weights' must be whole numbers that sum up to 100, got ${quote(weights)}`);
    }
    this.share(shares);
  }

  /** @internal */
  public get _shares(): readonly ShareModel[] {
    return this.shares;
  }

  private checkVersion(version: string): void {
    if (!this.versions.includes(version)) {
      failAt(this)(`'version' must be one of the service's versions (${this.versions.map(quote).join(', ')}), got ${quote(version)}`);
    }
  }

  private share(shares: readonly ShareModel[]): void {
    if (AppMesh.of(this).mesh.dataPlane === 'ambient') {
      failAt(this)('routeTo() and split() have no effect in an ambient mesh: ztunnel ignores VirtualServices, and this library knows no waypoint yet');
    }
    if (this.shares.length > 0) {
      failAt(this)('already has its route: call routeTo() or split() once');
    }
    this.shares = shares;
    istioObject(this, 'Route', 'VirtualService', this.metadata, () => renderShares(this.model()));
  }

  private model() {
    return { host: this.host, versions: this.versions, shares: this.shares };
  }
}

/** The shares of the versions in the traffic of a Service; empty without routeTo() or split(). */
export function sharesOf(scope: Construct, host: string, namespace: string): readonly ShareModel[] {
  return AppMesh.of(scope).rulesOf(fullName(scope, host, namespace))?._shares ?? [];
}

/** The full name of a Service. */
function fullName(scope: Construct, host: string, namespace: string): string {
  return fullServiceName(host, namespace, AppMesh.of(scope).mesh.clusterDomain);
}
