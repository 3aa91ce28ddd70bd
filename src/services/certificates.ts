import { Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import { Workload } from '../access/workload';
import { istioObject, ownObject } from '../app/istio-object';
import { KeyedObjects } from '../app/keyed-objects';
import { hostPart, labelOf, Role } from '../private/names';
import { renderSecretReader } from '../private/render/certificate';

/** The service that sidecars need a Secret for. */
export interface SecretUser extends Construct {
  readonly namespaceName?: string;
  readonly _hosts: readonly string[];
  readonly _annotations: { readonly [name: string]: string };
  _nameOf(...rest: (Role | number | string)[]): string;
}

/** What is written for one of the workloads, and for those beside it. */
export interface CertificateOptions {
  /** Whether the sidecars show a certificate, whose private key istiod gives to accounts only that may list Secrets. */
  readonly privateKey: boolean;
  /** Whether the objects are written: a gateway that the service is routed through has the Secret itself. */
  shows(): boolean;
  renderRule(host: string, labels: { readonly [label: string]: string }): unknown;
  /** For the sidecars of a namespace that get no Secret. */
  renderDefault(host: string, namespace: string): unknown;
}

/** The objects by which the sidecars of workloads get the Secret of a direct service. */
export class Certificates {
  private readonly objects: readonly KeyedObjects[];
  private readonly defaults: readonly KeyedObjects[];
  private readonly workloads = new Map<string, Workload>();

  public constructor(private readonly service: SecretUser, private readonly options: CertificateOptions) {
    const { privateKey, shows, renderRule, renderDefault } = options;
    const keyed = (id: string, make: ConstructorParameters<typeof KeyedObjects>[2]) => new KeyedObjects(service, id, make, shows, ' for a service that is routed');
    const forEachHost = (id: string, make: (scope: Construct, key: string, host: string, part: string[]) => ReturnType<typeof istioObject>) => (
      service._hosts.map(host => {
        const part = hostPart(host, service._hosts);
        return keyed([id, ...part].join('-'), (scope, key) => make(scope, key, host, part));
      }));
    const metadataOf = (key: string, ...more: string[]) => (
      { name: service._nameOf('certificate', key, ...more), namespace: this.workloads.get(key)!.namespace, annotations: { ...service._annotations } });
    const readers = [
      keyed('SecretReaders', (scope, key) => ownObject(scope, key, 'Role', metadataOf(key), { rules: renderSecretReader() }, service)),
      keyed('SecretReaderBindings', (scope, key) => {
        const workload = this.workloads.get(key)!;
        return ownObject(scope, key, 'RoleBinding', metadataOf(key), {
          roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: metadataOf(key).name },
          subjects: Lazy.any({ produce: () => [{ kind: 'ServiceAccount', name: workload.serviceAccountName, namespace: workload.namespace }] }),
        }, service);
      }),
    ];
    // istiod looks for rules in the client's namespace first: with a rule there for some pods only, the others would have none, and send plaintext.
    this.defaults = forEachHost('CertificateDefaults', (scope, namespace, host, part) => istioObject(
      scope, namespace, 'DestinationRule', { name: service._nameOf('certificate', namespace, ...part), namespace, annotations: { ...service._annotations } },
      () => renderDefault(host, namespace), service));
    const rules = forEachHost('Certificates', (scope, key, host, part) => {
      const workload = this.workloads.get(key)!;
      return istioObject(scope, key, 'DestinationRule', metadataOf(key, ...part), () => renderRule(host, workload.labels), service);
    });
    this.objects = [...privateKey ? readers : [], ...rules];
  }

  public addWorkload(workload: Workload): void {
    const { namespace, kind, name } = workload;
    if (namespace === undefined) {
      return;
    }
    if (namespace !== this.service.namespaceName) {
      this.defaults.forEach(objects => objects.ensure(namespace));
    }
    const key = [namespace, kind.toLowerCase(), labelOf(name)].join('.');
    this.workloads.set(key, workload);
    this.objects.forEach(objects => objects.ensure(key));
  }

  /** Workloads whose sidecars would not get the Secret, or not they alone. */
  public problems(): string[] {
    return [...this.workloads.values()].flatMap(workload => [
      ...Object.keys(workload.labels).length === 0
        ? [`its client '${workload.path}' has pods without labels, by which their sidecars would get the Secret: give them labels`] : [],
      ...this.options.privateKey && workload.serviceAccountName === 'default'
        ? [`its client '${workload.path}' runs as the account "default", and every pod that does would be allowed to list the Secrets of the namespace: give it an `
          + 'account of its own'] : [],
    ]);
  }
}
