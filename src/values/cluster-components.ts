import { checkAddress, checkDnsLabel, checkLabels, checkList, checkNotEmpty, checkPort, propsOf } from '../private/check';
import { CLUSTER_DNS, CONTROL_PLANE } from '../private/components';
import { Fail } from '../private/fail';
import { MeshModel } from '../private/model';

/**
 * The DNS of the cluster, for the policies that let pods reach it. The defaults are those of kubeadm and most managed clusters; OpenShift has
 * `{ namespaceName: 'openshift-dns', serviceName: 'dns-default', labels: { 'dns.operator.openshift.io/daemonset-dns': 'default' }, port: 5353 }`.
 *
 * @see https://kubernetes.io/docs/tasks/administer-cluster/dns-custom-nameservers/
 */
export interface ClusterDns {
  /**
   * The namespace of its Service and pods.
   *
   * @default 'kube-system'
   */
  readonly namespaceName?: string;

  /**
   * The name of its Service.
   *
   * @default 'kube-dns'
   */
  readonly serviceName?: string;

  /**
   * Labels of its pods.
   *
   * @default { 'k8s-app': 'kube-dns' }
   */
  readonly labels?: { [label: string]: string };

  /**
   * The port that its pods listen on, UDP and TCP, 1 to 65535.
   *
   * @default 53
   */
  readonly port?: number;

  /**
   * IP addresses or CIDR ranges of DNS servers that pods ask and that are not those pods, such as the cache on each node: `169.254.20.10`.
   *
   * @default - none
   */
  readonly addresses?: string[];
}

/**
 * Istio's control plane, for the policies that let proxies reach it. The defaults are those of every installation by `istioctl` or Helm.
 *
 * @see https://istio.io/latest/docs/ops/deployment/application-requirements/#ports-used-by-istio
 */
export interface ControlPlane {
  /**
   * The namespace of istiod's pods.
   *
   * @default 'istio-system'; with another root namespace there is no default
   */
  readonly namespaceName?: string;

  /**
   * Labels of istiod's pods, of every revision.
   *
   * @default { app: 'istiod' }
   */
  readonly labels?: { [label: string]: string };

  /**
   * The port for configuration and certificates, 1 to 65535.
   *
   * @default 15012
   */
  readonly port?: number;

  /**
   * IP addresses or CIDR ranges of a control plane outside the cluster.
   *
   * @default - none
   */
  readonly addresses?: string[];
}

const COMMON = { namespaceName: checkDnsLabel, labels: checkLabels, port: checkPort, addresses: checkList(checkAddress, '"169.254.20.10"') };

export function checkClusterDns(fail: Fail, property: string, value: unknown): void {
  propsOf({ ...COMMON, serviceName: checkDnsLabel })(fail, property, value);
  checkSelects(fail, property, value as ClusterDns, CLUSTER_DNS);
}

export function checkControlPlane(fail: Fail, property: string, value: unknown): void {
  propsOf(COMMON)(fail, property, value);
  checkSelects(fail, property, value as ControlPlane, CONTROL_PLANE);
}

export function clusterDnsModel({ namespaceName, serviceName, labels, port, addresses }: ClusterDns): MeshModel['clusterDns'] {
  return {
    namespace: namespaceName ?? CLUSTER_DNS.namespace,
    serviceName: serviceName ?? CLUSTER_DNS.serviceName,
    labels: labels ?? CLUSTER_DNS.labels,
    port: port ?? CLUSTER_DNS.port,
    addresses: addresses ?? CLUSTER_DNS.addresses,
  };
}

export function controlPlaneModel({ namespaceName, labels, port, addresses }: ControlPlane): MeshModel['controlPlane'] {
  return {
    namespace: namespaceName,
    labels: labels ?? CONTROL_PLANE.labels,
    port: port ?? CONTROL_PLANE.port,
    addresses: addresses ?? CONTROL_PLANE.addresses,
  };
}

/** Empty labels would be every pod of the namespace. */
function checkSelects(fail: Fail, property: string, { labels }: ClusterDns | ControlPlane, usual: { readonly labels: object }): void {
  if (labels) {
    checkNotEmpty(fail, `${property}.labels`, Object.keys(labels), JSON.stringify(usual.labels));
  }
}
