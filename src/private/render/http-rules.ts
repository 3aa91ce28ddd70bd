import { toJson_VirtualServiceSpec } from '../../../imports/istio/networking.istio.io';
import { ServiceModel } from '../model';
import { isHttp } from '../wire';
import { exportTo } from './visibility';

/** How the clients' sidecars send requests to one host that they connect to directly. */
export function renderHttpRules(service: ServiceModel, host: string): unknown {
  return toJson_VirtualServiceSpec({
    hosts: [host],
    gateways: ['mesh'],
    http: service.ports.filter(({ protocol }) => isHttp(protocol)).map(({ number }) => ({
      match: [{ port: number }],
      ...service.http,
      route: [{ destination: { host, port: { number } } }],
    })),
    exportTo: exportTo(service.visibleTo, service.namespace),
  });
}
