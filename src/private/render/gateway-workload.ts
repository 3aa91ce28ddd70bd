import { GatewayWorkloadModel } from '../model';

const PORT = 'tls';

/** Pods that Istio's injector fills in: image, arguments, probes and volumes are those of the control plane's version. */
export function renderGatewayDeployment(gateway: GatewayWorkloadModel): unknown {
  const { labels, account, revision, proxyConfig } = gateway;
  const spread = (topologyKey: string) => ({
    topologyKey, maxSkew: 1, whenUnsatisfiable: 'ScheduleAnyway', labelSelector: { matchLabels: { ...labels } },
  });
  return {
    // No number of replicas: each apply would undo what the autoscaler has set.
    selector: { matchLabels: { ...labels } },
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
    template: {
      metadata: {
        annotations: { 'inject.istio.io/templates': 'gateway', 'proxy.istio.io/config': JSON.stringify(proxyConfig) },
        labels: { ...labels, 'sidecar.istio.io/inject': 'true', ...revision === undefined ? {} : { 'istio.io/rev': revision } },
      },
      spec: {
        serviceAccountName: account,
        // The proxy has a token of its own for istiod, and does not talk to the Kubernetes API.
        automountServiceAccountToken: false,
        securityContext: { runAsNonRoot: true, runAsUser: 1337, runAsGroup: 1337, fsGroup: 1337, seccompProfile: { type: 'RuntimeDefault' } },
        topologySpreadConstraints: [spread('kubernetes.io/hostname'), spread('topology.kubernetes.io/zone')],
        containers: [container(gateway)],
      },
    },
  };
}

function container({ targetPort, cpuRequest, memoryRequest, cpuLimit, memoryLimit }: GatewayWorkloadModel) {
  return {
    name: 'istio-proxy',
    image: 'auto',
    // Certificates with an elliptic curve: twice as many new connections a second as with RSA.
    env: [{ name: 'ECC_SIGNATURE_ALGORITHM', value: 'ECDSA' }],
    ports: [{ name: PORT, containerPort: targetPort, protocol: 'TCP' }],
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      privileged: false,
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      runAsUser: 1337,
      runAsGroup: 1337,
    },
    resources: { requests: { cpu: cpuRequest, memory: memoryRequest }, limits: { cpu: cpuLimit, memory: memoryLimit } },
  };
}

export function renderGatewayService({ labels, port, targetPort }: GatewayWorkloadModel): unknown {
  return { type: 'ClusterIP', selector: { ...labels }, ports: [{ name: PORT, port, targetPort, protocol: 'TCP' }] };
}

export function renderAutoscaler({ name, minReplicas, maxReplicas }: GatewayWorkloadModel): unknown {
  return {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
    minReplicas,
    maxReplicas,
    metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } }],
  };
}

export function renderDisruptionBudget({ labels }: GatewayWorkloadModel): unknown {
  return { maxUnavailable: 1, selector: { matchLabels: { ...labels } } };
}
