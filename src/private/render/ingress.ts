import { toJson_GatewaySpec, toJson_VirtualServiceSpec } from '../../../imports/istio/networking.istio.io';
import { IngressModel, ShareModel } from '../model';

export function renderIngressGateway(ingress: IngressModel): unknown {
  return toJson_GatewaySpec({
    selector: { ...ingress.selector },
    servers: [{ port: { number: ingress.port, name: 'http', protocol: 'HTTP' }, hosts: [...ingress.hosts] }],
  });
}

/** With what part of the traffic each version gets inside the mesh; none if it is not divided. */
export function renderIngressVirtualService(ingress: IngressModel, shares: readonly ShareModel[]): unknown {
  return toJson_VirtualServiceSpec({
    hosts: [...ingress.hosts],
    gateways: [ingress.gatewayName],
    http: [{
      match: ingress.paths.length > 0 ? ingress.paths.map(({ type, path }) => ({ uri: { [type]: path } })) : undefined,
      // Rules for the sidecars do not hold at this gateway.
      route: (shares.length > 0 ? shares : [{ subset: undefined, weight: undefined }]).map(({ subset, weight }) => ({
        destination: { host: ingress.service, subset, port: { number: ingress.servicePort } },
        weight,
      })),
    }],
  });
}
