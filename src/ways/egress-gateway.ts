import { failWith } from '../private/fail';
import { checkAttributes, EgressGatewayAttributes, IEgressGateway } from '../values/egress-gateway-attributes';

/**
 * The workload that traffic leaves the mesh through. Creates: nothing, for a gateway that is installed already.
 *
 * @see https://istio.io/latest/docs/tasks/traffic-management/egress/egress-gateway/
 */
export class EgressGateway {
  /** The gateway of Istio's own installation: Service `istio-egressgateway` in `istio-system`, pods labelled `istio: egressgateway`. */
  public static istioEgressGateway(): IEgressGateway {
    return EgressGateway.fromAttributes({
      serviceName: 'istio-egressgateway',
      namespaceName: 'istio-system',
      selector: { istio: 'egressgateway' },
    });
  }

  /**
   * A gateway that is installed already. The values of its attributes are checked where it is used.
   *
   * @param attributes Service, namespace, labels and port
   * @throws for an attribute that a gateway does not have
   */
  public static fromAttributes(attributes: EgressGatewayAttributes): IEgressGateway {
    checkAttributes(failWith('EgressGateway'), attributes);
    return { ...attributes, port: attributes.port ?? 443 };
  }

  private constructor() {}
}
