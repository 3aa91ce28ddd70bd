import { MeshModel } from './model';

/** Where most clusters have their DNS. */
export const CLUSTER_DNS: MeshModel['clusterDns'] = {
  namespace: 'kube-system', serviceName: 'kube-dns', labels: { 'k8s-app': 'kube-dns' }, port: 53, addresses: [],
};

/** Where an installation of Istio has its control plane. */
export const CONTROL_PLANE: MeshModel['controlPlane'] = { labels: { app: 'istiod' }, port: 15012, addresses: [] };
