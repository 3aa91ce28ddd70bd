import {
  ServiceEntrySpecLocation as Location,
  ServiceEntrySpecResolution as Resolution,
  toJson_ServiceEntrySpec,
} from '../../../imports/istio/networking.istio.io';
import { ServiceModel } from '../model';
import { exportTo } from './visibility';

const RESOLUTION = {
  NONE: Resolution.NONE,
  STATIC: Resolution.STATIC,
  DNS: Resolution.DNS,
  DNS_ROUND_ROBIN: Resolution.DNS_UNDERSCORE_ROUND_UNDERSCORE_ROBIN,
};

export function renderServiceEntry(service: ServiceModel): unknown {
  return toJson_ServiceEntrySpec({
    hosts: [...service.hosts],
    addresses: some(service.addresses),
    ports: service.ports.map(port => ({ number: port.number, name: port.name, protocol: port.protocol, targetPort: port.targetPort })),
    location: Location.MESH_UNDERSCORE_EXTERNAL,
    resolution: RESOLUTION[service.resolution],
    endpoints: some(service.endpoints.map(address => ({ address }))),
    // The gateway has to see the service as well, or it has no cluster to send to.
    exportTo: exportTo(service.visibleTo, service.namespace, service.route?.gateway.namespace),
  });
}

function some<T>(values: readonly T[]): T[] | undefined {
  return values.length > 0 ? [...values] : undefined;
}
