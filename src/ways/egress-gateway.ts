/** Who writes the DestinationRule that a client namespace needs to reach a gateway. */
export enum ClientRules {
  /** The app that declares the service, into every client's namespace. Its pipeline needs the right to write there. */
  WRITTEN_HERE = 'written-here',
  /** The client's own app, with `fromAttributes` and `connectFrom`; only the service's own namespace is served from here. */
  LEFT_TO_CLIENTS = 'left-to-clients',
}

/** An egress gateway: pods of Istio's proxy that run on their own, and the Service in front of them. */
export interface IEgressGateway {
  /** The name of the gateway's Service. */
  readonly serviceName: string;
  /** The namespace that the Service and the pods are in. */
  readonly namespaceName: string;
  /** Labels that all pods of the gateway have, and no others. */
  readonly selector: { [label: string]: string };
  /** The port of the Service that all mutual TLS legs share. */
  readonly port: number;
}

/** What is known of an egress gateway that is installed already. */
export interface EgressGatewayAttributes {
  /** The name of the gateway's Service. */
  readonly serviceName: string;

  /** The namespace that the Service and the pods are in. */
  readonly namespaceName: string;

  /** Labels that all pods of the gateway have, and no others. */
  readonly selector: { [label: string]: string };

  /**
   * The port of the Service that all mutual TLS legs share, 1 to 65535.
   *
   * @default 443
   */
  readonly port?: number;
}

/**
 * The workload through which traffic leaves the mesh. Nothing is deployed for one that is installed already.
 *
 * @see https://istio.io/latest/docs/tasks/traffic-management/egress/egress-gateway/
 */
export class EgressGateway {
  /** The gateway that Istio's own installation brings: Service `istio-egressgateway` in `istio-system`, pods labelled `istio: egressgateway`. */
  public static istioEgressGateway(): IEgressGateway {
    return EgressGateway.fromAttributes({
      serviceName: 'istio-egressgateway',
      namespaceName: 'istio-system',
      selector: { istio: 'egressgateway' },
    });
  }

  /**
   * A gateway that somebody else installed. Its attributes are checked when a route uses it.
   *
   * @param attributes what is known of it
   */
  public static fromAttributes(attributes: EgressGatewayAttributes): IEgressGateway {
    return { ...attributes, port: attributes.port ?? 443, selector: { ...attributes.selector } };
  }

  private constructor() {}
}
