import { ExternalEntry } from './external-entry';
import { records, strings, text } from './fields';
import { namespaceOfService } from './host-name';
import { MeshView } from './mesh-view';
import { isIp } from '../private/check';

/** Whether nothing says that the endpoints of an entry have a proxy of the mesh: those of workloads and Services of the cluster may. */
export function isOutside(view: MeshView, { object: { spec }, hosts }: Pick<ExternalEntry, 'object' | 'hosts'>): boolean {
  const { facts, serviceByHost } = view;
  const endpoints = records(spec.endpoints);
  const addresses = endpoints.flatMap(({ address }) => text(address) ?? []);
  return spec.location !== 'MESH_INTERNAL' && spec.workloadSelector === undefined
    && !endpoints.some(({ serviceAccount, network }) => serviceAccount !== undefined || network !== undefined)
    && ![...hosts, ...addresses].map(name => fullName(name, facts.clusterDomain)).some(name => (
      serviceByHost.has(name) || namespaceOfService(name, facts.clusterDomain) !== undefined || addressesOfServices(view).has(name)));
}

/** The name of a Service as DNS of the cluster completes it: `gateway.istio-system.svc`, or one with the dot of the root. */
function fullName(name: string, clusterDomain: string): string {
  const bare = name.replace(/\.$/, '');
  return bare.endsWith('.svc') ? `${bare}.${clusterDomain}` : bare;
}

/** The addresses that the cluster gives Services, as far as the input has them. */
function addressesOfServices(view: MeshView): ReadonlySet<string> {
  return view.once('addresses of Services', () => new Set(view.services.flatMap(({ object: { spec } }) => [text(spec.clusterIP) ?? '', ...strings(spec.clusterIPs)])
    .filter(address => isIp(address))));
}
