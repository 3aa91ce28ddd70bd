import { Fields, labelsOf, number, record, records, text } from './fields';
import { INJECT } from './istio-labels';
import { MeshObject, NETWORKING, SECURITY } from './mesh-object';

/** What pods are made of: the template of a workload, or a Pod itself. */
export class PodTemplate {
  /** Its namespace; empty when the manifest names none. */
  public readonly namespace: string;
  public readonly labels: { readonly [label: string]: string };
  public readonly annotations: { readonly [name: string]: string };
  public readonly account: string;
  public readonly hostNetwork: boolean;
  public readonly securityContext: Fields;
  /** Init containers first. */
  public readonly containers: readonly Fields[];
  /** Where the spec of the pods is in the object. */
  public readonly field: readonly (string | number)[];

  public constructor(public readonly object: MeshObject, template: Fields, field: readonly (string | number)[]) {
    const [metadata, spec] = [record(template.metadata), record(template.spec)];
    this.namespace = object.namespace;
    this.labels = labelsOf(metadata.labels);
    this.annotations = labelsOf(metadata.annotations);
    this.account = text(spec.serviceAccountName) ?? text(spec.serviceAccount) ?? 'default';
    this.hostNetwork = spec.hostNetwork === true;
    this.securityContext = record(spec.securityContext);
    this.containers = [...records(spec.initContainers), ...records(spec.containers)];
    this.field = [...field, 'spec'];
  }

  /** What it says of a sidecar itself, `true` or `false`: the label comes before the annotation. */
  public get injects(): string | undefined {
    return this.labels[INJECT] ?? this.annotations[INJECT];
  }

  /** The port that a container calls by a name. */
  public portNamed(name: string): number | undefined {
    return number(this.containers.flatMap(({ ports }) => records(ports)).find(port => port.name === name)?.containerPort);
  }
}

/** The kinds of Kubernetes that make pods, by their API group. */
const WORKLOADS: readonly [group: string, kind: string][] = [
  ['apps', 'Deployment'], ['apps', 'StatefulSet'], ['apps', 'DaemonSet'], ['apps', 'ReplicaSet'], ['batch', 'Job'], ['', 'ReplicationController'],
];

/** API groups without further kinds that make pods. */
const PODLESS = ['', 'batch', NETWORKING, SECURITY, 'networking.k8s.io', 'gateway.networking.k8s.io', 'rbac.authorization.k8s.io'];

/** All templates among the objects of a view. */
export function podTemplatesOf(objects: readonly MeshObject[], of: (group: string, kind: string) => readonly MeshObject[]): PodTemplate[] {
  const templateOf = (object: MeshObject) => new PodTemplate(object, record(object.spec.template), ['spec', 'template']);
  return [
    ...WORKLOADS.flatMap(([group, kind]) => of(group, kind).map(templateOf)),
    ...objects.filter(isOtherWorkload).map(templateOf),
    ...of('batch', 'CronJob').map(object => new PodTemplate(object, record(record(record(object.spec.jobTemplate).spec).template),
      ['spec', 'jobTemplate', 'spec', 'template'])),
    ...of('', 'Pod').map(object => new PodTemplate(object, { metadata: { labels: object.labels, annotations: object.annotations }, spec: object.spec }, [])),
  ];
}

/** Whether an object makes pods as a Deployment does: a Rollout of Argo, a Service of Knative, a DeploymentConfig of OpenShift, or whatever has their shape. */
export function isOtherWorkload({ group, kind, spec }: MeshObject): boolean {
  return !PODLESS.includes(group) && !WORKLOADS.some(([known, name]) => known === group && name === kind)
    && Array.isArray(record(record(record(spec).template).spec).containers);
}
