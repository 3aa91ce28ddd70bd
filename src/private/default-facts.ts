import { CLUSTER_DNS, CONTROL_PLANE } from './components';
import { MeshModel } from './model';
import { NEWEST_ISTIO } from './newer-fields';

/** The facts of a mesh that nobody declared, in an app of this library. */
export const DEFAULT_FACTS: MeshModel = {
  apiVersion: 'v1',
  istioVersion: NEWEST_ISTIO,
  trustDomain: 'cluster.local',
  trustDomainAliases: [],
  clusterDomain: 'cluster.local',
  rootNamespace: 'istio-system',
  outboundTrafficPolicy: 'REGISTRY_ONLY',
  dataPlane: 'sidecar',
  dnsCapture: false,
  ipAutoAllocate: true,
  clusterDns: CLUSTER_DNS,
  controlPlane: CONTROL_PLANE,
};

/** Facts of which somebody gave some. */
export function factsOver(defaults: MeshModel, given: Partial<MeshModel>): MeshModel {
  return { ...defaults, ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) };
}
