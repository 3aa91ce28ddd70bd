import { toJson_GatewaySpec, toJson_VirtualServiceSpec } from '../../../imports/istio/networking.istio.io';
import { IngressModel } from '../model';

export function renderIngressGateway(ingress: IngressModel): unknown {
  return toJson_GatewaySpec({
    selector: { ...ingress.selector },
    servers: [{ port: { number: ingress.port, name: 'http', protocol: 'HTTP' }, hosts: [...ingress.hosts] }],
  });
}

export function renderIngressVirtualService(ingress: IngressModel): unknown {
  return toJson_VirtualServiceSpec({
    hosts: [...ingress.hosts],
    gateways: [ingress.gatewayName],
    http: [{
      match: ingress.paths.length > 0 ? ingress.paths.map(({ type, path }) => ({ uri: { [type]: path } })) : undefined,
      route: [{ destination: { host: ingress.service, port: { number: ingress.servicePort } } }],
    }],
  });
}
