import { ApiObjectMetadata } from 'cdk8s';
import { Construct } from 'constructs';
import { rulesOf } from './mesh-service';
import { AppMesh } from '../app/app-mesh';
import { checkMetadata, identityOf, istioObject } from '../app/istio-object';
import { Check, checkDnsName, checkLabels, checkList, checkNotEmpty, checkPort, checkProps, checkServiceName } from '../private/check';
import { failAt, quote, within } from '../private/fail';
import { labelOf, objectName } from '../private/names';
import { renderIngressGateway, renderIngressVirtualService } from '../private/render/ingress';
import { isWildcard } from '../private/wire';
import { checkPathMatch, PathMatch } from '../values/path-match';
import { checkServerTls, ServerTls } from '../values/server-tls';

/** What is exposed at the ingress gateway. */
export interface IngressRouteProps {
  /** The hosts that are served: names, `*.example.com`, or `*` for every name. */
  readonly hosts: string[];

  /** The Kubernetes Service that answers: short when it is in the same namespace, else with its domain. */
  readonly service: string;

  /** The port of that Service, 1 to 65535. */
  readonly servicePort: number;

  /**
   * The paths that are exposed.
   *
   * @default - every path
   */
  readonly paths?: PathMatch[];

  /**
   * The port of the ingress gateway, 1 to 65535.
   *
   * @default - 443 with `tls`, else 80
   */
  readonly port?: number;

  /**
   * The TLS that the gateway speaks with the clients outside. Its Secret is in the namespace of the gateway's pods.
   *
   * @default - none: HTTP in plaintext
   */
  readonly tls?: ServerTls;

  /**
   * A port of the gateway, usually 80, whose requests are answered with a redirect to `https://` and their own host. Only with `tls`.
   *
   * @default - no redirect: nothing answers these hosts in plaintext
   */
  readonly httpsRedirectPort?: number;

  /**
   * The labels of the ingress gateway's pods.
   *
   * @default { istio: 'ingressgateway' }
   */
  readonly selector?: { [label: string]: string };

  /**
   * Metadata of the VirtualService. The Gateway has the same, and a name of its own: `<name>--<namespace>--ingress`.
   *
   * @default - the name is made of the construct's path inside its chart, the namespace is the chart's
   */
  readonly metadata?: ApiObjectMetadata;
}

/**
 * A service of the mesh exposed at the ingress gateway, over HTTP or HTTPS.
 *
 * Istio's rules for the sidecars do not apply at a gateway. What a `MeshService` of this app says of the service is therefore repeated here: versions and
 * weights, header matches, mirror, timeout, retries and faults. Load balancing and connection settings hold at the gateway as they are. A `MeshService` of
 * another app is not known here.
 *
 * Creates:
 *
 * - Gateway `Gateway`: a server for the hosts, and one that redirects with `httpsRedirectPort`
 * - VirtualService `Resource`
 *
 * @example
 * new IngressRoute(chart, 'Bookinfo', {
 *   hosts: ['bookinfo.example.com'],
 *   paths: [PathMatch.exact('/productpage'), PathMatch.prefix('/static')],
 *   service: 'productpage',
 *   servicePort: 9080,
 *   tls: ServerTls.simple({ credentialName: 'bookinfo-certificate' }),
 *   httpsRedirectPort: 80,
 * });
 *
 * @see https://istio.io/latest/docs/tasks/traffic-management/ingress/ingress-control/
 */
export class IngressRoute extends Construct {
  /** Labels of the pods that serve it. @internal */
  public readonly _selector: { [label: string]: string };

  /**
   * @param scope the chart, or a construct in it
   * @param id the construct's id, which the names of the objects are made of
   * @param props what is exposed
   * @throws for a host that is neither a DNS name nor a wildcard, a port out of range, a path that does not begin with `/`, a redirect without TLS or from
   *   the port of TLS
   */
  public constructor(scope: Construct, id: string, props: IngressRouteProps) {
    super(scope, id);
    const fail = failAt(this);
    checkProps(fail, 'IngressRoute', props, PROPS, ['hosts', 'service', 'servicePort']);
    checkNotEmpty(fail, 'hosts', props.hosts, '"bookinfo.example.com"');
    if (props.paths) {
      checkNotEmpty(fail, 'paths', props.paths, 'PathMatch.prefix("/api")');
    }
    checkServiceName(fail, 'service', props.service, AppMesh.of(this).mesh.clusterDomain);
    const port = props.port ?? (props.tls ? 443 : 80);
    const usual = props.tls ? { wrong: 80, instead: 'leave \'port\' out for 443, and give \'httpsRedirectPort\' for clients that begin with http://' }
      : { wrong: 443, instead: 'give \'tls\', or leave \'port\' out for 80' };
    if (port === usual.wrong) {
      fail(`'port' ${port} would serve ${props.tls ? 'HTTPS' : 'plaintext'}, which nobody calls there: ${usual.instead}`);
    }
    const redirectPort = props.httpsRedirectPort;
    if (redirectPort !== undefined && !props.tls) {
      fail(`'httpsRedirectPort' ${redirectPort} sends clients to HTTPS, which is not served without 'tls': give 'tls', or leave it out`);
    }
    if (redirectPort === port) {
      fail(`'httpsRedirectPort' ${redirectPort} is the port of TLS itself: give the port that clients call in plaintext, like 80`);
    }
    const selector = { ...props.selector ?? { istio: 'ingressgateway' } };
    if (Object.keys(selector).length === 0) {
      fail(`'selector' must have a label, got ${quote(selector)}: without one every workload of the mesh would be the gateway`);
    }
    this._selector = selector;
    const { base, namespace, name } = identityOf(this, props.metadata);
    const gatewayName = labelOf(objectName(base, namespace, 'ingress'));
    const model = {
      gatewayName,
      selector,
      port,
      tls: props.tls?._bind(within(fail, 'tls')),
      redirectPort,
      hosts: [...props.hosts],
      paths: (props.paths ?? []).map(path => path._bind()),
      service: props.service,
      servicePort: props.servicePort,
    };
    istioObject(this, 'Gateway', 'Gateway', { ...props.metadata, name: gatewayName }, () => renderIngressGateway(model));
    istioObject(this, 'Resource', 'VirtualService', { ...props.metadata, name },
      () => renderIngressVirtualService(model, rulesOf(this, props.service, namespace ?? '')));
  }
}

const checkServedHost: Check = (fail, property, host) => {
  if (host !== '*') {
    checkDnsName(fail, property, typeof host === 'string' && isWildcard(host) ? host.slice(2) : host);
  }
};

const PROPS = {
  hosts: checkList(checkServedHost, '"bookinfo.example.com"'),
  service: checkDnsName,
  servicePort: checkPort,
  paths: checkList(checkPathMatch, 'PathMatch.prefix("/api")'),
  port: checkPort,
  tls: checkServerTls,
  httpsRedirectPort: checkPort,
  selector: checkLabels,
  metadata: checkMetadata,
};
