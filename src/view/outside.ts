import { ExternalEntry } from './external-entry';
import { records, text } from './fields';
import { namespaceOfService } from './host-name';
import { MeshView } from './mesh-view';

/** Whether nothing says that the endpoints of an entry have a proxy of the mesh: those of workloads and Services of the cluster may. */
export function isOutside({ facts, serviceByHost }: MeshView, { object: { spec }, hosts }: Pick<ExternalEntry, 'object' | 'hosts'>): boolean {
  const endpoints = records(spec.endpoints);
  const addresses = endpoints.flatMap(({ address }) => text(address) ?? []);
  return spec.location !== 'MESH_INTERNAL' && spec.workloadSelector === undefined
    && !endpoints.some(({ serviceAccount, network }) => serviceAccount !== undefined || network !== undefined)
    && ![...hosts, ...addresses].some(name => serviceByHost.has(name) || namespaceOfService(name, facts.clusterDomain) !== undefined);
}
