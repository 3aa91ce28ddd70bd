import {
  ServiceEntrySpecLocation as Location,
  ServiceEntrySpecResolution as Resolution,
  toJson_ServiceEntrySpec,
} from '../../../imports/istio/networking.istio.io';
import { EndpointModel, ServiceModel } from '../model';
import { failoverLabels } from './failover';
import { exportTo } from './visibility';

export const RESOLUTION = {
  NONE: Resolution.NONE,
  STATIC: Resolution.STATIC,
  DNS: Resolution.DNS,
  DNS_ROUND_ROBIN: Resolution.DNS_UNDERSCORE_ROUND_UNDERSCORE_ROBIN,
  DYNAMIC_DNS: Resolution.DYNAMIC_UNDERSCORE_DNS,
};

/** How the clients' sidecars know the service, whether it is routed or not. */
export function renderServiceEntry(service: ServiceModel): unknown {
  return toJson_ServiceEntrySpec({
    hosts: [...service.hosts],
    addresses: service.addresses.length > 0 ? [...service.addresses] : undefined,
    ports: service.ports.map(port => ({ number: port.number, name: port.name, protocol: port.protocol, targetPort: port.targetPort })),
    location: Location.MESH_UNDERSCORE_EXTERNAL,
    resolution: RESOLUTION[service.resolution],
    endpoints: service.endpoints.length > 0 ? renderServers(service.endpoints) : undefined,
    exportTo: exportTo(service.visibleTo, service.namespace),
  });
}

/** The endpoints of an entry. */
export function renderServers(endpoints: readonly EndpointModel[]) {
  return endpoints.map(endpoint => ({
    address: endpoint.address,
    locality: endpoint.locality,
    weight: endpoint.weight,
    labels: failoverLabels(endpoint, endpoints),
  }));
}
