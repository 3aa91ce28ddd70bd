import { Construct } from 'constructs';
import { Admission } from './admission';
import { ClientRules } from './client-rules';
import { EgressGateway } from './egress-gateway';
import { GatewayRoute } from './gateway-route';
import { AppMesh } from '../app/app-mesh';
import { checkInstance, checkOneOf, checkProps, unchecked } from '../private/check';
import { failAt, quote } from '../private/fail';
import { gatewayModel } from '../private/legs';
import { DeclaredService } from '../services/declared-service';
import { checkGateway, IEgressGateway } from '../values/egress-gateway-attributes';
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
 * Creates for each routed service, in the service's own namespace unless said otherwise and as children of the service (`ViaGateway/...`):
 *
 * - ServiceEntry `Upstream-<port>`, one for each host and port: where the gateway, and only it, finds the endpoints
 * - DestinationRule `UpstreamRule-<port>`, when there may be several endpoints: the gateway ejects unhealthy ones
 * - AuthorizationPolicy `Namespaces/<namespace>`, in the gateway's namespace, only for a client that is a whole namespace (`MeshClient.allIn`). The
 *   services of a chart that one namespace declares share it.
 * - AuthorizationPolicy `Requests/Policy`, in the gateway's namespace, only for clients with `limitedTo()`
 * - Gateway `Gateway`: a server for each server name. Its handshake admits the SPIFFE ids of the named accounts.
 * - VirtualService `FromGateway-<port>`, one for each host and port: from the gateway to the upstream
 * - DestinationRule `Clients/<namespace>`, in each client's namespace: a subset of the gateway with the server name of the service
 * - VirtualService `ToGateway`, one for each host: from the sidecars to the gateway
 *
 * With several hosts, the ids of the objects of all but the first end in `-<host>`.
 *
 * The gateway's Service and Deployment stay as they are. The route does not work with `PILOT_SCOPE_GATEWAY_TO_NAMESPACE=true`, unless the service is
 * declared in the gateway's namespace.
 *
 * @example
 * const egress = new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() });
 * egress.route(mysql);
 * mysql.allowFrom(MeshClient.serviceAccount('bookinfo', 'ratings'));
 *
 * @see https://istio.io/latest/docs/tasks/traffic-management/egress/egress-gateway/
 */
export class EgressViaGateway extends Construct {
  /** The gateway that the services leave through. */
  public readonly gateway: IEgressGateway;

  private readonly clientRules: ClientRules;
  private readonly admission?: Admission;

  /**
   * @param scope the chart, or a construct in it
   * @param id the construct's id
   * @param props the gateway
   * @throws for an unknown property, and for a gateway whose names, labels or port cannot be right
   */
  public constructor(scope: Construct, id: string, props: EgressViaGatewayProps) {
    super(scope, id);
    const fail = failAt(this);
    checkProps(fail, 'EgressViaGateway', props, { gateway: unchecked, clientRules: checkOneOf(ClientRules) });
    checkGateway(fail, props.gateway);
    this.gateway = props.gateway instanceof EgressGateway ? props.gateway : { ...props.gateway, selector: { ...props.gateway.selector } };
    this.clientRules = props.clientRules ?? ClientRules.WRITTEN_HERE;
    AppMesh.of(this).validate(this, () => this.problems());
    if (this.gateway.deniesByDefault) {
      this.admission = new Admission(this, gatewayModel(this.gateway, AppMesh.of(this).mesh));
    }
    if (this.admission && this.gateway instanceof EgressGateway) {
      this.gateway._use(this.admission);
    }
  }

  /**
   * Routes a service through the gateway. The sidecars of its clients send its connections there, and the gateway denies every identity that is not
   * a client. This requires REGISTRY_ONLY in all namespaces, NetworkPolicies against pods that avoid their sidecar, and control over who may write
   * Gateways for the gateway's pods; `docs/security.md` lists each threat.
   *
   * @param service the service, which keeps its construct, its name and its clients; of a cluster, every member is routed
   * @param options how its connections travel to the gateway
   * @throws for a service that is routed already, has no namespace, or has endpoints that a gateway cannot find (a CIDR range, no
   *   resolution, a wildcard for which no endpoint stands); for a plaintext leg of a service with several ports; in an ambient mesh
   */
  public route(service: DeclaredService, options: RouteOptions = {}): void {
    const fail = failAt(this);
    if (Array.isArray(service) || (options as unknown) instanceof DeclaredService) {
      fail('route() takes one service and its options, got several services: call it once for each');
    }
    if (!(service instanceof DeclaredService) || !service._routables) {
      const imported = Construct.isConstruct(service) && 'connectFrom' in service;
      fail(`route() takes a service outside the mesh that this app declares, got ${quote(service)}${imported
        ? ': the app that declares it routes it, and this one gives its \'gateway\' to fromAttributes()' : ''}`);
    }
    if (options instanceof GatewayLeg) {
      fail('route() takes the leg as an option: write route(service, { leg: ... })');
    }
    checkProps(fail, 'route()', options, { leg: checkInstance(GatewayLeg, 'GatewayLeg.istioMutual() or GatewayLeg.plaintext()') });
    const props = { gateway: this.gateway, leg: options.leg ?? GatewayLeg.istioMutual(), clientRules: this.clientRules, admission: this.admission };
    service._routables.forEach(routable => new GatewayRoute(routable, 'ViaGateway', props));
  }

  /** A description that contradicts the gateway would be one of pods that are not there. */
  private problems(): string[] {
    const { serviceName, namespaceName } = this.gateway;
    const deployed = EgressGateway._allOf(this).find(gateway => gateway.serviceName === serviceName && gateway.namespaceName === namespaceName);
    return deployed && deployed !== this.gateway
      ? [`'gateway' describes ${quote(`${serviceName}.${namespaceName}`)}, which '${deployed.node.path}' deploys in this app: give that construct itself`] : [];
  }
}
