import { ApiObjectMetadata } from 'cdk8s';
import { Construct } from 'constructs';
import { AppMesh } from '../app/app-mesh';
import { checkMetadata, identityOf, istioObject, NamedMetadata } from '../app/istio-object';
import { checkDistinct, checkDnsLabel, checkDnsName, checkList, checkNotEmpty, checkProps, checkServiceName } from '../private/check';
import { Fail, failAt, quote } from '../private/fail';
import { MeshServiceModel, MirrorModel, RuleModel, ShareModel } from '../private/model';
import { fullServiceName } from '../private/names';
import { renderMeshRules, renderSubsets } from '../private/render/mesh-service';
import { checkConnection, connectionModel, ConnectionSettings } from '../values/connection-settings';
import { checkHeaderMatch, covers, HeaderMatch, wordsOf } from '../values/header-match';
import { checkHttp, checkShare, httpModel, HttpSettings } from '../values/http-settings';
import { checkLoadBalancer, LoadBalancer } from '../values/load-balancer';

/** A service inside the mesh and its versions. */
export interface MeshServiceProps {
  /** The name of its Kubernetes Service: short, or with its domain. The rules are in the namespace of the Service. */
  readonly host: string;

  /** The values that the label `version` of its pods has, at least one. Each becomes a subset of that name. */
  readonly versions: string[];

  /**
   * How requests are sent to it.
   *
   * @default - Istio's defaults: no timeout, two retries
   */
  readonly http?: HttpSettings;

  /**
   * How a pod is chosen for each request.
   *
   * @default LoadBalancer.leastRequest()
   */
  readonly loadBalancer?: LoadBalancer;

  /**
   * How the clients' proxies connect to its pods. Outlier detection counts connections that fail, and answers with 502, 503 or 504, which the sidecar of
   * a pod gives when the application does not answer.
   *
   * @default - Istio's defaults: no outlier detection, ten seconds to connect
   */
  readonly connection?: ConnectionSettings;

  /**
   * Metadata of the DestinationRule, and of the VirtualService when there is one.
   *
   * @default - the name is made of the construct's path inside its chart, the namespace is the chart's
   */
  readonly metadata?: ApiObjectMetadata;
}

/** How requests with a header are sent. */
export interface RouteMatchingOptions {
  /**
   * How these requests are sent.
   *
   * @default - as `http` of the service says, which also holds for each setting that is left out here
   */
  readonly http?: HttpSettings;
}

/** Which requests are copied. */
export interface MirrorOptions {
  /**
   * The share of the requests, percent, 0.0001 to 100.
   *
   * @default 100
   */
  readonly percentage?: number;
}

/**
 * Traffic rules for a Service of the mesh. They hold for the sidecars of all clients, and for requests from outside at each `IngressRoute` to the service.
 *
 * A request takes the first of these that fits:
 *
 * 1. the rules of `routeMatching`, in the order of the calls
 * 2. the default route, `routeTo` or `split`; without one, every version receives traffic
 *
 * Creates:
 *
 * - DestinationRule `Resource`: a subset for each version, and `loadBalancer` and `connection` for all of them
 * - VirtualService `Route`, with `http` or once one of the verbs is called
 *
 * @example
 * const reviews = new MeshService(chart, 'Reviews', {
 *   host: 'reviews',
 *   versions: ['v1', 'v2', 'v3'],
 *   http: { timeout: Duration.seconds(3) },
 * });
 * reviews.routeMatching(HeaderMatch.exact('end-user', 'jason'), 'v2');
 * reviews.split({ v1: 90, v3: 10 });
 *
 * @see https://istio.io/latest/docs/concepts/traffic-management/
 */
export class MeshService extends Construct {
  /** The name of the Kubernetes Service. */
  public readonly host: string;

  private readonly model: MeshServiceModel;
  private readonly http: HttpSettings;
  private readonly metadata: NamedMetadata;
  private readonly matches: RuleModel[] = [];
  private shares: readonly ShareModel[] = [];
  private mirror?: MirrorModel;

  /**
   * @param scope the chart, or a construct in it
   * @param id the construct's id, which the names of the objects are made of
   * @param props the service
   * @throws for a host or version that is no DNS name, no version, rules for one host given twice, a Service of another namespace, settings that
   *   contradict each other or have no effect in an ambient mesh
   */
  public constructor(scope: Construct, id: string, props: MeshServiceProps) {
    super(scope, id);
    const fail = failAt(this);
    checkProps(fail, 'MeshService', props, PROPS, ['host', 'versions']);
    checkNotEmpty(fail, 'versions', props.versions, '"v1"');
    checkDistinct(fail, 'versions', props.versions);
    this.host = props.host;
    this.http = props.http ?? {};
    // Refused here, and not with the first rule that inherits it.
    httpModel(fail, this.http);
    const { host, versions, connection, loadBalancer } = props;
    const settings = (['http', 'loadBalancer', 'connection'] as const).filter(property => props[property] !== undefined);
    if (settings.length > 0) {
      this.refuseInAmbient(`'${settings[0]}'`, 'has');
    }
    this.model = { host, versions: [...versions], loadBalancer: loadBalancer?._bind(fail), connection: connectionModel(connection) };
    const { namespace, name } = identityOf(this, props.metadata);
    this.refuseForeign(fail, namespace);
    // Istio takes the oldest VirtualService of a host and leaves the others out.
    const other = AppMesh.of(this).claimRules(fullName(this, props.host, namespace ?? ''), this);
    if (other) {
      fail(`'host' ${quote(props.host)} has its rules at '${other.node.path}' already: write them in one place`);
    }
    this.metadata = { ...props.metadata, name };
    istioObject(this, 'Resource', 'DestinationRule', this.metadata, () => renderSubsets(this.model));
    if (props.http) {
      this.ensureRoute();
    }
  }

  /**
   * Sends all traffic to one version, except what `routeMatching` takes.
   *
   * @param version one of the versions
   * @throws for an unknown version, when the traffic is routed already, when the version is the one that `mirrorTo` copies to
   */
  public routeTo(version: string): void {
    this.checkVersion(version);
    this.share([{ subset: version }]);
  }

  /**
   * Splits the traffic between versions, except what `routeMatching` takes.
   *
   * @param weights percent of the traffic for each version, whole numbers that sum up to 100
   * @throws for an unknown version, weights that do not sum up to 100, when the traffic is routed already, when `mirrorTo` copies to a version that gets all
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

  /**
   * Sends requests with a header to one version, before the default route. Of several calls the first one that fits a request holds: the order of the calls
   * is the order of the rules. Clients choose their headers, those outside the mesh too.
   *
   * @param match the header
   * @param version one of the versions
   * @param options how these requests are sent: faults for one header, for example
   * @throws for an unknown version, a header that cannot be, a match that no request reaches because an earlier call takes them all
   *
   * @example
   * const ratings = new MeshService(chart, 'Ratings', { host: 'ratings', versions: ['v1'] });
   * ratings.routeMatching(HeaderMatch.exact('end-user', 'jason'), 'v1', {
   *   http: { fault: { delay: { percentage: 100, fixedDelay: Duration.seconds(7) } } },
   * });
   * ratings.routeTo('v1');
   */
  public routeMatching(match: HeaderMatch, version: string, options: RouteMatchingOptions = {}): void {
    const fail = failAt(this);
    checkHeaderMatch(fail, 'match', match);
    this.checkVersion(version);
    checkProps(fail, 'routeMatching()', options, { http: checkHttp });
    this.refuseInAmbient('routeMatching()', 'has');
    const header = match._bind(fail);
    const earlier = this.matches.find(rule => covers(rule.header!, header));
    if (earlier) {
      fail(`routeMatching() with ${wordsOf(header)} is never reached: ${wordsOf(earlier.header!)} before it takes every such request to `
        + `${quote(earlier.shares[0].subset)}; leave one of them out, or call it first if it is for fewer requests`);
    }
    this.matches.push({ header, shares: [{ subset: version }], http: httpModel(fail, options.http ?? {}, this.http) });
    this.ensureRoute();
  }

  /**
   * Sends a copy of each request of the default route to one version as well, and drops its answer. Requests that `routeMatching` takes are not copied. A
   * copy that writes does so a second time: mirror to a version that has data of its own. Istio before 1.28 puts `-shadow` behind the host of a copy.
   *
   * @param version one of the versions
   * @param options how many of the requests
   * @throws for an unknown version, a version that gets all the traffic already, a second call
   */
  public mirrorTo(version: string, options: MirrorOptions = {}): void {
    const fail = failAt(this);
    this.checkVersion(version);
    checkProps(fail, 'mirrorTo()', options, { percentage: checkShare });
    this.refuseInAmbient('mirrorTo()', 'has');
    if (this.mirror) {
      fail(`is mirrored to ${quote(this.mirror.subset)} already: call mirrorTo() once`);
    }
    this.refuseNothingNew(version, this.shares);
    this.mirror = { subset: version, percentage: options.percentage };
    this.ensureRoute();
  }

  /** Its rules, which are the same at a gateway. @internal */
  public get _rules(): readonly RuleModel[] {
    return [...this.matches, { shares: this.shares, mirror: this.mirror, http: httpModel(failAt(this), this.http) }];
  }

  private checkVersion(version: string): void {
    const { versions } = this.model;
    if (!versions.includes(version)) {
      failAt(this)(`'version' must be one of the service's versions (${versions.map(quote).join(', ')}), got ${quote(version)}`);
    }
  }

  private share(shares: readonly ShareModel[]): void {
    this.refuseInAmbient('routeTo() and split()', 'have');
    if (this.shares.length > 0) {
      failAt(this)('already has its route: call routeTo() or split() once');
    }
    if (this.mirror) {
      this.refuseNothingNew(this.mirror.subset, shares);
    }
    this.shares = shares;
    this.ensureRoute();
  }

  /** A copy to the version that has the request already shows nothing. */
  private refuseNothingNew(mirrored: string, shares: readonly ShareModel[]): void {
    const { versions } = this.model;
    const [onlyVersion] = versions.length === 1 ? versions : [];
    const everything = shares.length > 0 ? shares.find(({ weight = 100 }) => weight === 100)?.subset : onlyVersion;
    if (everything === mirrored) {
      failAt(this)(`mirrorTo() copies to ${quote(mirrored)}, which gets every request already: mirror to another version, or give this one less of the traffic`);
    }
  }

  private refuseInAmbient(what: string, verb: 'has' | 'have'): void {
    if (AppMesh.of(this).mesh.dataPlane === 'ambient') {
      failAt(this)(`${what} ${verb} no effect in an ambient mesh: ztunnel ignores VirtualServices and DestinationRules, and this library knows no waypoint yet`);
    }
  }

  /** A proxy looks for subsets in its own namespace, the Service's and the root namespace: the rules would send other clients to versions they do not find. */
  private refuseForeign(fail: Fail, namespace: string | undefined): void {
    const { clusterDomain } = AppMesh.of(this).mesh;
    checkServiceName(fail, 'host', this.host, clusterDomain);
    const [, owner, ...domain] = this.host.split('.');
    if (namespace !== undefined && domain.join('.') === `svc.${clusterDomain}` && owner !== namespace) {
      fail(`'host' ${quote(this.host)} is a Service of namespace "${owner}", and its rules in "${namespace}" would send clients elsewhere and gateways to versions `
        + 'that they do not find: declare it in a chart of that namespace, or with \'metadata.namespace\'');
    }
  }

  private ensureRoute(): void {
    if (!this.node.tryFindChild('Route')) {
      istioObject(this, 'Route', 'VirtualService', this.metadata, () => renderMeshRules(this.host, this._rules));
    }
  }
}

const PROPS = {
  host: checkDnsName,
  versions: checkList(checkDnsLabel, '"v1"'),
  http: checkHttp,
  loadBalancer: checkLoadBalancer,
  connection: checkConnection,
  metadata: checkMetadata,
};

/** The rules of a Service; every request goes to all of its pods where the app has none. */
export function rulesOf(scope: Construct, host: string, namespace: string): readonly RuleModel[] {
  return AppMesh.of(scope).rulesOf(fullName(scope, host, namespace))?._rules ?? [{ shares: [] }];
}

/** The full name of a Service. */
function fullName(scope: Construct, host: string, namespace: string): string {
  return fullServiceName(host, namespace, AppMesh.of(scope).mesh.clusterDomain);
}
