import { ApiObjectMetadata, Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { sharesOf } from './mesh-service';
import { checkDnsName, checkNotEmpty, checkPort, isWildcard } from '../private/check';
import { failAt, quote } from '../private/fail';
import { istioObject } from '../app/istio-object';
import { baseNameOf, labelOf, objectName } from '../private/names';
import { renderIngressGateway, renderIngressVirtualService } from '../private/render/ingress';
import { PathMatch } from '../values/path-match';

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
   * @default 80
   */
  readonly port?: number;

  /**
   * The labels of the ingress gateway's pods.
   *
   * @default { istio: 'ingressgateway' }
   */
  readonly selector?: { [label: string]: string };

  /**
   * Metadata of the VirtualService. The Gateway has the same, and a name that ends in `-gateway`.
   *
   * @default - the name is made of the construct's path inside its chart, the namespace is the chart's
   */
  readonly metadata?: ApiObjectMetadata;
}

/**
 * A service of the mesh exposed at the ingress gateway, over HTTP. If a `MeshService` of the app divides the service's traffic between versions, what comes
 * in is divided in the same way: Istio's rules for the mesh do not hold at a gateway.
 *
 * It gives:
 *
 * - Gateway `Gateway`
 * - VirtualService `Resource`
 *
 * @example
 * new IngressRoute(chart, 'Bookinfo', {
 *   hosts: ['bookinfo.example.com'],
 *   paths: [PathMatch.exact('/productpage'), PathMatch.prefix('/static')],
 *   service: 'productpage',
 *   servicePort: 9080,
 * });
 *
 * @see https://istio.io/latest/docs/tasks/traffic-management/ingress/ingress-control/
 */
export class IngressRoute extends Construct {
  /**
   * @param scope the chart, or a construct in it
   * @param id the construct's id, which the names of the objects are made of
   * @param props what is exposed
   * @throws for a host that is neither a DNS name nor a wildcard, a port out of range, a path that does not begin with `/`
   */
  public constructor(scope: Construct, id: string, props: IngressRouteProps) {
    super(scope, id);
    const fail = failAt(this);
    checkNotEmpty(fail, 'hosts', props.hosts, '"bookinfo.example.com"');
    props.hosts.filter(host => host !== '*').forEach(host => checkDnsName(fail, 'hosts', isWildcard(host) ? host.slice(2) : host));
    checkDnsName(fail, 'service', props.service);
    checkPort(fail, 'servicePort', props.servicePort);
    if (props.paths) {
      checkNotEmpty(fail, 'paths', props.paths, 'PathMatch.prefix("/api")');
    }
    const port = props.port ?? 80;
    checkPort(fail, 'port', port);
    const selector = { ...props.selector ?? { istio: 'ingressgateway' } };
    if (Object.keys(selector).length === 0) {
      fail(`'selector' must have a label, got ${quote(selector)}: without one every workload of the mesh would be the gateway`);
    }
    const namespaceName = props.metadata?.namespace ?? Chart.of(this).namespace;
    const base = props.metadata?.name ?? baseNameOf(this);
    const name = props.metadata?.name ?? objectName(base, namespaceName);
    const gatewayName = labelOf(objectName(base, namespaceName, 'ingress'));
    const model = {
      gatewayName,
      selector,
      port,
      hosts: [...props.hosts],
      paths: (props.paths ?? []).map(path => path._bind(fail)),
      service: props.service,
      servicePort: props.servicePort,
    };
    istioObject(this, 'Gateway', 'Gateway', { ...props.metadata, name: gatewayName }, () => renderIngressGateway(model));
    istioObject(this, 'Resource', 'VirtualService', { ...props.metadata, name },
      () => renderIngressVirtualService(model, sharesOf(this, props.service, namespaceName ?? '')));
  }
}
