import { rulesFor } from './mesh-rules';
import { GatewaySpecServersTlsMode as Mode, toJson_GatewaySpec, toJson_VirtualServiceSpec } from '../../../imports/istio/networking.istio.io';
import { IngressModel, RuleModel } from '../model';

export function renderIngressGateway({ selector, port, hosts, tls, redirectPort }: IngressModel): unknown {
  // "./": only routes of this namespace attach, so no other namespace can answer for a path of the hosts.
  const own = hosts.map(host => `./${host}`);
  const plain = (number: number, settings?: object) => ({ port: { number, name: 'http', protocol: 'HTTP' }, hosts: own, tls: settings });
  return toJson_GatewaySpec({
    selector: { ...selector },
    servers: [
      ...redirectPort === undefined ? [] : [plain(redirectPort, { httpsRedirect: true })],
      tls ? { port: { number: port, name: 'https', protocol: 'HTTPS' }, hosts: own, tls: { ...tls, mode: Mode[tls.mode] } } : plain(port),
    ],
  });
}

/** With the rules that the service has inside the mesh. */
export function renderIngressVirtualService(ingress: IngressModel, rules: readonly RuleModel[]): unknown {
  return toJson_VirtualServiceSpec({
    hosts: [...ingress.hosts],
    gateways: [ingress.gatewayName],
    http: rulesFor(ingress.service, rules, { paths: ingress.paths, port: ingress.servicePort }),
  });
}
