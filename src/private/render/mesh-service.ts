import { toJson_DestinationRuleSpec, toJson_VirtualServiceSpec } from '../../../imports/istio/networking.istio.io';
import { MeshServiceModel } from '../model';

export function renderSubsets(service: MeshServiceModel): unknown {
  return toJson_DestinationRuleSpec({
    host: service.host,
    subsets: service.versions.map(version => ({ name: version, labels: { version } })),
  });
}

export function renderShares(service: MeshServiceModel): unknown {
  return toJson_VirtualServiceSpec({
    hosts: [service.host],
    http: [{ route: service.shares.map(({ subset, weight }) => ({ destination: { host: service.host, subset }, weight })) }],
  });
}
