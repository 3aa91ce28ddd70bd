import type { Dns } from './dns';
import type { Kube, KubeObject } from './kube';

/** What the endpoint controller and the cluster's DNS do: every Service has its slice and its name. */
export class Services {
  private last: Promise<void> = Promise.resolve();

  constructor(private readonly kube: Kube, private readonly dns: Dns) {}

  /** One after the other: of two at the same time, the one that has read less would have the last word. */
  refresh(namespace: string): Promise<void> {
    const done = this.last.then(() => this.write(namespace));
    this.last = done.catch(() => undefined);
    return done;
  }

  private async write(namespace: string): Promise<void> {
    const [services, pods] = await Promise.all([
      this.kube.list(`/api/v1/namespaces/${namespace}/services`),
      this.kube.list(`/api/v1/namespaces/${namespace}/pods`),
    ]);
    for (const service of services) {
      const { name } = service.metadata;
      if (!service.spec.selector || name === 'istiod') { continue; }
      await this.kube.put(sliceOf(service, pods));
      if (service.spec.clusterIP && service.spec.clusterIP !== 'None') {
        await this.dns.set(`${name}.${namespace}.svc.cluster.local`, service.spec.clusterIP as string);
      }
    }
  }
}

interface ServicePort {
  readonly name?: string;
  readonly port: number;
  readonly targetPort?: number | string;
  readonly protocol?: string;
}

/** The slice of a Service over the pods that its selector matches. */
export function sliceOf(service: KubeObject, pods: readonly KubeObject[]): KubeObject {
  const selector = Object.entries(service.spec.selector as Record<string, string>);
  const matching = pods.filter((pod) => pod.status?.podIP && selector.every(([key, value]) => pod.metadata.labels?.[key] === value));
  const number = (port: ServicePort): number => {
    if (typeof port.targetPort !== 'string') { return port.targetPort ?? port.port; }
    const named = matching.flatMap((pod) => pod.spec.containers as { ports?: { name?: string; containerPort: number }[] }[])
      .flatMap((container) => container.ports ?? []).find((candidate) => candidate.name === port.targetPort);
    return named?.containerPort ?? port.port;
  };
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: `${service.metadata.name}-lab`, namespace: service.metadata.namespace, labels: { 'kubernetes.io/service-name': service.metadata.name },
    },
    addressType: 'IPv4',
    endpoints: matching.map((pod) => ({
      addresses: [pod.status.podIP as string],
      conditions: { ready: isReady(pod) },
      targetRef: { kind: 'Pod', name: pod.metadata.name, namespace: pod.metadata.namespace },
    })),
    ports: (service.spec.ports as ServicePort[]).map((port) => ({ name: port.name ?? '', port: number(port), protocol: port.protocol ?? 'TCP' })),
  };
}

function isReady(pod: KubeObject): boolean {
  const conditions = (pod.status?.conditions ?? []) as { type: string; status: string }[];
  return conditions.some((condition) => condition.type === 'Ready' && condition.status === 'True');
}
