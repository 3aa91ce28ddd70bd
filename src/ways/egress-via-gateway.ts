import { Construct } from 'constructs';
import { ClientRules, IEgressGateway } from './egress-gateway';
import { GatewayRoute } from './gateway-route';
import { checkDnsLabel, checkPort } from '../private/check';
import { failAt, quote } from '../private/fail';
import { ExternalService } from '../services/external-service';
import { GatewayLeg } from '../values/gateway-leg';

/** How services leave the mesh through a gateway. */
export interface EgressViaGatewayProps {
  /** The gateway they leave through. */
  readonly gateway: IEgressGateway;

  /**
   * Who writes the DestinationRule of a client namespace that is not the service's own.
   *
   * @default ClientRules.WRITTEN_HERE
   */
  readonly clientRules?: ClientRules;
}

/** How one service is routed. */
export interface RouteOptions {
  /**
   * How its connections travel from the clients' sidecars to the gateway.
   *
   * @default GatewayLeg.istioMutual()
   */
  readonly leg?: GatewayLeg;
}

/**
 * The way out of the mesh through an egress gateway, for any number of services.
 *
 * For each service that is routed, in the service's own namespace unless said otherwise and as children of the service (`ViaGateway/...`):
 *
 * - DestinationRule `ToGateway/<namespace>`, one in the namespace of every client: a subset of the gateway with the server name of the service
 * - Gateway `Gateway`: a server for each host and port
 * - VirtualService `ToGatewayRoute-<i>`, one for each host: from the sidecars to the gateway
 * - VirtualService `FromGatewayRoute-<i>`, one for each host and port: from the gateway to the service
 * - AuthorizationPolicy `Clients`, in the gateway's namespace: everybody but the clients is refused for this service; other traffic of the gateway is
 *   left alone. Not with a plaintext leg, where nobody has an identity.
 *
 * The gateway's Service and Deployment stay as they are.
 *
 * @example
 * const egress = new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() });
 * egress.route(mysql);
 * egress.route(redis, { leg: GatewayLeg.plaintext(6379) });
 *
 * @see https://istio.io/latest/docs/tasks/traffic-management/egress/egress-gateway/
 */
export class EgressViaGateway extends Construct {
  /** The gateway that the services leave through. */
  public readonly gateway: IEgressGateway;

  private readonly clientRules: ClientRules;

  /**
   * @param scope the chart, or a construct in it
   * @param id the construct's id
   * @param props the gateway
   * @throws for a gateway whose names, labels or port cannot be right
   */
  public constructor(scope: Construct, id: string, props: EgressViaGatewayProps) {
    super(scope, id);
    const fail = failAt(this);
    this.gateway = props.gateway;
    this.clientRules = props.clientRules ?? ClientRules.WRITTEN_HERE;
    checkDnsLabel(fail, 'gateway.serviceName', this.gateway.serviceName);
    checkDnsLabel(fail, 'gateway.namespaceName', this.gateway.namespaceName);
    checkPort(fail, 'gateway.port', this.gateway.port);
    if (Object.keys(this.gateway.selector ?? {}).length === 0) {
      fail(`'gateway.selector' must have a label, got ${quote(this.gateway.selector)}: without one every workload of the mesh would be the gateway`);
    }
  }

  /**
   * Routes a service through the gateway: from now on its clients cannot reach it on any other way, and nobody but its clients can at all.
   *
   * @param service the service, which keeps its construct, its name and its clients
   * @param options how its connections travel to the gateway
   * @throws for a service that is routed already, has no namespace, has a wildcard host, or has endpoints that a gateway cannot find (a CIDR range, no
   *   resolution); for a plaintext port of the gateway that another service uses, or with a service of several ports
   */
  public route(service: ExternalService, options: RouteOptions = {}): void {
    const leg = options.leg ?? GatewayLeg.istioMutual();
    new GatewayRoute(service, 'ViaGateway', { gateway: this.gateway, leg, clientRules: this.clientRules });
  }
}
